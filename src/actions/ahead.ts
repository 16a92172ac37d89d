/** How a source's items are prepared. */
export interface AheadOptions<Item, Prepared> {
  readonly source: AsyncIterator<Item>;
  readonly prepare: (item: Item) => Promise<Prepared>;
  /** So many items at most are there or on their way before they are asked for. */
  readonly depth: number;
  /** Once it is fulfilled, nobody waits any more. */
  readonly stop: Promise<void>;
}

/** Prepares items before their turn, some at once; gives them in their order, and knows whether the next one is there. */
export class Ahead<Item, Prepared> {
  private readonly options: AheadOptions<Item, Prepared>;
  private readonly items: { readonly prepared: Promise<Prepared>; settled: boolean }[] = [];
  private fetching = false;
  /** The source gives no more. */
  private over = false;
  private failure: { readonly error: unknown } | undefined;
  private stopped = false;
  private waiting: (() => void)[] = [];
  /** True once all was given, or something failed. */
  ended = false;

  constructor(options: AheadOptions<Item, Prepared>) {
    this.options = options;
    // Once for all: what is hung on a promise that is never fulfilled stays as long as that, and whatever it came to.
    void options.stop.then(() => {
      this.stopped = true;
      this.wake();
    });
    this.fetch();
  }

  /** Whether the next item is there. */
  get isReady(): boolean {
    return this.items[0]?.settled === true;
  }

  /** Is fulfilled when `next` need not wait. */
  async ready(): Promise<void> {
    while (!this.isReady && !this.stopped && !(this.over && this.items.length === 0))
      await new Promise<void>((resolve) => this.waiting.push(resolve));
  }

  /**
   * The next item; undefined at the end, or where it was stopped before there was one. Throws as the source does and as
   * preparing does; nothing comes after that, for what failed must not be passed over.
   */
  async next(): Promise<Prepared | undefined> {
    await this.ready();
    const item = this.isReady ? this.items.shift() : undefined;
    if (item === undefined) {
      if (!this.over || this.items.length > 0) return undefined;
      this.ended = true;
      const { failure } = this;
      this.failure = undefined;
      if (failure !== undefined) throw failure.error;
      return undefined;
    }
    try {
      const prepared = await item.prepared;
      this.fetch();
      return prepared;
    } catch (error) {
      this.ended = true;
      this.over = true;
      this.items.length = 0;
      throw error;
    }
  }

  private fetch(): void {
    if (this.fetching || this.over || this.stopped || this.items.length >= this.options.depth) return;
    this.fetching = true;
    this.options.source.next().then(
      (step) => {
        this.fetching = false;
        if (step.done === true) this.over = true;
        else this.take(step.value);
        this.fetch();
        this.wake();
      },
      (error: unknown) => {
        this.fetching = false;
        this.over = true;
        this.failure = { error };
        this.wake();
      },
    );
  }

  private take(value: Item): void {
    if (this.over) return;
    const item = { prepared: this.options.prepare(value), settled: false };
    const settle = (): void => {
      item.settled = true;
      this.wake();
    };
    item.prepared.then(settle, settle);
    this.items.push(item);
  }

  private wake(): void {
    for (const resolve of this.waiting.splice(0)) resolve();
  }
}
