import { describe, expect, it } from "vitest";
import { verdictOf } from "../../../src/report/verify-run.ts";
import { VerifyCounter } from "../../../src/report/verify-tally.ts";
import { badDevice, finding, goodDevice, unreadable } from "./samples.ts";

const tally = (...certificates: ReturnType<typeof goodDevice>[]) => {
  const counter = new VerifyCounter("error");
  for (const certificate of certificates) counter.count(certificate);
  return counter.tally;
};
const warned = { ...goodDevice(), findings: [finding({ severity: "warning" })] };

describe("counting a run", () => {
  it("counts verdicts and warnings", () => {
    expect(tally(goodDevice(), warned, badDevice(), unreadable()).counts).toEqual({
      total: 4,
      compliant: 2,
      nonCompliant: 1,
      unreadable: 1,
      warnings: 1,
    });
  });

  it("lets a warning fail where that was asked for, an info never", () => {
    expect(verdictOf(warned, "error")).toBe("compliant");
    expect(verdictOf(warned, "warning")).toBe("non-compliant");
    expect(verdictOf({ ...goodDevice(), findings: [finding({ severity: "info" })] }, "warning")).toBe(
      "compliant",
    );
    expect(verdictOf(unreadable(), "warning")).toBe("unreadable");
  });

  it("tallies each rule once a certificate, errors first", () => {
    const twice = badDevice([finding(), finding(), finding({ rule: "b", severity: "warning" })]);
    const other = badDevice([finding({ rule: "a" }), finding()]);
    expect(tally(twice, other, goodDevice()).rules).toEqual([
      { rule: "key-usage", severity: "error", certificates: 2 },
      { rule: "a", severity: "error", certificates: 1 },
      { rule: "b", severity: "warning", certificates: 1 },
    ]);
  });

  it("adds up to the same in parts", () => {
    const parts = [[badDevice(), warned], [], [warned, badDevice([finding({ rule: "a" })]), unreadable()]];
    const counter = new VerifyCounter("error");
    for (const part of parts) counter.add(tally(...part));
    expect(counter.tally).toEqual(tally(...parts.flat()));
  });
});
