import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { openTokenKeyPlace } from "../../../src/keys/pkcs11/token-key-place.ts";
import { parsePkcs11Uri } from "../../../src/keys/pkcs11-uri.ts";
import { caught } from "../../unit/ledger/contract.ts";
import { needsToken } from "./soft-hsm.ts";
import { isSigned, TokenScene, URI } from "./token-scene.ts";

let scene: TokenScene;
beforeEach(() => {
  scene = new TokenScene();
});
afterEach(() => scene.remove());

needsToken()("a key that is not to be used", () => {
  describe("because it can leave its token", () => {
    it.each([
      ["CKA_EXTRACTABLE", { extractable: true }],
      ["CKA_SENSITIVE", { sensitive: false }],
    ])("%s", (attribute, attributes) => {
      scene.putKey(attributes);
      const error = caught(() => scene.open());
      expect(error).toMatchObject({ kind: "key", code: "token.key-extractable" });
      expect(error.message).toContain(attribute);
      const signer = scene.open(URI, { allowExtractable: true });
      expect(isSigned(signer)).toBe(true);
      expect(scene.warnings).toEqual([expect.stringContaining("can be taken out of its token")]);
      signer.close();
    });
  });

  it("is told of where it was outside once", () => {
    scene.putKey({});
    const signer = scene.open();
    expect(isSigned(signer)).toBe(true);
    expect(scene.warnings).toEqual([
      'the key "root" in the token "vendor" was put into its token from outside: whether there is a copy, the token can\'t tell',
    ]);
    signer.close();
  });

  it("because there are two", () => {
    scene.makeKey().close();
    scene.putKey({});
    const error = caught(() => scene.open());
    expect(error.code).toBe("token.object-ambiguous");
    expect(error.message).toBe(
      '2 private keys fit "root" in the token "vendor": "root" with id ' +
        `${"07".repeat(16)}, "root" with id 726f6f74`,
    );
    scene.open(URI.replace("object=root", "object=root;id=%72oot")).close();
  });

  it("because it may not sign", () => {
    scene.putKey({ sign: false });
    expect(caught(() => scene.open()).code).toBe("token.key-unsupported");
  });

  it("because its public part is not there", () => {
    scene.putKey({});
    scene.hand.session.destroy({ class: 2 });
    expect(caught(() => scene.open()).code).toBe("token.public-absent");
  });

  it("because of two tokens with one name", () => {
    scene.makeKey().close();
    scene.hand.close();
    scene.place.initToken("vendor");
    scene.hand = scene.place.session();
    const error = caught(() => scene.open());
    expect(error.code).toBe("token.ambiguous");
    const serial = /with the serials ([0-9a-f]+), /.exec(error.message)?.[1];
    const uri = (each: string | undefined): string =>
      URI.replace("token=vendor", `token=vendor;serial=${each}`);
    const codes = [serial, scene.hand.session.slot.getToken().serialNumber].map((each) => {
      try {
        scene.open(uri(each)).close();
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
    const there = openTokenKeyPlace(parsePkcs11Uri(URI), scene.world());
    expect(caught(() => there.generate({ kind: "rsa", bits: 30_000 }, false)).code).toBe(
      "token.key-unsupported",
    );
    there.close();
    expect([scene.hand.count("private"), scene.hand.count("public")]).toEqual([0, 0]);
  });

  it("goes round a public key that is alone only where a run was cut off", () => {
    scene.makeKey().close();
    scene.hand.session.destroy({ class: 3 });
    const there = openTokenKeyPlace(parsePkcs11Uri(URI), scene.world());
    expect(there.find()).toBeUndefined();
    expect(caught(() => there.generate({ kind: "ec", curve: "P-256" }, false)).code).toBe(
      "token.object-exists",
    );
    // As SoftHSM leaves a key that it was killed in the middle of making.
    scene.putKey({ label: "", id: Buffer.alloc(0) });
    scene.hand.session.destroy({ class: 2, label: "root", id: Buffer.from("root") });
    there.generate({ kind: "ec", curve: "P-256" }, true);
    expect(scene.warnings).toEqual([
      expect.stringContaining("holds 1 keys or halves of keys without name and id"),
    ]);
    scene.hand.session.destroy({ class: 3, label: "" });
    expect([scene.hand.count("private"), scene.hand.count("public")]).toEqual([1, 1]);
    there.discard();
    expect([scene.hand.count("private"), scene.hand.count("public")]).toEqual([0, 0]);
    there.close();
  });
});
