import { expect } from "vitest";
import { type Place, told } from "./command.ts";

/** Every file but the ledger's: a refusal is recorded there. */
export function besideTheLedger(place: Place): readonly string[] {
  return place.listing().filter((line) => !/(?:^|\/)samicerts\.db\b/.test(line));
}

/** Runs a command that must fail: both its lines, its exit code, and not a file changed but the ledger's record. */
export function refuse(
  place: Place,
  words: readonly string[],
  status: number,
  message: string | RegExp,
  hint: string | RegExp,
): void {
  const before = besideTheLedger(place);
  const ended = place.samicerts(words);
  const lines = ended.stderr.split("\n");
  expect(lines).toHaveLength(3);
  expect(ended.status).toBe(status);
  expect(ended.stdout).toBe("");
  if (typeof message === "string" && typeof hint === "string") expect(ended.stderr).toBe(told(message, hint));
  expect(lines[0]).toMatch(typeof message === "string" ? /^error: / : message);
  expect(lines[1]).toMatch(typeof hint === "string" ? /^hint: / : hint);
  expect(besideTheLedger(place)).toEqual(before);
}
