import { describe, expect, it } from "vitest";
import { DerReader } from "../../../src/x509/der-reader.ts";
import { encodeText } from "../../../src/x509/der-writer.ts";
import {
  encodeGeneralizedTime,
  encodeTime,
  formatTime,
  NO_EXPIRY_MS,
  parseTime,
  readTime,
} from "../../../src/x509/time.ts";

const UTC = 0x17;
const GENERALIZED = 0x18;
const read = (tag: number, text: string) => readTime(new DerReader(encodeText(tag, text)), "it");
const iso = (tag: number, text: string): string => formatTime(read(tag, text).epochMs);

describe("readTime", () => {
  it.each([
    ["491231235959Z", "2049-12-31T23:59:59Z"],
    ["500101000000Z", "1950-01-01T00:00:00Z"],
    ["991231235959Z", "1999-12-31T23:59:59Z"],
    ["000229120000Z", "2000-02-29T12:00:00Z"],
    ["240229000000Z", "2024-02-29T00:00:00Z"],
    ["260131000000Z", "2026-01-31T00:00:00Z"],
    ["260430010203Z", "2026-04-30T01:02:03Z"],
  ])("reads the UTCTime %s", (text, moment) => {
    expect(iso(UTC, text)).toBe(moment);
    expect(read(UTC, text).form).toBe("utc");
  });

  it.each([
    ["20500101000000Z", "2050-01-01T00:00:00Z"],
    ["99991231235959Z", "9999-12-31T23:59:59Z"],
    ["20000229000000Z", "2000-02-29T00:00:00Z"],
    ["00990101000000Z", "0099-01-01T00:00:00Z"],
    ["00000101000000Z", "0000-01-01T00:00:00Z"],
  ])("reads the GeneralizedTime %s", (text, moment) => {
    expect(iso(GENERALIZED, text)).toBe(moment);
    expect(read(GENERALIZED, text).form).toBe("generalized");
  });

  it.each([
    "260001000000Z",
    "261301000000Z",
    "260100000000Z",
    "260132000000Z",
    "260229000000Z",
    "260431000000Z",
    "260631000000Z",
    "260931000000Z",
    "261131000000Z",
    "260101240000Z",
    "260101006000Z",
    "260101000060Z",
  ])("refuses the UTCTime %s, which there is not", (text) => {
    expect(() => read(UTC, text)).toThrow(
      expect.objectContaining({ code: "der.time", message: expect.stringContaining("no such date") }),
    );
  });

  it.each(["19000229000000Z", "21000229000000Z"])("refuses %s, no leap year", (text) => {
    expect(() => read(GENERALIZED, text)).toThrow(expect.objectContaining({ code: "der.time" }));
  });

  it.each([
    [UTC, "2601010000Z", "YYMMDDHHMMSSZ"],
    [UTC, "260101000000", "YYMMDDHHMMSSZ"],
    [UTC, "260101000000+0000", "YYMMDDHHMMSSZ"],
    [UTC, "20260101000000Z", "YYMMDDHHMMSSZ"],
    [UTC, "260101000000z", "YYMMDDHHMMSSZ"],
    [UTC, "", "YYMMDDHHMMSSZ"],
    [GENERALIZED, "260101000000Z", "YYYYMMDDHHMMSSZ"],
    [GENERALIZED, "20260101000000.5Z", "YYYYMMDDHHMMSSZ"],
    [GENERALIZED, "20260101000000+01", "YYYYMMDDHHMMSSZ"],
  ])("refuses of tag %i %s, and says what form it wants", (tag, text, form) => {
    expect(() => read(tag, text)).toThrow(
      expect.objectContaining({ message: expect.stringMatching(new RegExp(` is not of the form ${form}$`)) }),
    );
  });

  it.each(["26/101000000Z", "2601:1000000Z", "26010 000000Z"])(
    "refuses %s, which is not all digits",
    (text) => {
      expect(() => read(UTC, text)).toThrow(
        expect.objectContaining({ message: expect.stringMatching(/digits$/) }),
      );
    },
  );

  it("refuses what is no time", () => {
    expect(() => read(0x13, "260101000000Z")).toThrow(
      expect.objectContaining({ message: expect.stringContaining("expected UTCTime or GeneralizedTime") }),
    );
  });
});

describe("encodeTime", () => {
  const text = (octets: Uint8Array): string => `${octets[0]} ${Buffer.from(octets.subarray(2)).toString()}`;

  it.each([
    ["1949-12-31T23:59:59Z", "24 19491231235959Z"],
    ["1950-01-01", "23 500101000000Z"],
    ["1999-12-31T23:59:59Z", "23 991231235959Z"],
    ["2049-12-31T23:59:59Z", "23 491231235959Z"],
    ["2050-01-01", "24 20500101000000Z"],
    ["9999-12-31T23:59:59Z", "24 99991231235959Z"],
  ])("writes %s in the form that RFC 5280 wants, which is read back", (moment, written) => {
    const octets = encodeTime(parseTime(moment));
    expect(text(octets)).toBe(written);
    expect(readTime(new DerReader(octets), "it").epochMs).toBe(parseTime(moment));
  });

  it("writes a GeneralizedTime of any year where one is asked for", () => {
    expect(text(encodeGeneralizedTime(parseTime("2026-11-23T08:09:10Z")))).toBe("24 20261123080910Z");
  });
});

describe("parseTime", () => {
  it.each([
    ["2026-11-23", "2026-11-23T00:00:00Z"],
    ["2026-11-23T08:09:10Z", "2026-11-23T08:09:10Z"],
    ["2026-11-23t08:09:10z", "2026-11-23T08:09:10Z"],
    ["2026-11-23 08:09:10.987Z", "2026-11-23T08:09:10Z"],
    ["2026-11-23T08:09:10+01:30", "2026-11-23T06:39:10Z"],
    ["2026-11-23T08:09:10-23:59", "2026-11-24T08:08:10Z"],
    ["0000-01-01", "0000-01-01T00:00:00Z"],
    ["9999-12-31T23:59:59Z", formatTime(NO_EXPIRY_MS)],
  ])("reads %s", (typed, moment) => {
    expect(formatTime(parseTime(typed))).toBe(moment);
  });

  it.each([
    "",
    "tomorrow",
    "2026-11-23T08:09Z",
    "2026-11-23T08:09:10",
    "2026-02-29",
    "2026-11-23T24:00:00Z",
    "2026-11-23T08:09:10+24:00",
    "2026-11-23T08:09:10+01:60",
    "0000-01-01T00:00:00+00:01",
    "9999-12-31T23:59:59-00:01",
    "12026-11-23",
    "2026-11-23\n",
  ])("refuses %j", (typed) => {
    expect(() => parseTime(typed)).toThrow(expect.objectContaining({ code: "time.invalid" }));
  });

  it("is written back in years that RFC 3339 does not have, too", () => {
    expect(formatTime(Date.UTC(12026, 0, 1))).toBe("+012026-01-01T00:00:00Z");
  });
});
