import { type FlagSpec, HELP_GROUP } from "./flags.ts";

/** What `list --format` offers. */
export const LIST_FORMATS: readonly string[] = ["table", "csv", "json"];

/** What `list --state` offers. */
export const LIST_STATES: readonly ("issued" | "reserved" | "revoked")[] = ["issued", "reserved", "revoked"];

const WHICH = "Which:";

type ListFlagKey = "state" | "batch" | "name" | "expiring" | "from" | "to" | "limit" | "after" | "format";

/** The flags that `list` alone takes: which rows, and how they are printed. */
export const LIST_FLAG: Readonly<Record<ListFlagKey, FlagSpec>> = {
  state: {
    name: "state",
    value: "state",
    group: WHICH,
    summary: "issued; reserved: being issued, or cut off; revoked: or on hold",
    completes: LIST_STATES,
  },
  batch: { name: "batch", value: "number", group: WHICH, summary: "those of this batch", completes: [] },
  name: {
    name: "name",
    value: "name",
    group: WHICH,
    summary: "names that begin so; with *, ? or [a-z] in it, names like that",
    completes: [],
  },
  expiring: {
    name: "expiring",
    value: "span",
    group: WHICH,
    summary: "those that end within 90d, 1y or 48h from now",
    completes: [],
  },
  from: {
    name: "serial-from",
    value: "serial",
    group: WHICH,
    summary: "from this serial on",
    completes: [],
  },
  to: { name: "serial-to", value: "serial", group: WHICH, summary: "up to this serial", completes: [] },
  limit: {
    name: "limit",
    value: "n",
    group: WHICH,
    summary: "at most so many (default: all)",
    completes: [],
  },
  after: {
    name: "after",
    value: "token",
    group: WHICH,
    summary: "go on where an earlier list ended",
    completes: [],
  },
  format: {
    name: "format",
    value: "format",
    group: HELP_GROUP,
    summary: "table (default), csv or json",
    completes: LIST_FORMATS,
  },
};
