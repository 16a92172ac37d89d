import { fstatSync, statSync, writeSync } from "node:fs";
import { PAGE_WIDTH } from "../report/layout.ts";

/** A stream that the process prints to. */
export interface Sink {
  readonly isTerminal: boolean;
  /** A terminal on which a line can be written over: one that calls itself dumb can't. */
  readonly redraws: boolean;
  /** How wide text should be: the terminal's width within reason, 80 where there is none. */
  readonly columns: number;
  /** Writes all of `text`; false once nobody reads any more. Throws Node's error where the disk is full. */
  write(text: string): boolean;
}

/** The process around a command: what it was given, and where it prints. */
export interface Host {
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly stdout: Sink;
  readonly stderr: Sink;
}

const PAUSE_MS = 5;
const LEAST_COLUMNS = 40;
/** Longer lines are hard to read, however wide the terminal. */
const MOST_COLUMNS = 100;

/** Waits a moment for the other end of a non-blocking pipe, without burning the processor. */
export function pause(): void {
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, PAUSE_MS);
}

/**
 * Prints to a file descriptor without Node's streams: they cost milliseconds to load, and what they hold back
 * is lost when the process ends.
 */
function descriptorSink(fd: number): Sink {
  return {
    get isTerminal() {
      return isTerminalDescriptor(fd);
    },
    get redraws() {
      return process.env.TERM !== "dumb" && isTerminalDescriptor(fd);
    },
    get columns() {
      if (!isTerminalDescriptor(fd)) return PAGE_WIDTH;
      return Math.min(MOST_COLUMNS, Math.max(LEAST_COLUMNS, streamOf(fd).columns ?? PAGE_WIDTH));
    },
    write(text) {
      const bytes = Buffer.from(text, "utf8");
      for (let written = 0; written < bytes.length; ) {
        try {
          written += writeSync(fd, bytes, written);
        } catch (error) {
          const code = (error as NodeJS.ErrnoException).code;
          if (code === "EPIPE") return false;
          if (code !== "EAGAIN") throw error;
          pause();
        }
      }
      return true;
    },
  };
}

/** Asks Node's stream, which takes milliseconds to load, only where the descriptor may be a terminal. */
function isTerminalDescriptor(fd: number): boolean {
  try {
    const facts = fstatSync(fd);
    if (!facts.isCharacterDevice()) return false;
    if (process.platform !== "win32" && facts.rdev === statSync("/dev/null").rdev) return false;
  } catch {
    return false;
  }
  return streamOf(fd).isTTY === true;
}

function streamOf(fd: number): NodeJS.WriteStream {
  return fd === 1 ? process.stdout : process.stderr;
}

/** The host of this very process. */
export function processHost(): Host {
  return { env: process.env, stdout: descriptorSink(1), stderr: descriptorSink(2) };
}
