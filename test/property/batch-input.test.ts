import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { read } from "../unit/batch-input/walk.ts";

const serial = fc.bigInt({ min: 1n, max: 2n ** 159n - 1n });
const name = fc.string({ unit: "binary", minLength: 1, maxLength: 40 });
const rows = fc.uniqueArray(fc.record({ serial, name }), {
  minLength: 1,
  maxLength: 20,
  comparator: (a, b) => a.serial === b.serial || a.name === b.name,
});
const pieceLength = fc.integer({ min: 1, max: 200 });
const RUNS = { numRuns: 500 };

const quoted = (text: string): string => `"${text.replaceAll('"', '""')}"`;

describe("what was written is read again", () => {
  it("as CSV, in whatever order, line ends and pieces", () => {
    fc.assert(
      fc.property(
        rows,
        fc.constantFrom("\n", "\r\n"),
        fc.boolean(),
        fc.boolean(),
        fc.boolean(),
        pieceLength,
        (devices, end, swapped, bom, lastEnd, length) => {
          const line = (a: string, b: string) => (swapped ? `${b},${a}` : `${a},${b}`);
          const lines = devices.map((device) => line(device.serial.toString(), quoted(device.name)));
          const text = [line("serial", "name"), ...lines].join(end) + (lastEnd ? end : "");
          const found = read(`${bom ? "\ufeff" : ""}${text}`, "csv", { pieceLength: length });
          expect(found.failure).toBeUndefined();
          expect(found.rejected).toEqual([]);
          expect(found.rows.map((row) => ({ serial: row.serial, name: row.name }))).toEqual(devices);
          expect(found.rows.map(({ raw }) => raw)).toEqual(lines);
        },
      ),
      RUNS,
    );
  });

  it("as NDJSON", () => {
    fc.assert(
      fc.property(rows, fc.boolean(), pieceLength, (devices, asNumber, length) => {
        const lines = devices.map(
          (device) =>
            `{"serial":${asNumber ? device.serial : `"${device.serial}"`},"name":${JSON.stringify(device.name)}}`,
        );
        const found = read(lines.join("\n"), "ndjson", { pieceLength: length });
        expect(found.rejected).toEqual([]);
        expect(found.rows.map((row) => ({ serial: row.serial, name: row.name }))).toEqual(devices);
      }),
      RUNS,
    );
  });
});

describe("whatever is read", () => {
  const junk = fc.oneof(
    fc.uint8Array({ maxLength: 300 }),
    fc
      .array(fc.constantFrom('"', ",", "\n", "\r\n", "a", "1", " ", "é", "{", "}", ":", "\0"), {
        maxLength: 200,
      })
      .map((parts) => Buffer.from(parts.join(""))),
  );

  it("comes out the same in any pieces, every refused record with its line and text", () => {
    fc.assert(
      fc.property(
        junk,
        fc.constantFrom("csv" as const, "ndjson" as const),
        pieceLength,
        (bytes, format, length) => {
          const content = format === "csv" ? Buffer.concat([Buffer.from("serial,name\n"), bytes]) : bytes;
          const whole = read(content, format);
          const inPieces = read(content, format, { pieceLength: length });
          expect(inPieces).toEqual(whole);
          for (const { line, raw, rawBytes } of whole.rejected) {
            expect(line).toBeGreaterThan(0);
            const text = Buffer.from(rawBytes ?? Buffer.from(raw ?? ""));
            expect(Buffer.from(content).includes(text)).toBe(true);
          }
        },
      ),
      RUNS,
    );
  });

  it("by hand or mended: the records of a rejected row, put under the header, are rejected for the same reason", () => {
    let seen = 0;
    fc.assert(
      fc.property(junk, (bytes) => {
        const { rejected, header } = read(Buffer.concat([Buffer.from("serial,name\n"), bytes]));
        for (const { raw, rawBytes, error } of rejected) {
          const again = read(
            Buffer.concat([
              Buffer.from(`${header}\n`),
              rawBytes ?? Buffer.from(raw ?? ""),
              Buffer.from("\n"),
            ]),
          );
          expect(again.rejected.map((row) => row.error.code)).toEqual([error.code]);
          seen++;
        }
      }),
      RUNS,
    );
    expect(seen).toBeGreaterThan(100);
  });
});
