import { closeSync, readSync, writeSync } from "node:fs";
import type { ReadStream } from "node:tty";
import { pause } from "./host.ts";
import { openTerminal } from "./open-terminal.ts";

const MAX_BYTES = 4096;
const END_OF_LINE: readonly number[] = [0x0a, 0x0d, 0x04];
const INTERRUPT = 0x03;
const RUB_OUT: readonly number[] = [0x08, 0x7f];
const ERASE_LINE = 0x15;

/**
 * Asks at the terminal, wherever standard input comes from, and shows nothing of what is typed; undefined where there is
 * no terminal. Ends the process with 130 where it is interrupted.
 */
export function askSecret(prompt: string): Uint8Array | undefined {
  const fd = openTerminal();
  if (fd === undefined) return undefined;
  const { ReadStream: TerminalStream } = process.getBuiltinModule("node:tty");
  const terminal = new TerminalStream(fd);
  try {
    // First: who types at once must not be shown either.
    terminal.setRawMode(true);
    writeSync(fd, prompt);
    const typed = readLine(fd);
    leave(terminal, fd);
    if (typed !== undefined) return typed;
  } catch (error) {
    leave(terminal, fd);
    throw error;
  }
  process.exit(130);
}

/** In raw mode the terminal hands over every key; undefined where it was interrupted. */
function readLine(fd: number): Uint8Array | undefined {
  const line = Buffer.alloc(MAX_BYTES);
  const octet = Buffer.alloc(1);
  let length = 0;
  for (;;) {
    if (!readOctet(fd, octet)) return line.subarray(0, length);
    const [key = 0] = octet;
    if (END_OF_LINE.includes(key)) return line.subarray(0, length);
    if (key === INTERRUPT) return undefined;
    if (key === ERASE_LINE) length = 0;
    else if (RUB_OUT.includes(key)) length = lastCharacter(line, length);
    else if (length < MAX_BYTES) line[length++] = key;
  }
}

/** Where the last character of UTF-8 text begins. */
function lastCharacter(line: Uint8Array, length: number): number {
  let at = Math.max(0, length - 1);
  while (at > 0 && ((line[at] as number) & 0xc0) === 0x80) at--;
  return at;
}

function readOctet(fd: number, octet: Uint8Array): boolean {
  for (;;)
    try {
      return readSync(fd, octet, 0, 1, null) === 1;
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== "EAGAIN") throw error;
      pause();
    }
}

function leave(terminal: ReadStream, fd: number): void {
  terminal.setRawMode(false);
  writeSync(fd, "\n");
  terminal.destroy();
  try {
    closeSync(fd);
  } catch {
    // The stream has closed it.
  }
}
