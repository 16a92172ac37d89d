import { REVOCATION_REASONS } from "../x509/crl-reason.ts";
import type { FlagSpec } from "./flags.ts";

type RevokeFlagKey = "reason" | "at" | "invalidityDate" | "release" | "from" | "line";

const WHICH = "Which:";
const WHAT = "What to say of it:";

/** The flags that `revoke` alone takes. */
export const REVOKE_FLAG: Readonly<Record<RevokeFlagKey, FlagSpec>> = {
  reason: {
    name: "reason",
    value: "reason",
    group: WHAT,
    summary: `${REVOCATION_REASONS.join(", ")} (default: unspecified)`,
    completes: REVOCATION_REASONS,
  },
  at: {
    name: "at",
    value: "time",
    group: WHAT,
    summary: "since when it is revoked, RFC 3339 (default: now)",
    completes: [],
  },
  invalidityDate: {
    name: "invalidity-date",
    value: "time",
    group: WHAT,
    summary: "since when its key may be known to others, RFC 3339",
    completes: [],
  },
  release: {
    name: "release",
    group: WHAT,
    summary: "take it off hold (certificateHold) instead; nothing else can be taken back",
  },
  from: {
    name: "from",
    value: "file",
    group: WHICH,
    summary: "a CSV of serials, as samicerts list prints one; columns reason, at, invalidity_date may differ",
    completes: "file",
  },
  line: {
    name: "line",
    value: "name",
    group: WHICH,
    summary: "the factory line that issued it, where several have used the serial",
    completes: [],
  },
};
