import { describe, expect, it } from "vitest";
import { lengthText, timeLeft, validityText } from "../../../src/report/validity.ts";

const FROM = "2026-11-23T07:00:00Z";

describe("validity in words", () => {
  it("counts both ends", () => {
    expect(validityText(FROM, "2027-11-23T06:59:59Z")).toBe("2026-11-23 to 2027-11-23 (365 days)");
    expect(validityText(FROM, "2026-11-24T06:59:59Z")).toBe(
      "2026-11-23T07:00:00Z to 2026-11-24T06:59:59Z (24 hours)",
    );
    expect(validityText(FROM, "9999-12-31T23:59:59Z")).toBe("from 2026-11-23, no expiry");
  });

  it("tells how much is left", () => {
    const to = "2027-11-23T06:59:59Z";
    expect(timeLeft(FROM, to, Date.parse(FROM))).toBe("364 days left");
    expect(timeLeft(FROM, to, Date.parse("2026-11-20T07:00:00Z"))).toBe("not valid yet, begins in 3 days");
    expect(timeLeft(FROM, to, Date.parse("2027-11-23T07:30:00Z"))).toBe("expired 30 minutes ago");
    expect(timeLeft(FROM, to, Date.parse(to))).toBe("0 minutes left");
    expect(timeLeft(FROM, "9999-12-31T23:59:59Z", Date.parse(to))).toBe("no expiry");
  });

  it("picks the unit", () => {
    expect(lengthText(1000 * 86_400_000)).toBe("1,000 days");
    expect(lengthText(47 * 3_600_000)).toBe("47 hours");
    expect(lengthText(3_600_000)).toBe("1 hour");
    expect(lengthText(59_999)).toBe("0 minutes");
  });
});
