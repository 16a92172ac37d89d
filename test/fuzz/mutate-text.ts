import type { Random } from "./random.ts";

/** A grammar's words; a change puts them in, takes out and repeats what stands between them. */
export type Words = readonly string[];

/** Changes a text by the words of its grammar. */
export function mutateText(bytes: Uint8Array, words: Words, random: Random): Uint8Array {
  let text = Buffer.from(bytes).toString();
  for (let change = random.below(4); change >= 0; change--) {
    const at = random.below(text.length + 1);
    const end = Math.min(text.length, at + random.below(12));
    const word = random.pick(words);
    switch (random.below(4)) {
      case 0:
        text = text.slice(0, at) + word + text.slice(at);
        break;
      case 1:
        text = text.slice(0, at) + word + text.slice(end);
        break;
      case 2:
        text = text.slice(0, at) + text.slice(end);
        break;
      default:
        text = text.slice(0, at) + word.repeat(random.pick([2, 30, 3000])) + text.slice(at);
    }
  }
  return Buffer.from(text).subarray(0, 1 << 18);
}
