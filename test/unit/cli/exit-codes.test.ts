import { describe, expect, it } from "vitest";
import type { ErrorKind } from "../../../src/base/errors.ts";
import { EXIT, EXIT_MEANINGS, exitCodeOf } from "../../../src/cli/exit-codes.ts";

describe("exit codes", () => {
  it("are those of the contract", () => {
    expect(EXIT).toEqual({
      done: 0,
      notCompliant: 1,
      input: 2,
      io: 3,
      exists: 4,
      key: 5,
      rowsRefused: 6,
      bug: 70,
      interrupted: 130,
    });
    expect([...EXIT_MEANINGS.keys()]).toEqual(Object.values(EXIT));
  });

  it.each<[ErrorKind, number]>([
    ["refused", 1],
    ["input", 2],
    ["io", 3],
    ["exists", 4],
    ["key", 5],
  ])("an error of kind %s ends in %i", (kind, code) => {
    expect(exitCodeOf(kind)).toBe(code);
  });
});
