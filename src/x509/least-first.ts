/** A queue that gives out its least item first, and among equals the one that came first: a binary heap. */
export class LeastFirst<T> {
  private readonly before: (a: T, b: T) => boolean;
  private readonly heap: { readonly item: T; readonly turn: number }[] = [];
  private turns = 0;

  /** `before` tells whether one item goes before another. */
  constructor(before: (a: T, b: T) => boolean) {
    this.before = before;
  }

  /** Adds an item. */
  add(item: T): void {
    const { heap } = this;
    const entry = { item, turn: this.turns++ };
    let at = heap.length;
    while (at > 0) {
      const above = (at - 1) >> 1;
      const parent = heap[above] as { item: T; turn: number };
      if (!this.precedes(entry, parent)) break;
      heap[at] = parent;
      at = above;
    }
    heap[at] = entry;
  }

  /** Takes the least item out; undefined where there is none. */
  take(): T | undefined {
    const { heap } = this;
    const least = heap[0];
    const last = heap.pop();
    if (least === undefined || last === undefined || heap.length === 0) return least?.item;
    let at = 0;
    for (;;) {
      let below = 2 * at + 1;
      const left = heap[below];
      if (left === undefined) break;
      const right = heap[below + 1];
      let child = left;
      if (right !== undefined && this.precedes(right, left)) {
        child = right;
        below++;
      }
      if (!this.precedes(child, last)) break;
      heap[at] = child;
      at = below;
    }
    heap[at] = last;
    return least.item;
  }

  private precedes(a: { item: T; turn: number }, b: { item: T; turn: number }): boolean {
    if (this.before(a.item, b.item)) return true;
    return a.turn < b.turn && !this.before(b.item, a.item);
  }
}
