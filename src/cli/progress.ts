import { groupDigits } from "../report/layout.ts";
import type { Sink } from "./host.ts";

const FIRST_MS = 500;
const BAR_MS = 100;
const LINE_MS = 5000;
const BAR_COLUMNS = 24;

/** Tells on stderr how far a long run has come: a bar on a terminal, a line now and then elsewhere. */
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
  let next = started + (sink.isTerminal ? FIRST_MS : LINE_MS);
  let shown = false;
  return {
    report(done, more = "") {
      const at = now();
      if (at < next) return;
      next = at + (sink.isTerminal ? BAR_MS : LINE_MS);
      const text = progressText(done, total, noun, at - started, sink.isTerminal, before) + more;
      sink.write(sink.isTerminal ? `\r${text}\x1b[K` : `${text}\n`);
      shown = true;
    },
    end() {
      if (shown && sink.isTerminal) sink.write("\r\x1b[K");
      shown = false;
    },
  };
}

/** One line of progress: how many of how many, the rate and the time left; with a bar on a terminal, where they are known. */
export function progressText(
  done: number,
  total: number | undefined,
  noun: string,
  elapsedMs: number,
  bar: boolean,
  before = 0,
): string {
  const rate = (done - before) / Math.max(elapsedMs / 1000, 0.001);
  if (total === undefined) return `${groupDigits(done)} ${noun}, ${rateText(rate)}`;
  const left = rate > 0 ? Math.ceil((total - done) / rate) : 0;
  const facts = `${groupDigits(done)} of ${groupDigits(total)} ${noun}, ${rateText(rate)}, ${clock(left)} left`;
  if (!bar) return facts;
  const filled = Math.floor((done / Math.max(1, total)) * BAR_COLUMNS);
  return `[${"#".repeat(filled)}${" ".repeat(BAR_COLUMNS - filled)}] ${facts}`;
}

/** What goes slowly, as RSA keys do, is told to a tenth. */
function rateText(rate: number): string {
  return `${rate < 10 ? Math.round(rate * 10) / 10 : groupDigits(Math.round(rate))}/s`;
}

function clock(seconds: number): string {
  const minutes = Math.floor(seconds / 60);
  return `${minutes}:${String(seconds % 60).padStart(2, "0")}`;
}
