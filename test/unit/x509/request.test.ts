import { sign } from "node:crypto";
import { describe, expect, it } from "vitest";
import { SamicertsError } from "../../../src/base/errors.ts";
import { signatureAlgorithmFor } from "../../../src/x509/algorithms.ts";
import {
  encode,
  encodeNull,
  encodeOctetsInBits,
  encodeOid,
  encodeSequence,
  encodeSetOf,
  encodeSmallInteger,
  encodeText,
} from "../../../src/x509/der-writer.ts";
import { encodeBasicConstraints, encodeKeyUsage } from "../../../src/x509/extension-encode.ts";
import { formatName } from "../../../src/x509/name-format.ts";
import { parseName } from "../../../src/x509/name-syntax.ts";
import { writePem } from "../../../src/x509/pem.ts";
import { readRequest } from "../../../src/x509/read-request.ts";
import { assembleRequest, checkProof, decodeRequest, encodeRequestInfo } from "../../../src/x509/request.ts";
import { type TestKey, testKey } from "./mint.ts";

const SUBJECT = parseName("/C=US/O=MyOrg/CN=Lamp");
const EC = testKey();
const KEYS: readonly (readonly [string, TestKey])[] = [
  ["P-256", EC],
  ["P-384", testKey("ec", { namedCurve: "P-384" })],
  ["P-521", testKey("ec", { namedCurve: "P-521" })],
  ["rsa:2048", testKey("rsa", { modulusLength: 2048 })],
  ["ed25519", testKey("ed25519", {})],
];

function signed(info: Uint8Array, key: TestKey = EC): Uint8Array {
  const hash = { "P-384": "sha384", "P-521": "sha512" }[key.publicKey.curve ?? ""] ?? "sha256";
  const algorithm = signatureAlgorithmFor(key.publicKey);
  return assembleRequest(
    info,
    algorithm,
    sign(key.publicKey.kind === "ed25519" ? undefined : hash, info, key.privateKey),
  );
}

function request(key: TestKey = EC, extensions: readonly Uint8Array[] = []): Uint8Array {
  return signed(encodeRequestInfo({ subject: SUBJECT, publicKey: key.publicKey.der, extensions }), key);
}

function withAttributes(...parts: readonly Uint8Array[]): Uint8Array {
  return signed(encodeSequence(encodeSmallInteger(0), SUBJECT.der, EC.publicKey.der, ...parts));
}

const attribute = (oid: string, ...values: readonly Uint8Array[]): Uint8Array =>
  encodeSequence(encodeOid(oid), encodeSetOf(values));

function codeOf(work: () => unknown): string {
  try {
    work();
  } catch (error) {
    if (error instanceof SamicertsError) return error.code;
    throw error;
  }
  return "none";
}

