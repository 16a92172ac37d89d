import { type ChildProcess, spawn } from "node:child_process";
import { createHash } from "node:crypto";
import { mkdirSync, mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { build } from "esbuild";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import type { Ledger, LedgerRow } from "../../src/ledger/ledger.ts";
import { openLedger } from "../../src/ledger/open.ts";
import { connect } from "../../src/ledger/sqlite-connection.ts";

const REPOSITORY = join(import.meta.dirname, "../..");
const ISSUER = {
  subject: "CN=root",
  spkiSha256: createHash("sha256").update("root").digest(),
  createdMs: 0,
};

let built: string;
let dir: string;
let path: string;
const running = new Set<ChildProcess>();

beforeAll(async () => {
  // Within the repository, for the worker finds libsql from where it lies.
  const cache = join(REPOSITORY, "node_modules/.cache");
  mkdirSync(cache, { recursive: true });
  built = mkdtempSync(join(cache, "samicerts-ledger-"));
  await build({
    entryPoints: [join(import.meta.dirname, "ledger-worker.ts")],
    outfile: join(built, "worker.mjs"),
    bundle: true,
    platform: "node",
    target: "node20",
    format: "esm",
    external: ["libsql"],
    logLevel: "error",
  });
});
afterAll(() => rmSync(built, { recursive: true }));

beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), "samicerts-processes-"));
  path = join(dir, "samicerts.db");
});
afterEach(() => {
  for (const child of running) child.kill("SIGKILL");
  rmSync(dir, { recursive: true });
});

interface Run {
  readonly child: ChildProcess;
  /** Lines so far. */
  readonly lines: string[];
  /** All lines, once it has ended. */
  readonly ended: Promise<readonly string[]>;
}

function start(mode: string, from: number, count: number, output = ""): Run {
  const child = spawn(
    process.execPath,
    [join(built, "worker.mjs"), mode, path, String(from), String(count), output],
    {
      stdio: ["ignore", "pipe", "pipe"],
    },
  );
  running.add(child);
  const lines: string[] = [];
  let text = "";
  child.stdout?.setEncoding("utf8").on("data", (chunk: string) => {
    const parts = (text + chunk).split("\n");
    text = parts.pop() ?? "";
    lines.push(...parts);
  });
  let errors = "";
  child.stderr?.setEncoding("utf8").on("data", (chunk: string) => {
    errors += chunk;
  });
  const ended = new Promise<readonly string[]>((resolve, reject) => {
    child.once("error", reject);
    child.once("close", () => {
      running.delete(child);
      if (errors === "") resolve(lines);
      else reject(new Error(errors));
    });
  });
  return { child, lines, ended };
}

async function until(run: Run, line: (line: string) => boolean): Promise<void> {
  while (!run.lines.some(line)) {
    if (run.child.exitCode !== null) throw new Error(`it ended: ${run.lines.join("; ")}`);
    await pause(2);
  }
}

function said(lines: readonly string[], word: string): string[] {
  return lines.filter((line) => line.startsWith(`${word} `)).map((line) => line.slice(word.length + 1));
}

function withLedger<T>(
  action: (ledger: Ledger, find: (serial: number | string) => LedgerRow | undefined) => T,
): T {
  const ledger = openLedger(path);
  try {
    const issuer = ledger.addIssuer(ISSUER);
    return action(ledger, (serial) => ledger.find(issuer, String(serial)));
  } finally {
    ledger.close();
  }
}

function integrity(): unknown {
  const connection = connect(path, 1000);
  const { integrity_check } = connection.prepare("PRAGMA integrity_check").get([]) as {
    integrity_check: unknown;
  };
  connection.close();
  return integrity_check;
}

const holders = (): string[] => readdirSync(dir).filter((name) => name.includes("-holder-"));

describe("eight processes and one ledger that none of them has made yet", () => {
  it("give every serial to one of them, and say no more than that the others are late", async () => {
    const each = 120;
    const step = 40;
    const runs = Array.from({ length: 8 }, (_, i) => start("issue", 1 + i * step, each));
    const outputs = await Promise.all(runs.map(({ ended }) => ended));
    const total = 7 * step + each;
    const done = outputs.flatMap((lines) => said(lines, "done"));
    expect(done.length).toBe(total);
    expect(new Set(done).size).toBe(total);
    const late = outputs.flatMap((lines) => said(lines, "serial.duplicate"));
    expect(late.length).toBe(8 * each - total);
    for (const lines of outputs) {
      expect(lines.at(-1)).toBe("end");
      const words = new Set(lines.map((line) => line.split(" ")[0]));
      expect(
        [...words].filter((word) => !["done", "reserved", "serial.duplicate", "end"].includes(word ?? "")),
      ).toEqual([]);
    }
    withLedger((_ledger, find) => {
      for (let serial = 1; serial <= total; serial++) expect(find(serial)?.state).toBe("issued");
      expect(find(total + 1)).toBeUndefined();
    });
    expect(integrity()).toBe("ok");
    expect(holders()).toEqual([]);
  });

  it("make it once, however often they race for it", async () => {
    for (let round = 0; round < 5; round++) {
      path = join(dir, `round-${round}.db`);
      const outputs = await Promise.all(Array.from({ length: 8 }, () => start("issue", 1, 3).ended));
      expect(outputs.flatMap((lines) => said(lines, "done")).sort()).toEqual(["1", "2", "3"]);
      expect(outputs.flatMap((lines) => said(lines, "serial.duplicate")).length).toBe(8 * 3 - 3);
    }
  });
});

