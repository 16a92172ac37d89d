import type { Store } from "./store.ts";
import type { SandboxWorld } from "./world.ts";

/** The messages that one device may send: so many a minute, and a day. */
export interface Allowance {
  readonly perMinute: number;
  readonly perDay: number;
}

/** As documented. */
export const ALLOWANCE: Allowance = { perMinute: 100, perDay: 1000 };

/** What is left to a device, as the headers tell it. */
export interface Remaining {
  readonly allowed: boolean;
  /** `X-Rate-Limit-Limit`, `-Remaining`, `-Reset`: minute and day; the reset in seconds since 1970. */
  readonly headers: Readonly<Record<string, string>>;
}

/** Counts what each device sends. */
export interface RateLimits {
  /** Takes one message of what is left, where there is one. */
  take(did: string): Remaining;
}

const MINUTE_MS = 60_000;
const DAY_MS = 24 * 3_600_000;
/** Devices whose counts are at hand; of others they are counted anew from what they have sent. */
const MOST_KEPT = 20_000;

interface Window {
  count: number;
  endsMs: number;
}

interface Count {
  readonly minute: Window;
  readonly day: Window;
}

/** Opens the counts of a store's devices: a minute begins with its first message, a day at midnight UTC. */
export function openRateLimits(
  store: Store,
  { clock }: SandboxWorld,
  allowance: Allowance = ALLOWANCE,
): RateLimits {
  const counts = new Map<string, Count>();
  const recall = (did: string, now: number): Count => {
    const dayMs = now - (now % DAY_MS);
    const sent = store.get<{ readonly day: number; readonly minute: number }>(
      `SELECT count(*) AS day, count(*) FILTER (WHERE received_ms > ?) AS minute FROM messages
       WHERE sdid = ? AND received_ms >= ?`,
      now - MINUTE_MS,
      did,
      dayMs,
    );
    return {
      minute: { count: sent?.minute ?? 0, endsMs: now + MINUTE_MS },
      day: { count: sent?.day ?? 0, endsMs: dayMs + DAY_MS },
    };
  };
  return {
    take(did) {
      const now = clock.now();
      let count = counts.get(did);
      if (count === undefined) {
        count = recall(did, now);
        counts.set(did, count);
        const [oldest] = counts.keys();
        if (counts.size > MOST_KEPT && oldest !== undefined) counts.delete(oldest);
      }
      const { minute, day } = count;
      if (now >= minute.endsMs) Object.assign(minute, { count: 0, endsMs: now + MINUTE_MS });
      if (now >= day.endsMs) Object.assign(day, { count: 0, endsMs: now - (now % DAY_MS) + DAY_MS });
      const allowed = minute.count < allowance.perMinute && day.count < allowance.perDay;
      if (allowed) {
        minute.count++;
        day.count++;
      }
      const left = [allowance.perMinute - minute.count, allowance.perDay - day.count];
      const resets = [minute.endsMs, day.endsMs].map((ms) => Math.ceil(ms / 1000));
      return {
        allowed,
        headers: {
          "X-Rate-Limit-Limit": `${allowance.perMinute}/${allowance.perDay}`,
          "X-Rate-Limit-Remaining": left.map((each) => Math.max(0, each)).join("/"),
          "X-Rate-Limit-Reset": resets.join("/"),
        },
      };
    },
  };
}
