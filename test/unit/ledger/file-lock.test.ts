import { spawn } from "node:child_process";
import { existsSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { lockFile } from "../../../src/ledger/file-lock.ts";

let dir: string;
let path: string;
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), "samicerts-lock-"));
  path = join(dir, "out.lock");
});
afterEach(() => rmSync(dir, { recursive: true }));

/** A process that locks the file as we do, tells so, and waits to be killed. */
async function holder(): Promise<{ readonly kill: () => Promise<void> }> {
  const script =
    'const D = require("libsql"); const d = new D(process.argv[1]); d.exec("BEGIN EXCLUSIVE");' +
    'process.stdout.write("locked"); setInterval(() => d, 1000);';
  const child = spawn(process.execPath, ["-e", script, path], { stdio: ["ignore", "pipe", "inherit"] });
  await new Promise((resolve) => child.stdout.once("data", resolve));
  return {
    kill: () =>
      new Promise((resolve) => {
        child.once("exit", () => resolve());
        child.kill("SIGKILL");
      }),
  };
}

describe("a lock file", () => {
  it("is there while it is held, and nothing is left afterwards", () => {
    const release = lockFile(path);
    expect(release).toBeDefined();
    expect(readdirSync(dir)).toEqual(["out.lock"]);
    expect(lockFile(path)).toBeUndefined();
    release?.();
    expect(readdirSync(dir)).toEqual([]);
    const again = lockFile(path);
    expect(again).toBeDefined();
    again?.();
  });

  it("is held by one process, until that is gone however it went", async () => {
    const other = await holder();
    expect(lockFile(path)).toBeUndefined();
    await other.kill();
    expect(existsSync(path)).toBe(true);
    const release = lockFile(path);
    expect(release).toBeDefined();
    release?.();
  });

  it("is never made of a file with something in it, nor where there is no directory", () => {
    writeFileSync(path, "mine");
    expect(() => lockFile(path)).toThrow(expect.objectContaining({ kind: "io", code: "io.failed" }));
    expect(existsSync(path)).toBe(true);
    expect(() => lockFile(join(dir, "none", "x"))).toThrow(expect.objectContaining({ kind: "io" }));
  });
});
