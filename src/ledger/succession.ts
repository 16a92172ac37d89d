import type { IssuerId, LedgerRow, Reservation, ReservationRequest } from "./ledger.ts";

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

/** Whether a successor keeps another one from being made: not what a run by another issuer left, which nobody can finish. */
export function isInTheWay(successor: LedgerRow, issuer: IssuerId): boolean {
  return !successor.abandoned || successor.issuer === issuer;
}