describe("a request", () => {
  it.each(KEYS)("on %s is what was encoded, and proves possession", (_, key) => {
    const usage = encodeKeyUsage(true, ["digitalSignature"]);
    const decoded = readRequest(request(key, [usage]), "it");
    expect(formatName(decoded.subject)).toBe("/C=US/O=MyOrg/CN=Lamp");
    expect(decoded.publicKey.label).toBe(key.publicKey.label);
    expect(decoded.known.keyUsage?.usages).toEqual(["digitalSignature"]);
    expect(decoded.attributes).toEqual([]);
  });

  it("is refused with any one bit of its signed part flipped", () => {
    const whole = request(EC, [
      encodeKeyUsage(true, ["digitalSignature"]),
      encodeBasicConstraints(true, false),
    ]);
    const { info } = decodeRequest(whole);
    const start = info.byteOffset - whole.byteOffset;
    const flipped = Buffer.from(whole);
    const codes = new Set<string>();
    for (let bit = 0; bit < info.length * 8; bit++) {
      const at = start + (bit >> 3);
      const mask = 0x80 >> (bit & 7);
      flipped[at] = (flipped[at] as number) ^ mask;
      codes.add(codeOf(() => readRequest(flipped, "it")));
      flipped[at] = (flipped[at] as number) ^ mask;
    }
    expect(codes).not.toContain("none");
    expect(codes).toContain("request.proof");
    expect(codeOf(() => readRequest(flipped, "it"))).toBe("none");
  });

  it("is refused where another key signed it, or its signature is nothing", () => {
    const { info } = decodeRequest(request());
    expect(codeOf(() => readRequest(signed(info, testKey()), "it"))).toBe("request.proof");
    const nothing = assembleRequest(info, signatureAlgorithmFor(EC.publicKey), new Uint8Array(0));
    expect(codeOf(() => checkProof(decodeRequest(nothing)))).toBe("request.proof");
  });

  it("keeps other attributes apart from the extensions, and may have none at all", () => {
    const password = attribute("1.2.840.113549.1.9.7", encodeText(0x0c, "secret"));
    const extensions = attribute(
      "1.2.840.113549.1.9.14",
      encodeSequence(encodeKeyUsage(true, ["keyCertSign"])),
    );
    const both = readRequest(withAttributes(encode(0xa0, password, extensions)), "it");
    expect(both.attributes.map(({ oid }) => oid)).toEqual(["1.2.840.113549.1.9.7"]);
    expect(both.known.keyUsage?.usages).toEqual(["keyCertSign"]);
    expect(readRequest(withAttributes(), "it").attributes).toEqual([]);
  });

  it.each([
    [
      "der.set-order",
      encode(0xa0, attribute("1.2.840.113549.1.9.14", encodeNull()), attribute("1.2.3", encodeNull())),
    ],
    ["request.attribute", encode(0xa0, attribute("1.2.3"))],
    [
      "request.attribute",
      encode(0xa0, attribute("1.2.3", encodeNull()), attribute("1.2.3", encodeText(0x0c, "x"))),
    ],
    [
      "request.attribute",
      encode(0xa0, attribute("1.2.840.113549.1.9.14", encodeSequence(), encodeSequence(encodeNull()))),
    ],
    ["request.empty-extensions", encode(0xa0, attribute("1.2.840.113549.1.9.14", encodeSequence()))],
    [
      "request.duplicate-extension",
      encode(
        0xa0,
        attribute(
          "1.2.840.113549.1.9.14",
          encodeSequence(encodeKeyUsage(true, ["cRLSign"]), encodeKeyUsage(false, ["cRLSign"])),
        ),
      ),
    ],
    ["der.trailing", encodeNull()],
  ])("is refused as %s where its attributes are malformed", (code, attributes) => {
    expect(codeOf(() => readRequest(withAttributes(attributes), "it"))).toMatch(
      code === "der.trailing" ? /^der\./ : code,
    );
  });

  it("is refused in another version, too large, or with anything after it", () => {
    const version2 = signed(
      encodeSequence(encodeSmallInteger(1), SUBJECT.der, EC.publicKey.der, encode(0xa0)),
    );
    expect(codeOf(() => decodeRequest(version2))).toBe("request.version");
    expect(codeOf(() => decodeRequest(Buffer.concat([request(), encodeNull()])))).toBe("der.trailing");
    expect(codeOf(() => decodeRequest(new Uint8Array(64 * 1024 + 1)))).toBe("request.size");
    expect(codeOf(() => decodeRequest(encodeSequence(encodeOctetsInBits(new Uint8Array(3)))))).toMatch(
      /^der\./,
    );
  });

  it("is read from PEM under both of its labels, alone, and from DER", () => {
    const der = request();
    for (const label of ["CERTIFICATE REQUEST", "NEW CERTIFICATE REQUEST"])
      expect(readRequest(Buffer.from(writePem(label, der)), "it").der).toEqual(der);
    expect(readRequest(der, "it").der).toBe(der);
    const pem = writePem("CERTIFICATE REQUEST", der);
    expect(codeOf(() => readRequest(Buffer.from(pem + pem), "it"))).toBe("request.missing");
    expect(codeOf(() => readRequest(Buffer.from(writePem("CERTIFICATE", der)), "it"))).toBe(
      "request.missing",
    );
    expect(codeOf(() => readRequest(Buffer.from("hello"), "it"))).toBe("request.missing");
    expect(codeOf(() => readRequest(new Uint8Array(0), "it"))).toBe("request.missing");
  });
});
