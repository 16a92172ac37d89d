import type { Platform } from "../platform.ts";
import type { Form } from "../web/session.ts";

/** What the owner enters to register a device. */
export interface RegisterEntry {
  readonly type: string;
  readonly name: string;
  readonly pin: string;
  readonly lastFour: string;
  /** The device that is to be registered again; empty for a new one. */
  readonly device: string;
}

/** What is wrong with an entry, by field; what is there was not tried, and costs no attempt. */
export type EntryProblems = Readonly<Partial<Record<"type" | "name" | "pin" | "lastFour", string>>>;

const MOST_NAME = 64;

/** Reads the form; blanks and hyphens that people put into a PIN don't count. */
export function readEntry(form: Form): RegisterEntry {
  const { type = "", name = "", pin = "", lastFour = "", device = "" } = form;
  return {
    type,
    name: name.trim(),
    pin: pin.replace(/[\s-]/g, "").toUpperCase(),
    lastFour: lastFour.trim(),
    device,
  };
}

/** What is wrong with it by itself. */
export function entryProblems(
  { vendors }: Platform,
  { type, name, pin, lastFour, device }: RegisterEntry,
): EntryProblems {
  return {
    ...(vendors.findType(type) === undefined ? { type: "Choose what kind of device it is." } : {}),
    ...(device === "" && (name === "" || name.length > MOST_NAME)
      ? { name: `Give it a name of 1 to ${MOST_NAME} characters.` }
      : {}),
    ...(/^[A-Z0-9]{8}$/.test(pin) ? {} : { pin: "Enter the 8 letters and digits that the device shows." }),
    ...(/^[0-9]{1,4}$/.test(lastFour)
      ? {}
      : { lastFour: "Enter the last four digits of the serial number; fewer only where it has fewer." }),
  };
}
