import { generateKeyPairSync } from "node:crypto";
import { renameSync } from "node:fs";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { type OpenSigner, openSigner } from "../../../src/keys/open.ts";
import { openTokenKeyPlace } from "../../../src/keys/pkcs11/token-key-place.ts";
import type { TokenWorld } from "../../../src/keys/pkcs11/token-world.ts";
import { parsePkcs11Uri } from "../../../src/keys/pkcs11-uri.ts";
import { parseKeySpec } from "../../../src/x509/algorithms.ts";
import { encodeOid } from "../../../src/x509/der-writer.ts";
import { createVerifier } from "../../../src/x509/signature.ts";
import { caught } from "../../unit/ledger/contract.ts";
import {
  MODULE,
  makeTokenPlace,
  needsToken,
  type OpenSession,
  PIN,
  type TokenPlace,
  tokenDirectories,
} from "./soft-hsm.ts";

let place: TokenPlace;
let hand: OpenSession;
let warnings: string[];
let pinsRead: number;
beforeEach(() => {
  place = makeTokenPlace();
  hand = place.session();
  warnings = [];
  pinsRead = 0;
});
afterEach(() => {
  hand.close();
  place.remove();
});

const URI = `pkcs11:token=vendor;object=root?module-path=${MODULE}&pin-source=file:pin`;
const TBS = Buffer.from("to be signed");

function world(more: Partial<TokenWorld> = {}): Parameters<typeof openSigner>[1] {
  return {
    defaultModule: undefined,
    look: () => "file",
    readPin: () => {
      pinsRead++;
      return PIN;
    },
    askPin: () => undefined,
    allowExtractable: false,
    warn: (warning) => void warnings.push(warning),
    random: { bytes: (count) => Buffer.alloc(count, 7) },
    readKeyFile: () => {
      throw new Error("no file is meant");
    },
    ...more,
  };
}

/** Makes the key `root` in the token, and opens it. */
function makeKey(kind = "ec:P-256", uri = URI): OpenSigner {
  const there = openTokenKeyPlace(parsePkcs11Uri(uri), world());
  there.generate(parseKeySpec(kind), false);
  there.close();
  return openSigner(uri, world());
}

function isSigned(signer: OpenSigner): boolean {
  const verdict = createVerifier(signer.publicKey).verify(TBS, signer.algorithm, signer.sign(TBS));
  return verdict.ok;
}

/** Puts an EC key into the token by hand. */
function putKey(attributes: object, label = "root"): void {
  const pair = generateKeyPairSync("ec", { namedCurve: "P-256" });
  const jwk = pair.privateKey.export({ format: "jwk" });
  const point = Buffer.concat(["04", "41", "04"].map((octet) => Buffer.from(octet, "hex")));
  const id = Buffer.from(label);
  const paramsEC = Buffer.from(encodeOid("1.2.840.10045.3.1.7"));
  const octets = (part: string | undefined): Buffer => Buffer.from(part ?? "", "base64url");
  hand.session.create({
    class: hand.graphene.ObjectClass.PUBLIC_KEY,
    keyType: hand.graphene.KeyType.EC,
    token: true,
    private: false,
    label,
    id,
    verify: true,
    paramsEC,
    pointEC: Buffer.concat([point, octets(jwk.x), octets(jwk.y)]),
  });
  hand.session.create({
    class: hand.graphene.ObjectClass.PRIVATE_KEY,
    keyType: hand.graphene.KeyType.EC,
    token: true,
    private: true,
    label,
    id,
    sign: true,
    sensitive: true,
    extractable: false,
    paramsEC,
    value: octets(jwk.d),
    ...attributes,
  });
}

