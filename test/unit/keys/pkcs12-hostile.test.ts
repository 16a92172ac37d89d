import { createHmac } from "node:crypto";
import { describe, expect, it } from "vitest";
import { SamicertsError } from "../../../src/base/errors.ts";
import { derivePkcs12, PURPOSE } from "../../../src/keys/pkcs12-kdf.ts";
import { readPkcs12 } from "../../../src/keys/pkcs12-read.ts";
import {
  encode,
  encodeOctetString,
  encodeOid,
  encodeSequence,
  encodeSmallInteger,
} from "../../../src/x509/der-writer.ts";

const PASSPHRASE = Buffer.from("pass");
const SALT = Buffer.alloc(8, 7);
const DATA = encodeOid("1.2.840.113549.1.7.1");
const CERTIFICATE = Buffer.from("3003020101", "hex");

const data = (content: Uint8Array) => encodeSequence(DATA, encode(0xa0, encodeOctetString(content)));
const bag = (arc: number, value: Uint8Array) =>
  encodeSequence(encodeOid(`1.2.840.113549.1.12.10.1.${arc}`), encode(0xa0, value));
const certificate = bag(
  3,
  encodeSequence(encodeOid("1.2.840.113549.1.9.22.1"), encode(0xa0, encodeOctetString(CERTIFICATE))),
);
const pbe = (rounds: number) =>
  encodeSequence(
    encodeOid("1.2.840.113549.1.12.1.3"),
    encodeSequence(encodeOctetString(SALT), encodeSmallInteger(rounds)),
  );
const sealedKey = (rounds: number) =>
  bag(2, encodeSequence(pbe(rounds), encodeOctetString(Buffer.alloc(48))));

/** A file whose MAC is what `spoil` makes of the sound one; it says `asked` rounds whatever was done. */
function file(
  bags: readonly Uint8Array[],
  { spoil = (mac: Buffer): Buffer => mac, asked = 1, oid = "1.3.14.3.2.26" } = {},
): Uint8Array {
  const authSafe = encodeSequence(data(encodeSequence(...bags)));
  const key = derivePkcs12(PASSPHRASE, { salt: SALT, iterations: 1, hash: "sha1" }, PURPOSE.mac);
  const mac = spoil(createHmac("sha1", key).update(authSafe).digest());
  const info = encodeSequence(encodeSequence(encodeOid(oid), Uint8Array.of(5, 0)), encodeOctetString(mac));
  const macData = encodeSequence(info, encodeOctetString(SALT), encodeSmallInteger(asked));
  return encodeSequence(encodeSmallInteger(3), data(authSafe), macData);
}

function codeOf(der: Uint8Array): string {
  try {
    readPkcs12(der, "it", () => PASSPHRASE);
    return "none";
  } catch (error) {
    if (error instanceof SamicertsError) return error.code;
    throw error;
  }
}

describe("a PKCS#12 file of somebody who means ill", () => {
  it("is read where it is sound", () => {
    const read = readPkcs12(file([certificate]), "it", () => PASSPHRASE);
    expect(read.certificates.map((der) => Buffer.from(der))).toEqual([CERTIFICATE]);
  });

  it.each<[string, (mac: Buffer) => Buffer]>([
    ["changed", (mac) => Buffer.from(mac.map((octet, at) => (at === 0 ? octet ^ 1 : octet)))],
    ["cut short", (mac) => mac.subarray(0, 4)],
    ["empty", () => Buffer.alloc(0)],
    ["too long", (mac) => Buffer.concat([mac, Buffer.alloc(1)])],
  ])("is refused with a MAC that is %s", (_, spoil) => {
    expect(codeOf(file([certificate], { spoil }))).toBe("key.passphrase");
  });

  it("is refused with a MAC of a hash that is not known, without one, and with none of its rounds", () => {
    expect(codeOf(file([certificate], { oid: "1.2.3" }))).toBe("key.encryption");
    const bare = encodeSequence(encodeSmallInteger(3), data(encodeSequence()));
    expect(codeOf(bare)).toBe("key.encryption");
    expect(codeOf(file([certificate], { asked: 0 }))).toBe("key.malformed");
  });

  it("is refused before the first of more rounds than a person would wait for, in one place or in all", () => {
    expect(codeOf(file([certificate], { asked: 2_000_000_000 }))).toBe("key.encryption");
    expect(codeOf(file([sealedKey(2_000_000_000)]))).toBe("key.encryption");
  });

  it("gives up at the bags' rounds together", () => {
    const bags = Array.from({ length: 3 }, () => certificate);
    expect(() => readPkcs12(file([...bags, sealedKey(100)]), "it", () => PASSPHRASE, 50)).toThrow(
      expect.objectContaining({ code: "key.encryption" }),
    );
  });

  it("has nothing taken from bags within bags, however deep", () => {
    let nested = certificate;
    for (let depth = 0; depth < 2000; depth++) nested = bag(6, encodeSequence(nested));
    // One is passed over, for nobody needs it; the depth is what ends the rest.
    expect(codeOf(file([nested]))).toBe("der.depth");
    const read = readPkcs12(file([bag(6, encodeSequence(certificate))]), "it", () => PASSPHRASE);
    expect(read.certificates).toEqual([]);
  });
});
