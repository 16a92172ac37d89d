import type { FlagSpec } from "./flags.ts";

/** The flags that only `samicerts verify` takes. */
export const VERIFY_FLAG: Readonly<Record<"manifest" | "jobs" | "crl" | "noLedger", FlagSpec>> = {
  manifest: {
    name: "manifest",
    value: "file",
    group: "How to judge:",
    summary: "a batch's manifest: its signature, and every device that it lists",
    completes: "file",
  },
  crl: {
    name: "crl",
    value: "file",
    group: "How to judge:",
    summary: "a CRL, PEM or DER, repeatable: every certificate of a path must be covered, and on none",
    repeatable: true,
    completes: "file",
  },
  noLedger: {
    name: "no-ledger",
    group: "How to judge:",
    summary: "don't ask the vendor's ledger what was revoked",
  },
  jobs: {
    name: "jobs",
    value: "n",
    group: "How to work:",
    summary: "threads at most (default: as many as cores)",
    completes: [],
  },
};
