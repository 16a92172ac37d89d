import type { FlagSpec } from "./flags.ts";

/** What `crl --format` offers. */
export const CRL_FORMATS: readonly ("pem" | "der")[] = ["pem", "der"];

type CrlFlagKey = "line" | "oldRoot" | "nextUpdate" | "out" | "format";

/** The flags that `crl` alone takes. */
export const CRL_FLAG: Readonly<Record<CrlFlagKey, FlagSpec>> = {
  line: {
    name: "line",
    value: "name",
    group: "What to make:",
    summary: "the factory line that it is about (default: the root)",
    completes: [],
  },
  oldRoot: {
    name: "old-root",
    value: "n",
    group: "What to make:",
    summary: "a root that was replaced, that it is about: 1 for the one in old-roots/1",
    completes: [],
  },
  nextUpdate: {
    name: "next-update",
    value: "span|time",
    group: "What to make:",
    summary: "until when the next one comes at the latest: 7d, 12h, or RFC 3339 (default: the policy's, 30d)",
    completes: [],
  },
  out: {
    name: "out",
    value: "file",
    group: "Files:",
    summary: "where to write it (default: root.crl, and root.crl.der in DER, in --dir)",
    completes: "file",
  },
  format: {
    name: "format",
    value: "format",
    group: "Files:",
    summary: "how --out is written: pem (default), der",
    completes: CRL_FORMATS,
  },
};
