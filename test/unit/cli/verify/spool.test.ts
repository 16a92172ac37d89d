import { mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { Spool } from "../../../../src/cli/verify/spool.ts";

let directory: string;
let spool: Spool;
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), "samicerts-spool-"));
  vi.stubEnv("TMPDIR", directory);
});
afterEach(() => {
  spool.close();
  vi.unstubAllEnvs();
  rmSync(directory, { recursive: true });
});

const MEBIBYTE = 1024 * 1024;

it("gives back a little text in one piece", () => {
  spool = new Spool();
  expect([...spool.pieces()].join("")).toBe("");
  spool.add("one ");
  spool.add("two\n");
  expect([...spool.pieces()]).toEqual(["one two\n"]);
});

it("gives back much of it in pieces, characters of several octets whole, and leaves no file", () => {
  spool = new Spool();
  const text = "ä€😀x".repeat(MEBIBYTE / 4) + "y".repeat(7);
  for (let turn = 0; turn < 6; turn++) spool.add(text);
  let at = 0;
  for (const piece of spool.pieces()) {
    expect(piece.length).toBeLessThan(MEBIBYTE);
    for (let from = 0; from < piece.length; ) {
      const within = (at + from) % text.length;
      const part = piece.slice(from, from + text.length - within);
      expect(text.slice(within, within + part.length) === part).toBe(true);
      from += part.length;
    }
    at += piece.length;
  }
  expect(at).toBe(6 * text.length);
  expect(readdirSync(directory)).toEqual([]);
});
