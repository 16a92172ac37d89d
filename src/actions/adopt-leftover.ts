import { SamicertsError } from "../base/errors.ts";
import { hasSeverity } from "../base/finding.ts";
import type { Judge } from "../policy/evaluate.ts";
import { sameBytes } from "../x509/der-reader.ts";
import type { PublicKey } from "../x509/public-key.ts";
import { sameKey } from "../x509/same-key.ts";
import { serialValue } from "../x509/serial.ts";
import type { Leftover } from "./batch-output.ts";
import type { BatchRow } from "./batch-row.ts";
import type { AdoptedDevice } from "./batch-write.ts";
import type { DeviceApprover } from "./issue-device.ts";
import { validityOf } from "./make-devices.ts";
import { decodeSingle } from "./open-issuer.ts";
import { checkPath, ledgerEntry } from "./record.ts";

/** What an interrupted run left of a device, and where. */
export interface LeftDevice {
  readonly row: BatchRow;
  readonly publicKey: PublicKey;
  readonly leftover: Leftover & { readonly key: Uint8Array };
  /** The certificate's path, for messages. */
  readonly path: string;
}

/**
 * Takes up a certificate that an interrupted run wrote and did not commit, after judging it as a stranger's; undefined
 * where there is only its key. Throws `exists.file` where it is not what this batch would have made.
 */
export function adoptLeftover(
  { row, publicKey, leftover, path }: LeftDevice,
  approver: DeviceApprover,
  judge: Judge,
  nowMs: number,
): AdoptedDevice | undefined {
  if (leftover.certificate === undefined) return undefined;
  const { issuer } = approver;
  const certificate = decodeSingle(leftover.certificate, path);
  const wanted = approver.approve({ ...row, ...validityOf(row.days) }, publicKey, nowMs).certificate;
  const same =
    serialValue(certificate.serial) === row.serial &&
    sameKey(certificate.publicKey, publicKey) &&
    sameBytes(certificate.subject.der, wanted.subject.der);
  if (!same) throw notOurs(path, row);
  checkPath(certificate, issuer.chain, nowMs);
  const findings = judge.evaluate({
    certificate,
    role: "device",
    issuer: issuer.certificate,
    path: [certificate, ...issuer.chain],
    atMs: nowMs,
  });
  if (hasSeverity(findings, "error")) throw notOurs(path, row);
  const entry = ledgerEntry(certificate, nowMs);
  const serial = row.serial.toString();
  const pair = {
    serial,
    name: row.name,
    keyPem: leftover.key,
    certificatePem: leftover.certificate,
    certificateSha256: Buffer.from(entry.certificateSha256).toString("hex"),
    spkiSha256: Buffer.from(entry.spkiSha256).toString("hex"),
    notAfterMs: entry.notAfterMs,
    issuedMs: nowMs,
  };
  return { pair, certificate: { ...entry, serial } };
}

function notOurs(path: string, { serial }: BatchRow): SamicertsError {
  return new SamicertsError({
    kind: "exists",
    code: "exists.file",
    message: `${path} is there, but is not the certificate that this batch was making for serial ${serial}`,
    hint: "find out whose it is before moving it away; samicerts inspect shows what it says",
  });
}
