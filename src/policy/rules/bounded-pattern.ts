import { Script } from "node:vm";

/** The longest text that a policy's pattern is matched against, in UTF-16 units; longer text never fits. */
export const MAX_PATTERN_TEXT = 1024;
/** How many steps a match may need at worst to run without a time limit. */
const FREE_STEPS = 4_000_000;
/** What a match may take, in milliseconds, where it could need more steps than that. */
const MATCH_LIMIT_MS = 200;

/** How a text stands to a pattern: `too-long` over 1,024 UTF-16 units, `too-slow` where it was given up. */
export type PatternMatch = "fits" | "differs" | "too-long" | "too-slow";

/** A policy's regular expression, safe to run on a stranger's text. */
export interface BoundedPattern {
  readonly source: string;
  match(text: string): PatternMatch;
}

/**
 * Compiles a pattern (flag `u`) so that no text makes it hang: the text's length is bounded, and a match that
 * could backtrack for long runs under a time limit. Throws SyntaxError where `source` is none.
 */
export function boundedPattern(source: string): BoundedPattern {
  const pattern = new RegExp(source, "u");
  const degree = worstDegree(source);
  return {
    source,
    match(text) {
      if (text.length > MAX_PATTERN_TEXT) return "too-long";
      if (text.length ** degree <= FREE_STEPS) return pattern.test(text) ? "fits" : "differs";
      return matchWithin(source, text);
    },
  };
}

/** The degree of a polynomial in the text's length that bounds a match's steps, or Infinity. */
function worstDegree(source: string): number {
  const bare = source
    .replace(/\\[^1-9k]/gu, "_")
    .replace(/\[[^\]]*\]/gu, "_")
    .replace(/\(\?(?::|<?[=!]|<[^>]*>)/gu, "(");
  if (/\\|\)[*+{]/u.test(bare)) return Number.POSITIVE_INFINITY;
  return bare.match(/[*+?{]/gu)?.length ?? 0;
}

/** A script is the one thing whose matching V8 lets us interrupt. */
function matchWithin(source: string, text: string): PatternMatch {
  const script = new Script(`new RegExp(${JSON.stringify(source)}, "u").test(${JSON.stringify(text)})`);
  try {
    return script.runInThisContext({ timeout: MATCH_LIMIT_MS }) === true ? "fits" : "differs";
  } catch (error) {
    if ((error as { code?: unknown }).code === "ERR_SCRIPT_EXECUTION_TIMEOUT") return "too-slow";
    throw error;
  }
}
