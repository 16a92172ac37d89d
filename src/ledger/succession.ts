import type { Reservation, ReservationRequest } from "./ledger.ts";

/** What a reservation says of the earlier certificate whose place it takes; nothing where there is none. */
export function successionOf(
  renews: string | undefined,
  replaces: string | undefined,
): Pick<Reservation, "succeeds"> {
  if (renews !== undefined) return { succeeds: { serial: renews, sameKey: true } };
  return replaces === undefined ? {} : { succeeds: { serial: replaces, sameKey: false } };
}

/** The earlier certificate whose place a request takes, with its key or another. */
export function predecessorOf({ renews, replaces }: ReservationRequest): ReservationRequest["renews"] {
  return renews ?? replaces;
}
