import { differing, type Fields } from "./fields.ts";
import type { Answer, Reading } from "./peers.ts";

/** Peers by the name they stand under in docs/differential.md. */
export const PEERS = [
  "openssl verify",
  "openssl verify -x509_strict",
  "certtool --verify",
  "Node X509Certificate",
  "node-forge",
  "@peculiar/x509",
] as const;

/** Who accepts alone, or that both read and tell it differently. */
export const SIDES = ["ours", "theirs", "differ"] as const;
export type Side = (typeof SIDES)[number];

/** How one peer and we answered: how often alike, and the rest by side and reason. */
export interface PeerTally {
  agree: number;
  readonly apart: Readonly<Record<Side, Map<string, number>>>;
  /** An example for each side and reason. */
  readonly examples: Map<string, string>;
}

export type Peer = (typeof PEERS)[number];
export type Tallies = ReadonlyMap<Peer, PeerTally>;

/** Nothing compared yet. */
export function createTallies(): Tallies {
  return new Map(
    PEERS.map((peer) => [
      peer,
      { agree: 0, apart: { ours: new Map(), theirs: new Map(), differ: new Map() }, examples: new Map() },
    ]),
  );
}

/** Counts two verdicts, each empty where it accepts and else its reason; `example` tells what was judged. */
export function countVerdicts(
  tallies: Tallies,
  peer: Peer,
  our: Answer,
  their: Answer,
  example: string,
): void {
  if ((our === "") === (their === "")) count(tallies, peer, undefined, "", example);
  else count(tallies, peer, our === "" ? "ours" : "theirs", our === "" ? their : our, example);
}

/** Counts two readings, of which those that both have must say the same. */
export function countReadings(
  tallies: Tallies,
  peer: Peer,
  our: { readonly refused: Answer } | { readonly fields: Fields },
  their: Reading,
  example: string,
): void {
  if ("refused" in our || "refused" in their) {
    const reason = (one: Reading): string => ("refused" in one ? one.refused : "");
    countVerdicts(tallies, peer, reason(our), reason(their), example);
    return;
  }
  const parts = differing(our.fields, their.fields);
  const told = parts.map((part) => `${part} ${our.fields[part]} / ${their.fields[part]}`).join(", ");
  count(
    tallies,
    peer,
    parts.length === 0 ? undefined : "differ",
    parts.join(" "),
    `${example}; ${told.slice(0, 300)}`,
  );
}

function count(tallies: Tallies, peer: Peer, side: Side | undefined, reason: string, example: string): void {
  const tally = tallies.get(peer) as PeerTally;
  if (side === undefined) {
    tally.agree++;
    return;
  }
  tally.apart[side].set(reason, (tally.apart[side].get(reason) ?? 0) + 1);
  const label = `${side}: ${reason}`;
  if (!tally.examples.has(label)) tally.examples.set(label, example);
}
