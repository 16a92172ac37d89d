import { createHash } from "node:crypto";
import { expect, it } from "vitest";
import { ProvenRequests } from "../../../src/actions/proven-requests.ts";

const digestOf = (line: number): string => createHash("sha256").update(`${line}`).digest("hex");

it("finds each request's digest by its line, and none for the lines between", () => {
  const proven = new ProvenRequests();
  expect(proven.find(2)).toBeUndefined();
  const lines = Array.from({ length: 5000 }, (_, n) => 2 + 3 * n).concat([4_000_000_000]);
  for (const line of lines) proven.add(line, digestOf(line));
  for (const line of lines) expect(proven.find(line)).toBe(digestOf(line));
  for (const line of [0, 1, 3, 4, 14_998, 15_000, 3_999_999_999, 4_000_000_001])
    expect(proven.find(line)).toBeUndefined();
});
