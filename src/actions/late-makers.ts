import type { Makers } from "./batch-order.ts";

/** Makers that are started when they are first needed, and serve from then on. */
export class LateMakers {
  private readonly start: (rows: number | undefined) => Makers;
  private started: Makers | undefined;

  /** `start` starts them for about so many rows; undefined where nobody knows how many. */
  constructor(start: (rows: number | undefined) => Makers) {
    this.start = start;
  }

  /** The makers; `rows` counts only where they are not started yet. Throws `token.*`. */
  get(rows: number | undefined): Makers {
    this.started ??= this.start(rows);
    return this.started;
  }

  /** Ends them, where they were started. */
  async close(): Promise<void> {
    await this.started?.close();
  }
}
