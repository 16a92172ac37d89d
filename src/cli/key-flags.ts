import type { FlagSpec } from "./flags.ts";

/** The flags of `key` alone. */
export const KEY_FLAG: Readonly<Record<"out" | "inPlace" | "certificate", FlagSpec>> = {
  out: {
    name: "out",
    value: "file",
    group: "Files:",
    summary: "the new file, which must not be there yet",
    completes: "file",
  },
  inPlace: {
    name: "in-place",
    group: "Files:",
    summary: "put it in the place of the file itself",
  },
  certificate: {
    name: "certificate",
    value: "file",
    group: "Files:",
    summary: "the certificate that the key should belong to",
    completes: "file",
  },
};
