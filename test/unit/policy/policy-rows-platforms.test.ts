import { describe, expect, it } from "vitest";
import { signatureAlgorithmFor } from "../../../src/x509/algorithms.ts";
import {
  constraints,
  lasting,
  type PolicyRow,
  purposes,
  raw,
  rowJudge,
  usage,
  without,
} from "./policy-rows.ts";
import { DAY_MS, NOW_MS } from "./sample-chain.ts";

const LINE = { subject: "/C=US/O=MyOrg/OU=MyDep/CN=Line 1" };
const SHORT_SKI = [0x04, 0x02, 0xab, 0xcd];
const named = (name: string): { device: { subject: string } } => ({
  device: { subject: `/O=MyOrg/CN=${name}` },
});

const ROWS: Readonly<Record<string, readonly PolicyRow[]>> = {
  "aws-iot": [
    ["P-521", "device", { device: { key: "ec:P-521" } }, []],
    ["Ed25519", "device", { device: { key: "ed25519" } }, ["error key-algorithm"]],
    [
      "signed with Ed25519",
      "device",
      {
        device: {
          change: (draft) => ({ ...draft, signatureAlgorithm: signatureAlgorithmFor({ kind: "ed25519" }) }),
        },
      },
      ["error signature-algorithm"],
    ],
    ["a thing's name", "device", named("Thing:1_a-b"), []],
    ["a name with a space", "device", named("Thing 1"), ["error subject-common-name"]],
    [
      "a name of 65",
      "device",
      named("x".repeat(65)),
      ["error subject-common-name", "error attribute-lengths"],
    ],
    ["a root's name may have spaces", "root", { root: { subject: "/CN=My Root" } }, []],
    ["forty years", "root", { root: { change: lasting(14610) } }, []],
    ["a line between", "device", { intermediate: LINE }, []],
  ],
  "azure-dps": [
    ["an id", "device", named("dev-1"), []],
    ["upper case", "device", named("Dev-1"), ["warning common-name-advised"]],
    ["an id with a dot in it", "device", named("a.b:c_d"), ["warning common-name-advised"]],
    ["a hyphen at the end", "device", named("dev-"), ["warning common-name-advised"]],
    [
      "a dot at the end",
      "device",
      named("dev."),
      ["error subject-common-name", "warning common-name-advised"],
    ],
    ["Ed25519", "device", { device: { key: "ed25519" } }, ["error key-algorithm"]],
    [
      "a device that is a CA",
      "device",
      { device: { change: constraints(true, true) } },
      ["error basic-constraints"],
    ],
    ["no clientAuth", "device", { device: { change: purposes("serverAuth") } }, ["error ext-key-usage"]],
    ["no keyUsage", "device", { device: { change: without("keyUsage") } }, ["error key-usage"]],
    [
      "keyUsage not critical",
      "device",
      { device: { change: usage(false, "digitalSignature") } },
      ["error key-usage-critical"],
    ],
    [
      "CA basicConstraints not critical",
      "root",
      { root: { change: constraints(false, true) } },
      ["error basic-constraints-critical"],
    ],
    ["a line between", "device", { intermediate: LINE }, []],
  ],
  clearblade: [
    ["P-384", "device", { device: { key: "ec:P-384" } }, ["error key-algorithm"]],
    ["RSA 2048", "device", { device: { key: "rsa:2048" } }, []],
    ["a line between", "device", { intermediate: LINE }, ["error chain-intermediates"]],
    ["a line itself", "intermediate", { intermediate: LINE }, ["error chain-intermediates"]],
  ],
  idevid: [
    ["no serialNumber", "device", named("x"), ["error subject-serial-number"]],
    ["an end", "device", { device: { change: lasting(3650) } }, ["warning no-expiry"]],
    [
      "no AKI",
      "device",
      { device: { change: without("authorityKeyIdentifier") } },
      ["error authority-key-identifier"],
    ],
    [
      "a SKI",
      "device",
      { device: { change: raw("2.5.29.14", false, SHORT_SKI) } },
      ["warning subject-key-identifier"],
    ],
    ["an extKeyUsage", "device", { device: { change: purposes("clientAuth") } }, ["warning ext-key-usage"]],
    ["no keyUsage", "device", { device: { change: without("keyUsage") } }, []],
    [
      "keyUsage not critical",
      "device",
      { device: { change: usage(false, "digitalSignature") } },
      ["error key-usage-critical"],
    ],
    [
      "no digitalSignature",
      "device",
      { device: { change: usage(true, "keyAgreement") } },
      ["error key-usage"],
    ],
    ["P-521", "device", { device: { key: "ec:P-521" } }, ["error key-algorithm"]],
    ["RSA 3072", "device", { device: { key: "rsa:3072" } }, ["error key-algorithm"]],
    ["a serial of 7 octets", "device", { device: { serial: 2n ** 54n } }, ["error serial-octets"]],
    ["a serial of 8 octets", "device", { device: { serial: 2n ** 62n } }, []],
    [
      "two families in the chain",
      "device",
      {
        root: { key: "rsa:2048" },
        intermediate: {
          change: (draft) => ({
            ...draft,
            signatureAlgorithm: signatureAlgorithmFor({ kind: "ec", curve: "P-256" }),
          }),
        },
      },
      ["error chain-signature-family"],
    ],
  ],
};

describe.each(Object.entries(ROWS))("%s, row by row", (name, rows) => {
  const judge = rowJudge(name);
  it.each(rows)("%s (%s)", (_, role, plan, findings) => {
    expect(judge(role, plan)).toEqual(findings);
  });
});

describe("the moment of judgement", () => {
  const later = (days: number): number => NOW_MS + days * DAY_MS;
  it("aws-iot warns in a CA's last 30 days, and refuses it after", () => {
    const judge = rowJudge("aws-iot");
    const root = { root: { change: lasting(4000) } };
    expect(judge("root", root, later(3968))).toEqual([]);
    expect(judge("root", root, later(3969))).toEqual(["warning validity-remaining"]);
    expect(judge("root", root, later(4000))).toEqual(["error validity-current"]);
    expect(judge("device", root, later(3655))).toEqual([]);
  });

  it("clearblade refuses a device that is not valid now", () => {
    const judge = rowJudge("clearblade");
    expect(judge("device", {}, later(3649))).toEqual([]);
    expect(judge("device", {}, later(3651))).toEqual(["error validity-current"]);
    expect(judge("device", {}, later(-1))).toEqual(["error validity-current"]);
  });
});
