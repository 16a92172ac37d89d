import { spawn } from "node:child_process";
import { mkdirSync, mkdtempSync, readdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import { build } from "esbuild";
import { afterAll, beforeAll, expect, it } from "vitest";

const ROUNDS = 1000;
const PROCESSES = 4;

let built: string;
beforeAll(async () => {
  // Within the repository, for the worker finds libsql from where it lies.
  const dist = join(import.meta.dirname, "../../dist");
  mkdirSync(dist, { recursive: true });
  built = mkdtempSync(join(dist, ".lock-"));
  await build({
    entryPoints: [join(import.meta.dirname, "lock-worker.ts")],
    outfile: join(built, "worker.mjs"),
    bundle: true,
    platform: "node",
    format: "esm",
    packages: "external",
  });
});
afterAll(() => rmSync(built, { recursive: true }));

it("a lock is held by one process at a time, however they race for its file as it comes and goes", async () => {
  const runs = Array.from({ length: PROCESSES }, async () => {
    const words = [join(built, "worker.mjs"), join(built, "out.lock"), String(ROUNDS)];
    const child = spawn(process.execPath, words, { stdio: ["ignore", "pipe", "pipe"] });
    let said = "";
    let wrong = "";
    child.stdout.on("data", (data) => (said += data));
    child.stderr.on("data", (data) => (wrong += data));
    const code = await new Promise((resolve) => child.once("close", resolve));
    expect({ code, wrong }).toEqual({ code: 0, wrong: "" });
    return Number(said);
  });
  const held = await Promise.all(runs);
  expect(held.reduce((sum, each) => sum + each)).toBeGreaterThan(ROUNDS / 10);
  expect(readdirSync(built)).toEqual(["worker.mjs"]);
});