describe("batches of several processes", () => {
  it("over ranges that overlap give every serial once, and tell of each that was taken", async () => {
    const each = 200;
    const step = 60;
    const runs = Array.from({ length: 8 }, (_, i) => start("batch", 1 + i * step, each, String(i)));
    const outputs = await Promise.all(runs.map(({ ended }) => ended));
    const total = 7 * step + each;
    const done = outputs.flatMap((lines) => said(lines, "done"));
    expect(done.length).toBe(total);
    expect(new Set(done).size).toBe(total);
    expect(outputs.flatMap((lines) => said(lines, "serial.duplicate")).length).toBe(8 * each - total);
    expect(outputs.flat().filter((line) => !/^(done|serial\.duplicate) \d+$|^end$/.test(line))).toEqual([]);
    withLedger((ledger, find) => {
      for (let serial = 1; serial <= total; serial++) expect(find(serial)?.state).toBe("issued");
      const issued = ledger.batches().map(({ progress }) => progress.issued);
      expect(issued.length).toBe(8);
      expect(issued.reduce((sum, one) => sum + one, 0)).toBe(total);
    });
    expect(integrity()).toBe("ok");
    expect(holders()).toEqual([]);
  });

  it("that are killed go on where they stopped, and every serial is there once", async () => {
    const count = 4000;
    let done: string[] = [];
    let kills = 0;
    for (let round = 0; ; round++) {
      const run = start("batch", 1, count, "one");
      if (round < 8) {
        await until(run, (line) => line.startsWith("done ") || line === "end");
        await pause(round * 7);
        if (run.child.kill("SIGKILL")) kills++;
      }
      const lines = await run.ended;
      done = [...done, ...said(lines, "done")];
      expect(lines.filter((line) => !/^done \d+$|^end$/.test(line))).toEqual([]);
      if (lines.at(-1) === "end") break;
    }
    expect(kills).toBeGreaterThan(2);
    expect(new Set(done).size).toBe(done.length);
    withLedger((ledger, find) => {
      for (let serial = 1; serial <= count; serial++)
        expect(find(serial)).toMatchObject({ state: "issued", line: serial });
      expect(ledger.batches()).toMatchObject([{ id: 1, progress: { issued: count, lastLine: count } }]);
    });
    expect(integrity()).toBe("ok");
  });
});

describe("a process that is killed", () => {
  it("has lost nothing that it said was done, wherever it was killed, and can be continued", async () => {
    let next = 1;
    let abandoned = 0;
    for (let round = 0; round < 25; round++) {
      const run = start("issue", next, 1_000_000);
      await until(run, (line) => line.startsWith("done "));
      // From within the first serials to a few hundred later.
      await pause(round * 1.7);
      run.child.kill("SIGKILL");
      const lines = await run.ended;
      expect(lines).not.toContain("end");
      const done = said(lines, "done").map(Number);
      const reserved = said(lines, "reserved").map(Number);
      expect(done.length).toBeGreaterThan(0);
      withLedger((ledger, find) => {
        const issuer = ledger.addIssuer(ISSUER);
        for (const serial of done)
          expect(find(serial)).toMatchObject({ state: "issued", name: `device ${serial}` });
        // At most one was between the two steps, or was taken without that having been said.
        const last = Math.max(...done, ...reserved);
        for (const serial of [last, last + 1]) {
          const row = find(serial);
          if (row?.state !== "reserved") continue;
          expect(row.abandoned).toBe(true);
          abandoned++;
          const reservation = ledger.takeOver({ issuer, serial: String(serial), name: row.name, atMs: 0 });
          ledger.abandon(reservation);
        }
        expect(find(last + 2)).toBeUndefined();
        next = last + 2;
      });
    }
    expect(integrity()).toBe("ok");
    expect(abandoned).toBeGreaterThan(0);
  });

  it("holds its serials for as long as it lives, and not a moment longer", async () => {
    const run = start("hold", 1, 3);
    await until(run, (line) => line === "holding");
    withLedger((ledger, find) => {
      for (const serial of [1, 2, 3])
        expect(find(serial)).toMatchObject({ state: "reserved", abandoned: false });
      const request = { issuer: ledger.addIssuer(ISSUER), serial: "1", name: "device 1", atMs: 0 };
      expect(() => ledger.takeOver(request)).toThrow(/is being issued/);
      expect(() => ledger.reserve(request)).toThrow(/is being issued/);
    });
    expect(holders().length).toBe(1);
    run.child.kill("SIGKILL");
    await run.ended;
    withLedger((_ledger, find) => {
      for (const serial of [1, 2, 3])
        expect(find(serial)).toMatchObject({ state: "reserved", abandoned: true });
    });
    expect(holders()).toEqual([]);
  });

  it("leaves each serial to one heir, of six that come at once", async () => {
    const count = 40;
    const run = start("hold", 1, count);
    await until(run, (line) => line === "holding");
    run.child.kill("SIGKILL");
    await run.ended;
    const outputs = await Promise.all(Array.from({ length: 6 }, () => start("take-over", 1, count).ended));
    const done = outputs.flatMap((lines) => said(lines, "done")).map(Number);
    expect(done.sort((a, b) => a - b)).toEqual(Array.from({ length: count }, (_, i) => i + 1));
    expect(outputs.flatMap((lines) => said(lines, "serial.duplicate")).length).toBe(5 * count);
    expect(outputs.flat().filter((line) => !/^(done|serial\.duplicate) \d+$|^end$/.test(line))).toEqual([]);
    withLedger((_ledger, find) => {
      for (let serial = 1; serial <= count; serial++) expect(find(serial)?.state).toBe("issued");
    });
    expect(holders()).toEqual([]);
  });
});
