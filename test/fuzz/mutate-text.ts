import type { Random } from "./random.ts";

/** A grammar's words; a change puts them in, takes out and repeats what stands between them. */
export type Words = readonly string[];

/** Changes a text by the words of its grammar, and by pieces of another. */
export function mutateText(bytes: Uint8Array, words: Words, other: Uint8Array, random: Random): Uint8Array {
  let text = Buffer.from(bytes).toString();
  for (let change = random.below(4); change >= 0; change--) {
    const at = random.below(text.length + 1);
    const end = Math.min(text.length, at + random.below(12));
    const word = random.pick(words);
    switch (random.below(7)) {
      case 0:
        text = text.slice(0, at) + word + text.slice(at);
        break;
      case 1:
        text = text.slice(0, at) + word + text.slice(end);
        break;
      case 2:
        text = text.slice(0, at) + text.slice(end);
        break;
      case 3: {
        // Between two places where the same word stands, so that what is doubled is whole.
        const begin = text.lastIndexOf(word, at);
        const stop = text.indexOf(word, at + 1);
        if (begin >= 0 && stop > begin)
          text = text.slice(0, stop) + text.slice(begin, stop) + text.slice(stop);
        break;
      }
      case 4: {
        const begin = text.indexOf(word);
        if (begin >= 0) text = text.slice(0, begin) + random.pick(words) + text.slice(begin + word.length);
        break;
      }
      case 5: {
        const from = Buffer.from(other).toString();
        const begin = random.below(from.length + 1);
        text = text.slice(0, at) + from.slice(begin, begin + random.below(80)) + text.slice(end);
        break;
      }
      default:
        text = text.slice(0, at) + word.repeat(random.pick([2, 30, 3000])) + text.slice(at);
    }
    if (text.length > 1 << 18) break;
  }
  return Buffer.from(text).subarray(0, 1 << 18);
}