needsToken()("a key in a token", () => {
  it.each(["ec:P-256", "ec:P-384", "ec:P-521", "rsa:2048", "ed25519"])("signs, %s", (kind) => {
    const signer = makeKey(kind);
    expect(signer.publicKey.label).toBe(kind);
    for (let round = 0; round < 3; round++) expect(isSigned(signer)).toBe(true);
    signer.close();
  });

  it("signs with the other hashes that its kind takes, and with no other kind's algorithm", () => {
    const signer = makeKey();
    const sha512 = { oid: "1.2.840.10045.4.3.4", parameters: undefined, der: Buffer.alloc(0) };
    const signature = signer.sign(TBS, sha512);
    expect(createVerifier(signer.publicKey).verify(TBS, sha512, signature).ok).toBe(true);
    const rsa = { ...sha512, oid: "1.2.840.113549.1.1.11" };
    expect(caught(() => signer.sign(TBS, rsa)).code).toBe("key.unsupported");
    signer.close();
  });

  it("writes r and s of an ECDSA signature as certificates have them, however short they are", () => {
    const signer = makeKey();
    const lengths = new Set<number>();
    for (let round = 0; round < 400; round++) {
      const tbs = Buffer.from(String(round));
      const signature = signer.sign(tbs);
      lengths.add(signature.length);
      expect(createVerifier(signer.publicKey).verify(tbs, signer.algorithm, signature).ok).toBe(true);
    }
    // Seventy octets with neither padded, up to seventy-two; a shorter one comes once in a hundred.
    expect(lengths.size).toBeGreaterThanOrEqual(3);
    signer.close();
  });

  it("has its PIN read once, and none where this process is logged in already", () => {
    hand.session.logout();
    const first = makeKey();
    expect(pinsRead).toBe(1);
    const second = openSigner(URI, world());
    expect(isSigned(second)).toBe(true);
    expect(pinsRead).toBe(1);
    first.close();
    second.close();
  });

  it("is found by its id too", () => {
    const signer = makeKey("ec:P-256", URI.replace("object=root", "object=root;id=%01%ff"));
    signer.close();
    const byId = openSigner(URI.replace("object=root", "id=%01%ff;type=private"), world());
    expect(isSigned(byId)).toBe(true);
    byId.close();
    expect(caught(() => openSigner(URI.replace("object=root", "id=%01"), world())).message).toContain(
      'no private key with id 01 in the token "vendor"; there is "root"',
    );
  });

  it("asks a person where the URI does not say where the PIN is", () => {
    makeKey().close();
    hand.session.logout();
    const asked: string[] = [];
    const askPin = (token: string): string => {
      asked.push(token);
      return PIN;
    };
    openSigner(URI.replace("&pin-source=file:pin", ""), world({ askPin })).close();
    expect(asked).toEqual(['the token "vendor"']);
  });
});

needsToken()("a session that the token has forgotten", () => {
  it("is opened again: all sessions were closed", () => {
    const signer = makeKey();
    expect(isSigned(signer)).toBe(true);
    hand.session.slot.closeAll();
    expect(isSigned(signer)).toBe(true);
    signer.close();
  });

  it("is opened again: the process was logged out", () => {
    const signer = makeKey();
    expect(isSigned(signer)).toBe(true);
    hand.session.logout();
    expect(isSigned(signer)).toBe(true);
    signer.close();
  });

  it("is opened again: the module was started anew", () => {
    const signer = makeKey();
    expect(isSigned(signer)).toBe(true);
    hand.session.slot.module.finalize();
    expect(isSigned(signer)).toBe(true);
    expect(isSigned(signer)).toBe(true);
    signer.close();
  });

  it("tells that the token is gone, and goes on when it is back", () => {
    const signer = makeKey();
    expect(isSigned(signer)).toBe(true);
    const [token = ""] = tokenDirectories(place);
    renameSync(token, `${place.tokens}.away`);
    hand.session.slot.module.finalize();
    for (let round = 0; round < 2; round++)
      expect(caught(() => signer.sign(TBS))).toMatchObject({
        code: "token.absent",
        message: 'the token "vendor" is not there: no token is',
      });
    renameSync(`${place.tokens}.away`, token);
    hand.session.slot.module.finalize();
    expect(isSigned(signer)).toBe(true);
    signer.close();
  });

  it("is not opened with another key under the same name", () => {
    const signer = makeKey();
    hand.session.destroy({ label: "root" });
    hand.session.slot.closeAll();
    expect(caught(() => signer.sign(TBS)).code).toBe("token.object-absent");
    hand.close();
    hand = place.session();
    putKey({});
    expect(caught(() => signer.sign(TBS)).code).toBe("token.key-changed");
    signer.close();
  });

  it("tries the PIN once, and no second time where it is wrong by now", () => {
    hand.session.logout();
    const signer = makeKey();
    const before = pinsRead;
    hand.session.setPin(PIN, "other-pin");
    hand.session.logout();
    for (let round = 0; round < 3; round++)
      expect(caught(() => signer.sign(TBS)).code).toBe("token.pin-wrong");
    expect(pinsRead - before).toBe(1);
    signer.close();
  });
});

