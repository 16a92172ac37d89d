import { SamicertsError } from "../../src/base/errors.ts";
import type { Target } from "./target.ts";

/** The longest that an input may take, in milliseconds for each started 64 KB. */
const MOST_MS = 50;
/** The longest that a message or a hint may be, in characters. */
const MOST_WORDS = 4000;

/** How an input was answered. */
export interface Answer {
  /** Empty where the input was taken. */
  readonly code: string;
  /** What tells answers apart: the message, its numbers and values left out. */
  readonly novelty: string;
  readonly problem: string | undefined;
  readonly perBlockMs: number;
}

/** Milliseconds, from any beginning; absent where nothing is to be found slow. */
type Clock = (() => number) | undefined;

/** Has a target read an input. */
export function attempt(target: Target, input: Uint8Array, clock?: Clock): Answer {
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

/** Whether an input is answered too slowly: each time, since the machine may have been busy once. */
export function isSlow(target: Target, input: Uint8Array, first: Answer, clock?: Clock): boolean {
  let slow = first.perBlockMs > MOST_MS;
  for (let again = 0; again < 3 && slow; again++) slow = attempt(target, input, clock).perBlockMs > MOST_MS;
  return slow;
}

/** An error is one line that a terminal can show, and not the input over again. */
function wordingProblem({ code, message, hint }: SamicertsError): string | undefined {
  for (const words of [message, hint ?? ""]) {
    if (words.length > MOST_WORDS) return `${code}: ${words.length} characters of message`;
    // biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what is looked for
    if (/[\u0000-\u001f]/.test(words))
      return `${code}: a control character in ${JSON.stringify(words.slice(0, 200))}`;
  }
  return undefined;
}
