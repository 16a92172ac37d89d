import type { RecordFault, RecordTally } from "./event.ts";
import type { Ledger } from "./ledger.ts";
import { RecordChain } from "./record-chain.ts";
import { RecordedFacts, type RecordedLedger } from "./recorded-facts.ts";

const PAGE_ROWS = 1000;

/**
 * As Ledger.checkRecord: finds what was done to the record from outside, as far as the chain, the numbers and the rest of
 * the ledger tell. Reads it once, in constant memory.
 */
export function* checkRecord(
  ledger: RecordedLedger & Pick<Ledger, "events" | "eventEnd">,
  head: Uint8Array | undefined,
): Generator<RecordFault, RecordTally> {
  const chain = new RecordChain(head);
  const facts = new RecordedFacts(ledger);
  let events = 0;
  for (let after = 0; ; ) {
    const rows = ledger.events(after, PAGE_ROWS);
    for (const row of rows) {
      yield* chain.follow(row);
      yield* facts.hold(row);
    }
    events += rows.length;
    const last = rows.at(-1);
    if (last === undefined) break;
    after = last.id;
  }
  const end = ledger.eventEnd();
  yield* chain.end(end);
  yield* facts.end();
  return { events, ...(end.last === undefined ? {} : { last: end.last }) };
}
