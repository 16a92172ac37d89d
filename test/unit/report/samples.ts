import type { VerifiedCertificate } from "../../../src/actions/verified-certificate.ts";
import { SamicertsError } from "../../../src/base/errors.ts";
import type { Finding } from "../../../src/base/finding.ts";
import {
  toldOf,
  type VerifyReport,
  type VerifyRun,
  type VerifyTeller,
} from "../../../src/report/verify-run.ts";
import { VerifyCounter } from "../../../src/report/verify-tally.ts";

/** A device that is as it should be. */
export function goodDevice(serial = 100000001, name = "MyAwesomeDevice"): VerifiedCertificate {
  return {
    source: `devices/${serial}.crt`,
    index: 0,
    verdict: "compliant",
    findings: [],
    certificate: {
      subject: `CN=${name},O=MyOrg,C=US`,
      issuer: "CN=MyDevAuthority,O=MyOrg,C=US",
      serial: {
        decimal: String(serial),
        hex: `0x${serial.toString(16)}`,
        lastFour: String(serial % 10000).padStart(4, "0"),
      },
      notBefore: "2026-11-23T07:00:00Z",
      notAfter: "2036-11-20T06:59:59Z",
      key: "ec:P-256",
      signatureAlgorithm: "ecdsa-with-SHA256",
      sha256: "ab".repeat(32),
    },
    role: "device",
    path: [`CN=${name},O=MyOrg,C=US`, "CN=MyDevAuthority,O=MyOrg,C=US"],
    keyMatches: true,
  };
}

/** A finding about `goodDevice`. */
export function finding(parts: Partial<Finding> = {}): Finding {
  return {
    rule: "key-usage",
    severity: "error",
    subject: "CN=MyAwesomeDevice,O=MyOrg,C=US",
    message: "the key usage lacks digitalSignature",
    expected: "digitalSignature",
    actual: "keyAgreement",
    citation: "RFC 5280, 4.2.1.3",
    hint: "issue the certificate anew with digitalSignature",
    ...parts,
  };
}

/** A device with these findings. */
export function badDevice(
  findings: readonly Finding[] = [finding()],
  serial = 100000002,
): VerifiedCertificate {
  return { ...goodDevice(serial), verdict: "non-compliant", findings, keyMatches: null };
}

/** A file that is no certificate. */
export function unreadable(source = "devices/broken.crt"): VerifiedCertificate {
  const error = new SamicertsError({
    kind: "input",
    code: "der.length",
    message: `${source} at byte 2: the length is cut off`,
    hint: "obtain it again",
  });
  return { source, index: 0, verdict: "unreadable", findings: [], path: [], keyMatches: null, error };
}

/** A run and what it is over. */
export interface SampleRun {
  readonly run: VerifyRun;
  readonly certificates: readonly VerifiedCertificate[];
}

/** A run over these certificates. */
export function runOf(...certificates: VerifiedCertificate[]): SampleRun {
  return { run: { policy: "sami", at: "2026-11-23T08:00:00Z", failOn: "error" }, certificates };
}

/** A format: what tells and what puts together. */
export interface SampleFormat<Told> {
  readonly teller: (run: VerifyRun) => VerifyTeller<Told>;
  readonly report: (run: VerifyRun) => VerifyReport<Told>;
}

/** A whole report, told in chunks of so many certificates, by so many tellers that take turns as threads might. */
export function written<Told>(
  { run, certificates }: SampleRun,
  format: SampleFormat<Told>,
  { chunk = 1000, tellers = 1 }: { readonly chunk?: number; readonly tellers?: number } = {},
): string {
  const all = Array.from({ length: tellers }, () => format.teller(run));
  const report = format.report(run);
  const counter = new VerifyCounter(run.failOn);
  const pieces: string[] = [];
  for (let from = 0, turn = 0; from < certificates.length; from += chunk, turn++) {
    const teller = all[(turn * 7 + (turn >> 1)) % tellers] as VerifyTeller<Told>;
    const part = new VerifyCounter(run.failOn);
    const wanted = certificates.slice(from, from + chunk).filter((certificate) => {
      part.count(certificate);
      return teller.wants(certificate);
    });
    counter.add(structuredClone(part.tally));
    pieces.push(report.add(structuredClone(teller.tell(wanted.map(toldOf))), counter.counts));
  }
  return report.begin(counter.counts) + pieces.join("") + report.end(counter.tally);
}
