import { describe, expect, it } from "vitest";
import { countVerdicts, tallyRules, verdictOf } from "../../../src/report/verify-run.ts";
import { badDevice, finding, goodDevice, runOf, unreadable } from "./samples.ts";

const warned = { ...goodDevice(), findings: [finding({ severity: "warning" })] };

describe("counting a run", () => {
  it("counts verdicts and warnings", () => {
    expect(countVerdicts(runOf(goodDevice(), warned, badDevice(), unreadable()))).toEqual({
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
    expect(tallyRules([twice, other, goodDevice()])).toEqual([
      { rule: "key-usage", severity: "error", certificates: 2 },
      { rule: "a", severity: "error", certificates: 1 },
      { rule: "b", severity: "warning", certificates: 1 },
    ]);
  });
});
