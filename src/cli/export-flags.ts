import type { Flags } from "./flag-values.ts";
import { FLAG, type FlagSpec } from "./flags.ts";

/** What `export --format` offers of one device. */
export const ONE_FORMATS = ["pem", "chain", "p7b", "der", "p12"] as const;
/** What it offers of many. */
export const MANY_FORMATS = ["vdid-csv", "aws", "azure-dps", "matter"] as const;
/** Both. */
export const EXPORT_FORMATS: readonly string[] = [...ONE_FORMATS, ...MANY_FORMATS];

/** The flags of `export` alone. */
export const EXPORT_FLAG: Readonly<Record<"format" | "out" | "friendlyName", FlagSpec>> = {
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
