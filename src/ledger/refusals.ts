import { SamicertsError } from "../base/errors.ts";
import { formatSerial } from "../x509/serial.ts";
import { formatTime } from "../x509/time.ts";
import type { BatchId, ChunkRow } from "./batch.ts";
import type { LedgerRow } from "./ledger.ts";

/** The error for a serial that is taken; `row` says by whom. */
export function serialDuplicate(row: LedgerRow): SamicertsError {
  const [message, hint] =
    row.abandoned && row.batchFinished === true
      ? [
          `was reserved for ${quoted(row.name)} at ${formatTime(row.reservedMs)} by batch ${row.batch}, which is finished without it`,
          `to finish that one, ask samicerts client for this serial with the name ${quoted(row.name)}${row.keyElsewhere === true ? " and the device's --csr" : ""}; or choose another serial`,
        ]
      : row.abandoned && row.batch !== undefined
        ? [
            `was reserved for ${quoted(row.name)} at ${formatTime(row.reservedMs)} by batch ${row.batch}, which was cut off`,
            "run that batch's command again to finish it; or choose another serial",
          ]
        : row.abandoned && (row.renews ?? row.replaces) !== undefined
          ? [
              `was reserved at ${formatTime(row.reservedMs)} for what takes the place of ${row.renews ?? row.replaces}, by a run that was cut off`,
              `samicerts ${row.renews === undefined ? "rekey" : "renew"} ${row.renews ?? row.replaces} finishes it; or choose another serial`,
            ]
          : row.abandoned
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
export function reservationLost(reservation: { readonly serial: string }): SamicertsError {
  return new SamicertsError({
    kind: "io",
    code: "ledger.reservation-lost",
    message: `the ledger does not hold serial ${forms(reservation.serial)} for this process any more`,
    hint: "the ledger was changed or restored meanwhile; look at the device's files before issuing it again",
  });
}

/** The error for a serial that stands in an earlier line of the same input. */
export function serialRepeated(serial: string, line: number): SamicertsError {
  return new SamicertsError({
    kind: "exists",
    code: "serial.duplicate",
    message: `serial ${forms(serial)} is in line ${line} of the same input already`,
    hint: "an issuer uses a serial once; give this row another one",
  });
}

/** The error for a row whose request has another key than the one that its serial was reserved for. */
export function requestChanged(row: ChunkRow): SamicertsError {
  return new SamicertsError({
    kind: "exists",
    code: "serial.duplicate",
    message: `serial ${forms(row.serial)} was reserved for ${quoted(row.name)} with another key, by a run of this batch that was cut off`,
    hint: "put the request back that was there then; or once this batch is finished, ask samicerts client for this serial with this name and the --csr",
  });
}

/** The error for an input that says of a line otherwise than it did when the batch had it before. */
export function batchInputChanged(row: ChunkRow, name: string): SamicertsError {
  const before = `in line ${row.line} the serial ${forms(row.serial)} was for ${quoted(name)}`;
  return new SamicertsError({
    kind: "input",
    code: "input.changed",
    message: `the input is not the one that this batch was begun with: ${before}${
      row.name === name ? ", with another key" : `, and now it is for ${quoted(row.name)}`
    }`,
    hint: "give the rows again as they were, which finishes the batch; or choose another --out",
  });
}

/** The error for a renewal of what was never issued, or has another key. */
export function renewalUnknown(serial: string, renews: string): SamicertsError {
  return new SamicertsError({
    kind: "input",
    code: "renewal.unknown",
    message: `serial ${forms(serial)} can't renew ${forms(renews)}: the ledger has no certificate of that serial with this key`,
    hint: "look the earlier one up with samicerts list",
  });
}

/** The error for a renewal of what was renewed already; `row` is what took its place, or is about to. */
export function renewalDone(renews: string, row: LedgerRow): SamicertsError {
  const [message, hint] =
    row.certificate !== undefined
      ? [
          `was renewed already, as ${forms(row.serial)} at ${formatTime(row.certificate.atMs)}`,
          `renew that one where it is needed: samicerts renew ${row.serial}`,
        ]
      : row.abandoned
        ? [
            `was being renewed as ${forms(row.serial)} by a run that was cut off`,
            `samicerts ${row.renews === undefined ? "rekey" : "renew"} ${renews} finishes it`,
          ]
        : [
            `is being renewed as ${forms(row.serial)} by another process`,
            "wait until that process has ended",
          ];
  return new SamicertsError({
    kind: "exists",
    code: "renewal.done",
    message: `serial ${forms(renews)} ${message}`,
    hint,
  });
}

/** The error for a batch that another process is at. */
export function batchBusy(batch: BatchId, output: string): SamicertsError {
  return new SamicertsError({
    kind: "exists",
    code: "batch.busy",
    message: `another process is writing batch ${batch} to ${output}`,
    hint: "wait until it has ended, or choose another --out",
  });
}

/** The error for a batch that is not the caller's, or not any more. */
export function batchLost(batch: BatchId): SamicertsError {
  return new SamicertsError({
    kind: "io",
    code: "batch.lost",
    message: `the ledger does not hold batch ${batch} for this process any more`,
    hint: "the ledger was changed or restored meanwhile; run the same command again",
  });
}

/**
 * Throws RangeError for what the caller should have refused: a serial that is not a positive decimal number in its
 * one form ("1" and "01" are the same serial), a name that no store could give back as it was.
 */
export function checkRequest(request: { readonly serial: string; readonly name: string }): void {
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
