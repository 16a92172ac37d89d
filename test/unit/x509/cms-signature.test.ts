import { createHash } from "node:crypto";
import { describe, expect, it } from "vitest";
import { SamicertsError } from "../../../src/base/errors.ts";
import { softwareSigner } from "../../../src/keys/software-signer.ts";
import { createDetachedSigner, readDetachedSignature } from "../../../src/x509/cms-signature.ts";
import { encode, encodeOid, encodeSequence } from "../../../src/x509/der-writer.ts";
import { createVerifier } from "../../../src/x509/signature.ts";
import { mint, NOW, testKey } from "./mint.ts";

const CONTENT = Buffer.from("the list of what was made\n");

function signed(type?: string, options?: object) {
  const key = testKey(type, options);
  const certificate = mint({ subject: "root", key, ca: true });
  const signer = createDetachedSigner(
    softwareSigner(key.publicKey, () => key.privateKey),
    certificate,
    NOW,
  );
  const digest = createHash(signer.hash).update(CONTENT).digest();
  return { key, signer, digest, der: signer.sign(digest) };
}

describe("a detached signature", () => {
  it.each([
    ["P-256", "ec", { namedCurve: "P-256" }, "sha256"],
    ["P-384", "ec", { namedCurve: "P-384" }, "sha384"],
    ["P-521", "ec", { namedCurve: "P-521" }, "sha512"],
    ["RSA", "rsa", { modulusLength: 2048 }, "sha256"],
    ["Ed25519", "ed25519", {}, "sha512"],
  ])("by a key on %s says what it is of, and holds", (_, type, options, hash) => {
    const { key, digest, der } = signed(type, options);
    const read = readDetachedSignature(der, "it");
    expect(read.hash).toBe(hash);
    expect(Buffer.from(read.digest)).toEqual(digest);
    const verifier = createVerifier(key.publicKey);
    expect(verifier.verify(read.signedAttributes, read.algorithm, read.signature)).toEqual({ ok: true });
    const other = createVerifier(testKey(type, options).publicKey);
    expect(other.verify(read.signedAttributes, read.algorithm, read.signature).ok).toBe(false);
  });

  it("is refused or does not hold whichever octet is changed, but for the certificate that it brings", () => {
    const { key, digest, der } = signed();
    const verifier = createVerifier(key.publicKey);
    const holds = (bytes: Uint8Array): boolean => {
      try {
        const read = readDetachedSignature(bytes, "it");
        return (
          Buffer.from(read.digest).equals(digest) &&
          verifier.verify(read.signedAttributes, read.algorithm, read.signature).ok
        );
      } catch (error) {
        expect(error).toBeInstanceOf(SamicertsError);
        return false;
      }
    };
    expect(holds(der)).toBe(true);
    const survived = Array.from(der.keys()).filter((at) => {
      const changed = Uint8Array.from(der);
      changed[at] = (changed[at] as number) ^ 1;
      return holds(changed);
    });
    // What is passed over lies before what is signed: the certificate, versions and the signer's name.
    const { signedAttributes } = readDetachedSignature(der, "it");
    const signedFrom = Buffer.from(der).indexOf(Buffer.from(signedAttributes.subarray(1)));
    expect(survived.length).toBeGreaterThan(0);
    expect(Math.max(...survived)).toBeLessThan(signedFrom);
    for (let length = 0; length < der.length; length++) expect(holds(der.subarray(0, length))).toBe(false);
  });

  it("must be apart from its content, and of one signer with attributes", () => {
    const { der } = signed();
    const error = expect.objectContaining({ kind: "input", code: "cms.unsupported" });
    expect(() => readDetachedSignature(encodeSequence(encodeOid("1.2.840.113549.1.7.1")), "it")).toThrow(
      error,
    );
    // The same with its content in it: eContent follows the second OID of plain data's type.
    const hex = Buffer.from(der).toString("hex");
    const data = Buffer.from(encodeSequence(encodeOid("1.2.840.113549.1.7.1"))).toString("hex");
    expect(hex.split(data).length).toBe(2);
    const withContent = Buffer.from(
      encodeSequence(encodeOid("1.2.840.113549.1.7.1"), encode(0xa0, encode(4, CONTENT))),
    ).toString("hex");
    const body = Buffer.from(hex.replace(data, withContent), "hex");
    // Its lengths are mended by wrapping the parts anew.
    const inner = body.subarray(4 + 11 + 4 + 4);
    const whole = encodeSequence(encodeOid("1.2.840.113549.1.7.2"), encode(0xa0, encodeSequence(inner)));
    expect(() => readDetachedSignature(whole, "it")).toThrow(error);
  });
});
