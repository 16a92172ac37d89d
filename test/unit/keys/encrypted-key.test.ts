import { createPrivateKey, generateKeyPairSync, randomBytes } from "node:crypto";
import { describe, expect, it } from "vitest";
import { SamicertsError } from "../../../src/base/errors.ts";
import { keyText } from "../../../src/keys/encrypted-key.ts";
import { readKeyFacts, readPkcs8Der, readPrivateKey } from "../../../src/keys/read-key.ts";
import { readPem, writePem } from "../../../src/x509/pem.ts";

const RANDOM = { bytes: (count: number) => randomBytes(count) };
const RIGHT = Buffer.from("correct horse");
const { privateKey } = generateKeyPairSync("ec", { namedCurve: "P-256" });
const PKCS8 = privateKey.export({ type: "pkcs8", format: "der" });
const TEXT = keyText(PKCS8, RIGHT, RANDOM);

function fault(work: () => unknown): SamicertsError {
  try {
    work();
  } catch (error) {
    if (error instanceof SamicertsError) return error;
    throw error;
  }
  throw new Error("nothing was thrown");
}

describe("an encrypted key", () => {
  it("is read by node:crypto, and by ourselves with its passphrase alone", () => {
    const opened = createPrivateKey({ key: TEXT, passphrase: RIGHT });
    expect(opened.export({ type: "pkcs8", format: "der" })).toEqual(PKCS8);
    expect(Buffer.from(readPkcs8Der(Buffer.from(TEXT), "x.key", () => RIGHT))).toEqual(PKCS8);
    expect(readPrivateKey(Buffer.from(TEXT), "x.key", () => RIGHT).plainFile).toBeUndefined();
    expect(readPrivateKey(Buffer.from(writePem("PRIVATE KEY", PKCS8)), "x.key").plainFile).toBe(true);
    expect(readKeyFacts(Buffer.from(TEXT), "x.key").scheme).toMatchObject({
      cipher: "aes-256-cbc",
      derivation: "PBKDF2-HMAC-SHA256",
      iterations: 600_000,
    });
  });

  it("is never written twice the same", () => {
    expect(keyText(PKCS8, RIGHT, RANDOM)).not.toBe(TEXT);
  });

  it("says the same of every wrong passphrase, and nothing of what it was or is", () => {
    const told = ["", "correct horse ", "Correct horse", "wrong"].map((wrong) => {
      const { code, kind, message, hint, cause } = fault(() =>
        readPrivateKey(Buffer.from(TEXT), "x.key", () => Buffer.from(wrong)),
      );
      return JSON.stringify({ code, kind, message, hint, cause });
    });
    expect(new Set(told).size).toBe(1);
    expect(told[0]).toContain('"code":"key.passphrase","kind":"key"');
    expect(told[0]).not.toContain("horse");
  });

  it("asks for a passphrase only where it is needed", () => {
    expect(fault(() => readPrivateKey(Buffer.from(TEXT), "x.key")).code).toBe("key.encrypted");
    const never = () => {
      throw new Error("was asked");
    };
    readPrivateKey(Buffer.from(writePem("PRIVATE KEY", PKCS8)), "x.key", never);
  });

  it("is refused where its parameters would take for ever, before anything is computed", () => {
    const der = Buffer.from(readPem(Buffer.from(TEXT), "x.key")[0]!.der);
    const at = der.indexOf("02030927c0", 0, "hex");
    expect(at).toBeGreaterThan(0);
    der.set([0x7f, 0xff, 0xff], at + 2);
    const error = fault(() => readPrivateKey(der, "x.key", () => RIGHT));
    expect(error).toMatchObject({ kind: "key", code: "key.encryption" });
    expect(error.message).toContain("8388607 rounds of PBKDF2");
  });

  it("never gives a key where an octet of it was changed", () => {
    const der = Buffer.from(readPem(Buffer.from(TEXT), "x.key")[0]!.der);
    // The derivation is what takes time: its salt and iterations are left alone, but for one octet.
    for (const at of [0, 5, 40, der.length - 60, der.length - 20, der.length - 1]) {
      const damaged = Buffer.from(der);
      damaged[at] = (damaged[at] as number) ^ 0x21;
      expect(fault(() => readPrivateKey(damaged, "x.key", () => RIGHT)).kind).toBe("key");
    }
  });
});
