import { groupDigits } from "../report/layout.ts";
import type { Sink } from "./host.ts";

const FIRST_MS = 500;
const BAR_MS = 100;
const LINE_MS = 5000;
const BAR_COLUMNS = 24;

/** Tells on stderr how far a long run has come: a bar on a terminal, a line now and then where none can be written over. */
export interface Progress {
  /** `done` of all are through; `more` is said behind. */
  report(done: number, more?: string): void;
  /** Takes the bar away, until more is reported. */
  end(): void;
}

/** Tells nothing. */
export const NO_PROGRESS: Progress = { report: () => undefined, end: () => undefined };

/**
 * Starts telling of `total` things, undefined where nobody knows how many, called `noun` in the plural; short runs are not
 * told of. `now` gives milliseconds; `before` are those that an earlier run has done.
 */
export function startProgress(
  sink: Sink,
  total: number | undefined,
  noun: string,
  now: () => number,
  before = 0,
): Progress {
  const started = now();
  let next = started + (sink.redraws ? FIRST_MS : LINE_MS);
  let shown = false;
  return {
    report(done, more = "") {
      const at = now();
      if (at < next) return;
      next = at + (sink.redraws ? BAR_MS : LINE_MS);
      const text = progressText(done, total, noun, at - started, before) + more;
      const bar = total === undefined ? "" : barText(done, total);
      sink.write(sink.redraws ? `\r${fitted(bar, text, sink.columns)}\x1b[K` : `${text}\n`);
      shown = true;
    },
    end() {
      if (shown && sink.redraws) sink.write("\r\x1b[K");
      shown = false;
    },
  };
}

/** What a line of a terminal takes: a line that is longer goes on in the next one, and is not written over. */
function fitted(bar: string, text: string, columns: number): string {
  // In its last column some terminals begin a new line at once.
  return bar.length + text.length < columns ? bar + text : text.slice(0, columns - 1);
}

function barText(done: number, total: number): string {
  const filled = Math.floor((done / Math.max(1, total)) * BAR_COLUMNS);
  return `[${"#".repeat(filled)}${" ".repeat(BAR_COLUMNS - filled)}] `;
}

/** One line of progress: how many of how many, the rate and, where it is known how many there are, the time left. */
export function progressText(
  done: number,
  total: number | undefined,
  noun: string,
  elapsedMs: number,
  before = 0,
): string {
  const rate = (done - before) / Math.max(elapsedMs / 1000, 0.001);
  if (total === undefined) return `${groupDigits(done)} ${noun}, ${rateText(rate)}`;
  const left = rate > 0 ? Math.ceil((total - done) / rate) : 0;
  return `${groupDigits(done)} of ${groupDigits(total)} ${noun}, ${rateText(rate)}, ${clock(left)} left`;
}

/** What goes slowly, as RSA keys do, is told to a tenth. */
function rateText(rate: number): string {
  return `${rate < 10 ? Math.round(rate * 10) / 10 : groupDigits(Math.round(rate))}/s`;
}

function clock(seconds: number): string {
  const minutes = Math.floor(seconds / 60);
  return `${minutes}:${String(seconds % 60).padStart(2, "0")}`;
}
