import { createHash, sign } from "node:crypto";
import { describe, expect, it } from "vitest";
import { SamicertsError } from "../../../src/base/errors.ts";
import { softwareSigner } from "../../../src/keys/software-signer.ts";
import { createDetachedSigner, readDetachedSignature } from "../../../src/x509/cms-signature.ts";
import { encode, encodeOid, encodeSequence, encodeSetOf } from "../../../src/x509/der-writer.ts";
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

describe("a detached signature that somebody else put together", () => {
  const { signer, digest, key } = signed();
  const [hashOid, dataOid] = [encodeOid("2.16.840.1.101.3.4.2.1"), encodeOid("1.2.840.113549.1.7.1")];
  const set = (...parts: readonly Uint8Array[]): Uint8Array => encodeSetOf(parts);
  const attribute = (type: string, ...values: readonly Uint8Array[]): Uint8Array =>
    encodeSequence(encodeOid(type), set(...values));
  const CONTENT_TYPE = attribute("1.2.840.113549.1.9.3", dataOid);
  const DIGEST = attribute("1.2.840.113549.1.9.4", encode(4, digest));
  const OTHER = encode(4, createHash("sha256").digest());
  const ECDSA = encodeSequence(encodeOid("1.2.840.10045.4.3.2"));

  interface Parts {
    readonly hash?: Uint8Array;
    readonly attributes?: readonly Uint8Array[];
    readonly rest?: readonly Uint8Array[];
  }

  const signerInfo = ({ hash = hashOid, attributes = [CONTENT_TYPE, DIGEST], rest = [] }: Parts = {}) =>
    encodeSequence(
      Uint8Array.of(2, 1, 1),
      encodeSequence(),
      encodeSequence(hash),
      Buffer.concat([Uint8Array.of(0xa0), set(...attributes).subarray(1)]),
      ECDSA,
      encode(4, sign("sha256", set(...attributes), key.privateKey)),
      ...rest,
    );
  const signedData = (signers: readonly Uint8Array[], ...rest: readonly Uint8Array[]) =>
    encodeSequence(
      encodeOid("1.2.840.113549.1.7.2"),
      encode(
        0xa0,
        encodeSequence(
          Uint8Array.of(2, 1, 1),
          set(encodeSequence(hashOid)),
          encodeSequence(dataOid),
          set(...signers),
          ...rest,
        ),
      ),
    );
  const read = (der: Uint8Array) => readDetachedSignature(der, "it");

  it("is read as ours is", () => {
    const { hash, digest: found, signedAttributes, algorithm, signature } = read(signedData([signerInfo()]));
    expect([hash, Buffer.from(found)]).toEqual([signer.hash, digest]);
    expect(createVerifier(key.publicKey).verify(signedAttributes, algorithm, signature)).toEqual({
      ok: true,
    });
    expect(read(signedData([signerInfo({ rest: [encode(0xa1, encodeSequence())] })])).hash).toBe("sha256");
  });

  it.each([
    ["nobody has signed", signedData([]), /nobody has signed/],
    ["two have signed", signedData([signerInfo(), signerInfo()]), /more than one signature/],
    [
      "has a digest of SHA-1",
      signedData([signerInfo({ hash: encodeOid("1.3.14.3.2.26") })]),
      /1\.3\.14\.3\.2\.26 is not SHA-2/,
    ],
    [
      "has digests of two kinds",
      signedData([signerInfo({ hash: encodeOid("2.16.840.1.101.3.4.2.3") })]),
      /different kinds/,
    ],
    [
      "says its digest twice",
      signedData([
        signerInfo({ attributes: [CONTENT_TYPE, DIGEST, attribute("1.2.840.113549.1.9.4", OTHER)] }),
      ]),
      /twice/,
    ],
    ["does not say its digest", signedData([signerInfo({ attributes: [CONTENT_TYPE] })]), /what it is of/],
    ["does not say its type", signedData([signerInfo({ attributes: [DIGEST] })]), /what it is of/],
    [
      "is of something else than data",
      signedData([
        signerInfo({ attributes: [attribute("1.2.840.113549.1.9.3", encodeOid("1.2.3")), DIGEST] }),
      ]),
      /plain data/,
    ],
    [
      "has two digests in one attribute",
      signedData([
        signerInfo({
          attributes: [CONTENT_TYPE, attribute("1.2.840.113549.1.9.4", encode(4, digest), OTHER)],
        }),
      ]),
      /follow/,
    ],
    ["has something behind its signers", signedData([signerInfo()], encodeSequence()), /follow/],
    ["has something behind the signature", signedData([signerInfo({ rest: [encodeSequence()] })]), /follow/],
  ])("is refused where it %s", (_, der, why) => {
    expect(() => read(der)).toThrow(expect.objectContaining({ message: expect.stringMatching(why) }));
  });
});
