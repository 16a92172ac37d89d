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
  /** Inputs of about so many octets, as large as they may well be: for what takes the square of them. */
  readonly large: (octets: number) => readonly Uint8Array[];
  /** How much dearer than another an input is: the short run has so many fewer of them. */
  readonly dear?: number;
}

/** Makes a target; `corpus` are certificates to begin from beside its own. */
export type CreateTarget = (corpus: readonly Uint8Array[]) => Target;

/** As many of `piece` as make `octets`. */
export function repeated(piece: Uint8Array | string, octets: number): Buffer {
  const bytes = Buffer.from(piece);
  return Buffer.alloc(Math.floor(octets / bytes.length) * bytes.length, bytes);
}
