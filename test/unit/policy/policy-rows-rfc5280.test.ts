import { generateKeyPairSync } from "node:crypto";
import { describe, expect, it } from "vitest";
import { constraints, lasting, type PolicyRow, raw, rowJudge, usage, without } from "./policy-rows.ts";
import { foreignKey } from "./sample-chain.ts";

const spki = { type: "spki", format: "der" } as const;
const rsa1024 = generateKeyPairSync("rsa", { modulusLength: 1024 }).publicKey.export(spki);
const p224 = generateKeyPairSync("ec", { namedCurve: "secp224r1" }).publicKey.export(spki);
const p192 = generateKeyPairSync("ec", { namedCurve: "prime192v1" }).publicKey.export(spki);

const ROWS: Readonly<Record<string, readonly PolicyRow[]>> = {
  rfc5280: [
    ["serial of 21 octets", "device", { device: { serial: 2n ** 160n } }, ["error serial-octets"]],
    ["RSA of 1024 bits", "device", { device: { change: foreignKey(rsa1024) } }, ["error key-strength"]],
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
      { device: { change: (draft) => lasting(1000)(foreignKey(rsa1024)(draft)) } },
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
