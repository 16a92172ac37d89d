import { webcrypto } from "node:crypto";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import "reflect-metadata";
import * as peculiar from "@peculiar/x509";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { SamicertsError } from "../../src/base/errors.ts";
import { formatName } from "../../src/x509/name-format.ts";
import { readRequest } from "../../src/x509/read-request.ts";
import type { CertificateRequest } from "../../src/x509/request.ts";
import { needs } from "../programs.ts";
import { run } from "./vendor.ts";

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "samicerts-requests-"));
});
afterAll(() => rmSync(folder, { recursive: true }));

function must(program: string, words: readonly string[]): void {
  const { status, stderr } = run(program, words, folder);
  if (status !== 0) throw new Error(`${program} ${words.join(" ")} ended with ${status}: ${stderr}`);
}

/** Reads what is accepted, and makes sure that it isn't with a bit flipped, tried throughout its signed part. */
function accepted(bytes: Uint8Array): CertificateRequest {
  const request = readRequest(bytes, "device.csr");
  const flipped = Buffer.from(request.der);
  const start = request.info.byteOffset - request.der.byteOffset;
  for (let at = start; at < start + request.info.length; at += 7) {
    flipped[at] = (flipped[at] as number) ^ (1 << (at & 7));
    expect(() => readRequest(flipped, "device.csr")).toThrow(SamicertsError);
    flipped[at] = (flipped[at] as number) ^ (1 << (at & 7));
  }
  return request;
}

const OPENSSL_KEYS: readonly (readonly [string, readonly string[]])[] = [
  ["ec:P-256", ["-algorithm", "EC", "-pkeyopt", "ec_paramgen_curve:P-256"]],
  ["ec:P-384", ["-algorithm", "EC", "-pkeyopt", "ec_paramgen_curve:P-384"]],
  ["ec:P-521", ["-algorithm", "EC", "-pkeyopt", "ec_paramgen_curve:P-521"]],
  ["rsa:2048", ["-algorithm", "RSA", "-pkeyopt", "rsa_keygen_bits:2048"]],
  ["rsa:3072", ["-algorithm", "RSA", "-pkeyopt", "rsa_keygen_bits:3072"]],
  ["ed25519", ["-algorithm", "ED25519"]],
];

needs("openssl")("requests that openssl req makes", () => {
  const request = (...words: readonly string[]): Buffer => {
    must("openssl", ["req", "-new", "-key", "key.pem", "-out", "device.csr", ...words]);
    return readFileSync(join(folder, "device.csr"));
  };

  it.each(OPENSSL_KEYS)("are accepted with a key of %s", (label, words) => {
    must("openssl", ["genpkey", ...words, "-out", "key.pem"]);
    for (const form of ["PEM", "DER"]) {
      const read = accepted(
        request("-subj", "/C=US/O=MyOrg/CN=Lamp", "-addext", "keyUsage=keyCertSign", "-outform", form),
      );
      expect(read.publicKey.label).toBe(label);
      expect(formatName(read.subject)).toBe("/C=US/O=MyOrg/CN=Lamp");
      expect(read.known.keyUsage?.usages).toEqual(["keyCertSign"]);
    }
  });

  it("are accepted with every digest, and with RSA-PSS", () => {
    must("openssl", ["genpkey", "-algorithm", "RSA", "-pkeyopt", "rsa_keygen_bits:2048", "-out", "key.pem"]);
    for (const digest of ["-sha256", "-sha384", "-sha512"]) accepted(request("-subj", "/CN=x", digest));
    for (const salt of ["digest", "max", "20"])
      accepted(
        request("-subj", "/CN=x", "-sigopt", "rsa_padding_mode:pss", "-sigopt", `rsa_pss_saltlen:${salt}`),
      );
    // As it is without being told.
    accepted(request("-subj", "/CN=x", "-sigopt", "rsa_padding_mode:pss"));
  });

  it("are accepted with a challenge password and several extensions", () => {
    must("openssl", [
      "genpkey",
      "-algorithm",
      "EC",
      "-pkeyopt",
      "ec_paramgen_curve:P-256",
      "-out",
      "key.pem",
    ]);
    writeFileSync(
      join(folder, "req.cnf"),
      "[req]\nprompt=no\ndistinguished_name=dn\nattributes=attrs\nreq_extensions=exts\n[dn]\nCN=Lamp\n" +
        "[attrs]\nchallengePassword=hunter2\nunstructuredName=lamp\n" +
        "[exts]\nbasicConstraints=critical,CA:TRUE\nsubjectAltName=DNS:lamp.example\n",
    );
    const read = accepted(request("-config", "req.cnf"));
    expect(read.attributes.map(({ oid }) => oid).sort()).toEqual([
      "1.2.840.113549.1.9.2",
      "1.2.840.113549.1.9.7",
    ]);
    expect(read.known.basicConstraints?.ca).toBe(true);
  });
});

