import type { Store } from "./store.ts";
import type { SandboxWorld } from "./world.ts";

/** Somebody who was kept out. */
export interface Refusal {
  readonly seq: number;
  readonly atMs: number;
  /** What was asked for: `POST /v1.1/cert/devices/registrations`, `TLS`. */
  readonly what: string;
  /** The HTTP status that it was answered with. */
  readonly status: number;
  /** Why, in plain words. */
  readonly reason: string;
  /** The certificate that was shown, where there was one: its subject DN, serial (decimal) and SHA-256 (hex). */
  readonly subject?: string;
  readonly serial?: string;
  readonly sha256?: string;
  /** The address that it came from. */
  readonly peer?: string;
}

/** The log of refusals, the newest so many of them. */
export interface RefusalLog {
  add(refusal: Omit<Refusal, "seq" | "atMs">): void;
  /** The newest first. */
  newest(count: number): readonly Refusal[];
  /** Tells of each once it is written, in the moment after; gives what ends that. */
  subscribe(listener: (refusal: Refusal) => void): () => void;
}

const MOST_KEPT = 1000;
/** How many more there may be before the oldest go. */
const SLACK = 100;
const MOST_TEXT = 1000;

/** Opens the log of a store. */
export function openRefusalLog(store: Store, { clock }: SandboxWorld): RefusalLog {
  const listeners = new Set<(refusal: Refusal) => void>();
  let waiting: Omit<Refusal, "seq">[] = [];
  // Who is refused may come in thousands: they are written together, and before anybody reads.
  const flush = (): void => {
    const batch = waiting;
    waiting = [];
    if (batch.length === 0) return;
    const written = store.within(() => {
      const rows = batch.slice(-MOST_KEPT).flatMap(
        ({ atMs, what, status, reason, subject, serial, sha256, peer }) =>
          store.get<Row>(
            `INSERT INTO refusals (at_ms, what, status, reason, subject, serial, sha256, peer)
             VALUES (?, ?, ?, ?, ?, ?, ?, ?) RETURNING *`,
            atMs,
            what.slice(0, MOST_TEXT),
            status,
            reason.slice(0, MOST_TEXT),
            subject?.slice(0, MOST_TEXT) ?? null,
            serial ?? null,
            sha256 ?? null,
            peer ?? null,
          ) ?? [],
      );
      store.run("DELETE FROM refusals WHERE seq <= (SELECT max(seq) FROM refusals) - ?", MOST_KEPT);
      return rows;
    });
    for (const row of written) for (const listener of listeners) listener(readRefusal(row));
  };
  const newest = (count: number): readonly Refusal[] => {
    flush();
    return store.all<Row>("SELECT * FROM refusals ORDER BY seq DESC LIMIT ?", count).map(readRefusal);
  };
  return {
    add(refusal) {
      waiting.push({ atMs: clock.now(), ...refusal });
      if (waiting.length === 1) setImmediate(flush);
      else if (waiting.length >= MOST_KEPT + SLACK) flush();
    },
    newest,
    subscribe(listener) {
      listeners.add(listener);
      return () => void listeners.delete(listener);
    },
  };
}

interface Row {
  readonly seq: number;
  readonly at_ms: number;
  readonly what: string;
  readonly status: number;
  readonly reason: string;
  readonly subject: string | null;
  readonly serial: string | null;
  readonly sha256: string | null;
  readonly peer: string | null;
}

function readRefusal({ seq, at_ms, what, status, reason, subject, serial, sha256, peer }: Row): Refusal {
  return {
    seq,
    atMs: at_ms,
    what,
    status,
    reason,
    ...(subject === null ? {} : { subject }),
    ...(serial === null ? {} : { serial }),
    ...(sha256 === null ? {} : { sha256 }),
    ...(peer === null ? {} : { peer }),
  };
}
