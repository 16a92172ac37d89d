import { execFileSync } from "node:child_process";
import { createPublicKey, generateKeyPairSync, verify } from "node:crypto";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { SamicertsError } from "../../../src/base/errors.ts";
import { generateKey } from "../../../src/keys/generate.ts";
import { readPrivateKey } from "../../../src/keys/read-key.ts";
import { algorithmIdentifier, parseKeySpec, SIGNATURE_ALGORITHMS } from "../../../src/x509/algorithms.ts";
import {
  encode,
  encodeOctetString,
  encodeSequence,
  encodeSmallInteger,
} from "../../../src/x509/der-writer.ts";
import { writePem } from "../../../src/x509/pem.ts";
import type { Signer } from "../../../src/x509/signer.ts";

const TBS = Buffer.from("to be signed");
const PASSWORD = ["-passout", "pass:secret"];
let dir: string;
beforeAll(() => {
  dir = mkdtempSync(join(tmpdir(), "samicerts-read-key-"));
});
afterAll(() => rmSync(dir, { recursive: true }));

function openssl(...args: string[]): Buffer {
  return execFileSync("openssl", args, { cwd: dir, stdio: ["ignore", "pipe", "pipe"] });
}

/** What openssl makes of a key in the file `name`. */
function made(name: string, ...args: string[]): Buffer {
  openssl(...args, "-out", name);
  return readFileSync(join(dir, name));
}

function caught(bytes: Uint8Array): SamicertsError {
  try {
    readPrivateKey(bytes, "some.key");
  } catch (error) {
    expect(error).toBeInstanceOf(SamicertsError);
    expect(error).toMatchObject({ kind: "key" });
    expect((error as SamicertsError).message).toContain("some.key");
    expect((error as SamicertsError).message).not.toContain("\n");
    return error as SamicertsError;
  }
  throw new Error("it was read");
}

/** The signer's public key is openssl's, and what it signs that key verifies. */
function expectReads(bytes: Uint8Array, name: string): Signer {
  const signer = readPrivateKey(bytes, name);
  const spki = openssl("pkey", "-in", name, "-pubout", "-outform", "DER");
  expect(Buffer.from(signer.publicKey.der)).toEqual(spki);
  const hash = SIGNATURE_ALGORITHMS.get(signer.algorithm.oid)?.hash ?? null;
  const publicKey = createPublicKey({ key: spki, format: "der", type: "spki" });
  expect(verify(hash, TBS, publicKey, signer.sign(TBS))).toBe(true);
  return signer;
}

const pem = (text: string): Uint8Array => Buffer.from(text);
const derOf = (text: string): Uint8Array => generateKey(parseKeySpec(text)).pkcs8;

