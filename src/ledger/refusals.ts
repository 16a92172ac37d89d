import { SamicertsError } from "../base/errors.ts";
import { formatSerial } from "../x509/serial.ts";
import { formatTime } from "../x509/time.ts";
import type { LedgerRow, Reservation, ReservationRequest } from "./ledger.ts";

/** The error for a serial that is taken; `row` says by whom. */
export function serialDuplicate(row: LedgerRow): SamicertsError {
  const [message, hint] = row.abandoned
    ? [
        `was reserved for ${quoted(row.name)} at ${formatTime(row.reservedMs)} by a run that was cut off`,
        `to finish that one, ask again for this serial with the name ${quoted(row.name)}; or choose another serial`,
      ]
    : row.certificate === undefined
      ? [
          `is being issued to ${quoted(row.name)} by another process, since ${formatTime(row.reservedMs)}`,
          "wait until that process has ended; or choose another serial",
        ]
      : [
          `was issued already, to ${quoted(row.name)} at ${formatTime(row.certificate.atMs)}`,
          "an issuer uses a serial once; choose another one",
        ];
  return new SamicertsError({
    kind: "exists",
    code: "serial.duplicate",
    message: `serial ${forms(row.serial)} ${message}`,
    hint,
  });
}

/** The error for a public key that another certificate has; `row` is that certificate's, undefined where it is gone by now. */
export function keyDuplicate(
  request: { readonly serial: string },
  row: LedgerRow | undefined,
): SamicertsError {
  const where =
    row === undefined ? "another certificate" : `serial ${forms(row.serial)}, ${quoted(row.name)}`;
  return new SamicertsError({
    kind: "exists",
    code: "key.duplicate",
    message: `the public key for serial ${forms(request.serial)} belongs to ${where} already`,
    hint: "every device needs a key of its own; make a new one",
  });
}

/** The error for a reservation that is not the caller's, or not any more. */
export function reservationLost(reservation: Reservation): SamicertsError {
  return new SamicertsError({
    kind: "io",
    code: "ledger.reservation-lost",
    message: `the ledger does not hold serial ${forms(reservation.serial)} for this process any more`,
    hint: "the ledger was changed or restored meanwhile; look at the device's files before issuing it again",
  });
}

/**
 * Throws RangeError for what the caller should have refused: a serial that is not a positive decimal number in its
 * one form ("1" and "01" are the same serial), a name that no store could give back as it was.
 */
export function checkRequest(request: ReservationRequest): void {
  if (request.name.includes("\0") || /\p{Surrogate}/u.test(request.name))
    throw new RangeError(`${quoted(request.name)} is not a text that can be stored`);
  if (!/^[1-9][0-9]{0,48}$/.test(request.serial))
    throw new RangeError(`"${request.serial}" is not a decimal serial number`);
}

function forms(serial: string): string {
  const { decimal, hex } = formatSerial(BigInt(serial));
  return `${decimal} (${hex})`;
}

/** A name on one line, whatever is in it. */
function quoted(name: string): string {
  return JSON.stringify(name);
}
