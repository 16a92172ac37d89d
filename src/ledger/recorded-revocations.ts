import { formatTime } from "../x509/time.ts";
import type { EventRow, RecordFault } from "./event.ts";
import type { Ledger, RowPlace } from "./ledger.ts";
import { contradicted, unrecorded } from "./record-fault.ts";
import type { Revocation } from "./revocation.ts";
import { readRevoked, type ToldRevocation } from "./revocation-event.ts";

/** Holds what the record tells of revocations against those that the ledger has. */
export class RecordedRevocations {
  private readonly ledger: Pick<Ledger, "find" | "revocations">;
  /** What was told of, and is not so at the end: the line that told it, by the certificate's place. */
  private readonly open = new Map<string, number>();
  private told = 0;

  constructor(ledger: Pick<Ledger, "find" | "revocations">) {
    this.ledger = ledger;
  }

  /** Looks whether the ledger has what a line tells. */
  *hold(row: EventRow): Generator<RecordFault> {
    const { id, kind, issuer, serial } = row;
    if (issuer === undefined || serial === undefined) return;
    const place = `${issuer} ${serial}`;
    const now = this.find({ issuer, serial });
    if (kind === "released") {
      this.told--;
      this.open.delete(place);
      return;
    }
    const told = readRevoked(row);
    if (told?.wasHeld !== true) this.told++;
    if (now !== undefined && told !== undefined && isSo(told, now)) this.open.delete(place);
    // A hold may have ended since; a revocation may not.
    else if (told?.reason === "certificateHold") this.open.set(place, id);
    else yield contradicted(id, `a revocation of ${serial} that the ledger does not have so`);
  }

  /** Looks whether the record tells of all that the ledger has. */
  *end(): Generator<RecordFault> {
    for (const [place, id] of this.open)
      yield contradicted(
        id,
        `a hold of ${place.split(" ")[1]}, which the ledger does not have, and no line of its end`,
      );
    const count = this.ledger.revocations.count();
    if (count > this.told) yield unrecorded(`${count - this.told} of the ${count} revocations`);
  }

  private find({ issuer, serial }: RowPlace): Revocation | undefined {
    return this.ledger.find(issuer, serial)?.revocation;
  }
}

function isSo(told: ToldRevocation, now: Revocation): boolean {
  return told.reason === now.reason && told.since === formatTime(now.revokedMs);
}
