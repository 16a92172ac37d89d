import { describe, expect, it } from "vitest";
import {
  type CertificateRecord,
  compareRecord,
  missingCertificate,
} from "../../../src/actions/certificate-record.ts";
import { sha256Hex } from "../../../src/actions/summary.ts";
import { createVerifier } from "../../../src/actions/verify.ts";
import { openJudge } from "../../../src/open-judge.ts";
import { loadPolicy } from "../../../src/policy/load-policy.ts";
import { formatSerial } from "../../../src/x509/serial.ts";
import { DAY, mint, NOW, testKey } from "../x509/mint.ts";

const rootKey = testKey();
const root = mint({ subject: "root", key: rootKey, ca: true });
const device = mint({
  subject: "Kitchen lamp",
  issuer: "root",
  key: testKey(),
  by: rootKey,
  notAfterMs: NOW + DAY,
});
const RECORD: CertificateRecord = {
  serial: formatSerial(device.serial).decimal,
  name: "Kitchen lamp",
  sha256: sha256Hex(device.der),
  spkiSha256: sha256Hex(device.publicKey.der),
  notAfter: "2026-01-02T00:00:00Z",
};
const by = "the manifest";
const compared = (changes: Partial<CertificateRecord>, named = true) =>
  compareRecord({ by, record: { ...RECORD, ...changes } }, device, named);

describe("a certificate and what is recorded of it", () => {
  it("agree", () => {
    expect(compared({})).toEqual([]);
  });

  it.each([
    [{ sha256: "0".repeat(64) }, "record.fingerprint", "it is not the certificate that the manifest records"],
    [{ spkiSha256: "0".repeat(64) }, "record.key", "its public key is not the one that the manifest records"],
    [{ serial: "9999" }, "record.serial", `its serial is ${RECORD.serial}, the manifest records 9999`],
    [
      { notAfter: "2026-01-02T00:00:01Z" },
      "record.not-after",
      "it ends on 2026-01-02T00:00:00Z, the manifest records 2026-01-02T00:00:01Z",
    ],
    [
      { name: "Cellar lamp" },
      "record.name",
      "its subject does not have the name that the manifest records, Cellar lamp",
    ],
  ])("disagree: %o", (changes, rule, message) => {
    expect(compared(changes)).toMatchObject([
      { rule, message, severity: "error", subject: "/CN=Kitchen lamp" },
    ]);
  });

  it("need not agree in a name that the policy puts into no subject", () => {
    expect(compared({ name: "Cellar lamp" }, false)).toEqual([]);
    const policy = loadPolicy("rfc5280", () => "");
    const verdict = (subject: Record<string, string>) => {
      const issue = { ...policy.issue, device: { ...policy.issue.device, subject } } as typeof policy.issue;
      const judge = openJudge({ ...policy, issue });
      const recorded = { by, record: { ...RECORD, name: "Cellar lamp" } };
      const [result] = createVerifier({ anchors: [root], untrusted: [], atMs: NOW, judge }).verify({
        name: "x.crt",
        certificates: [device.der],
        recorded,
      });
      return result?.findings.map(({ rule }) => rule);
    };
    expect(verdict({ CN: "{serial}" })).toEqual([]);
    expect(verdict({ CN: "lamp {name}" })).toEqual(["record.name"]);
  });

  it("are told of where one is without the other", () => {
    expect(compareRecord({ by }, device, true)).toMatchObject([
      { rule: "manifest.extra", severity: "error" },
    ]);
    expect(compareRecord({ by, unlisted: "warning" }, device, true)).toMatchObject([{ severity: "warning" }]);
    expect(missingCertificate(by, RECORD)).toMatchObject({
      rule: "manifest.missing",
      severity: "error",
      subject: `serial ${RECORD.serial}, Kitchen lamp`,
    });
  });
});
