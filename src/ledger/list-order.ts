import { SamicertsError } from "../base/errors.ts";
import type { ListFilter } from "./listing.ts";

/** What a listing goes by; `open` is by serial among those that are not issued. */
export type Order = "serial" | "open" | "line" | "end" | "name" | "revoked";

/** Where a page ended. */
interface Bookmark {
  readonly issuer: number;
  /** The values of the order's columns. */
  readonly at: readonly (string | number)[];
}

/** The order that finds a filter's rows without looking at the others. */
export function orderOf(filter: ListFilter): Order {
  if (filter.serialFrom !== undefined || filter.serialTo !== undefined) return "serial";
  if (filter.batch !== undefined) return "line";
  if (filter.expiresFromMs !== undefined || filter.expiresUntilMs !== undefined) return "end";
  if (filter.name !== undefined) return "name";
  if (filter.revoked === true) return "revoked";
  return filter.state === "reserved" ? "open" : "serial";
}

/** The text that a page's `next` is. */
export function bookmark(order: Order, issuer: number, at: readonly (string | number)[]): string {
  return Buffer.from(JSON.stringify([order, issuer, ...at])).toString("base64url");
}

/** Reads `next` again; throws `list.bad-after` (kind `input`) for what was not given for this order. */
export function readBookmark(text: string, order: Order): Bookmark {
  try {
    const [of, issuer, ...at] = JSON.parse(Buffer.from(text, "base64url").toString()) as unknown[];
    const whole =
      of === order &&
      Number.isSafeInteger(issuer) &&
      at.length === 2 &&
      at.every((value) => typeof value === "string" || Number.isSafeInteger(value));
    if (whole) return { issuer: issuer as number, at: at as (string | number)[] };
  } catch {
    // Said below.
  }
  throw new SamicertsError({
    kind: "input",
    code: "list.bad-after",
    message: `"${text}" is not where a page of this listing ended`,
    hint: "give what the page before ended with, and the same filters; or begin anew without it",
  });
}
