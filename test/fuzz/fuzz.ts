import { SamicertsError } from "../../src/base/errors.ts";
import { createRandom } from "./random.ts";
import type { Target } from "./target.ts";

/** The longest that an input may take, in milliseconds for each started 64 KB. */
const MOST_MS = 50;

/** So many of the longest inputs taken are told of. */
const LONGEST = 8;

/** An input that was answered wrongly. */
export interface Fault {
  readonly target: string;
  readonly input: Uint8Array;
  readonly problem: string;
}

/** What one target's run came to. */
export interface Tally {
  readonly target: string;
  readonly inputs: number;
  readonly taken: number;
  /** The different codes that inputs were refused with. */
  readonly codes: number;
  readonly slowestMs: number;
  readonly faults: readonly Fault[];
  /** The longest inputs that were taken, for what is kept of them to be weighed. */
  readonly longest: readonly Uint8Array[];
}

/** How long to go on, and who tells the time; without a clock nothing is found too slow. */
export interface Bounds {
  readonly seed: number;
  readonly inputs: number;
  /** Milliseconds, from any beginning. */
  readonly clock?: () => number;
  readonly untilMs?: number;
}

/**
 * Feeds a target changed inputs. One that is answered with a code, or in a length, that was not seen before joins those
 * that later ones are made of: the reader's own answers guide the search. The same seed and inputs give the same run.
 */
export function fuzz(target: Target, bounds: Bounds): Tally {
  const random = createRandom(bounds.seed);
  const corpus = [...target.seeds];
  const seen = new Set<string>();
  const codes = new Set<string>();
  const faults: Fault[] = [];
  const longest: Uint8Array[] = [];
  let taken = 0;
  let slowestMs = 0;
  let count = 0;
  for (; count < bounds.inputs; count++) {
    if (bounds.untilMs !== undefined && (bounds.clock?.() ?? 0) >= bounds.untilMs) break;
    // Half of them of what is sound: what was found is mostly refused, and its changes more so.
    const begin = random.pick(random.below(2) === 0 ? target.seeds : corpus);
    const input = target.mutate(begin, random.pick(corpus), random);
    const answer = attempt(target, input, bounds.clock);
    slowestMs = Math.max(slowestMs, answer.perBlockMs);
    // Twice, since the machine may have been busy: only what is slow again is slow.
    const slow = answer.perBlockMs > MOST_MS && again(target, input, bounds.clock) > MOST_MS;
    if (answer.problem !== undefined || slow)
      faults.push({
        target: target.name,
        input,
        problem: answer.problem ?? `${answer.perBlockMs.toFixed(0)} ms`,
      });
    if (answer.code === "") {
      taken++;
      noteLongest(longest, input);
    } else codes.add(answer.code);
    const novelty = `${answer.novelty}:${Math.min(5, Math.floor(Math.log10(input.length + 1)))}`;
    if (seen.has(novelty) || seen.size > 5000) continue;
    seen.add(novelty);
    corpus.push(input);
  }
  return { target: target.name, inputs: count, taken, codes: codes.size, slowestMs, faults, longest };
}

function noteLongest(longest: Uint8Array[], input: Uint8Array): void {
  if (longest.length >= LONGEST && input.length <= (longest.at(-1) as Uint8Array).length) return;
  longest.push(input);
  longest.sort((a, b) => b.length - a.length);
  longest.length = Math.min(longest.length, LONGEST);
}

interface Answer {
  /** Empty where the input was taken. */
  readonly code: string;
  /** What tells answers apart: the message, its numbers and values left out. */
  readonly novelty: string;
  readonly problem: string | undefined;
  readonly perBlockMs: number;
}

function attempt(target: Target, input: Uint8Array, clock: Bounds["clock"]): Answer {
  const start = clock?.() ?? 0;
  let code = "";
  let novelty = "taken";
  let problem: string | undefined;
  try {
    target.read(input);
  } catch (error) {
    if (error instanceof SamicertsError) {
      code = error.code;
      novelty = `${code} ${error.message.replace(/"(?:[^"\\]|\\.)*"|\d+|0x[0-9a-f]+/g, "*").slice(0, 120)}`;
      problem = wordingProblem(error);
    } else {
      code = "fault";
      problem = String((error as Error).stack ?? error);
    }
  }
  const blocks = Math.ceil(Math.max(1, input.length) / 65_536);
  return { code, novelty, problem, perBlockMs: ((clock?.() ?? 0) - start) / blocks };
}

/** An error is one line that a terminal can show, and not the input over again. */
function wordingProblem({ code, message, hint }: SamicertsError): string | undefined {
  for (const words of [message, hint ?? ""]) {
    if (words.length > 4000) return `${code}: ${words.length} characters of message`;
    // biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what is looked for
    if (/[\u0000-\u001f]/.test(words))
      return `${code}: a control character in ${JSON.stringify(words.slice(0, 200))}`;
  }
  return undefined;
}

function again(target: Target, input: Uint8Array, clock: Bounds["clock"]): number {
  return Math.min(...[1, 2].map(() => attempt(target, input, clock).perBlockMs));
}
