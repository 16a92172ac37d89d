import { openSync } from "node:fs";

const TERMINAL: string = process.platform === "win32" ? "CONIN$" : "/dev/tty";

/** Opens the terminal, wherever standard input comes from, to read and write; undefined where there is none. */
export function openTerminal(): number | undefined {
  try {
    return openSync(TERMINAL, "r+");
  } catch {
    return undefined;
  }
}
