import { SamicertsError } from "../base/errors.ts";
import { formatSerial } from "../x509/serial.ts";
import { formatTime } from "../x509/time.ts";
import type { LedgerRow, RowPlace } from "./ledger.ts";
import type { Revocation } from "./revocation.ts";

/** The error for a certificate that can't be revoked, for it was not issued; `row` is what the serial has come to. */
export function notIssued({ serial }: RowPlace, row: LedgerRow | undefined): SamicertsError {
  const isBeing = row !== undefined && !row.abandoned;
  return new SamicertsError({
    kind: "input",
    code: "revocation.not-issued",
    message:
      row === undefined
        ? `serial ${forms(serial)} was never issued`
        : `serial ${forms(serial)} ${isBeing ? "is being issued" : "was reserved by a run that was cut off"}: there is no certificate to revoke`,
    hint: isBeing
      ? "wait until the process that issues it has ended"
      : "look the serial up with samicerts list; what another authority issued is for that one to revoke",
  });
}

/** The error for a certificate that is revoked, or on hold, already. */
export function revokedAlready({ serial }: RowPlace, { reason, revokedMs }: Revocation): SamicertsError {
  const isHeld = reason === "certificateHold";
  return new SamicertsError({
    kind: "exists",
    code: "revocation.duplicate",
    message: isHeld
      ? `serial ${forms(serial)} is on hold already, since ${formatTime(revokedMs)}`
      : `serial ${forms(serial)} was revoked already, ${reason}, on ${formatTime(revokedMs)}`,
    hint: isHeld
      ? "give another --reason to revoke it for good, or take it off hold with --release"
      : "a certificate is revoked once and for good; the next CRL has it until it has expired",
  });
}

/** The error for a root, which no CRL of its own can revoke. */
export function rootNotRevocable({ serial }: RowPlace): SamicertsError {
  return new SamicertsError({
    kind: "input",
    code: "revocation.root",
    message: `serial ${forms(serial)} is a root's, which no CRL of its own can revoke`,
    hint: "have it removed wherever it is trusted, and make a new one",
  });
}

/** The error for a certificate that can't be released, for it is not on hold; `revocation` is what it is revoked for. */
export function notHeld({ serial }: RowPlace, revocation: Revocation | undefined): SamicertsError {
  if (revocation === undefined)
    return new SamicertsError({
      kind: "input",
      code: "revocation.not-held",
      message: `serial ${forms(serial)} is not on hold`,
      hint: "look it up with samicerts list --state revoked",
    });
  const { reason, revokedMs } = revocation;
  return new SamicertsError({
    kind: "exists",
    code: "revocation.final",
    message: `serial ${forms(serial)} was revoked for good, ${reason}, on ${formatTime(revokedMs)}`,
    hint: "only what is on hold (certificateHold) can be released; issue the device a new certificate",
  });
}

function forms(serial: string): string {
  const { decimal, hex } = formatSerial(BigInt(serial));
  return `${decimal} (${hex})`;
}
