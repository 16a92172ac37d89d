import type { Random } from "../base/effects.ts";
import { SamicertsError } from "../base/errors.ts";
import type { SerialRange } from "../ledger/factory-line.ts";
import type { IssuerId, Ledger } from "../ledger/ledger.ts";
import { randomSerial } from "./random-serial.ts";

/** So many serials are drawn before the range is gone through. */
const DRAWS = 32;
const PAGE_ROWS = 1000;

/**
 * Chooses a serial that an issuer has not used: at random with so many octets, or at random out of a line's own serials.
 * Another process may take it before it is reserved. Throws `line.serials-used` (kind `exists`) where none is left.
 */
export function freeSerial(
  range: SerialRange | undefined,
  octets: number,
  issuer: IssuerId,
  ledger: Ledger,
  random: Random,
): bigint {
  if (range === undefined) return randomSerial(random, octets);
  const from = BigInt(range.from);
  const count = BigInt(range.to) - from + 1n;
  for (let draw = 0; draw < DRAWS; draw++) {
    // Eight octets more than the range needs: what remains is as good as equal for all.
    const bytes = random.bytes(28);
    const serial = from + (BigInt(`0x${Buffer.from(bytes).toString("hex")}`) % count);
    if (ledger.find(issuer, serial.toString()) === undefined) return serial;
  }
  return firstGap(range, issuer, ledger);
}

function firstGap(range: SerialRange, issuer: IssuerId, ledger: Ledger): bigint {
  const filter = { issuer, serialFrom: range.from, serialTo: range.to };
  let next = BigInt(range.from);
  for (let after: string | undefined; ; ) {
    const page = ledger.list(filter, { limit: PAGE_ROWS, ...(after === undefined ? {} : { after }) });
    for (const { serial } of page.rows) {
      if (BigInt(serial) > next) return next;
      next = BigInt(serial) + 1n;
    }
    after = page.next;
    if (after === undefined) break;
  }
  if (next <= BigInt(range.to)) return next;
  throw new SamicertsError({
    kind: "exists",
    code: "line.serials-used",
    message: `all serials from ${range.from} to ${range.to} are used`,
    hint: "make a new line with serials of its own: samicerts intermediate <name> <dn> --serials",
  });
}
