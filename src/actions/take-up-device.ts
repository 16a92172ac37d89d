import { SamicertsError } from "../base/errors.ts";
import { type Finding, hasSeverity } from "../base/finding.ts";
import type { Ledger, Reservation } from "../ledger/ledger.ts";
import { sameBytes } from "../x509/der-reader.ts";
import { writePem } from "../x509/pem.ts";
import { sameKey } from "../x509/same-key.ts";
import { serialValue } from "../x509/serial.ts";
import type { Deps } from "./deps.ts";
import type { DeviceApprover, IssueDeviceInput } from "./issue-device.ts";
import { decodeSingle } from "./open-issuer.ts";
import { checkPath, issuerEntry, ledgerEntry, type Recorded, record } from "./record.ts";

/** What came of an earlier run's work. */
export interface TakenUp {
  readonly recorded: Recorded;
  /** True where the key had to be made now. */
  readonly keyCreated: boolean;
}

interface Interrupted {
  readonly input: IssueDeviceInput;
  readonly approver: DeviceApprover;
  readonly deps: Deps;
  readonly ledger: Ledger;
  readonly reservation: Reservation;
  readonly nowMs: number;
}

/**
 * Takes up what an earlier run for this serial and name left when it was cut off: a certificate that is there whole
 * is adopted, a key that is there alone gets its certificate, and where there is neither, both are made.
 * Gives undefined where nothing was cut off. Throws `exists.file` where what lies there is not that run's.
 */
export function takeUpDevice(
  input: IssueDeviceInput,
  approver: DeviceApprover,
  deps: Deps,
  nowMs: number,
): TakenUp | undefined {
  const serial = input.serial.toString();
  const ledger = deps.ledger();
  const issuer = ledger.addIssuer(issuerEntry(approver.issuer.certificate, nowMs));
  const row = ledger.find(issuer, serial);
  if (row === undefined) deps.workspace.device(serial).checkAbsent();
  if (row === undefined || !row.abandoned || row.name !== input.name) return undefined;
  const reservation = ledger.takeOver({ issuer, serial, name: input.name, atMs: nowMs });
  const interrupted: Interrupted = { input, approver, deps, ledger, reservation, nowMs };
  const found = giveBackOnError(interrupted, () => {
    deps.workspace.device(serial).removeLeftovers();
    return deps.workspace.device(serial).read();
  });
  const { certificate } = found;
  if (certificate === undefined) return finish(interrupted, found.key !== undefined);
  return { recorded: giveBackOnError(interrupted, () => adopt(interrupted, certificate)), keyCreated: false };
}

/** Leaves the reservation to the next run where this one fails. */
function giveBackOnError<T>(interrupted: Interrupted, work: () => T): T {
  try {
    return work();
  } catch (error) {
    try {
      interrupted.ledger.release(interrupted.reservation);
    } catch {
      // What failed first is what must be said; it becomes abandoned when this process ends.
    }
    throw error;
  }
}

/** Issues under the reservation that was taken over, with the key that is there or a new one. */
function finish(interrupted: Interrupted, keyIsThere: boolean): TakenUp {
  const { input, approver, deps, ledger, reservation, nowMs } = interrupted;
  const { workspace } = deps;
  const serial = input.serial.toString();
  const { key, approved } = giveBackOnError(interrupted, () => {
    const made = keyIsThere ? undefined : deps.generateKey(approver.key);
    const publicKey = made?.publicKey ?? deps.openKey(workspace.device(serial).paths.key).publicKey;
    return { key: made, approved: approver.approve(input, publicKey, nowMs) };
  });
  const { signer, chain } = approver.issuer;
  const recorded = record(
    { approved, signer, issuers: chain, name: input.name, atMs: nowMs, reservation },
    {
      write: (der) => {
        const certificate = writePem("CERTIFICATE", der);
        if (key === undefined) workspace.device(serial).writeCertificate(certificate);
        else workspace.device(serial).write({ key: writePem("PRIVATE KEY", key.pkcs8), certificate });
      },
      // A reservation that was taken over goes back to being abandoned, never to being free.
      leftBehind: () => false,
    },
    ledger,
  );
  key?.wipe();
  return { recorded, keyCreated: key !== undefined };
}

/** Commits a certificate that was durable already, after judging it as if it were a stranger's. */
function adopt(interrupted: Interrupted, bytes: Uint8Array): Recorded {
  const { input, approver, deps, ledger, reservation, nowMs } = interrupted;
  const serial = input.serial.toString();
  const path = deps.workspace.device(serial).paths.certificate;
  const certificate = decodeSingle(bytes, path);
  const { publicKey } = deps.openKey(deps.workspace.device(serial).paths.key);
  const wanted = approver.approve(input, publicKey, nowMs).certificate;
  const same =
    serialValue(certificate.serial) === input.serial &&
    sameKey(certificate.publicKey, publicKey) &&
    sameBytes(certificate.subject.der, wanted.subject.der);
  if (!same) throw notOurs(path, serial);
  checkPath(certificate, approver.issuer.chain, nowMs);
  const findings: readonly Finding[] = input.judge.evaluate({
    certificate,
    role: "device",
    issuer: approver.issuer.certificate,
    path: [certificate, ...approver.issuer.chain],
    atMs: nowMs,
  });
  if (hasSeverity(findings, "error")) throw notOurs(path, serial);
  ledger.commit(reservation, ledgerEntry(certificate, nowMs));
  return { der: certificate.der, certificate, findings, resumed: true };
}

function notOurs(path: string, serial: string): SamicertsError {
  return new SamicertsError({
    kind: "exists",
    code: "exists.file",
    message: `${path} is there, but is not the certificate that an earlier run was making for serial ${serial}`,
    hint: "find out whose it is before moving it away; samicerts inspect shows what it says",
  });
}
