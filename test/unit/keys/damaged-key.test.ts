import { createPrivateKey } from "node:crypto";
import { describe, expect, it } from "vitest";
import { SamicertsError } from "../../../src/base/errors.ts";
import { generateKey } from "../../../src/keys/generate.ts";
import { readPrivateKey } from "../../../src/keys/read-key.ts";
import { parseKeySpec } from "../../../src/x509/algorithms.ts";
import { encode, encodeSequence, encodeSmallInteger } from "../../../src/x509/der-writer.ts";

function caught(bytes: Uint8Array): SamicertsError {
  try {
    readPrivateKey(bytes, "some.key");
  } catch (error) {
    expect(error).toBeInstanceOf(SamicertsError);
    expect(error).toMatchObject({ kind: "key" });
    return error as SamicertsError;
  }
  throw new Error("it was read");
}

const derOf = (text: string): Uint8Array => generateKey(parseKeySpec(text)).pkcs8;

describe("a damaged key", () => {
  it.each(["ec:P-256", "ec:P-521", "rsa:2048", "ed25519"])("%s is refused wherever it is cut off", (text) => {
    const der = derOf(text);
    for (let length = 0; length < der.length; length++) caught(der.subarray(0, length));
    caught(Buffer.concat([der, Buffer.of(0)]));
  });

  it.each(["ec:P-256", "ec:P-384", "rsa:2048"])(
    "%s is never read as another key, whichever byte is wrong",
    (text) => {
      const der = Buffer.from(derOf(text));
      const before = Buffer.from(readPrivateKey(der, "whole.der").publicKey.der);
      const codes = new Map<string, number>();
      for (let at = 0; at < der.length; at++)
        for (const flip of [0x01, 0x80]) {
          const damaged = Buffer.from(der);
          damaged[at] = (damaged[at] as number) ^ flip;
          let code = "read";
          try {
            expect(Buffer.from(readPrivateKey(damaged, "some.key").publicKey.der)).toEqual(before);
          } catch (error) {
            if (!(error instanceof SamicertsError)) throw error;
            expect(error.kind).toBe("key");
            code = error.code;
          }
          codes.set(code, (codes.get(code) ?? 0) + 1);
        }
      // All but a few bytes carry the key or its frame; those few are the version, which may be 0 or 1.
      expect(codes.get("read") ?? 0).toBeLessThanOrEqual(2);
      expect(codes.get("key.mismatched") ?? 0).toBeGreaterThan(60);
    },
  );

  it("refuses an RSA key with one wrong number, each of them", () => {
    const { n, e, d, p, q, dp, dq, qi } = createPrivateKey({
      key: Buffer.from(derOf("rsa:2048")),
      format: "der",
      type: "pkcs8",
    }).export({ format: "jwk" }) as Record<string, string>;
    const integer = (text: string | undefined, wrong: boolean): Uint8Array => {
      const octets = Buffer.from(text ?? "", "base64url");
      if (wrong) octets[octets.length - 1] = (octets.at(-1) as number) ^ 2;
      return encode(2, (octets[0] as number) >= 0x80 ? Buffer.concat([Buffer.of(0), octets]) : octets);
    };
    const numbers = [n, e, d, p, q, dp, dq, qi];
    const key = (bad: number): Uint8Array =>
      encodeSequence(encodeSmallInteger(0), ...numbers.map((text, i) => integer(text, i === bad)));
    expect(readPrivateKey(key(-1), "good.der").publicKey.label).toBe("rsa:2048");
    for (const bad of numbers.keys()) expect(caught(key(bad)).code, String(bad)).toBe("key.mismatched");
  });
});
