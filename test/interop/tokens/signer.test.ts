import { renameSync } from "node:fs";
import { afterEach, beforeEach, expect, it } from "vitest";
import { createVerifier } from "../../../src/x509/signature.ts";
import { caught } from "../../unit/ledger/contract.ts";
import { needsToken, PIN, tokenDirectories } from "./soft-hsm.ts";
import { isSigned, TBS, TokenScene, URI } from "./token-scene.ts";

let scene: TokenScene;
beforeEach(() => {
  scene = new TokenScene();
});
afterEach(() => scene.remove());

needsToken()("a key in a token", () => {
  it.each(["ec:P-256", "ec:P-384", "ec:P-521", "rsa:2048", "ed25519"])("signs, %s", (kind) => {
    const signer = scene.makeKey(kind);
    expect(signer.publicKey.label).toBe(kind);
    for (let round = 0; round < 3; round++) expect(isSigned(signer)).toBe(true);
    signer.close();
  });

  it("signs with the other hashes that its kind takes, and with no other kind's algorithm", () => {
    const signer = scene.makeKey();
    const sha512 = { oid: "1.2.840.10045.4.3.4", parameters: undefined, der: Buffer.alloc(0) };
    const signature = signer.sign(TBS, sha512);
    expect(createVerifier(signer.publicKey).verify(TBS, sha512, signature).ok).toBe(true);
    const rsa = { ...sha512, oid: "1.2.840.113549.1.1.11" };
    expect(caught(() => signer.sign(TBS, rsa)).code).toBe("key.unsupported");
    signer.close();
  });

  it("writes r and s of an ECDSA signature as certificates have them, however short they are", () => {
    const signer = scene.makeKey();
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
    scene.hand.session.logout();
    const first = scene.makeKey();
    expect(scene.pinsRead).toBe(1);
    const second = scene.open();
    expect(isSigned(second)).toBe(true);
    expect(scene.pinsRead).toBe(1);
    first.close();
    second.close();
  });

  it("is found by its id too", () => {
    const signer = scene.makeKey("ec:P-256", URI.replace("object=root", "object=root;id=%01%ff"));
    signer.close();
    const byId = scene.open(URI.replace("object=root", "id=%01%ff;type=private"));
    expect(isSigned(byId)).toBe(true);
    byId.close();
    expect(caught(() => scene.open(URI.replace("object=root", "id=%01"))).message).toContain(
      'no private key with id 01 in the token "vendor"; there is "root"',
    );
  });

  it("asks a person where the URI does not say where the PIN is", () => {
    scene.makeKey().close();
    scene.hand.session.logout();
    const asked: string[] = [];
    const askPin = (token: string): string => {
      asked.push(token);
      return PIN;
    };
    scene.open(URI.replace("&pin-source=file:pin", ""), { askPin }).close();
    expect(asked).toEqual(['the token "vendor"']);
  });
});

needsToken()("a session that the token has forgotten", () => {
  it("is opened again: all sessions were closed", () => {
    const signer = scene.makeKey();
    expect(isSigned(signer)).toBe(true);
    scene.hand.session.slot.closeAll();
    expect(isSigned(signer)).toBe(true);
    signer.close();
  });

  it("is opened again: the process was logged out", () => {
    const signer = scene.makeKey();
    expect(isSigned(signer)).toBe(true);
    scene.hand.session.logout();
    expect(isSigned(signer)).toBe(true);
    signer.close();
  });

  it("is opened again: the module was started anew", () => {
    const signer = scene.makeKey();
    expect(isSigned(signer)).toBe(true);
    scene.hand.session.slot.module.finalize();
    expect(isSigned(signer)).toBe(true);
    expect(isSigned(signer)).toBe(true);
    signer.close();
  });

  it("tells that the token is gone, and goes on when it is back", () => {
    const signer = scene.makeKey();
    expect(isSigned(signer)).toBe(true);
    const [token = ""] = tokenDirectories(scene.place);
    renameSync(token, `${scene.place.tokens}.away`);
    scene.hand.session.slot.module.finalize();
    for (let round = 0; round < 2; round++)
      expect(caught(() => signer.sign(TBS))).toMatchObject({
        code: "token.absent",
        message: 'the token "vendor" is not there: no token is',
      });
    renameSync(`${scene.place.tokens}.away`, token);
    scene.hand.session.slot.module.finalize();
    expect(isSigned(signer)).toBe(true);
    signer.close();
  });

  it("is not opened with another key under the same name", () => {
    const signer = scene.makeKey();
    scene.hand.session.destroy({ label: "root" });
    scene.hand.session.slot.closeAll();
    expect(caught(() => signer.sign(TBS)).code).toBe("token.object-absent");
    scene.startAnew();
    scene.putKey({});
    expect(caught(() => signer.sign(TBS)).code).toBe("token.key-changed");
    signer.close();
  });

  it("tries the PIN once, and no second time where it is wrong by now", () => {
    scene.hand.session.logout();
    const signer = scene.makeKey();
    const before = scene.pinsRead;
    scene.hand.session.setPin(PIN, "other-pin");
    scene.hand.session.logout();
    for (let round = 0; round < 3; round++)
      expect(caught(() => signer.sign(TBS)).code).toBe("token.pin-wrong");
    expect(scene.pinsRead - before).toBe(1);
    signer.close();
  });
});
