import type { NotGranted } from "./not-granted.ts";

/** Kinds that are counted each by itself: whoever makes requests may put any number of OIDs into them. */
const MOST_KINDS = 20;
const OTHERS = "others";

/** Something that requests of a batch asked for in vain, and in how many of them. */
export interface InVain {
  /** As of `NotGranted`; `others` for all kinds beyond the first twenty. */
  readonly item: string;
  readonly requests: number;
}

/** Counts what the requests of a batch asked for in vain. */
export class AskedInVain {
  private readonly counts = new Map<string, number>();

  /** Takes what one request asked for. */
  add(items: readonly NotGranted[]): void {
    const kinds = new Set(items.map(({ item }) => this.kindOf(item)));
    for (const kind of kinds) this.counts.set(kind, (this.counts.get(kind) ?? 0) + 1);
  }

  /** What was asked for in vain, most often first; undefined where nothing was. */
  get list(): readonly InVain[] | undefined {
    if (this.counts.size === 0) return undefined;
    return [...this.counts]
      .map(([item, requests]) => ({ item, requests }))
      .sort((a, b) => b.requests - a.requests);
  }

  private kindOf(item: string): string {
    if (this.counts.has(item)) return item;
    if (this.counts.size >= MOST_KINDS) return OTHERS;
    this.counts.set(item, 0);
    return item;
  }
}
