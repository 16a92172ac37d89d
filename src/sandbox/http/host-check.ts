import { ApiError } from "../api-error.ts";

/** Tells requests that were meant for this sandbox from those that another site makes a browser send. */
export interface HostCheck {
  /** Throws ApiError 421 for a Host that is none of the sandbox's names. */
  host(header: string | undefined): void;
  /** Throws ApiError 403 for an Origin that is not the one that the request was sent to; none is fine: no browser sent it. */
  origin(origin: string | undefined, host: string | undefined): void;
}

/** The names of this very machine. */
export const LOCAL_NAMES: readonly string[] = ["localhost", "127.0.0.1", "::1"];

/** Makes the check for a sandbox that goes by `names` beside the local ones; whatever port it is forwarded from. */
export function hostCheck(scheme: "http" | "https", names: readonly string[]): HostCheck {
  const known = new Set([...LOCAL_NAMES, ...names].map((name) => name.toLowerCase()));
  return {
    host(header) {
      const name = /^(?:\[([0-9a-f:.]+)\]|([^:[\]]+))(?::[0-9]{1,5})?$/i.exec(header ?? "");
      const bare = (name?.[1] ?? name?.[2])?.toLowerCase();
      if (bare === undefined || !known.has(bare))
        throw new ApiError(
          421,
          `the Host ${JSON.stringify((header ?? "").slice(0, 100))} is not this sandbox's; start it with --host to name it so`,
        );
    },
    origin(origin, host) {
      if (origin === undefined || origin.toLowerCase() === `${scheme}://${host?.toLowerCase()}`) return;
      throw new ApiError(403, `the Origin ${JSON.stringify(origin.slice(0, 100))} is another site's`);
    },
  };
}
