import { describe, expect, it } from "vitest";
import { SamicertsError } from "../../../src/base/errors.ts";
import { type ByteSource, memorySource } from "../../../src/x509/byte-source.ts";
import { type CrlEntry, decodeCrl, decodeCrlFrame } from "../../../src/x509/crl.ts";
import { findCrlEntry, indexCrl } from "../../../src/x509/crl-index.ts";
import {
  encode,
  encodeBoolean,
  encodeOctetString,
  encodeOid,
  encodeSequence,
} from "../../../src/x509/der-writer.ts";
import { encodeExtension } from "../../../src/x509/extension-encode.ts";
import { CRL_OID } from "../../../src/x509/oids.ts";
import {
  type CrlChoice,
  crlEntry,
  crlNumber,
  deltaIndicator,
  invalidity,
  issuingPoint,
  mintCrl,
  reason,
} from "./crl-scene.ts";
import { DAY, NOW, testKey } from "./mint.ts";

const by = testKey();
const make = (choice: Omit<CrlChoice, "by">): Uint8Array => mintCrl({ by, ...choice });

function codeOf(der: Uint8Array): string {
  try {
    decodeCrl(memorySource(der), "x.crl");
    return "fine";
  } catch (error) {
    if (!(error instanceof SamicertsError)) throw error;
    expect(error.message).toMatch(/^x\.crl/);
    return error.code;
  }
}

/** Gives windows of its own, written over at the next, as a file's are; and tells how much it was asked for at once. */
function thrifty(der: Uint8Array): ByteSource & { largest: number } {
  let last: Uint8Array | undefined;
  const source = {
    size: der.length,
    largest: 0,
    window(at: number, length: number) {
      last?.fill(0xee);
      if (at + length > der.length) throw new RangeError("past the end");
      source.largest = Math.max(source.largest, length);
      last = Uint8Array.from(der.subarray(at, at + length));
      return { bytes: last, start: 0 };
    },
  };
  return source;
}

