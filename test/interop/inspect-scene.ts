import { chmodSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect } from "vitest";
import { displayWidth } from "../../src/report/layout.ts";
import { COMMAND } from "../stories/command.ts";
import { type Ended, run } from "./vendor.ts";

/** A directory with what others made, to be inspected. */
export interface InspectScene {
  directory(): string;
  at(name: string): string;
  /** Runs another's program; throws where it fails. */
  make(program: string, ...words: readonly string[]): void;
  /** Runs OpenSSL in the same way. */
  openssl(...words: readonly string[]): void;
  /** Takes a key's file from everybody but its owner. */
  closeKey(name: string): void;
  /** Runs inspect, however it ends. */
  ended(...words: readonly string[]): Ended;
  /** What inspect says of a file; no line of it is wider than a terminal. */
  inspect(...words: readonly string[]): string;
}

/** For a whole suite: a scene that is empty when its tests begin, and removed behind them. */
export function inspectScene(): InspectScene {
  let directory = "";
  beforeAll(() => {
    directory = mkdtempSync(join(tmpdir(), "samicerts-inspect-"));
  });
  afterAll(() => rmSync(directory, { recursive: true, force: true }));
  const at = (name: string): string => join(directory, name);
  const make: InspectScene["make"] = (program, ...words) => {
    const { status, stderr } = run(program, words, directory);
    if (status !== 0) throw new Error(`${program} ${words.join(" ")} ended with ${status}: ${stderr}`);
  };
  const ended: InspectScene["ended"] = (...words) =>
    run(process.execPath, [COMMAND, "inspect", ...words], directory);
  return {
    directory: () => directory,
    at,
    make,
    openssl: (...words) => make("openssl", ...words),
    closeKey: (name) => chmodSync(at(name), 0o600),
    ended,
    inspect(...words) {
      const { status, stdout, stderr } = ended(...words);
      if (status !== 0) throw new Error(`inspect ${words.join(" ")} ended with ${status}: ${stderr}`);
      if (!words.includes("--json"))
        for (const line of stdout.split("\n")) expect(displayWidth(line)).toBeLessThanOrEqual(80);
      return stdout;
    },
  };
}

/** The value of a row, on its first line. */
export function row(text: string, label: string): string | undefined {
  const line = text.split("\n").find((each) => each.trim().startsWith(`${label}  `));
  return line?.trim().slice(label.length).trim();
}
