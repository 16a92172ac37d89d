import type { FlagSpec } from "./flags.ts";

type RenewFlagKey = "line" | "serial" | "revoke" | "within";

/** The flags that renewing alone takes. */
export const RENEW_FLAG: Readonly<Record<RenewFlagKey, FlagSpec>> = {
  line: {
    name: "line",
    value: "name",
    group: "Which:",
    summary: "the factory line that issued it, where several have used the serial",
    completes: [],
  },
  serial: {
    name: "serial",
    value: "serial",
    group: "What to make:",
    summary: "the new serial (default: a random one that is free)",
    completes: [],
  },
  revoke: {
    name: "revoke",
    group: "What to make:",
    summary: "revoke the earlier certificate as superseded",
  },
  within: {
    name: "within",
    value: "span",
    group: "Which:",
    summary: "it is to be renewed so long before it ends: 30d (default), 1y, 48h",
    completes: [],
  },
};
