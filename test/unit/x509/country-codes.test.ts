import { describe, expect, it } from "vitest";
import { isCountryCode } from "../../../src/x509/country-codes.ts";

describe("isCountryCode", () => {
  it.each(["US", "KR", "DE", "GB", "AA", "QM", "QZ", "XA", "XK", "XZ", "ZZ"])("takes %s", (code) => {
    expect(isCountryCode(code)).toBe(true);
  });

  it.each(["us", "Us", "UK", "EU", "USA", "", "U", "QL", "ZA ", "constructor", "AN", "SU"])(
    "refuses %j",
    (code) => {
      expect(isCountryCode(code)).toBe(false);
    },
  );

  it("takes the 249 codes assigned and the 42 left to users", () => {
    const letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZ".split("");
    const taken = letters.flatMap((a) => letters.map((b) => a + b)).filter(isCountryCode);
    expect(taken).toHaveLength(249 + 42);
  });
});
