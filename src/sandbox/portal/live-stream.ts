import { ApiError } from "../api-error.ts";
import { type Html, htmlText } from "./html.ts";

/** What a page shows of what changes. */
export interface LiveView {
  /** Pieces of the page, by the id of the element that each is in. */
  readonly regions: Readonly<Record<string, Html>>;
  /** What somebody who listens to the page is told where it has changed. */
  readonly note?: string;
}

/** Where a page's changes come from. */
export interface LiveSource {
  /** Shows it as it is now; throws ApiError where there is nothing to be shown any more. */
  readonly view: () => LiveView;
  /** Has `wake` called when something has changed; gives what ends that. */
  readonly subscribe?: (wake: () => void) => () => void;
  /** Looks again by itself so often, in milliseconds; never where absent. */
  readonly everyMs?: number;
  /** Looks no sooner again than after so many milliseconds. */
  readonly noSoonerMs?: number;
}

/** What a stream stands by. */
export interface Standing {
  /** Whether whoever asked for it may still see what it tells. */
  readonly stands: () => boolean;
  readonly failed: (error: unknown) => void;
  /** Called once, when it has ended. */
  readonly ended: () => void;
}

/** How often it is looked whether there is something to be sent: all changes since come as one. */
const LOOK_MS = 250;
/** How often it is looked whether the session still stands, beside before anything is sent. */
const STANDS_MS = 1000;
/** How often a listener is told at most. */
const NOTE_MS = 5000;
/** How often a connection is used at least, so that one that has gone is noticed. */
const BEAT_MS = 15_000;
/** When a browser asks again that has lost the connection. */
const RETRY_MS = 2000;
/** Octets that may wait for a reader who is slow: until they have gone nothing more is made. */
const MOST_WAITING = 256 * 1024;

/**
 * A page's changes as server-sent events: `region` {id, html}, `note` and, last of all, `ended`, each in JSON. Throws what
 * the source throws where there is nothing to be shown at all.
 */
export function liveStream(source: LiveSource, standing: Standing): ReadableStream<Uint8Array> {
  const live = new LiveStream(source, standing);
  return new ReadableStream<Uint8Array>(
    { start: (controller) => live.start(controller), cancel: () => live.stop() },
    new ByteLengthQueuingStrategy({ highWaterMark: MOST_WAITING }),
  );
}

class LiveStream {
  private readonly source: LiveSource;
  private readonly standing: Standing;
  private readonly encoder = new TextEncoder();
  private controller: ReadableStreamDefaultController<Uint8Array> | undefined;
  private timer: NodeJS.Timeout | undefined;
  private unsubscribe = (): void => {};
  /** What was sent of each region. */
  private readonly sent = new Map<string, string>();
  private note: string | undefined;
  private told: string | undefined;
  private changed = false;
  private first: LiveView | undefined;
  private busy = false;
  private sinceStandsMs = 0;
  private sinceViewMs = 0;
  private sinceNoteMs = NOTE_MS;
  private sinceSentMs = 0;

  constructor(source: LiveSource, standing: Standing) {
    this.source = source;
    this.standing = standing;
    this.first = source.view();
  }

  start(controller: ReadableStreamDefaultController<Uint8Array>): void {
    this.controller = controller;
    this.timer = setInterval(() => this.run(() => this.look()), LOOK_MS);
    const wake = (): void => {
      this.changed = true;
    };
    this.unsubscribe = this.source.subscribe?.(wake) ?? this.unsubscribe;
    this.send(`retry: ${RETRY_MS}\n\n`);
    this.run(() => this.show());
  }

  stop(): void {
    if (this.controller === undefined) return;
    this.controller = undefined;
    clearInterval(this.timer);
    this.unsubscribe();
    this.standing.ended();
  }

  private end(why: string): void {
    const { controller } = this;
    this.send(eventText("ended", why));
    this.stop();
    controller?.close();
  }

  private send(text: string): void {
    this.sinceSentMs = 0;
    this.controller?.enqueue(this.encoder.encode(text));
  }

  /** One thing at a time; what it ends with is the end of the stream. */
  private run(work: () => Promise<void>): void {
    if (this.busy) return;
    this.busy = true;
    work()
      .catch((error: unknown) => {
        if (!(error instanceof ApiError)) this.standing.failed(error);
        this.end("gone");
      })
      .finally(() => {
        this.busy = false;
      });
  }

  private async look(): Promise<void> {
    this.sinceStandsMs += LOOK_MS;
    this.sinceViewMs += LOOK_MS;
    this.sinceNoteMs += LOOK_MS;
    this.sinceSentMs += LOOK_MS;
    if (this.sinceStandsMs >= STANDS_MS) {
      this.sinceStandsMs = 0;
      if (!this.standing.stands()) return this.end("signed out");
    }
    const { everyMs, noSoonerMs = 0 } = this.source;
    if (everyMs !== undefined && this.sinceViewMs >= everyMs) this.changed = true;
    if (this.changed && this.sinceViewMs >= noSoonerMs && (this.controller?.desiredSize ?? 0) > 0)
      await this.show();
    this.tell();
    if (this.sinceSentMs >= BEAT_MS) this.send(":\n\n");
  }

  private async show(): Promise<void> {
    if (!this.standing.stands()) return this.end("signed out");
    this.changed = false;
    this.sinceViewMs = 0;
    const { regions, note = "" } = this.first ?? this.source.view();
    this.first = undefined;
    for (const [id, html] of Object.entries(regions)) {
      const text = await htmlText(html);
      if (this.sent.get(id) === text) continue;
      this.sent.set(id, text);
      this.send(eventText("region", { id, html: text }));
    }
    this.note = note;
    // What was there at first was read with the page.
    this.told ??= note;
  }

  private tell(): void {
    if (this.note === this.told || this.note === undefined || this.sinceNoteMs < NOTE_MS) return;
    this.told = this.note;
    this.sinceNoteMs = 0;
    this.send(eventText("note", this.note));
  }
}

/** One event; JSON has no line breaks. */
function eventText(name: string, value: unknown): string {
  return `event: ${name}\ndata: ${JSON.stringify(value)}\n\n`;
}
