import { describe, expect, it } from "vitest";
import { constraints, lasting, type PolicyRow, raw, rowJudge, usage, without } from "./policy-rows.ts";

const PAA = { subject: "/CN=Our PAA/matterVid=FFF1" };
const PAI = { subject: "/CN=Our PAI/matterVid=FFF1" };
const DAC = { subject: "/CN=Our DAC/matterVid=FFF1/matterPid=8000" };
const SHORT_SKI = [0x04, 0x02, 0xab, 0xcd];

const ROWS: Readonly<Record<string, readonly PolicyRow[]>> = {
  matter: [
    ["two certificates", "device", { root: PAA, device: DAC }, ["error chain-intermediates"]],
    ["three", "device", { root: PAA, intermediate: PAI, device: DAC }, []],
    [
      "P-384",
      "device",
      { root: PAA, intermediate: PAI, device: { ...DAC, key: "ec:P-384" } },
      ["error key-algorithm"],
    ],
    [
      "SHA-384",
      "root",
      { root: { ...PAA, key: "ec:P-384" } },
      ["error signature-algorithm", "error key-algorithm"],
    ],
    ["PAA without pathLen", "root", { root: { ...PAA, change: constraints(true, true) } }, []],
    [
      "PAA with pathLen 0",
      "root",
      { root: { ...PAA, change: constraints(true, true, 0) } },
      ["error path-length"],
    ],
    [
      "PAI without pathLen",
      "intermediate",
      { root: PAA, intermediate: { ...PAI, change: constraints(true, true) } },
      ["error path-length"],
    ],
    [
      "PAI with digitalSignature too",
      "intermediate",
      {
        root: PAA,
        intermediate: { ...PAI, change: usage(true, "digitalSignature", "keyCertSign", "cRLSign") },
      },
      [],
    ],
    [
      "PAI without cRLSign",
      "intermediate",
      { root: PAA, intermediate: { ...PAI, change: usage(true, "keyCertSign") } },
      ["error key-usage"],
    ],
    [
      "DAC with keyAgreement",
      "device",
      {
        root: PAA,
        intermediate: PAI,
        device: { ...DAC, change: usage(true, "digitalSignature", "keyAgreement") },
      },
      ["error key-usage"],
    ],
    [
      "DAC keyUsage not critical",
      "device",
      { root: PAA, intermediate: PAI, device: { ...DAC, change: usage(false, "digitalSignature") } },
      ["error key-usage-critical"],
    ],
    [
      "DAC basicConstraints not critical",
      "device",
      { root: PAA, intermediate: PAI, device: { ...DAC, change: constraints(false, false) } },
      ["error basic-constraints-critical"],
    ],
    [
      "DAC without basicConstraints",
      "device",
      { root: PAA, intermediate: PAI, device: { ...DAC, change: without("basicConstraints") } },
      ["error basic-constraints"],
    ],
    [
      "a SKI of 2 octets",
      "device",
      { root: PAA, intermediate: PAI, device: { ...DAC, change: raw("2.5.29.14", false, SHORT_SKI) } },
      ["error subject-key-identifier"],
    ],
    [
      "no SKI",
      "device",
      { root: PAA, intermediate: PAI, device: { ...DAC, change: without("subjectKeyIdentifier") } },
      ["error subject-key-identifier"],
    ],
    [
      "no AKI",
      "device",
      { root: PAA, intermediate: PAI, device: { ...DAC, change: without("authorityKeyIdentifier") } },
      ["error authority-key-identifier"],
    ],
    ["PAA without VID", "root", { root: { subject: "/CN=Our PAA" } }, []],
    [
      "PAA with PID",
      "root",
      { root: { subject: "/CN=Our PAA/matterVid=FFF1/matterPid=8000" } },
      ["error matter-product-id"],
    ],
    [
      "PAI without VID",
      "intermediate",
      { root: PAA, intermediate: { subject: "/CN=Our PAI" } },
      ["error matter-vendor-id"],
    ],
    [
      "PAI of another vendor",
      "intermediate",
      { root: PAA, intermediate: { subject: "/CN=Our PAI/matterVid=FFF2" } },
      ["error matter-vendor-id-matches"],
    ],
    [
      "DAC without PID",
      "device",
      { root: PAA, intermediate: PAI, device: { subject: "/CN=x/matterVid=FFF1" } },
      ["error matter-product-id"],
    ],
    [
      "DAC of another vendor",
      "device",
      { root: PAA, intermediate: PAI, device: { subject: "/CN=x/matterVid=FFF2/matterPid=8000" } },
      ["error matter-vendor-id-matches"],
    ],
    [
      "DAC of another product",
      "device",
      { root: PAA, intermediate: { subject: "/CN=Our PAI/matterVid=FFF1/matterPid=8001" }, device: DAC },
      ["error matter-product-id-matches"],
    ],
    [
      "lower-case PID",
      "device",
      { root: PAA, intermediate: PAI, device: { subject: "/CN=x/matterVid=FFF1/matterPid=80ab" } },
      ["error matter-id-form"],
    ],
    [
      "a DAC with an end",
      "device",
      { root: PAA, intermediate: PAI, device: { ...DAC, change: lasting(3650) } },
      [],
    ],
  ],
};

describe.each(Object.entries(ROWS))("%s, row by row", (name, rows) => {
  const judge = rowJudge(name);
  it.each(rows)("%s (%s)", (_, role, plan, findings) => {
    expect(judge(role, plan)).toEqual(findings);
  });
});
