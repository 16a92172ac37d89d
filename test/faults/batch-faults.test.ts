import { spawnSync } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, afterEach, beforeEach, describe, expect, it } from "vitest";
import type { Files } from "../../src/base/effects.ts";
import { SamicertsError } from "../../src/base/errors.ts";
import { openLedger } from "../../src/ledger/open.ts";
import { type Connection, connect } from "../../src/ledger/sqlite-connection.ts";
import { nodeFiles } from "../../src/workspace/node-files.ts";
import { makePlace, type Place, ROOT_NAME } from "../stories/command.ts";
import { runInProcess } from "./batch-in-process.ts";
import { failAt, failFrom, failingFiles } from "./failing-files.ts";
import { expectExact, startCommand } from "./running-batch.ts";

const LONG_MS = 240_000;

let place: Place;
beforeEach(() => {
  place = makePlace();
  place.succeed(["root", ROOT_NAME]);
});
afterEach(() => place.remove());

const serialsFrom = (from: number, count: number): readonly string[] =>
  Array.from({ length: count }, (_, n) => String(from + n));
const rangeOf = (count: number, from: number, out: string): readonly string[] => [
  ...["batch", "--count", `${count}`, "--serial-from", `${from}`],
  ...["--name", "Device-{serial}", "--out", out],
];

describe.each(["a.tar", "a"])("a batch into %s", (name) => {
  it(
    "is exact whichever single call fails with EIO or ENOSPC, once the same command is run again",
    async () => {
      /** No whole file system is flushed: that is a call like any other, and here it would be real. */
      const quick: Files = { ...nodeFiles, syncFileSystem: () => true };
      const DEVICES = 5;
      const run = (round: number, files: Files) =>
        runInProcess({
          directory: place.directory,
          out: `${round}-${name}`,
          input: { count: DEVICES, from: 100_000 + round * DEVICES },
          files,
          chunkRows: 2,
        });
      const counted = failingFiles(quick, () => undefined);
      await run(0, counted.files);
      const total = counted.calls.length;
      expect(total).toBeGreaterThan(20);
      let failures = 0;
      for (let n = 0; n < total; n++) {
        const round = n + 1;
        const { files } = failingFiles(quick, failAt(n, n % 2 === 0 ? "EIO" : "ENOSPC"));
        try {
          await run(round, files);
        } catch (error) {
          expect(error, `call ${n}`).toBeInstanceOf(SamicertsError);
          expect((error as SamicertsError).kind, `call ${n}`).toBe("io");
          failures++;
          expect((await run(round, quick)).state).toBe("finished");
        }
        expectExact(place, `${round}-${name}`, serialsFrom(100_000 + round * DEVICES, DEVICES));
      }
      expect(failures).toBeGreaterThan(10);
      expect(place.succeed(["ledger", "check"])).toContain("agree");
    },
    LONG_MS,
  );
});

describe.each(["a.tar.gz", "a.ndjson", "a"])(
  "a batch into %s that ends at whichever call of the file system",
  (name) => {
    it(
      "leaves what the same command makes whole, to the manifest and its signature",
      async () => {
        const quick: Files = { ...nodeFiles, syncFileSystem: () => true };
        const DEVICES = 4;
        const run = (round: number, files: Files) => {
          const input = { count: DEVICES, from: 100_000 + round * DEVICES };
          const out = `${round}-${name}`;
          return runInProcess({ directory: place.directory, out, input, files, chunkRows: 2 });
        };
        const counted = failingFiles(quick, () => undefined);
        await run(0, counted.files);
        const total = counted.calls.length;
        const signing = counted.calls.findIndex(({ subject }) => String(subject).endsWith(".sig"));
        expect(signing).toBeGreaterThan(20);
        for (let n = 0; n < total; n++) {
          const round = n + 1;
          const cut = run(round, failingFiles(quick, failFrom(n, "EIO")).files);
          // Where only a closing is left, it is done.
          if (n <= signing) await expect(cut, `call ${n}`).rejects.toThrow(SamicertsError);
          else await cut.catch((error: unknown) => expect(error).toBeInstanceOf(SamicertsError));
          expect((await run(round, quick)).state).toMatch(/finished|already/);
          expectExact(place, `${round}-${name}`, serialsFrom(100_000 + round * DEVICES, DEVICES));
          expect(existsSync(place.at(`${round}-${name}.manifest.ndjson.sig`))).toBe(true);
        }
        expect(place.succeed(["ledger", "check"])).toContain("agree");
        const manifest = `${total}-${name}.manifest.ndjson`;
        expect(place.succeed(["verify", "--manifest", manifest])).toContain("4 compliant");
      },
      LONG_MS,
    );
  },
);

