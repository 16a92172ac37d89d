import type { Role } from "../policy.ts";

const COMMANDS: ReadonlyMap<Role, string> = new Map([
  ["root", "samicerts root"],
  ["intermediate", "samicerts intermediate"],
  ["device", "samicerts client"],
]);

/** The command that makes a certificate of this role. */
export function commandFor(role: Role): string {
  return COMMANDS.get(role) ?? "samicerts";
}

/** The hint for what our own command never gets wrong; `how` ends the sentence "issue it ...". */
export function reissue(role: Role, how: string): string {
  return `issue it ${how}; \`${commandFor(role)}\` does so under this policy`;
}

/** The hint where a new certificate needs something from the person: the command, with what gives it. */
export function reissueWith(role: Role, how: string, flags = ""): string {
  const subject = role === "device" ? "<serial> <name>" : role === "root" ? "<dn>" : "<name> <dn>";
  return `issue it ${how}: \`${commandFor(role)} ${subject}${flags === "" ? "" : ` ${flags}`}\``;
}

/** Joins items as a person would: `a`, `a and b`, `a, b and c`; `nothing` where there are none. */
export function listing(items: readonly string[], last: "and" | "or" = "and"): string {
  if (items.length === 0) return "nothing";
  if (items.length === 1) return items[0] as string;
  return `${items.slice(0, -1).join(", ")} ${last} ${items[items.length - 1]}`;
}

/** Characters that a terminal obeys or does not show: controls, and those that reorder or join text. */
const UNSHOWABLE = /[\u007f-\u009f\u00ad\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff]/g;

/** A value from a certificate in quotes, cut after 64 characters, with nothing in it that a terminal obeys. */
export function quoted(text: string): string {
  const cut = text.length > 64;
  const shown = JSON.stringify(cut ? text.slice(0, 64) : text).replace(UNSHOWABLE, escaped);
  return cut ? `${shown}... (${text.length} characters)` : shown;
}

function escaped(character: string): string {
  return `\\u${character.charCodeAt(0).toString(16).padStart(4, "0")}`;
}

/** A count with its noun: `1 octet`, `20 octets`. */
export function counted(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? "" : "s"}`;
}

/** A range in words: `1 to 64`, `at least 8`, `at most 20`; each end may be open. */
export function range(minimum: number | undefined, maximum: number | undefined, noun: string): string {
  if (minimum !== undefined && minimum === maximum) return counted(minimum, noun);
  if (minimum === undefined)
    return maximum === undefined ? `any number of ${noun}s` : `at most ${counted(maximum, noun)}`;
  return maximum === undefined
    ? `at least ${counted(minimum, noun)}`
    : `${minimum} to ${counted(maximum, noun)}`;
}

/** Octets in lower-case hex, cut after 32; `no octets` where there are none. */
export function hex(octets: Uint8Array): string {
  if (octets.length === 0) return "no octets";
  const shown = Buffer.from(octets.subarray(0, 32)).toString("hex");
  return octets.length > 32 ? `${shown}... (${octets.length} octets)` : shown;
}
