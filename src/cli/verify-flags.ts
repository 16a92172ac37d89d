import type { FlagSpec } from "./flags.ts";

/** The flags that only `samicerts verify` takes. */
export const VERIFY_FLAG: Readonly<Record<"manifest" | "jobs", FlagSpec>> = {
  manifest: {
    name: "manifest",
    value: "file",
    group: "How to judge:",
    summary: "a batch's manifest: its signature, and every device that it lists",
    completes: "file",
  },
  jobs: {
    name: "jobs",
    value: "n",
    group: "How to work:",
    summary: "threads at most (default: as many as cores)",
    completes: [],
  },
};
