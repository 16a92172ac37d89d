import type { FlagSpec } from "./flags.ts";

/** The flags that only `samicerts verify` takes. */
export const VERIFY_FLAG: Readonly<Record<"jobs", FlagSpec>> = {
  jobs: {
    name: "jobs",
    value: "n",
    group: "How to work:",
    summary: "threads at most (default: as many as cores)",
    completes: [],
  },
};
