import { type Answer, attempt, isSlow } from "./attempt.ts";
import { createRandom, type Random } from "./random.ts";
import type { Target } from "./target.ts";

/** So many of the longest inputs taken are told of. */
const LONGEST = 8;
/** The most inputs that others are made of. */
const MOST_CORPUS = 5000;

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
  /** Places of the source that were got to, where they were counted. */
  readonly places: number;
  readonly slowestMs: number;
  readonly faults: readonly Fault[];
  /** The longest inputs that were taken, for what is kept of them to be weighed. */
  readonly longest: readonly Uint8Array[];
}

/** Tells whether an input got to where no other did. */
export interface Guide {
  begin(): void;
  isNews(): boolean;
  /** How many places were got to in all. */
  places(): number;
}

/** How long to go on, and who tells the time; without a clock nothing is found too slow. */
export interface Bounds {
  readonly seed: number;
  readonly inputs: number;
  /** Milliseconds, from any beginning. */
  readonly clock?: () => number;
  readonly untilMs?: number;
  /** Absent where only the reader's answers guide the search. */
  readonly guide?: Guide;
}

/**
 * Feeds a target changed inputs. One that gets to a place of the source that none did before, or that is answered with
 * a message or in a length that is new, joins those that later ones are made of. The same seed and inputs give the
 * same run.
 */
export function fuzz(target: Target, bounds: Bounds): Tally {
  const random = createRandom(bounds.seed);
  const corpus: Uint8Array[] = [];
  const news = new News(bounds.guide);
  const codes = new Set<string>();
  const faults: Fault[] = [];
  const longest: Uint8Array[] = [];
  let taken = 0;
  let slowestMs = 0;
  let count = 0;
  for (; count < bounds.inputs; count++) {
    if (bounds.untilMs !== undefined && (bounds.clock?.() ?? 0) >= bounds.untilMs) break;
    // The seeds as they are come first, each once.
    const seed = target.seeds[count];
    const input =
      seed ??
      target.mutate(choose(target.seeds, corpus, random), choose(target.seeds, corpus, random), random);
    bounds.guide?.begin();
    const answer = attempt(target, input, bounds.clock);
    const isNews = news.of(answer, input);
    slowestMs = Math.max(slowestMs, answer.perBlockMs);
    const slow = isSlow(target, input, answer, bounds.clock);
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
    if (isNews && seed === undefined && corpus.length < MOST_CORPUS) corpus.push(input);
  }
  const places = bounds.guide?.places() ?? 0;
  return { target: target.name, inputs: count, taken, codes: codes.size, places, slowestMs, faults, longest };
}

/** A sound input, the latest news, or any of it: what was found is mostly refused, and its changes more so. */
function choose(seeds: readonly Uint8Array[], corpus: readonly Uint8Array[], random: Random): Uint8Array {
  if (corpus.length === 0 || random.below(3) === 0) return random.pick(seeds);
  const latest = Math.min(corpus.length, 32);
  const back = random.below(2) === 0 ? random.below(latest) : random.below(corpus.length);
  return corpus[corpus.length - 1 - back] as Uint8Array;
}

/** Knows what was answered before. */
class News {
  private readonly guide: Guide | undefined;
  private readonly answers = new Set<string>();

  constructor(guide: Guide | undefined) {
    this.guide = guide;
  }

  of(answer: Answer, input: Uint8Array): boolean {
    const gotFurther = this.guide?.isNews() === true;
    const words = `${answer.novelty}:${Math.min(5, Math.floor(Math.log10(input.length + 1)))}`;
    if (this.answers.has(words) || this.answers.size > MOST_CORPUS) return gotFurther;
    this.answers.add(words);
    return true;
  }
}

function noteLongest(longest: Uint8Array[], input: Uint8Array): void {
  if (longest.length >= LONGEST && input.length <= (longest.at(-1) as Uint8Array).length) return;
  longest.push(input);
  longest.sort((a, b) => b.length - a.length);
  longest.length = Math.min(longest.length, LONGEST);
}
