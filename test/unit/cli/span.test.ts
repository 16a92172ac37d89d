import { describe, expect, it } from "vitest";
import { Flags } from "../../../src/cli/flag-values.ts";
import { FLAG } from "../../../src/cli/flags.ts";
import { readDays, readSpan, readValidity } from "../../../src/cli/span.ts";

const DAY = 86_400_000;
const NOW = Date.UTC(2026, 10, 23, 8);

function given(values: Record<string, string>): Flags {
  return new Flags(new Map(Object.entries(values).map(([name, value]) => [name, [value]])), {});
}

function problem(run: () => unknown): string {
  try {
    run();
  } catch (error) {
    return `${(error as { code: string }).code}: ${(error as Error).message}`;
  }
  return "nothing thrown";
}

describe("lengths of time", () => {
  it("reads days, hours and years of the calendar", () => {
    expect(readDays("3650")).toBe(3650 * DAY);
    expect(readSpan("90d", NOW)).toBe(90 * DAY);
    expect(readSpan("2160h", NOW)).toBe(90 * DAY);
    // 2028, 2032 and 2036 are leap years.
    expect(readSpan("10y", NOW)).toBe(3653 * DAY);
    expect(readSpan("1y", NOW)).toBe(365 * DAY);
  });

  it.each(["0", "-1", "1.5", "1e3", "", " 7", "7 ", "0x10", "ten", "999999999"])(
    "refuses %j days",
    (text) => {
      expect(problem(() => readDays(text))).toBe(`usage.days: "${text}" is not a number of days`);
    },
  );

  it.each(["10", "y", "10 y", "10Y", "0d", "-5d", "1.5y", "3m", "2w", "10yd", ""])(
    "refuses the span %j",
    (text) => {
      expect(problem(() => readSpan(text, NOW))).toBe(`usage.validity: "${text}" is not a length of time`);
    },
  );

  it("gives a length past all dates for the caller to refuse", () => {
    expect(readSpan("99999999y", NOW)).toBeGreaterThan(9000 * 365 * DAY);
  });
});

describe("validity flags", () => {
  it("asks for nothing where none is given", () => {
    expect(readValidity(given({}), NOW)).toBeUndefined();
  });

  it("combines a start with a length or with an end", () => {
    expect(readValidity(given({ "not-before": "2027-01-01", days: "30" }), NOW)).toEqual({
      notBeforeMs: Date.UTC(2027, 0, 1),
      lengthMs: 30 * DAY,
    });
    expect(
      readValidity(given({ "not-before": "2027-01-01", "not-after": "2027-02-01T12:00:00Z" }), NOW),
    ).toEqual({
      notBeforeMs: Date.UTC(2027, 0, 1),
      notAfterMs: Date.UTC(2027, 1, 1, 12),
    });
  });

  it("counts years from the start that was asked for", () => {
    const validity = readValidity(given({ "not-before": "2027-03-01", validity: "1y" }), NOW);
    expect(validity?.lengthMs).toBe(366 * DAY);
  });

  it.each([
    [{ days: "1", validity: "1y" }, "--days and --validity"],
    [{ days: "1", "not-after": "2030-01-01" }, "--days and --not-after"],
    [{ validity: "1y", "not-after": "2030-01-01" }, "--validity and --not-after"],
  ])("refuses %o together", (values, names) => {
    expect(problem(() => readValidity(given(values), NOW))).toBe(
      `usage.conflict: ${names} can't be given together`,
    );
  });

  it("names the moment it can't read", () => {
    expect(problem(() => readValidity(given({ "not-before": "tomorrow" }), NOW))).toMatch(
      /^time\.invalid: "tomorrow"/,
    );
    expect(problem(() => readValidity(given({ days: "" }), NOW))).toBe(
      `usage.empty-value: --${FLAG.days.name} was given an empty value`,
    );
  });
});
