import { createHash } from "node:crypto";
import { expect, it } from "vitest";
import { DeviceColumns } from "../../../src/actions/device-columns.ts";
import { columnsOf, joinColumns } from "../../../src/actions/join-columns.ts";
import { certificatesOf, type IssuedColumns } from "../../../src/ledger/issued-columns.ts";

const sha256 = (text: string): string => createHash("sha256").update(text).digest("hex");

/** Facts of a certificate of so many octets. */
const factsOf = (n: number, length: number) => ({
  der: new Uint8Array(length).fill(n),
  certificateSha256: sha256(`certificate ${n}`),
  spkiSha256: sha256(`key ${n}`),
  notBeforeMs: -n,
  notAfterMs: 253_402_300_799_000 + n,
});

const LENGTHS = [500, 0, 5000, 1, 640];

function columnsFor(from: number, lengths: readonly number[]): IssuedColumns {
  const columns = new DeviceColumns(lengths.length + 3);
  for (const [index, length] of lengths.entries()) columns.add(factsOf(from + index, length));
  return { ...columns.take(), serials: lengths.map((_, index) => String(from + index)), issuedMs: 7 };
}

const expected = LENGTHS.map((length, n) => {
  const { certificateSha256, spkiSha256, ...facts } = factsOf(n, length);
  const digest = (hex: string): Uint8Array => new Uint8Array(Buffer.from(hex, "hex"));
  return {
    ...{ serial: String(n), atMs: 7, ...facts },
    certificateSha256: digest(certificateSha256),
    spkiSha256: digest(spkiSha256),
  };
});

it("keeps each certificate's facts, whatever the others' length", () => {
  expect([...certificatesOf(columnsFor(0, LENGTHS))]).toEqual(expected);
});

it("is the same in one piece and in several", () => {
  const parts = [columnsFor(0, LENGTHS.slice(0, 2)), columnsFor(2, []), columnsFor(2, LENGTHS.slice(2))];
  expect([...certificatesOf(joinColumns(parts, 7))]).toEqual(expected);
  expect([...certificatesOf(joinColumns([columnsOf(expected)], 7))]).toEqual(expected);
  expect(joinColumns([], 7).serials).toEqual([]);
});

it("has no room for certificates that were not issued at once", () => {
  const [first, second] = expected as [(typeof expected)[0], (typeof expected)[0]];
  expect(() => columnsOf([first, { ...second, atMs: 8 }])).toThrow(RangeError);
});
