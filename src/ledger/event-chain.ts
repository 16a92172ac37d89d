import { createHash } from "node:crypto";
import type { EventNote } from "./event.ts";

/** What the first line of a record is chained to: 32 octets of zero. */
export const CHAIN_START: Uint8Array = new Uint8Array(32);

/** The longest detail that is recorded, in characters. */
const MAX_DETAIL = 2000;

/**
 * The hash of the record's line `id`: SHA-256 over the hash of the line before (32 octets) and this line as a JSON array
 * without spaces, in UTF-8: [id, moment, kind, issuer, serial, batch, digest in lower-case hex, detail], null for what
 * is absent. So no line can be altered, removed or moved without every later hash being another.
 */
export function chainHash(previous: Uint8Array, id: number, event: EventNote): Uint8Array {
  const { atMs, kind, issuer, serial, batch, digest, detail } = event;
  const line = [
    id,
    atMs,
    kind,
    issuer ?? null,
    serial ?? null,
    batch ?? null,
    digest === undefined ? null : Buffer.from(digest).toString("hex"),
    detail ?? null,
  ];
  return new Uint8Array(createHash("sha256").update(previous).update(JSON.stringify(line), "utf8").digest());
}

/** An event as it is recorded: its detail as every store gives it back, or its hash would be that of another. */
export function recordable(event: EventNote): EventNote {
  const { detail } = event;
  if (detail === undefined) return event;
  const short = detail.length > MAX_DETAIL ? `${detail.slice(0, MAX_DETAIL)}...` : detail;
  // Halves of a character become the sign for what can't be read, as every store would make of them.
  const whole = Buffer.from(short, "utf8").toString("utf8");
  return { ...event, detail: whole.replaceAll("\0", "\ufffd") };
}
