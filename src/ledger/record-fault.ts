import type { RecordFault } from "./event.ts";

/** A fault of what the ledger has, and no line tells of. */
export function unrecorded(what: string): RecordFault {
  return {
    rule: "audit.unrecorded",
    message: `no line tells of ${what}: lines were removed, or rows put in`,
  };
}

/** A fault of what a line tells, and the ledger has not. */
export function contradicted(event: number, what: string): RecordFault {
  return { rule: "audit.contradicted", event, message: `line ${event} tells of ${what}` };
}
