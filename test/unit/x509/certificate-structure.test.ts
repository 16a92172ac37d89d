import { describe, expect, it } from "vitest";
import { decodeCertificate, MAX_CERTIFICATE_SIZE } from "../../../src/x509/certificate.ts";
import { DerReader, TAG } from "../../../src/x509/der-reader.ts";
import { encode, encodeSequence } from "../../../src/x509/der-writer.ts";
import { mint, testKey } from "./mint.ts";

const WHOLE = mint({ subject: "device", key: testKey() }).der;

/** The elements of a certificate's to-be-signed part, by name, and the two that follow it. */
function partsOf(der: Uint8Array) {
  const outer = new DerReader(der).sequence("it");
  const tbs = outer.sequence("it");
  const [algorithm, signature] = [outer.element("it"), outer.element("it")] as const;
  const names = ["version", "serial", "inner", "issuer", "validity", "subject", "key", "extensions"] as const;
  const parts = Object.fromEntries(names.map((name) => [name, tbs.element(name)]));
  return { parts: parts as Record<(typeof names)[number], Uint8Array>, algorithm, signature };
}

const { parts: PARTS, algorithm: ALGORITHM, signature: SIGNATURE } = partsOf(WHOLE);
const NONE = new Uint8Array(0);
const LONGEST = 256;
const version = (value: number): Uint8Array => encode(0xa0, encode(TAG.integer, Uint8Array.of(value)));
const TIME = encode(TAG.utcTime, Buffer.from("260101000000Z"));
const BITS = Uint8Array.of(0, 0xaa);
/** A certificate with some parts in other parts' place; what has no name goes behind the key. */
const rebuilt = (change: Partial<typeof PARTS>, more: Uint8Array = NONE, behind: Uint8Array = NONE) => {
  const { extensions, ...front } = { ...PARTS, ...change };
  return encodeSequence(
    encodeSequence(...Object.values(front), more, extensions, behind),
    ALGORITHM,
    SIGNATURE,
  );
};

describe("a certificate's structure", () => {
  it("is what it was, put together again", () => {
    expect(Buffer.from(rebuilt({}))).toEqual(Buffer.from(WHOLE));
    expect(decodeCertificate(rebuilt({})).version).toBe(3);
  });

  it("has version 1 where none is written, and then no extensions and no unique identifiers", () => {
    expect(decodeCertificate(rebuilt({ version: NONE, extensions: NONE })).version).toBe(1);
    expect(decodeCertificate(rebuilt({ version: version(1), extensions: NONE })).version).toBe(2);
    for (const tag of [0x81, 0x82])
      for (const [written, taken] of [
        [NONE, false],
        [version(1), true],
        [version(2), true],
      ] as const) {
        const der = rebuilt({ version: written, extensions: NONE }, encode(tag, BITS));
        if (taken) decodeCertificate(der);
        else expect(() => decodeCertificate(der)).toThrow(/unique identifiers need version 2 or 3/);
      }
    decodeCertificate(rebuilt({}, Buffer.concat([encode(0x81, BITS), encode(0x82, BITS)])));
  });

  it.each([
    ["version 1 written out", rebuilt({ version: version(0) }), /v1 is the default/],
    ["version 4", rebuilt({ version: version(3) }), /version 4 does not exist/],
    ["two versions in one", rebuilt({ version: encode(0xa0, Uint8Array.of(2, 1, 2, 2, 1, 2)) }), /follow/],
    ["extensions with version 1", rebuilt({ version: NONE }), /extensions need version 3, this is 1/],
    ["extensions with version 2", rebuilt({ version: version(1) }), /extensions need version 3, this is 2/],
    ["a validity of one time", rebuilt({ validity: encodeSequence(TIME) }), /notAfter.*expected UTCTime/],
    ["a validity of three times", rebuilt({ validity: encodeSequence(TIME, TIME, TIME) }), /follow/],
    [
      "unique identifiers out of order",
      rebuilt({}, Buffer.concat([encode(0x82, BITS), encode(0x81, BITS)])),
      /follow|expected/,
    ],
    ["a unique identifier that is no bit string", rebuilt({}, encode(0x81, NONE)), /BIT STRING/],
    ["something behind its extensions", rebuilt({}, NONE, encode(TAG.null)), /follow/],
    [
      "something behind its signature",
      encodeSequence(...[...Array.from([WHOLE], (der) => der.subarray(4)), encode(TAG.null)]),
      /follow/,
    ],
    ["no extensions in its extensions", rebuilt({ extensions: encode(0xa3, encodeSequence()) }), /extension/],
    [
      "two lists of extensions",
      rebuilt({
        extensions: encode(
          0xa3,
          PARTS.extensions.subarray(4 - 2 * Number(PARTS.extensions[1]! < 0x80)),
          encodeSequence(),
        ),
      }),
      /./,
    ],
  ])("is refused with %s", (_, der, why) => {
    expect(() => decodeCertificate(der)).toThrow(
      expect.objectContaining({ message: expect.stringMatching(why) }),
    );
  });

  it("has a serial number of so many octets at most, and is so large at most", () => {
    const serial = (octets: number) => encode(TAG.integer, Buffer.alloc(octets, 0x11));
    // RFC 5280 allows 20; longer ones are read, so that the policy can say what is wrong with them.
    expect(decodeCertificate(rebuilt({ serial: serial(LONGEST) })).serial.length).toBe(LONGEST);
    expect(() => decodeCertificate(rebuilt({ serial: serial(LONGEST + 1) }))).toThrow(
      `a serial number of ${LONGEST + 1} octets`,
    );
    expect(() => decodeCertificate(Buffer.alloc(MAX_CERTIFICATE_SIZE + 1))).toThrow(/are more than/);
    expect(() => decodeCertificate(Buffer.alloc(MAX_CERTIFICATE_SIZE))).toThrow(/expected SEQUENCE/);
    expect(MAX_CERTIFICATE_SIZE).toBe(1_048_576);
  });
});
