import { generateKeyPairSync } from "node:crypto";
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
import { DAY_MS, foreignKey, NOW_MS } from "./sample-chain.ts";

const LINE = { subject: "/C=US/O=MyOrg/OU=MyDep/CN=Line 1" };
const PAA = { subject: "/CN=Our PAA/matterVid=FFF1" };
const PAI = { subject: "/CN=Our PAI/matterVid=FFF1" };
const DAC = { subject: "/CN=Our DAC/matterVid=FFF1/matterPid=8000" };
const SHORT_SKI = [0x04, 0x02, 0xab, 0xcd];

const named = (name: string): { device: { subject: string } } => ({
  device: { subject: `/O=MyOrg/CN=${name}` },
});
const sha1Rsa = generateKeyPairSync("rsa", { modulusLength: 1024 }).publicKey.export({
  type: "spki",
  format: "der",
});
const p224 = generateKeyPairSync("ec", { namedCurve: "secp224r1" }).publicKey.export({
  type: "spki",
  format: "der",
});
const p192 = generateKeyPairSync("ec", { namedCurve: "prime192v1" }).publicKey.export({
  type: "spki",
  format: "der",
});

const ROWS: Readonly<Record<string, readonly PolicyRow[]>> = {
  rfc5280: [
    ["serial of 21 octets", "device", { device: { serial: 2n ** 160n } }, ["error serial-octets"]],
    ["RSA of 1024 bits", "device", { device: { change: foreignKey(sha1Rsa) } }, ["error key-strength"]],
    ["P-192", "device", { device: { change: foreignKey(p192) } }, ["error key-strength"]],
    ["P-224", "device", { device: { change: foreignKey(p224) } }, []],
    [
      "device past its issuer's end",
      "device",
      { device: { change: lasting(9000) } },
      ["warning validity-within-issuer"],
    ],
    [
      "CA without basicConstraints",
      "root",
      { root: { change: without("basicConstraints") } },
      ["error basic-constraints"],
    ],
    [
      "CA with basicConstraints not critical",
      "root",
      { root: { change: constraints(false, true) } },
      ["error basic-constraints-critical"],
    ],
    ["device without basicConstraints", "device", { device: { change: without("basicConstraints") } }, []],
    [
      "device with basicConstraints not critical",
      "device",
      { device: { change: constraints(false, false) } },
      [],
    ],
    [
      "pathLen in a device",
      "device",
      { device: { change: constraints(true, false, 0) } },
      ["error path-length-place"],
    ],
    [
      "pathLen without keyCertSign",
      "root",
      { root: { change: (draft) => usage(true, "cRLSign")(constraints(true, true, 1)(draft)) } },
      ["error path-length-place", "error key-usage-ca"],
    ],
    ["CA without keyUsage", "root", { root: { change: without("keyUsage") } }, ["error key-usage-ca"]],
    ["device without keyUsage", "device", { device: { change: without("keyUsage") } }, []],
    [
      "device with keyCertSign",
      "device",
      { device: { change: usage(true, "digitalSignature", "keyCertSign") } },
      ["error key-usage-end-entity"],
    ],
    [
      "keyUsage not critical",
      "device",
      { device: { change: usage(false, "digitalSignature") } },
      ["warning key-usage-critical"],
    ],
    [
      "EC with keyEncipherment",
      "device",
      { device: { change: usage(true, "digitalSignature", "keyEncipherment") } },
      ["error key-usage-fits-key"],
    ],
    [
      "CA without SKI",
      "root",
      { root: { change: without("subjectKeyIdentifier") } },
      ["error subject-key-identifier"],
    ],
    [
      "device without SKI",
      "device",
      { device: { change: without("subjectKeyIdentifier") } },
      ["warning subject-key-identifier"],
    ],
    [
      "device without AKI",
      "device",
      { device: { change: without("authorityKeyIdentifier") } },
      ["error authority-key-identifier"],
    ],
    [
      "unknown critical extension",
      "device",
      { device: { change: raw("1.2.3.4", true, [5, 0]) } },
      ["error unknown-critical-extension"],
    ],
    [
      "country of three letters",
      "device",
      { device: { subject: "/C=USA/CN=x" } },
      ["error attribute-lengths", "error country-code"],
    ],
  ],
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
  "nist-2030": [
    [
      "RSA 2048 past 2030",
      "device",
      { device: { key: "rsa:2048", change: lasting(2000) } },
      ["warning rsa-lifetime"],
    ],
    ["RSA 2048 within 2030", "device", { device: { key: "rsa:2048", change: lasting(1000) } }, []],
    ["RSA 3072 past 2030", "device", { device: { key: "rsa:3072", change: lasting(2000) } }, []],
    ["P-256 past 2035", "device", { device: { change: lasting(3650) } }, ["warning classical-lifetime"]],
    [
      "Ed25519 past 2035",
      "device",
      { device: { key: "ed25519", change: lasting(3650) } },
      ["warning classical-lifetime"],
    ],
    ["P-256 within 2035", "device", { device: { change: lasting(3000) } }, []],
    [
      "RSA 1024",
      "device",
      { device: { change: (draft) => lasting(1000)(foreignKey(sha1Rsa)(draft)) } },
      ["error key-strength"],
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