describe("decodeCrl", () => {
  it("reads what RFC 5280 has", () => {
    const entries: CrlEntry[] = [];
    const der = make({
      entries: [
        crlEntry(5n),
        crlEntry(6n, [reason(1), invalidity(NOW - 9 * DAY)]),
        crlEntry(Uint8Array.of(0xff)),
        crlEntry(7n, [encodeExtension(CRL_OID.certificateIssuer, true, encodeSequence())]),
      ],
      extensions: [crlNumber(9), encodeExtension("1.2.3.4", true, encodeSequence())],
    });
    const crl = decodeCrl(memorySource(der), "x.crl", (entry) => void entries.push(entry));
    expect(crl).toMatchObject({
      version: 2,
      thisUpdate: { epochMs: NOW - DAY },
      nextUpdate: { epochMs: NOW + DAY },
      known: { number: 9n, unknownCritical: ["1.2.3.4"] },
    });
    const none = { otherIssuer: false, unknownCritical: [] };
    const revokedMs = NOW - 2 * DAY;
    expect(entries.map(({ serial, ...rest }) => ({ serial: [...serial], ...rest }))).toEqual([
      { serial: [5], revokedMs, ...none },
      { serial: [6], revokedMs, ...none, reason: "keyCompromise", invalidityMs: NOW - 9 * DAY },
      { serial: [255], revokedMs, ...none },
      { serial: [7], revokedMs, otherIssuer: true, unknownCritical: [] },
    ]);
  });

  it("reads one of version 1, and one without nextUpdate", () => {
    const crl = decodeCrlFrame(
      memorySource(make({ version: "absent", extensions: "absent", nextUpdateMs: "absent" })),
      "x.crl",
    );
    expect(crl.version).toBe(1);
    expect(crl).not.toHaveProperty("nextUpdate");
    expect(crl.entries.at).toBe(crl.entries.end);
  });

  it("reads issuing distribution points", () => {
    const read = (flags: Parameters<typeof issuingPoint>[0]) =>
      decodeCrlFrame(memorySource(make({ extensions: [issuingPoint(flags)] })), "x").known;
    expect(read(["user"]).issuingDistributionPoint).toEqual({
      nameRelativeToIssuer: false,
      only: "user",
      onlySomeReasons: false,
      indirect: false,
    });
    expect(read(["ca", "indirect"]).issuingDistributionPoint).toMatchObject({ only: "ca", indirect: true });
    expect(read(["reasons"]).issuingDistributionPoint).toMatchObject({ onlySomeReasons: true });
  });

  const unsorted = (value: Uint8Array, oid: string = CRL_OID.reasonCode): Uint8Array =>
    encodeExtension(oid, false, value);

  it.each<[string, Omit<CrlChoice, "by">, string]>([
    ["a version that is not 2", { version: 0 }, "crl.version"],
    ["version 3", { version: 2 }, "crl.version"],
    ["extensions in version 1", { version: "absent" }, "crl.version"],
    [
      "an entry's extensions in version 1",
      { version: "absent", extensions: "absent", entries: [crlEntry(1n, [reason(1)])] },
      "crl.version",
    ],
    ["an empty list of entries", { emptyList: true }, "crl.empty-list"],
    ["no extension in the list", { extensions: [] }, "crl.empty-extensions"],
    ["an extension twice", { extensions: [crlNumber(1), crlNumber(2)] }, "crl.duplicate-extension"],
    [
      "an entry's extension twice",
      { entries: [crlEntry(1n, [reason(1), reason(1)])] },
      "crl.duplicate-extension",
    ],
    ["reason 7", { entries: [crlEntry(1n, [reason(7)])] }, "der.reason"],
    ["reason 11", { entries: [crlEntry(1n, [reason(11)])] }, "der.reason"],
    [
      "a reason that is an INTEGER",
      { entries: [crlEntry(1n, [unsorted(Uint8Array.of(2, 1, 1))])] },
      "der.tag",
    ],
    [
      "an invalidity date in UTCTime",
      {
        entries: [
          crlEntry(1n, [unsorted(encode(0x17, Buffer.from("250101000000Z")), CRL_OID.invalidityDate)]),
        ],
      },
      "der.time",
    ],
    ["a serial number that is not minimal", { entries: [crlEntry(Uint8Array.of(0, 5))] }, "der.integer"],
    [
      "an entry with something after it",
      {
        entries: [
          encodeSequence(
            encode(2, Uint8Array.of(1)),
            encode(0x17, Buffer.from("250101000000Z")),
            encodeSequence(reason(1)),
            encode(5),
          ),
        ],
      },
      "der.trailing",
    ],
    ["an entry that is no SEQUENCE", { entries: [encode(0x31)] }, "der.tag"],
    [
      "an empty list of an entry's extensions",
      {
        entries: [
          encodeSequence(
            encode(2, Uint8Array.of(1)),
            encode(0x17, Buffer.from("250101000000Z")),
            encodeSequence(),
          ),
        ],
      },
      "crl.empty-extensions",
    ],
    ["an empty issuing distribution point", { extensions: [issuingPoint([])] }, "der.empty"],
    ["one of users alone and of CAs alone", { extensions: [issuingPoint(["user", "ca"])] }, "der.scope"],
    [
      "a FALSE that is written",
      {
        extensions: [
          encodeExtension(CRL_OID.issuingDistributionPoint, true, encodeSequence(encodeBoolean(false, 0x81))),
        ],
      },
      "der.default",
    ],
    [
      "a negative number",
      { extensions: [unsorted(encode(2, Uint8Array.of(0xff)), CRL_OID.cRLNumber)] },
      "der.integer",
    ],
    [
      "a number of 21 octets",
      { extensions: [unsorted(encode(2, Buffer.alloc(21, 1)), CRL_OID.cRLNumber)] },
      "der.integer",
    ],
    [
      "a criticality FALSE that is written",
      {
        extensions: [encodeSequence(encodeOid("1.2.3"), encodeBoolean(false), encodeOctetString(encode(5)))],
      },
      "der.default",
    ],
  ])("refuses %s", (_, choice, code) => {
    expect(codeOf(make(choice))).toBe(code);
  });

  it("tells which entry is wrong", () => {
    const der = make({ entries: [crlEntry(1n), crlEntry(2n), crlEntry(3n, [reason(7)])] });
    expect(() => decodeCrl(memorySource(der), "x.crl")).toThrow(
      "x.crl: entry 3: crlEntryExtensions: reasonCode at byte 0: there is no reason 7",
    );
  });

  it("refuses whatever is cut off, or followed by something", () => {
    const der = make({ entries: [crlEntry(1n, [reason(1)]), crlEntry(2n)] });
    for (let length = 0; length < der.length; length++)
      expect(codeOf(der.subarray(0, length))).toMatch(/^der\.(truncated|tag)$/);
    expect(codeOf(Buffer.concat([der, Uint8Array.of(0)]))).toBe("der.trailing");
  });

  it("looks at a part of it at a time, however large it is", () => {
    const entries = Array.from({ length: 30_000 }, (_, i) =>
      crlEntry(BigInt(i + 1), i % 3 === 0 ? [reason(1 + (i % 2)), invalidity(NOW + i * 1000)] : []),
    );
    const der = make({ entries });
    expect(der.length).toBeGreaterThan(800_000);
    const source = thrifty(der);
    const seen: bigint[] = [];
    const crl = decodeCrl(
      source,
      "x.crl",
      ({ serial }) => void seen.push(BigInt(`0x${Buffer.from(serial).toString("hex")}`)),
    );
    expect(seen).toEqual(entries.map((_, i) => BigInt(i + 1)));
    expect(crl.signature).toEqual(decodeCrl(memorySource(der), "x.crl").signature);
    expect(crl.issuer.der).toEqual(decodeCrl(memorySource(der), "x.crl").issuer.der);
    expect(source.largest).toBeLessThanOrEqual(256 * 1024);
    const random = { bytes: (count: number) => Buffer.alloc(count, 0x5a) };
    const indexed = indexCrl(source, "x.crl", random);
    source.largest = 0;
    expect(findCrlEntry(source, indexed, Uint8Array.of(7), "x.crl")).toMatchObject({
      reason: "keyCompromise",
    });
    expect(findCrlEntry(source, indexed, Uint8Array.of(0x6f, 0xff, 0xff), "x.crl")).toBeUndefined();
    expect(source.largest).toBeLessThanOrEqual(64 * 1024);
  });

  it("refuses an entry beyond all measure", () => {
    const huge = encodeExtension("1.2.3", false, encodeOctetString(new Uint8Array(70_000)));
    expect(codeOf(make({ entries: [crlEntry(1n), crlEntry(2n, [huge])] }))).toBe("crl.size");
    expect(codeOf(make({ entries: [crlEntry(new Uint8Array(300).fill(1))] }))).toBe("crl.size");
  });
});