describe("readPrivateKey", () => {
  it.each([
    ["P-256", "prime256v1"],
    ["P-384", "secp384r1"],
    ["P-521", "secp521r1"],
  ])("reads %s as openssl writes it, in every form", (curve, name) => {
    const pkcs8 = made("ec8.pem", "genpkey", "-algorithm", "EC", "-pkeyopt", `ec_paramgen_curve:${name}`);
    expect(pkcs8.toString()).toContain("BEGIN PRIVATE KEY");
    expect(expectReads(pkcs8, "ec8.pem").publicKey.label).toBe(`ec:${curve}`);
    const withParameters = made("ec.pem", "ecparam", "-name", name, "-genkey");
    expect(withParameters.toString()).toContain("BEGIN EC PARAMETERS");
    expectReads(withParameters, "ec.pem");
    expectReads(made("ec1.pem", "ec", "-in", "ec.pem"), "ec1.pem");
    expectReads(made("ec1.der", "ec", "-in", "ec.pem", "-outform", "DER"), "ec1.der");
    expectReads(
      made("ec8.der", "pkcs8", "-topk8", "-nocrypt", "-in", "ec.pem", "-outform", "DER"),
      "ec8.der",
    );
    const compressed = made("ecc.pem", "ec", "-in", "ec.pem", "-conv_form", "compressed");
    const signer = readPrivateKey(compressed, "ecc.pem");
    expect(Buffer.from(signer.publicKey.bits)).toEqual(
      Buffer.from(readPrivateKey(withParameters, "x").publicKey.bits),
    );
    // Without the public key in it.
    expectReads(made("ecn.pem", "ec", "-in", "ec.pem", "-no_public"), "ecn.pem");
  });

  it("reads RSA as openssl writes it, in every form", () => {
    const pkcs8 = made("rsa8.pem", "genpkey", "-algorithm", "RSA", "-pkeyopt", "rsa_keygen_bits:2048");
    expect(expectReads(pkcs8, "rsa8.pem").publicKey.label).toBe("rsa:2048");
    const pkcs1 = made("rsa1.pem", "rsa", "-in", "rsa8.pem", "-traditional");
    expect(pkcs1.toString()).toContain("BEGIN RSA PRIVATE KEY");
    expectReads(pkcs1, "rsa1.pem");
    expectReads(made("rsa1.der", "rsa", "-in", "rsa8.pem", "-traditional", "-outform", "DER"), "rsa1.der");
    expectReads(
      made("rsa8.der", "pkcs8", "-topk8", "-nocrypt", "-in", "rsa8.pem", "-outform", "DER"),
      "rsa8.der",
    );
  });

  it("reads Ed25519, with its public key in it or not", () => {
    const plain = made("ed.pem", "genpkey", "-algorithm", "ED25519");
    const signer = expectReads(plain, "ed.pem");
    expectReads(made("ed.der", "pkey", "-in", "ed.pem", "-outform", "DER"), "ed.der");
    const seed = readFileSync(join(dir, "ed.der")).subarray(-32);
    const withPublic = (bits: Uint8Array): Uint8Array =>
      encodeSequence(
        encodeSmallInteger(1),
        algorithmIdentifier("1.3.101.112").der,
        encodeOctetString(encodeOctetString(seed)),
        encode(0x81, Uint8Array.of(0), bits),
      );
    const other = readPrivateKey(withPublic(signer.publicKey.bits), "ed2.der");
    expect(Buffer.from(other.sign(TBS))).toEqual(Buffer.from(signer.sign(TBS)));
    expect(caught(withPublic(new Uint8Array(32))).code).toBe("key.mismatched");
  });

  it("reads what it makes itself", () => {
    for (const text of ["ec:P-256", "ec:P-384", "ec:P-521", "rsa:2048", "ed25519"]) {
      const key = generateKey(parseKeySpec(text));
      for (const bytes of [key.pkcs8, pem(writePem("PRIVATE KEY", key.pkcs8))]) {
        const { publicKey } = readPrivateKey(bytes, "own.key");
        expect(Buffer.from(publicKey.der)).toEqual(Buffer.from(key.publicKey.der));
        expect(publicKey.label).toBe(text);
      }
    }
  });

  it("passes over certificates beside the key, and refuses a second key", () => {
    const key = writePem("PRIVATE KEY", derOf("ec:P-256"));
    const certificate = writePem("CERTIFICATE", Buffer.from("whatever it is"));
    expect(readPrivateKey(pem(certificate + key + certificate), "both.pem").publicKey.label).toBe("ec:P-256");
    expect(caught(pem(key + writePem("PRIVATE KEY", derOf("ec:P-256")))).message).toContain("2 private keys");
    expect(caught(pem(certificate)).message).toContain("no private key, only CERTIFICATE");
  });

  it("says that a key is encrypted, in whatever form", () => {
    made("plain.pem", "ecparam", "-name", "prime256v1", "-genkey", "-noout");
    made("rsa.pem", "genpkey", "-algorithm", "RSA", "-pkeyopt", "rsa_keygen_bits:2048");
    const encrypted = [
      made("e1.pem", "pkcs8", "-topk8", "-in", "plain.pem", ...PASSWORD),
      made("e2.der", "pkcs8", "-topk8", "-in", "plain.pem", "-outform", "DER", ...PASSWORD),
      made("e3.pem", "ec", "-in", "plain.pem", "-aes256", ...PASSWORD),
      made("e4.pem", "rsa", "-in", "rsa.pem", "-traditional", "-aes128", ...PASSWORD),
    ];
    expect(encrypted[3]?.toString()).toContain("Proc-Type: 4,ENCRYPTED");
    for (const [index, bytes] of encrypted.entries()) {
      const error = caught(bytes);
      // The last two are encrypted in OpenSSL's old way.
      expect(error.code).toBe(index < 2 ? "key.encrypted" : "key.encryption");
      expect(error.hint).toContain(
        index < 2 ? "--passphrase-file" : "openssl pkcs8 -topk8 -v2 aes-256-cbc -in some.key",
      );
    }
  });

  it.each([
    ["X25519", ["genpkey", "-algorithm", "X25519"]],
    ["Ed448", ["genpkey", "-algorithm", "ED448"]],
    ["RSA-PSS", ["genpkey", "-algorithm", "RSA-PSS", "-pkeyopt", "rsa_keygen_bits:2048"]],
    ["a curve by numbers", ["ecparam", "-name", "prime256v1", "-genkey", "-noout", "-param_enc", "explicit"]],
    ["a curve we have no name for", ["ecparam", "-name", "sect283k1", "-genkey", "-noout"]],
  ])("does not use %s", (_kind, args) => {
    expect(caught(made("odd.pem", ...args)).code).toBe("key.unsupported");
  });

  it("does not use DSA nor OpenSSH's own form, and says how to rewrite that", () => {
    expect(caught(pem(writePem("DSA PRIVATE KEY", encodeSequence(encodeSmallInteger(0))))).code).toBe(
      "key.unsupported",
    );
    const ssh = caught(pem(writePem("OPENSSH PRIVATE KEY", Buffer.from("openssh-key-v1\0"))));
    expect(ssh).toMatchObject({ code: "key.unsupported" });
    expect(ssh.hint).toContain("ssh-keygen -p -m PKCS8");
  });

  it("says what a PKCS#12 file is", () => {
    const p12 = encodeSequence(encodeSmallInteger(3), encodeSequence(encodeSmallInteger(0)));
    expect(caught(p12)).toMatchObject({ code: "key.unsupported" });
    expect(caught(p12).hint).toContain("openssl pkcs12");
  });

  it("reads a key that can't sign certificates for its public half, and says so when it should sign", () => {
    const signer = readPrivateKey(
      made("k1.pem", "ecparam", "-name", "secp256k1", "-genkey", "-noout"),
      "k1.pem",
    );
    expect(signer.publicKey.label).toBe("ec:secp256k1");
    expect(() => signer.algorithm).toThrow(expect.objectContaining({ code: "key.unsupported" }));
    expect(() => signer.sign(TBS)).toThrow(expect.objectContaining({ code: "key.unsupported" }));
  });

  it.each([
    ["nothing", ""],
    ["a word", "hello"],
    ["an unended block", "-----BEGIN PRIVATE KEY-----\nMIGH"],
    ["an empty block", "-----BEGIN PRIVATE KEY-----\n-----END PRIVATE KEY-----\n"],
    ["NULs", "\0\0\0\0"],
    ["an empty SEQUENCE", "\x30\x00"],
    ["a SEQUENCE that ends early", "\x30\x7f\x02\x01\x00"],
  ])("refuses %s", (_kind, text) => {
    expect(caught(Buffer.from(text, "latin1")).code).toBe("key.malformed");
  });

  it("refuses a public key and a certificate in DER", () => {
    expect(caught(generateKey({ kind: "ed25519" }).publicKey.der).code).toBe("key.malformed");
  });

  it("refuses private numbers out of the curve's range", () => {
    const structure = (scalar: Uint8Array): Uint8Array =>
      encodeSequence(
        encodeSmallInteger(1),
        encodeOctetString(scalar),
        encode(0xa0, Buffer.from("06082a8648ce3d030107", "hex")),
      );
    const order = Buffer.from("ffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551", "hex");
    const below = Buffer.from(order);
    below[31] = 0x50;
    expect(readPrivateKey(structure(below), "below.der").publicKey.label).toBe("ec:P-256");
    expect(
      readPrivateKey(structure(Buffer.concat([Buffer.alloc(5), below])), "zeros.der").publicKey.label,
    ).toBe("ec:P-256");
    expect(readPrivateKey(structure(Uint8Array.of(7)), "short.der").publicKey.label).toBe("ec:P-256");
    for (const scalar of [
      order,
      new Uint8Array(32),
      new Uint8Array(0),
      Buffer.alloc(33, 1),
      Buffer.alloc(32, 0xff),
    ])
      expect(caught(structure(scalar)).code).toBe("key.malformed");
    expect(caught(encodeSequence(encodeSmallInteger(1), encodeOctetString(below))).message).toContain(
      "does not name its curve",
    );
  });

  it("refuses parameters that the algorithm does not have, and takes RSA's NULL or none", () => {
    const inner = (text: string, skip: number): Uint8Array => derOf(text).subarray(skip);
    const wrap = (oid: string, parameters: Uint8Array | undefined, key: Uint8Array): Uint8Array =>
      encodeSequence(encodeSmallInteger(0), algorithmIdentifier(oid, parameters).der, key);
    const octets = Buffer.of(4, 0);
    const rsa = inner("rsa:2048", 22);
    expect(readPrivateKey(wrap("1.2.840.113549.1.1.1", Buffer.of(5, 0), rsa), "null").publicKey.kind).toBe(
      "rsa",
    );
    expect(readPrivateKey(wrap("1.2.840.113549.1.1.1", undefined, rsa), "none").publicKey.kind).toBe("rsa");
    expect(caught(wrap("1.2.840.113549.1.1.1", octets, rsa)).code).toBe("key.malformed");
    const ed = inner("ed25519", 12);
    expect(readPrivateKey(wrap("1.3.101.112", undefined, ed), "none").publicKey.kind).toBe("ed25519");
    expect(caught(wrap("1.3.101.112", Buffer.of(5, 0), ed)).code).toBe("key.malformed");
  });

  it("refuses a key whose curve is named twice and differently", () => {
    const { privateKey } = generateKeyPairSync("ec", {
      namedCurve: "prime256v1",
      publicKeyEncoding: { type: "spki", format: "der" },
      privateKeyEncoding: { type: "sec1", format: "der" },
    });
    const outer = algorithmIdentifier("1.2.840.10045.2.1", Buffer.from("06052b8104000a", "hex"));
    const mixed = encodeSequence(encodeSmallInteger(0), outer.der, encodeOctetString(privateKey));
    expect(caught(mixed).code).toBe("key.mismatched");
  });
});
