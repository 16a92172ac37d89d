import { type CertificateSummary, summarize } from "../../actions/summary.ts";
import type { Finding } from "../../base/finding.ts";
import { decodeCertificate } from "../../x509/certificate.ts";
import type { Device } from "../devices.ts";
import type { Platform } from "../platform.ts";

/** What is shown of a device's certificate. */
export interface CertificateView {
  readonly summary: CertificateSummary;
  readonly notBeforeMs: number;
  readonly notAfterMs: number;
  /** Whether the platform would let it in now. */
  readonly accepted: boolean;
  /** Why not, in one sentence; empty where it is accepted. */
  readonly reason: string;
  /** All that speaks against it. */
  readonly findings: readonly Finding[];
}

/** Looks at a device's certificate by what its handshakes are looked at by; undefined for a device that has none. */
export function viewCertificate({ clients }: Platform, device: Device): CertificateView | undefined {
  if (device.certificate === undefined) return undefined;
  const certificate = decodeCertificate(device.certificate, device.name);
  const { refused } = clients.check([certificate.der, ...(device.chain ?? [])]);
  return {
    summary: summarize(certificate),
    notBeforeMs: certificate.notBefore.epochMs,
    notAfterMs: certificate.notAfter.epochMs,
    accepted: refused === undefined,
    reason: refused?.reason ?? "",
    findings: refused?.findings.filter(({ severity }) => severity === "error") ?? [],
  };
}
