import { execFileSync } from "node:child_process";
import { createPrivateKey, createPublicKey, verify } from "node:crypto";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { ecStructure, fillEcStructure } from "../../../src/keys/ec-structure.ts";
import { generateKey, keyGenerator } from "../../../src/keys/generate.ts";
import { parseKeySpec, SIGNATURE_ALGORITHMS, signatureAlgorithmFor } from "../../../src/x509/algorithms.ts";
import { decodePublicKey } from "../../../src/x509/public-key.ts";

const SPECS = ["ec:P-256", "ec:P-384", "ec:P-521", "rsa:2048", "rsa:3072", "ed25519"] as const;
const TBS = Buffer.from("to be signed");

function opened(pkcs8: Uint8Array): ReturnType<typeof createPrivateKey> {
  return createPrivateKey({ key: Buffer.from(pkcs8), format: "der", type: "pkcs8" });
}

/** The same value with octets as hex, for Buffer and Uint8Array are never equal. */
function inHex(value: object): unknown {
  return JSON.parse(
    JSON.stringify(value, function (this: Record<string, unknown>, name, text) {
      const raw = this[name];
      return raw instanceof Uint8Array ? Buffer.from(raw).toString("hex") : text;
    }),
  );
}

describe("generateKey", () => {
  it.each(SPECS)("makes a %s key whose parts agree", (text) => {
    const key = generateKey(parseKeySpec(text));
    expect(key.publicKey.label).toBe(text);
    expect(inHex(key.publicKey)).toEqual(inHex(decodePublicKey(key.publicKey.der)));
    const spki = createPublicKey(opened(key.pkcs8)).export({ type: "spki", format: "der" });
    expect(Buffer.from(key.publicKey.der)).toEqual(spki);
  });

  it.each(SPECS)("writes a %s key byte for byte as OpenSSL does", (text) => {
    const key = generateKey(parseKeySpec(text));
    expect(Buffer.from(key.pkcs8)).toEqual(opened(key.pkcs8).export({ type: "pkcs8", format: "der" }));
  });

  it.each(SPECS)("signs with a %s key by its own algorithm", (text) => {
    const key = generateKey(parseKeySpec(text));
    const signer = key.signer();
    const hash = SIGNATURE_ALGORITHMS.get(signer.algorithm.oid)?.hash ?? null;
    const publicKey = createPublicKey({ key: Buffer.from(key.publicKey.der), format: "der", type: "spki" });
    const signature = signer.sign(TBS);
    expect(verify(hash, TBS, publicKey, signature)).toBe(true);
    expect(verify(hash, Buffer.from("something else"), publicKey, signature)).toBe(false);
    expect(signer.publicKey).toBe(key.publicKey);
  });

  it.each(["sha384", "sha512"] as const)("signs by RSA with %s where it is asked for", (hash) => {
    const key = generateKey({ kind: "rsa", bits: 2048 });
    const signature = key.signer().sign(TBS, signatureAlgorithmFor(key.publicKey, hash));
    const publicKey = createPublicKey({ key: Buffer.from(key.publicKey.der), format: "der", type: "spki" });
    expect(verify(hash, TBS, publicKey, signature)).toBe(true);
    expect(verify("sha256", TBS, publicKey, signature)).toBe(false);
  });

  it("refuses an algorithm of another key", () => {
    const signer = generateKey({ kind: "ec", curve: "P-256" }).signer();
    const rsa = signatureAlgorithmFor({ kind: "rsa" });
    expect(() => signer.sign(TBS, rsa)).toThrow(
      expect.objectContaining({ kind: "key", code: "key.unsupported" }),
    );
  });

  it("makes another key at every call, and one does not change when the next is made", () => {
    const next = keyGenerator({ kind: "ec", curve: "P-256" });
    const first = next();
    const before = Buffer.from(first.pkcs8);
    const pointBefore = Buffer.from(first.publicKey.bits);
    const seen = new Set<string>([before.toString("hex")]);
    for (let i = 0; i < 200; i++) seen.add(Buffer.from(next().pkcs8).toString("hex"));
    expect(seen.size).toBe(201);
    expect(Buffer.from(first.pkcs8)).toEqual(before);
    expect(Buffer.from(first.publicKey.bits)).toEqual(pointBefore);
  });

  it("is zeros after wipe", () => {
    for (const text of SPECS) {
      const key = generateKey(parseKeySpec(text));
      expect(key.pkcs8.some((octet) => octet !== 0)).toBe(true);
      key.wipe();
      expect(key.pkcs8.every((octet) => octet === 0)).toBe(true);
      expect(inHex(key.publicKey)).toEqual(inHex(decodePublicKey(key.publicKey.der)));
    }
  });

  it("pads a short scalar to the field's length", () => {
    const structure = ecStructure("P-521");
    // The scalar 1: its public point is the curve's base point (FIPS 186-4, D.1.2.5).
    const point = Buffer.concat([
      Buffer.of(4),
      Buffer.from(
        "00c6858e06b70404e9cd9e3ecb662395b4429c648139053fb521f828af606b4d3dbaa14b5e77efe75928fe1dc127a2ffa8de3348b3c1856a429bf97e7e31c2e5bd66",
        "hex",
      ),
      Buffer.from(
        "011839296a789a3bc0045c8a5fb42c7d1bd998f54449579b446817afbd17273e662c97ee72995ef42640c550b9013fad0761353c7086a272c24088be94769fd16650",
        "hex",
      ),
    ]);
    const { pkcs8, publicKey } = fillEcStructure(structure, Uint8Array.of(1), point);
    expect(Buffer.from(pkcs8)).toEqual(opened(pkcs8).export({ type: "pkcs8", format: "der" }));
    expect(opened(pkcs8).export({ format: "jwk" }).d).toBe(
      Buffer.concat([Buffer.alloc(65), Buffer.of(1)]).toString("base64url"),
    );
    expect(Buffer.from(publicKey.bits)).toEqual(point);
  });

  it("is accepted by openssl pkey -check", () => {
    const dir = mkdtempSync(join(tmpdir(), "samicerts-keys-"));
    try {
      for (const text of SPECS) {
        const file = join(dir, "key.der");
        writeFileSync(file, generateKey(parseKeySpec(text)).pkcs8, { mode: 0o600 });
        const output = execFileSync("openssl", ["pkey", "-inform", "DER", "-in", file, "-check", "-noout"], {
          encoding: "utf8",
          stdio: ["ignore", "pipe", "pipe"],
        });
        expect(output).toContain("Key is valid");
      }
    } finally {
      rmSync(dir, { recursive: true });
    }
  });
});
