import { SamicertsError } from "../base/errors.ts";
import { formatSerial } from "../x509/serial.ts";
import { type LineClaim, overlaps, type SerialRange } from "./factory-line.ts";

/** Throws `line.duplicate` or `line.serials-taken` where a line can't be made beside those that are there. */
export function checkClaim(claim: LineClaim, others: readonly LineClaim[]): void {
  const { name, serials } = claim;
  const same = others.find((other) => other.name.toLowerCase() === name.toLowerCase());
  if (same !== undefined) throw lineDuplicate(same.name);
  if (serials === undefined) return;
  const other = others.find((one) => one.serials !== undefined && overlaps(one.serials, serials));
  if (other?.serials === undefined) return;
  throw new SamicertsError({
    kind: "exists",
    code: "line.serials-taken",
    message: `the serials ${rangeText(serials)} are in part those of the line ${other.name}, ${rangeText(other.serials)}`,
    hint: "give every line serials of its own, so that a serial is one device's in the whole factory",
  });
}

/** The error for a line whose name is taken. */
export function lineDuplicate(name: string): SamicertsError {
  return new SamicertsError({
    kind: "exists",
    code: "line.duplicate",
    message: `there is a line ${name} already`,
    hint: "a line is made once; choose another name for a second one, or --force for a new certificate of this one",
  });
}

/** The error for a serial that a line may not use (kind `input`). */
export function serialOutsideLine(serial: string, { name, serials }: LineClaim): SamicertsError {
  const range = serials === undefined ? "" : `, which are ${rangeText(serials)}`;
  return new SamicertsError({
    kind: "input",
    code: "serial.outside-line",
    message: `serial ${serial} (${formatSerial(BigInt(serial)).hex}) is not one of the line ${name}'s${range}`,
    hint: "choose one of this line's serials, or another line with --line",
  });
}

/** A range in words. */
export function rangeText({ from, to }: SerialRange): string {
  return `${from} to ${to}`;
}