needsToken()("a key that is not to be used", () => {
  describe("because it can leave its token", () => {
    it.each([
      ["CKA_EXTRACTABLE", { extractable: true }],
      ["CKA_SENSITIVE", { sensitive: false }],
    ])("%s", (attribute, attributes) => {
      putKey(attributes);
      const error = caught(() => openSigner(URI, world()));
      expect(error).toMatchObject({ kind: "key", code: "token.key-extractable" });
      expect(error.message).toContain(attribute);
      const signer = openSigner(URI, world({ allowExtractable: true }));
      expect(isSigned(signer)).toBe(true);
      expect(warnings).toEqual([expect.stringContaining("can be taken out of its token")]);
      signer.close();
    });
  });

  it("is told of where it was outside once", () => {
    putKey({});
    const signer = openSigner(URI, world());
    expect(isSigned(signer)).toBe(true);
    expect(warnings).toEqual([
      'the key "root" in the token "vendor" was put into its token from outside: whether there is a copy, the token can\'t tell',
    ]);
    signer.close();
  });

  it("because there are two", () => {
    makeKey().close();
    putKey({});
    const error = caught(() => openSigner(URI, world()));
    expect(error.code).toBe("token.object-ambiguous");
    expect(error.message).toBe(
      '2 private keys fit "root" in the token "vendor": "root" with id ' +
        `${"07".repeat(16)}, "root" with id 726f6f74`,
    );
    openSigner(URI.replace("object=root", "object=root;id=%72oot"), world()).close();
  });

  it("because it may not sign", () => {
    putKey({ sign: false });
    expect(caught(() => openSigner(URI, world())).code).toBe("token.key-unsupported");
  });

  it("because its public part is not there", () => {
    putKey({});
    hand.session.destroy({ class: 2 });
    expect(caught(() => openSigner(URI, world())).code).toBe("token.public-absent");
  });

  it("because of two tokens with one name", () => {
    makeKey().close();
    hand.close();
    place.initToken("vendor");
    hand = place.session();
    const error = caught(() => openSigner(URI, world()));
    expect(error.code).toBe("token.ambiguous");
    const serial = /with the serials ([0-9a-f]+), /.exec(error.message)?.[1];
    const uri = (each: string | undefined): string =>
      URI.replace("token=vendor", `token=vendor;serial=${each}`);
    const codes = [serial, hand.session.slot.getToken().serialNumber].map((each) => {
      try {
        openSigner(uri(each), world()).close();
        return "opened";
      } catch (failed) {
        return (failed as { code: string }).code;
      }
    });
    expect(codes).toContain("opened");
  });
});

needsToken()("making a key in a token", () => {
  it("refuses a kind that it can't make, and leaves nothing", () => {
    const there = openTokenKeyPlace(parsePkcs11Uri(URI), world());
    expect(caught(() => there.generate({ kind: "rsa", bits: 30_000 }, false)).code).toBe(
      "token.key-unsupported",
    );
    there.close();
    expect([hand.count("private"), hand.count("public")]).toEqual([0, 0]);
  });

  it("goes round a public key that is alone only where a run was cut off", () => {
    makeKey().close();
    hand.session.destroy({ class: 3 });
    const there = openTokenKeyPlace(parsePkcs11Uri(URI), world());
    expect(there.find()).toBeUndefined();
    expect(caught(() => there.generate({ kind: "ec", curve: "P-256" }, false)).code).toBe(
      "token.object-exists",
    );
    there.generate({ kind: "ec", curve: "P-256" }, true);
    expect([hand.count("private"), hand.count("public")]).toEqual([1, 1]);
    there.discard();
    expect([hand.count("private"), hand.count("public")]).toEqual([0, 0]);
    there.close();
  });
});
