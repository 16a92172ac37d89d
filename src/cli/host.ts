import { fstatSync, writeSync } from "node:fs";

/** A stream that the process prints to. */
export interface Sink {
  readonly isTerminal: boolean;
  /** The terminal's width; 80 where there is none. */
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

/** Waits a moment for the other end of a non-blocking pipe, without burning the processor. */
export function pause(): void {
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, PAUSE_MS);
}

/**
 * Prints to a file descriptor without Node's streams: they cost milliseconds to load, and what they hold back
 * is lost when the process ends.
 */
function descriptorSink(fd: number): Sink {
  const isTerminal = isTerminalDescriptor(fd);
  return {
    isTerminal,
    columns: isTerminal ? Math.max(40, (fd === 1 ? process.stdout : process.stderr).columns ?? 80) : 80,
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

function isTerminalDescriptor(fd: number): boolean {
  try {
    if (!fstatSync(fd).isCharacterDevice()) return false;
  } catch {
    return false;
  }
  return (fd === 1 ? process.stdout : process.stderr).isTTY === true;
}

/** The host of this very process. */
export function processHost(): Host {
  return { env: process.env, stdout: descriptorSink(1), stderr: descriptorSink(2) };
}
