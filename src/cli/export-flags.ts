import type { Flags } from "./flag-values.ts";
import { FLAG, type FlagSpec } from "./flags.ts";
import { LIST_FLAG } from "./list-flags.ts";
import { PASSPHRASE_FLAG } from "./passphrase-flags.ts";
import { usageError } from "./usage.ts";

/** What `export --format` offers of one device. */
export const ONE_FORMATS = ["pem", "chain", "p7b", "der", "p12"] as const;
/** What it offers of many. */
export const MANY_FORMATS = ["vdid-csv", "aws", "azure-dps", "matter"] as const;
/** Both. */
export const EXPORT_FORMATS: readonly string[] = [...ONE_FORMATS, ...MANY_FORMATS];

/** The flags of `export` alone. */
export const EXPORT_FLAG: Readonly<Record<"format" | "out" | "line" | "friendlyName", FlagSpec>> = {
  format: {
    name: "format",
    value: "format",
    group: FLAG.json.group,
    summary: "of one: pem (default), chain, p7b, der, p12; of many: vdid-csv, aws, azure-dps, matter",
    completes: EXPORT_FORMATS,
  },
  out: {
    name: "out",
    value: "path",
    group: "Files:",
    summary: "a new file, or for matter a new directory (default: stdout, for what is text)",
    completes: "file",
  },
  line: {
    name: "line",
    value: "name",
    group: "Which:",
    summary: "what this factory line has issued (default: whoever has)",
    completes: [],
  },
  friendlyName: {
    name: "friendly-name",
    value: "name",
    group: "What to make:",
    summary: "what programs show a p12 as (default: the device's name)",
    completes: [],
  },
};

/** Where an export goes; undefined for standard output, which is `-` here as elsewhere. */
export function readOut(flags: Flags): string | undefined {
  const out = flags.text(EXPORT_FLAG.out);
  return out === "-" ? undefined : out;
}

/** Flags that say nothing of this format, or beside a serial, would go unheard; throws `usage.conflict`. */
export function refuseUnheard(flags: Flags, format: string, serial: string | undefined): void {
  const isGiven = (flag: FlagSpec): boolean => flags.text(flag) !== undefined;
  const which = [LIST_FLAG.batch, LIST_FLAG.name, LIST_FLAG.from, LIST_FLAG.to].find(isGiven);
  if (serial !== undefined && which !== undefined)
    throw usageError(
      "conflict",
      `the serial ${serial} says which certificate, and --${which.name} which others`,
      "keep one of the two",
    );
  if (format === "p12") return;
  const ofKeys = [EXPORT_FLAG.friendlyName, PASSPHRASE_FLAG.newFile, PASSPHRASE_FLAG.newEnv].find(isGiven);
  if (ofKeys === undefined) return;
  throw usageError(
    "conflict",
    `--${ofKeys.name} is about --format p12, and this is ${format}: no key goes into it`,
    "leave it out, or give a device's serial with --format p12 and --out",
  );
}
