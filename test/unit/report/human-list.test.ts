import { expect, it } from "vitest";
import type { ListedCertificate } from "../../../src/actions/list.ts";
import { listText } from "../../../src/report/human-list.ts";
import { PLAIN } from "../../../src/report/paint.ts";

const row = (decimal: string, name: string): ListedCertificate => ({
  serial: { decimal, hex: BigInt(decimal).toString(16), lastFour: "" },
  name,
  state: "issued",
  issuer: "CN=R",
  reserved: "2026-01-02T03:04:05Z",
  notAfter: "2036-01-02T03:04:05Z",
  daysLeft: 3000,
});

const linesOf = (rows: readonly ListedCertificate[]): string[] =>
  [...listText(rows, PLAIN)].join("").trimEnd().split("\n");

it("keeps its columns in line, however long a serial or a name is", () => {
  const lines = linesOf([
    row("100000001", "A"),
    row("9".repeat(49), "the longest serial"),
    row("1".repeat(39), "a name".repeat(10)),
    row("7".repeat(39), "as a root has it"),
  ]);
  const [head = "", ...rows] = lines;
  const nameAt = head.indexOf("NAME");
  expect(nameAt).toBe(51);
  expect(rows[0]).toMatch(/^100000001 \(0x5f5e101\) +A +issued +2036-01-02 +-$/);
  expect(rows.map((line) => line.slice(nameAt, nameAt + 6))).toEqual([
    "A     ",
    "the lo",
    "a name",
    "as a r",
  ]);
  const stateAt = head.indexOf("STATE");
  for (const line of [rows[0], rows[1], rows[3]]) expect(line?.slice(stateAt)).toMatch(/^issued /);
});

it("gives a serial in hex too where there is room", () => {
  const [, short, long] = linesOf([row("100000001", "A"), row("1".repeat(39), "B")]);
  expect(short).toContain("(0x5f5e101)");
  expect(long).toMatch(/^1{39} {2}B/);
});
