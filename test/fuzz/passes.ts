import type { Guide } from "./fuzz.ts";

declare global {
  /** How often each counted place of the source was passed; absent where the source was not counted. */
  var passes: Uint8Array | undefined;
}

/** Classes of how often a place was passed: once more is news, the hundredth time is not. */
const CLASS: readonly number[] = Array.from({ length: 256 }, (_, count) =>
  count === 0 ? 0 : 1 << Math.min(7, Math.floor(Math.log2(count))),
);

/** Guides the search by what of the source an input gets to; undefined where the source was not counted. */
export function guideByPasses(): Guide | undefined {
  const { passes } = globalThis;
  if (passes === undefined) return undefined;
  const seen = new Uint8Array(passes.length);
  return {
    begin: () => void passes.fill(0),
    isNews() {
      let news = false;
      for (let place = 0; place < passes.length; place++) {
        const now = CLASS[passes[place] as number] as number;
        if (now === 0 || ((seen[place] as number) & now) !== 0) continue;
        seen[place] = (seen[place] as number) | now;
        news = true;
      }
      return news;
    },
    places: () => seen.reduce((count, one) => count + (one === 0 ? 0 : 1), 0),
  };
}
