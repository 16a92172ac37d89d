import { attempt } from "./attempt.ts";
import type { Fault } from "./fuzz.ts";
import type { Target } from "./target.ts";

const MOST_TRIES = 2000;

/** What kinds of problems are told apart by: the words and the place, without numbers and values. */
export function kindOf(problem: string): string {
  const [words = "", place = ""] = problem.replace(/".*|\d+/g, "*").split("\n");
  return words.slice(0, 120) + place;
}

/** Takes pieces out of an input as long as it is answered wrongly in the same way. */
export function shrink(target: Target, fault: Fault): Fault {
  const kind = kindOf(fault.problem);
  let { input, problem } = fault;
  let tries = 0;
  for (let piece = input.length >> 1; piece >= 1; piece >>= 1)
    for (let at = 0; at < input.length && tries < MOST_TRIES; ) {
      tries++;
      const shorter = Buffer.concat([input.subarray(0, at), input.subarray(at + piece)]);
      const answer = attempt(target, shorter);
      if (answer.problem !== undefined && kindOf(answer.problem) === kind)
        ({ input, problem } = { input: shorter, problem: answer.problem });
      else at += piece;
    }
  return { ...fault, input, problem };
}
