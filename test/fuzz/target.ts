import type { Random } from "./random.ts";

/** What is fuzzed: one reader with the inputs that its runs begin from. */
export interface Target {
  readonly name: string;
  /** Inputs, one at least; changed inputs are made of them. */
  readonly seeds: readonly Uint8Array[];
  /** Changes an input; `other` is another of the corpus. */
  readonly mutate: (input: Uint8Array, other: Uint8Array, random: Random) => Uint8Array;
  /** Reads an input; may throw a SamicertsError and nothing else. Gives what is kept of it. */
  readonly read: (input: Uint8Array) => unknown;
}

/** What belongs to issues that are not done: no reader, so no target. */
export const GAPS: readonly (readonly [what: string, why: string])[] = [
  ["certificate requests", "read by no command yet"],
  ["CRLs", "read by no command yet"],
  ["PKCS#12", "refused by name, not read"],
  ["PKCS#11 URIs", "read by no command yet"],
];
