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
import { nameOf } from "./sample-chain.ts";

const AKI_OF_ANOTHER = [0x30, 0x04, 0x80, 0x02, 0xab, 0xcd];
const SKI = [0x04, 0x02, 0xab, 0xcd];

const ROWS: readonly PolicyRow[] = [
  ["key: P-384 root", "root", { root: { key: "ec:P-384" } }, []],
  ["key: RSA 2048 root", "root", { root: { key: "rsa:2048" } }, []],
  ["key: P-521 root", "root", { root: { key: "ec:P-521" } }, ["error key-algorithm"]],
  [
    "key: Ed25519 root",
    "root",
    { root: { key: "ed25519" } },
    ["error signature-algorithm", "error key-algorithm"],
  ],
  ["key: not P-256 in a device", "device", { device: { key: "ec:P-384" } }, ["warning key-preferred"]],
  [
    "key: P-521 device",
    "device",
    { device: { key: "ec:P-521" } },
    ["error key-algorithm", "warning key-preferred"],
  ],
  ["signature: SHA-384 by P-384", "device", { root: { key: "ec:P-384" } }, []],
  [
    "signature: Ed25519",
    "device",
    {
      device: {
        change: (draft) => ({ ...draft, signatureAlgorithm: signatureAlgorithmFor({ kind: "ed25519" }) }),
      },
    },
    ["error signature-algorithm"],
  ],
  ["validity: a root of 15 years", "root", { root: { change: lasting(5479) } }, []],
  [
    "validity: a root of 15 years and a second",
    "root",
    { root: { change: lasting(5479, 1) } },
    ["error validity-length"],
  ],
  [
    "validity: a device of 15 years and a second",
    "device",
    { root: { change: lasting(9000) }, device: { change: lasting(5479, 1) } },
    ["error validity-length"],
  ],
  [
    "validity: past the issuer's",
    "device",
    { device: { change: lasting(5479) } },
    ["error validity-within-issuer"],
  ],
  ["subject: ST and L and OU may be missing", "root", { root: { subject: "/C=US/O=MyOrg/CN=x" } }, []],
  ["subject: L is allowed", "root", { root: { subject: "/C=US/L=Here/O=MyOrg/CN=x" } }, []],
  ["subject: no C", "root", { root: { subject: "/O=MyOrg/CN=x" } }, ["error subject-attributes"]],
  ["subject: no O", "root", { root: { subject: "/C=US/CN=x" } }, ["error subject-attributes"]],
  ["subject: no CN", "root", { root: { subject: "/C=US/O=MyOrg" } }, ["error subject-attributes"]],
  [
    "subject: another type",
    "root",
    { root: { subject: "/C=US/O=MyOrg/CN=x/serialNumber=1" } },
    ["error subject-attributes"],
  ],
  ["subject: a device's CN of 64", "device", { device: { name: "x".repeat(64) } }, []],
  [
    "subject: a device's CN of 65",
    "device",
    { device: { subject: `/C=US/O=MyOrg/OU=MyDep/CN=${"x".repeat(65)}` } },
    ["error subject-common-name", "error attribute-lengths"],
  ],
  [
    "subject: a device without CN",
    "device",
    { device: { subject: "/C=US/O=MyOrg/OU=MyDep" } },
    ["error subject-common-name"],
  ],
  [
    "subject: O not the root's",
    "device",
    { device: { subject: "/C=US/O=Other/OU=MyDep/CN=x" } },
    ["error subject-from-issuer"],
  ],
  [
    "subject: OU not taken over",
    "device",
    { device: { subject: "/C=US/O=MyOrg/CN=x" } },
    ["error subject-from-issuer"],
  ],
  [
    "issuer: not the root's subject byte for byte",
    "device",
    {
      device: {
        change: (draft) => ({
          ...draft,
          issuer: nameOf("/C=US/O=MyOrg/OU=MyDep/ST=California/CN=MyDevAuthority"),
        }),
      },
    },
    ["error issuer-exact"],
  ],
  [
    "issuer: a root that another issued",
    "root",
    { root: { change: (draft) => ({ ...draft, issuer: nameOf("/CN=Another") }) } },
    ["error issuer-exact"],
  ],
  ["serial: two octets", "device", { device: { serial: 1000n } }, []],
  ["serial: one octet", "device", { device: { serial: 127n } }, ["error serial-octets"]],
  ["serial: 16 octets", "device", { device: { serial: 2n ** 127n - 1n } }, []],
  ["serial: 17 octets", "device", { device: { serial: 2n ** 128n } }, ["warning serial-buffer"]],
  ["serial: 20 octets", "device", { device: { serial: 2n ** 159n - 1n } }, ["warning serial-buffer"]],
  [
    "serial: 21 octets",
    "device",
    { device: { serial: 2n ** 160n } },
    ["error serial-octets", "warning serial-buffer"],
  ],
  ["serial: a root's 1 octet", "root", { root: { serial: 1n } }, []],
  [
    "basicConstraints: not critical, root",
    "root",
    { root: { change: constraints(false, true) } },
    ["error basic-constraints-critical"],
  ],
  [
    "basicConstraints: not critical, device",
    "device",
    { device: { change: constraints(false, false) } },
    ["error basic-constraints-critical"],
  ],
  [
    "basicConstraints: none in a device",
    "device",
    { device: { change: without("basicConstraints") } },
    ["error basic-constraints"],
  ],
  [
    "basicConstraints: a device that is a CA",
    "device",
    { device: { change: constraints(true, true) } },
    ["error basic-constraints"],
  ],
  ["basicConstraints: pathLen 0", "root", { root: { change: constraints(true, true, 0) } }, []],
  [
    "basicConstraints: pathLen 5",
    "root",
    { root: { change: constraints(true, true, 5) } },
    ["error path-length"],
  ],
  [
    "basicConstraints: a line's pathLen 1",
    "intermediate",
    { intermediate: { change: constraints(true, true, 1) } },
    ["error path-length"],
  ],
  [
    "keyUsage: not critical",
    "root",
    { root: { change: usage(false, "keyCertSign", "cRLSign") } },
    ["error key-usage-critical"],
  ],
  ["keyUsage: no cRLSign", "root", { root: { change: usage(true, "keyCertSign") } }, ["error key-usage"]],
  [
    "keyUsage: digitalSignature in a root",
    "root",
    { root: { change: usage(true, "keyCertSign", "cRLSign", "digitalSignature") } },
    ["error key-usage"],
  ],
  ["keyUsage: none in a device", "device", { device: { change: without("keyUsage") } }, ["error key-usage"]],
  [
    "keyUsage: keyEncipherment with EC",
    "device",
    { device: { change: usage(true, "digitalSignature", "keyEncipherment") } },
    ["error key-usage", "error key-usage-fits-key"],
  ],
  [
    "keyUsage: keyEncipherment with RSA",
    "device",
    { device: { key: "rsa:2048" } },
    ["warning key-preferred"],
  ],
  ["extKeyUsage: in a root", "root", { root: { change: purposes("clientAuth") } }, ["error ext-key-usage"]],
  [
    "extKeyUsage: none in a device",
    "device",
    { device: { change: without("extKeyUsage") } },
    ["error ext-key-usage"],
  ],
  [
    "extKeyUsage: serverAuth alone",
    "device",
    { device: { change: purposes("serverAuth") } },
    ["error ext-key-usage"],
  ],
  [
    "extKeyUsage: a line for servers only",
    "intermediate",
    { intermediate: { change: purposes("serverAuth") } },
    ["error ext-key-usage"],
  ],
  [
    "subjectKeyIdentifier: none in a root",
    "root",
    { root: { change: without("subjectKeyIdentifier") } },
    ["error subject-key-identifier"],
  ],
  [
    "subjectKeyIdentifier: none in a device",
    "device",
    { device: { change: without("subjectKeyIdentifier") } },
    ["warning subject-key-identifier"],
  ],
  [
    "subjectKeyIdentifier: critical",
    "device",
    { device: { change: raw("2.5.29.14", true, SKI) } },
    ["error subject-key-identifier-critical"],
  ],
  [
    "authorityKeyIdentifier: none in a device",
    "device",
    { device: { change: without("authorityKeyIdentifier") } },
    ["error authority-key-identifier"],
  ],
  [
    "authorityKeyIdentifier: another's",
    "device",
    { device: { change: raw("2.5.29.35", false, AKI_OF_ANOTHER) } },
    ["error authority-key-identifier-matches"],
  ],
  [
    "authorityKeyIdentifier: critical",
    "device",
    { device: { change: raw("2.5.29.35", true, AKI_OF_ANOTHER) } },
    ["error authority-key-identifier-critical", "error authority-key-identifier-matches"],
  ],
  ["chain: one line", "device", { intermediate: {} }, []],
];

describe("sami, row by row", () => {
  const judge = rowJudge("sami");
  it.each(ROWS)("%s (%s)", (_, role, plan, findings) => {
    expect(judge(role, plan)).toEqual(findings);
  });
});
