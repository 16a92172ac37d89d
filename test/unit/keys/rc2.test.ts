import { randomBytes } from "node:crypto";
import forge from "node-forge";
import { describe, expect, it } from "vitest";
import { decryptRc2 } from "../../../src/keys/rc2.ts";

const FULL_PADDING = Buffer.alloc(8, 8);
const xor = (a: Buffer, b: Buffer): Buffer => Buffer.from(a.map((octet, i) => octet ^ (b[i] as number)));

/** With all bits of the key in effect, of RFC 2268, 5. */
const VECTORS = [
  { key: "ffffffffffffffff", plain: "ffffffffffffffff", encrypted: "278b27e42e2f0d49" },
  { key: "3000000000000000", plain: "1000000000000001", encrypted: "30649edf9be7d2c2" },
  { key: "88bca90e90875a7f0f79c384627bafb2", plain: "0000000000000000", encrypted: "2269552ab0f85ca6" },
];

describe("decryptRc2", () => {
  it.each(VECTORS)("agrees with RFC 2268's vector of $key", ({ key, plain, encrypted }) => {
    const whole = Buffer.from(key, "hex");
    const block = Buffer.from(encrypted, "hex");
    // With this IV the block that comes out is nothing but padding, and with any other it is not.
    const iv = xor(Buffer.from(plain, "hex"), FULL_PADDING);
    expect(decryptRc2(block, whole, iv)).toEqual(Buffer.alloc(0));
    for (let bit = 0; bit < 64; bit++) {
      const other = Buffer.from(iv);
      other[bit >> 3] = (other[bit >> 3] as number) ^ (1 << (bit & 7));
      const out = decryptRc2(block, whole, other);
      expect(out === undefined || out.length > 0, `bit ${bit}`).toBe(true);
    }
  });

  it("gives back what node-forge has encrypted, of every length, with keys of 40 and 128 bits", () => {
    for (const keyOctets of [5, 16]) {
      for (let length = 0; length < 40; length++) {
        const [key, iv, plain] = [randomBytes(keyOctets), randomBytes(8), randomBytes(length)];
        const cipher = forge.rc2.createEncryptionCipher(key.toString("latin1"), keyOctets * 8);
        cipher.start(iv.toString("latin1"));
        cipher.update(forge.util.createBuffer(plain.toString("latin1")));
        cipher.finish();
        const encrypted = Buffer.from(cipher.output.getBytes(), "latin1");
        expect(decryptRc2(encrypted, key, iv)).toEqual(plain);
      }
    }
  });

  it("gives nothing of what is no whole number of blocks, or not padded", () => {
    const key = Buffer.alloc(5, 1);
    const iv = Buffer.alloc(8);
    for (const length of [0, 1, 7, 9]) expect(decryptRc2(Buffer.alloc(length), key, iv)).toBeUndefined();
    expect(decryptRc2(Buffer.from("278b27e42e2f0d49", "hex"), Buffer.alloc(8, 0xff), iv)).toBeUndefined();
  });
});