needs("certtool")("requests that certtool makes", () => {
  it.each([
    ["ec:P-256", ["--key-type", "ecdsa", "--curve", "secp256r1"]],
    ["ec:P-384", ["--key-type", "ecdsa", "--curve", "secp384r1"]],
    ["ec:P-521", ["--key-type", "ecdsa", "--curve", "secp521r1"]],
    ["rsa:2048", ["--key-type", "rsa", "--bits", "2048"]],
    ["ed25519", ["--key-type", "ed25519"]],
  ])("are accepted with a key of %s", (label, words) => {
    must("certtool", ["--generate-privkey", ...words, "--outfile", "key.pem"]);
    writeFileSync(
      join(folder, "lamp.cfg"),
      'cn = "Lamp"\norganization = "MyOrg"\nsigning_key\ntls_www_client\ndns_name = "lamp.example"\nchallenge_password = "x"\n',
    );
    const words2 = ["--generate-request", "--load-privkey", "key.pem", "--template", "lamp.cfg"];
    must("certtool", [...words2, "--outfile", "device.csr"]);
    const read = accepted(readFileSync(join(folder, "device.csr")));
    expect(read.publicKey.label).toBe(label);
  });
});

describe("requests that @peculiar/x509 makes", () => {
  const provider = webcrypto as unknown as Parameters<
    typeof peculiar.Pkcs10CertificateRequestGenerator.create
  >[1];
  it.each([
    ["ec:P-256", { name: "ECDSA", namedCurve: "P-256" }, { name: "ECDSA", hash: "SHA-256" }],
    ["ec:P-384", { name: "ECDSA", namedCurve: "P-384" }, { name: "ECDSA", hash: "SHA-384" }],
    ["ec:P-521", { name: "ECDSA", namedCurve: "P-521" }, { name: "ECDSA", hash: "SHA-512" }],
    [
      "rsa:2048",
      {
        name: "RSASSA-PKCS1-v1_5",
        modulusLength: 2048,
        publicExponent: Uint8Array.of(1, 0, 1),
        hash: "SHA-256",
      },
      { name: "RSASSA-PKCS1-v1_5" },
    ],
    ["ed25519", { name: "Ed25519" }, { name: "Ed25519" }],
  ])("are accepted with a key of %s", async (label, algorithm, signingAlgorithm) => {
    const keys = (await webcrypto.subtle.generateKey(algorithm, true, [
      "sign",
      "verify",
    ])) as webcrypto.CryptoKeyPair;
    const request = await peculiar.Pkcs10CertificateRequestGenerator.create(
      {
        name: "C=US, O=MyOrg, CN=Lamp",
        keys: keys as never,
        signingAlgorithm,
        extensions: [
          new peculiar.KeyUsagesExtension(peculiar.KeyUsageFlags.digitalSignature, true),
          new peculiar.SubjectAlternativeNameExtension([{ type: "dns", value: "lamp.example" }]),
        ],
        attributes: [new peculiar.ChallengePasswordAttribute("hunter2")],
      },
      provider,
    );
    const read = accepted(new Uint8Array(request.rawData));
    expect(read.publicKey.label).toBe(label);
    expect(read.known.subjectAltName?.names).toHaveLength(1);
  });
});