describe("a ledger that is locked for longer than the patience", () => {
  const LOCKED = /^error: the ledger samicerts\.db is locked by another process\nhint: wait until /m;
  const lock = (): Connection => {
    const blocker = connect(place.at("samicerts.db"), 5000);
    blocker.exec("BEGIN IMMEDIATE");
    return blocker;
  };

  it(
    "ends a batch that begins with exit code 3 and a hint, and the same command makes all of it",
    () => {
      const words = rangeOf(300, 100_000, "a.ndjson");
      const blocker = lock();
      try {
        const { status, stderr } = place.samicerts(words);
        expect(stderr).toMatch(LOCKED);
        expect(status).toBe(3);
        expect(existsSync(place.at("a.ndjson"))).toBe(false);
      } finally {
        blocker.close();
      }
      place.succeed(words);
      expectExact(place, "a.ndjson", serialsFrom(100_000, 300));
    },
    LONG_MS,
  );

  it.each(["a.ndjson", "a.tar.gz", "a"])(
    "ends a batch into %s that is under way with exit code 3 and a hint, and the same command goes on",
    async (out) => {
      const COUNT = 4000;
      const lines = serialsFrom(100_000, COUNT).map((serial) => `${serial},Device-${serial}\n`);
      const words = ["batch", "-", "--out", out];
      const { child, ended } = startCommand(place, [...words, "--json"], "pipe");
      // It can't be at its end: it has not been given the rest of its rows.
      child.stdin?.write(`serial,name\n${lines.slice(0, COUNT - 500).join("")}`);
      await new Promise<void>((resolve) => {
        let told = "";
        child.stdout?.on("data", (text: string) => {
          told += text;
          if (told.includes('"committed"')) resolve();
        });
        void ended.then(() => resolve());
      });
      const blocker = lock();
      try {
        child.stdin?.end(lines.slice(COUNT - 500).join(""));
        const { status, stderr } = await ended;
        expect(stderr).toMatch(LOCKED);
        expect(status).toBe(3);
      } finally {
        blocker.close();
      }
      place.succeed(words, { input: `serial,name\n${lines.join("")}` });
      expectExact(place, out, serialsFrom(100_000, COUNT));
    },
    LONG_MS,
  );
});

describe("several batches at once", () => {
  it(
    "give every serial once where their ranges overlap, and fail for nothing but that",
    async () => {
      const PROCESSES = 8;
      const COUNT = 400;
      const STEP = 100;
      const all = Array.from({ length: PROCESSES }, (_, n) =>
        startCommand(place, [
          ...rangeOf(COUNT, 100_000 + n * STEP, `${n}.ndjson`).map((word) =>
            word.replace("Device-", `P${n}-`),
          ),
          "--json",
        ]),
      );
      const ends = await Promise.all(all.map(({ ended }) => ended));
      const lines = ends.flatMap(({ stdout }) =>
        stdout
          .split("\n")
          .filter(Boolean)
          .map((line) => JSON.parse(line)),
      );
      for (const { status, stderr } of ends) expect([0, 6], stderr).toContain(status);
      const refused = lines.filter(({ event }) => event === "refused");
      expect(new Set(refused.map(({ error }) => error.code))).toEqual(new Set(["serial.duplicate"]));
      const serials = Array.from({ length: PROCESSES }, (_, n) =>
        readFileSync(place.at(`${n}.ndjson`), "utf8")
          .split("\n")
          .filter(Boolean)
          .map((line) => JSON.parse(line).serial),
      ).flat();
      expect(serials.sort()).toEqual(serialsFrom(100_000, COUNT + (PROCESSES - 1) * STEP));
      const ledger = openLedger(place.at("samicerts.db"));
      const issued = [...ledger.countIssued()]
        .filter(([batch]) => batch !== undefined)
        .map(([, count]) => count);
      ledger.close();
      expect(issued.reduce((a, b) => a + b)).toBe(serials.length);
    },
    LONG_MS,
  );

  it.each(["a.tar", "a"])("into one output %s: the second says so and stops", async (out) => {
    const first = startCommand(place, [...rangeOf(20_000, 100_000, out), "--json"]);
    await new Promise<void>((resolve) => {
      first.child.stdout?.once("data", () => resolve());
    });
    const second = place.samicerts(rangeOf(10, 900_000, out));
    first.child.kill("SIGINT");
    expect(second.status).toBe(4);
    expect(second.stderr).toContain(`error: another batch is writing to ${out} at this moment\nhint: `);
    const ended = await first.ended;
    expect(ended.status, ended.stderr).toBe(130);
    expect(place.succeed(["list", "--serial-from", "900000", "--serial-to", "900009"])).toContain(
      "nothing to list",
    );
  });
});

// A real disk that is really full: a file system in memory, where this user may mount one.
const disk = mkdtempSync(join(tmpdir(), "samicerts-full-batch-"));
const mounted = spawnSync("mount", ["-t", "tmpfs", "-o", "size=16m", "tmpfs", disk]).status === 0;
afterAll(() => {
  if (mounted) spawnSync("umount", ["-l", disk]);
  rmSync(disk, { recursive: true, force: true });
});

describe.skipIf(!mounted)("a disk that is full", () => {
  it.each([
    ["a.tar", 3_000_000],
    ["b.ndjson", 2_000_000],
    ["c", 2_500_000],
  ])(
    "ends a batch into %s with exit code 3, and it goes on once there is room",
    (out, room) => {
      const from = 100_000 + room;
      const ballast = join(disk, "ballast");
      const directory = mkdtempSync(join(disk, "vendor-"));
      const there: Place = { ...place, directory, at: (...parts) => join(directory, ...parts) };
      place.succeed(["root", ROOT_NAME, "--dir", directory]);
      const words = ["--dir", directory, ...rangeOf(1000, from, there.at(out))];
      const command = [words[2] as string, ...words.slice(0, 2), ...words.slice(3)];
      const left = Number(
        spawnSync("df", ["--output=avail", "-B1", disk], { encoding: "utf8" }).stdout.split("\n")[1],
      );
      writeFileSync(ballast, Buffer.alloc(left - room));
      const full = place.samicerts(command);
      expect(full.status, full.stderr).toBe(3);
      expect(full.stderr).toMatch(/^error: .*(full|no space).*\nhint: /im);
      rmSync(ballast);
      place.succeed(command);
      expectExact(there, out, serialsFrom(from, 1000));
      rmSync(directory, { recursive: true });
    },
    LONG_MS,
  );
});
