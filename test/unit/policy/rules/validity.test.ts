import { describe, expect, it } from "vitest";
import { device, NEVER, root } from "../../../../fixtures/recipes/chains.ts";
import { ecKey, rsaPublicKey } from "../../../../fixtures/recipes/keys.ts";
import { parseTime } from "../../../../src/x509/time.ts";
import { flawsOf } from "./flaws-of.ts";

const ours = root();
const valid = (notBefore: string, notAfter: string) => [device(ours, { notBefore, notAfter }), ours];
const DAY_MS = 86_400_000;

describe("time-form", () => {
  it("takes GeneralizedTime from 2050 on and before 1950", () => {
    expect(flawsOf("time-form", "device", valid("1949-12-31T23:59:59Z", "2050-01-01T00:00:00Z"))).toEqual([]);
    expect(flawsOf("time-form", "device", valid("1950-01-01T00:00:00Z", "2049-12-31T23:59:59Z"))).toEqual([]);
  });
});

describe("validity-order", () => {
  it("takes a validity of one moment", () => {
    expect(
      flawsOf("validity-order", "device", valid("2026-03-01T00:00:00Z", "2026-03-01T00:00:00Z")),
    ).toEqual([]);
  });
});

describe("validity-length", () => {
  it.each([
    ["2026-01-02T00:00:00Z", []],
    ["2026-01-02T00:00:01Z", ["1 day and 1 second, until 2026-01-02T00:00:01Z"]],
    ["2026-01-03T00:00:00Z", ["2 days, until 2026-01-03T00:00:00Z"]],
  ])("of one day at most judges an end at %s", (notAfter, actual) => {
    const flaws = flawsOf("validity-length", "device", valid("2026-01-01T00:00:00Z", notAfter), {
      maximumDays: 1,
    });
    expect(flaws.map((flaw) => flaw.actual)).toEqual(actual);
  });
});

describe("validity-within-issuer", () => {
  it("takes exactly the issuer's validity, and says which end is outside", () => {
    const { notBefore, notAfter } = { notBefore: "2026-01-01T00:00:00Z", notAfter: "2040-12-31T23:59:59Z" };
    expect(flawsOf("validity-within-issuer", "device", valid(notBefore, notAfter))).toEqual([]);
    const [early] = flawsOf("validity-within-issuer", "device", valid("2025-12-31T23:59:59Z", notAfter));
    expect(early?.message).toContain("begins before its issuer");
    expect(early?.hint).toContain("--not-before 2026-01-01T00:00:00Z");
    const [late] = flawsOf("validity-within-issuer", "device", valid(notBefore, "2041-01-01T00:00:00Z"));
    expect(late?.message).toContain("outlives its issuer");
    expect(late?.hint).toContain("--not-after 2040-12-31T23:59:59Z");
  });

  it("has nothing to say where the issuer is not known", () => {
    const chain = valid("2025-12-31T23:59:59Z", NEVER);
    const { certificate } = chain[0]!;
    expect(flawsOf("validity-within-issuer", "device", chain)).toHaveLength(1);
    expect(
      flawsOf("validity-within-issuer", "device", chain, {}, { certificate, issuer: undefined! }),
    ).toEqual([]);
  });
});

describe("validity-current", () => {
  it.each([
    ["2026-02-28T23:59:59Z", ["the certificate is not valid yet"]],
    ["2026-03-01T00:00:00Z", []],
    ["2030-12-31T23:59:59Z", []],
    ["2031-01-01T00:00:00Z", ["the certificate has expired"]],
  ])("judges at %s", (at, messages) => {
    const flaws = flawsOf("validity-current", "device", [device(ours), ours], {}, { atMs: parseTime(at) });
    expect(flaws.map((flaw) => flaw.message)).toEqual(messages);
  });
});

describe("validity-remaining", () => {
  const end = parseTime("2030-12-31T23:59:59Z");

  it.each([
    [31 * DAY_MS, []],
    [30 * DAY_MS + 1000, []],
    [30 * DAY_MS, ["the certificate expires soon, in 30 days"]],
    [1000, ["the certificate expires soon, in less than a day"]],
    [0, ["the certificate expires soon, in less than a day"]],
    [-1000, []],
  ])("judges %i milliseconds before the end", (left, messages) => {
    const parameters = { minimumDays: 30 };
    const flaws = flawsOf("validity-remaining", "device", [device(ours), ours], parameters, {
      atMs: end - left,
    });
    expect(flaws.map((flaw) => flaw.message)).toEqual(messages);
  });
});

describe("rsa-lifetime and classical-lifetime", () => {
  const rsa = (bits: number) => rsaPublicKey((1n << BigInt(bits)) - 1n, 65537n);
  const limit = { belowBits: 3072, lastDay: "2030-12-31" };

  it("concern the first second after the last day", () => {
    const until = (notAfter: string, bits: number) =>
      flawsOf("rsa-lifetime", "device", [device(ours, { key: rsa(bits), notAfter }), ours], limit).length;
    expect(until("2030-12-31T23:59:59Z", 2048)).toBe(0);
    expect(until("2031-01-01T00:00:00Z", 2048)).toBe(1);
    expect(until("2031-01-01T00:00:00Z", 3071)).toBe(1);
    expect(until("2031-01-01T00:00:00Z", 3072)).toBe(0);
  });

  it("tell keys of other kinds apart, and an end that never comes", () => {
    const chain = [device(ours, { key: ecKey("device"), notAfter: NEVER }), ours];
    expect(flawsOf("rsa-lifetime", "device", chain, limit)).toEqual([]);
    const [flaw] = flawsOf("classical-lifetime", "device", chain, { lastDay: "2035-12-31" });
    expect(flaw?.actual).toBe("ec:P-256, notAfter 9999-12-31T23:59:59Z (never)");
  });
});
