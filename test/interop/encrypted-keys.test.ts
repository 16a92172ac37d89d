import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import forge from "node-forge";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { keyText } from "../../src/keys/encrypted-key.ts";
import { generateKey } from "../../src/keys/generate.ts";
import { readPkcs8Der, readPrivateKey } from "../../src/keys/read-key.ts";
import { SYSTEM_RANDOM } from "../../src/open-deps.ts";
import { parseKeySpec } from "../../src/x509/algorithms.ts";
import { needs } from "../programs.ts";
import { run } from "./vendor.ts";

const PASSPHRASE = Buffer.from("Überraschung 中");
let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "samicerts-encrypted-"));
  writeFileSync(join(folder, "pass"), Buffer.concat([PASSPHRASE, Buffer.from("\n")]), { mode: 0o600 });
});
afterAll(() => rmSync(folder, { recursive: true }));

function openssl(...words: readonly string[]): string {
  const { status, stdout, stderr } = run("openssl", words, folder);
  if (status !== 0) throw new Error(`openssl ${words.join(" ")} ended with ${status}: ${stderr}`);
  return stdout;
}

needs("openssl")("encrypted keys between OpenSSL and us", () => {
  it.each(["ec:P-256", "ec:P-384", "ec:P-521", "rsa:2048", "ed25519"])(
    "ours of %s are OpenSSL's to read",
    (kind) => {
      const key = generateKey(parseKeySpec(kind));
      writeFileSync(join(folder, "ours.key"), keyText(key.pkcs8, PASSPHRASE, SYSTEM_RANDOM));
      openssl(
        "pkey",
        "-in",
        "ours.key",
        "-passin",
        "file:pass",
        "-pubout",
        "-outform",
        "DER",
        "-out",
        "ours.pub",
      );
      expect(readFileSync(join(folder, "ours.pub"))).toEqual(Buffer.from(key.publicKey.der));
      expect(
        run("openssl", ["pkey", "-in", "ours.key", "-passin", "pass:wrong", "-noout"], folder).status,
      ).not.toBe(0);
    },
  );

  it.each([
    [["-v2", "aes-256-cbc"]],
    [["-v2", "aes-128-cbc", "-v2prf", "hmacWithSHA1"]],
    [["-v2", "aes-192-cbc", "-v2prf", "hmacWithSHA512"]],
    [["-v2", "des3", "-v2prf", "hmacWithSHA384"]],
    [["-v2", "aes-256-cbc", "-v2prf", "hmacWithSHA224", "-iter", "1"]],
    [["-scrypt"]],
  ])("OpenSSL's with %j are ours to read, PEM and DER", (words) => {
    openssl("genpkey", "-algorithm", "EC", "-pkeyopt", "ec_paramgen_curve:P-256", "-out", "plain.key");
    const plain = readPrivateKey(readFileSync(join(folder, "plain.key")), "plain.key");
    for (const form of ["PEM", "DER"]) {
      openssl(
        "pkcs8",
        "-topk8",
        "-in",
        "plain.key",
        "-passout",
        "file:pass",
        ...words,
        "-outform",
        form,
        "-out",
        "e.key",
      );
      const bytes = readFileSync(join(folder, "e.key"));
      expect(readPrivateKey(bytes, "e.key", () => PASSPHRASE).publicKey.der).toEqual(plain.publicKey.der);
      expect(() => readPrivateKey(bytes, "e.key", () => Buffer.from("x"))).toThrow("the passphrase is wrong");
    }
  });

  it("says of the old encryptions what they are, and how to rewrite them", () => {
    openssl("genrsa", "-out", "rsa.key", "2048");
    openssl(
      "pkcs8",
      "-topk8",
      "-in",
      "rsa.key",
      "-v1",
      "PBE-SHA1-3DES",
      "-passout",
      "file:pass",
      "-out",
      "old.key",
    );
    const old = readFileSync(join(folder, "old.key"));
    expect(() => readPrivateKey(old, "old.key", () => PASSPHRASE)).toThrow(/triple DES/);
    openssl("rsa", "-in", "rsa.key", "-traditional", "-aes128", "-passout", "file:pass", "-out", "older.key");
    const older = readFileSync(join(folder, "older.key"));
    expect(() => readPrivateKey(older, "older.key", () => PASSPHRASE)).toThrow(/OpenSSL's old way/);
  });
});

describe("encrypted keys and node-forge", () => {
  it("agree on what is in ours", () => {
    const key = generateKey(parseKeySpec("rsa:2048"));
    const ascii = Buffer.from("correct horse");
    const text = keyText(key.pkcs8, ascii, SYSTEM_RANDOM);
    const info = forge.pki.decryptPrivateKeyInfo(forge.pki.encryptedPrivateKeyFromPem(text), "correct horse");
    const der = Buffer.from(forge.asn1.toDer(info).getBytes(), "latin1");
    expect(der).toEqual(Buffer.from(readPkcs8Der(Buffer.from(text), "x", () => ascii)));
  });
});
