import { EVENT_KINDS } from "../ledger/event.ts";
import type { FlagSpec } from "./flags.ts";

const WHICH = "Which:";

type AuditFlagKey = "kind" | "serial" | "batch" | "since" | "until" | "limit" | "after" | "last" | "head";

/** The flags that `audit` alone takes. */
export const AUDIT_FLAG: Readonly<Record<AuditFlagKey, FlagSpec>> = {
  kind: {
    name: "kind",
    value: "kind",
    group: WHICH,
    summary: `those of this kind, repeatable: ${EVENT_KINDS.join(", ")}`,
    repeatable: true,
    completes: EVENT_KINDS,
  },
  serial: { name: "serial", value: "serial", group: WHICH, summary: "those of this serial", completes: [] },
  batch: { name: "batch", value: "number", group: WHICH, summary: "those of this batch", completes: [] },
  since: {
    name: "since",
    value: "time",
    group: WHICH,
    summary: "from this moment on, RFC 3339",
    completes: [],
  },
  until: {
    name: "until",
    value: "time",
    group: WHICH,
    summary: "up to this moment, RFC 3339",
    completes: [],
  },
  limit: { name: "limit", value: "n", group: WHICH, summary: "at most so many", completes: [] },
  after: {
    name: "after",
    value: "id",
    group: WHICH,
    summary: "go on after the line of this number",
    completes: [],
  },
  last: { name: "last", value: "n", group: WHICH, summary: "only the last so many", completes: [] },
  head: {
    name: "head",
    value: "hash",
    group: "How to judge:",
    summary: "a hash that audit head printed earlier, which must still be there",
    completes: [],
  },
};