describe("indexCrl", () => {
  const random = { bytes: (count: number) => Buffer.alloc(count, 0x11) };

  it("finds what revokes for good where a serial number is there twice", () => {
    for (const entries of [
      [crlEntry(5n, [reason(6)]), crlEntry(5n, [reason(1)])],
      [crlEntry(5n, [reason(1)]), crlEntry(5n, [reason(6)])],
    ]) {
      const source = memorySource(make({ entries }));
      const found = findCrlEntry(source, indexCrl(source, "x", random), Uint8Array.of(5), "x");
      expect(found?.reason).toBe("keyCompromise");
    }
  });

  it("tells what makes a CRL one that is not processed", () => {
    const odd = encodeExtension("1.2.3.4", true, encodeOctetString(new Uint8Array(1)));
    const other = encodeExtension(CRL_OID.certificateIssuer, true, encodeSequence());
    const index = (entries: Uint8Array[], extensions = [crlNumber(1)]) =>
      indexCrl(memorySource(make({ entries, extensions })), "x", random);
    expect(index([crlEntry(5n)])).toMatchObject({
      unknownCritical: [],
      otherIssuers: false,
      removals: false,
    });
    expect(index([crlEntry(5n, [odd])]).unknownCritical).toEqual(["1.2.3.4"]);
    expect(index([crlEntry(5n, [other])]).otherIssuers).toBe(true);
    expect(index([crlEntry(5n, [reason(8)])], [crlNumber(2), deltaIndicator(1)])).toMatchObject({
      removals: true,
      crl: { known: { baseNumber: 1n } },
    });
  });
});
