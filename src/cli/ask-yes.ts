import { closeSync, readSync, writeSync } from "node:fs";
import { openTerminal } from "./open-terminal.ts";

const MAX_BYTES = 1024;

/**
 * Asks at the terminal, wherever standard input comes from; only `y` and `yes` are a yes. Undefined where there is no
 * terminal.
 */
export function askYes(question: string): boolean | undefined {
  const fd = openTerminal();
  if (fd === undefined) return undefined;
  try {
    writeSync(fd, `${question} [y/N] `);
    const line = Buffer.alloc(MAX_BYTES);
    // The terminal hands over a line when it is done.
    const typed = line.toString("utf8", 0, readSync(fd, line, 0, MAX_BYTES, null));
    return /^\s*y(?:es)?\s*$/i.test(typed);
  } finally {
    closeSync(fd);
  }
}
