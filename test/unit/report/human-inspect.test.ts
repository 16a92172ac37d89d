import { describe, expect, it } from "vitest";
import type { InspectedCertificate } from "../../../src/actions/inspect.ts";
import { inspectKeyText, inspectText } from "../../../src/report/human-inspect.ts";
import { inspectJson } from "../../../src/report/json-inspect.ts";
import { PLAIN } from "../../../src/report/paint.ts";
import { finding, goodDevice } from "./samples.ts";

const AT = Date.parse("2026-11-24T08:00:00Z");

const DEVICE: InspectedCertificate = {
  source: "devices/100000001.crt",
  index: 0,
  certificate: {
    ...goodDevice().certificate!,
    subject: "CN=MyAwesomeDevice,OU=A department with a long name,O=MyOrg,ST=California,L=Irvine,C=US",
  },
  version: 3,
  selfIssued: false,
  sha1: "cd".repeat(20),
  spkiSha256: "ef".repeat(32),
  extensions: [
    { oid: "2.5.29.19", name: "basicConstraints", critical: true, lines: ["not a CA"] },
    { oid: "2.5.29.14", name: "subjectKeyIdentifier", critical: false, lines: ["0123456789abcdef"] },
    { oid: "1.2.3.4", name: "1.2.3.4", critical: false, lines: ["00".repeat(60)] },
  ],
  daysLeft: 3648,
  state: "current",
  verdict: { policy: "sami", role: "device", compliant: true, findings: [] },
};

describe("inspect for a person", () => {
  it("says everything, aligned and within 80 columns", () => {
    const text = inspectText(DEVICE, AT, PLAIN, 80);
    expect(text).toBe(`certificate devices/100000001.crt
  subject      CN=MyAwesomeDevice,OU=A department with a long name,O=MyOrg,
               ST=California,L=Irvine,C=US
  issuer       CN=MyDevAuthority,O=MyOrg,C=US
  serial       100000001 (0x5f5e101)
  last four    0001
  valid        2026-11-23 to 2036-11-20 (3,650 days)
               3,648 days left
  key          ec:P-256
  signature    ecdsa-with-SHA256
  version      3
  SHA-256      ${"ab".repeat(32)}
  SHA-1        ${"cd".repeat(20)}
  key SHA-256  ${"ef".repeat(32)}
  policy       sami, as a device by itself: compliant
  3 extensions
    basicConstraints      critical; not a CA
    subjectKeyIdentifier  0123456789abcdef
    1.2.3.4               ${"0".repeat(54)}
                          ${"0".repeat(54)}
                          ${"0".repeat(12)}
`);
    for (const line of text.split("\n")) expect(line.length).toBeLessThanOrEqual(80);
  });

  it("says what is out of the ordinary", () => {
    const text = inspectText(
      {
        ...DEVICE,
        index: 1,
        certificate: { ...DEVICE.certificate, subject: "" },
        selfIssued: true,
        exponent: "3",
        state: "expired",
        extensions: [],
        verdict: {
          policy: "sami",
          role: "root",
          compliant: false,
          findings: [finding(), finding({ severity: "warning" })],
        },
      },
      Date.parse("2036-12-20T00:00:00Z"),
      PLAIN,
      80,
    );
    expect(text).toContain("certificate devices/100000001.crt, certificate 2\n");
    expect(text).toContain("  subject      (empty)\n  issuer       itself\n");
    expect(text).toContain("expired 29 days ago");
    expect(text).toContain("ec:P-256, exponent 3");
    expect(text).toContain(
      "sami, as a root by itself: not compliant, 1 error, 1 warning; samicerts verify tells more",
    );
    expect(text).toContain("  no extensions\n");
  });

  it("tells of a key only what is public", () => {
    const key = { source: "root.key", key: "ec:P-256", spkiSha256: "ef".repeat(32) };
    expect(inspectKeyText(key, PLAIN, 80)).toBe(
      `private key root.key\n  kind         ec:P-256\n  key SHA-256  ${"ef".repeat(32)}\n`,
    );
    expect(JSON.parse(inspectJson("2026-11-24T08:00:00Z", [DEVICE], [key]))).toEqual({
      schema: "samicerts/inspect/v1",
      at: "2026-11-24T08:00:00Z",
      certificates: [DEVICE],
      keys: [key],
    });
  });
});
