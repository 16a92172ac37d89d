import type { ChildProcess } from "node:child_process";
import { copyFileSync, existsSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { Files } from "../../src/base/effects.ts";
import { claimOutput } from "../../src/batch-output/claim-output.ts";
import { nodeFiles } from "../../src/workspace/node-files.ts";
import { makePlace, type Place, ROOT_NAME } from "../stories/command.ts";
import { outputDeps } from "../unit/batch-output/sample-batch.ts";
import { runInProcess } from "./batch-in-process.ts";
import { failFrom, failingFiles } from "./failing-files.ts";
import { devicesIn, expectExact, startCommand } from "./running-batch.ts";

// What may have changed between the run that was cut off and the one that goes on.

const LONG_MS = 240_000;
const COUNT = 4000;
/** So many rows fill all the chunks that are on their way at once, so that the first of them is committed. */
const FIRST = 3500;

let place: Place;
beforeEach(() => {
  place = makePlace();
  place.succeed(["root", ROOT_NAME]);
});
afterEach(() => place.remove());

const serials = Array.from({ length: COUNT }, (_, n) => String(100_000 + n));
const lines = serials.map((serial) => `${serial},Device-${serial}\n`);
const all = `serial,name\n${lines.join("")}`;

/** Starts a batch of rows that come down a pipe, and kills it while it waits for the rest of them. */
async function cutOff(words: readonly string[], rows = lines.slice(0, FIRST)): Promise<string> {
  const { child, ended } = startCommand(place, words, "pipe");
  child.stdin?.write(`serial,name\n${rows.join("")}`);
  await firstOutput(child);
  child.kill("SIGKILL");
  const { signal, stdout } = await ended;
  expect(signal).toBe("SIGKILL");
  return stdout;
}

/** Waits until something is committed, or printed. */
function firstOutput({ stdout }: ChildProcess): Promise<void> {
  return new Promise((resolve) => {
    let told = "";
    stdout?.on("data", (text: string) => {
      told += text;
      if (/"committed"|"certificate"/.test(told)) resolve();
    });
  });
}

describe("a batch of rows that come slowly", () => {
  it(
    "commits a chunk that is made, and does not wait for the next one",
    async () => {
      const words = ["batch", "-", "--out", "slow.tar", "--json"];
      const { child, ended } = startCommand(place, words, "pipe");
      child.stdin?.write(`serial,name\n${lines.slice(0, 1100).join("")}`);
      await firstOutput(child);
      expect(
        place.succeed(["list", "--state", "issued", "--serial-from", "100000", "--limit", "1"]),
      ).toContain("100000");
      child.stdin?.end(lines.slice(1100).join(""));
      expect((await ended).status).toBe(0);
      expectExact(place, "slow.tar", serials);
    },
    LONG_MS,
  );
});

const LEDGER = ["samicerts.db", "samicerts.db-wal"];

describe("a ledger that was put back from a copy", () => {
  it.each(["a.tar", "a"])(
    "is found to be older than what it says nothing of, and %s stays as it is",
    async (out) => {
      const words = ["batch", "-", "--out", out];
      await cutOff([...words, "--json"]);
      for (const name of LEDGER) copyFileSync(place.at(name), place.at(`${name}.copy`));
      place.succeed(words, { input: all });
      expectExact(place, out, serials);
      const before = place.listing().filter((line) => !line.startsWith("samicerts.db"));
      rmSync(place.at("samicerts.db-shm"), { force: true });
      for (const name of LEDGER) copyFileSync(place.at(`${name}.copy`), place.at(name));
      const { status, stderr } = place.samicerts(words, { input: all });
      expect(stderr).toMatch(
        /^error: .* devices that the ledger does not have: the ledger is older than they are\n/m,
      );
      expect(status).toBe(3);
      expect(place.listing().filter((line) => !line.startsWith("samicerts.db"))).toEqual(before);
    },
    LONG_MS,
  );
});

describe("a batch down a pipe that was cut off", () => {
  it(
    "prints no serial twice, and says which devices may have been printed",
    async () => {
      const words = ["batch", "-", "--out", "-"];
      const printed = await cutOff(words);
      const first = [...printed.matchAll(/"serial":"([0-9]+)"/g)].map(([, serial]) => serial);
      expect(first.length).toBeGreaterThan(0);
      const { status, stdout, stderr } = place.samicerts(words, { input: all });
      expect(status).toBe(6);
      expect(stderr).toContain(
        "may have been printed already, by a run of this batch that was cut off\nhint: ",
      );
      const second = stdout
        .split("\n")
        .filter(Boolean)
        .map((line) => JSON.parse(line).serial);
      expect(second.length).toBeGreaterThan(0);
      expect(new Set([...first, ...second]).size).toBe(first.length + second.length);
    },
    LONG_MS,
  );
});

describe("a batch from a pipe that was cut off", () => {
  it(
    "does not take other devices for those that it had",
    async () => {
      const words = ["batch", "-", "--out", "a.ndjson"];
      await cutOff([...words, "--json"]);
      const { length } = readFileSync(place.at("a.ndjson"));
      const other = all.replace("100004,Device-100004", "100004,Lamp");
      const { status, stderr } = place.samicerts(words, { input: other });
      expect(status).toBe(2);
      expect(stderr).toContain(
        "the input is not the one that this batch was begun with: in line 6 the serial 100004",
      );
      expect(stderr).toContain('was for "Device-100004", and now it is for "Lamp"\nhint: ');
      expect(readFileSync(place.at("a.ndjson")).length).toBeLessThanOrEqual(length);
      place.succeed(words, { input: all });
      expectExact(place, "a.ndjson", serials);
    },
    LONG_MS,
  );

  it(
    "does not take a part of its rows for all of them, nor other rows for the rest",
    async () => {
      const words = ["batch", "-", "--out", "a.ndjson"];
      await cutOff([...words, "--json"]);
      for (const [input, line] of [
        [`serial,name\n${lines.slice(0, 3).join("")}`, 5],
        [`serial,name\n${lines.slice(0, FIRST - 1000).join("")}`, FIRST - 1000 + 2],
        [all.replace("100004,", "900004,"), 6],
      ] as const) {
        const { status, stderr } = place.samicerts(words, { input });
        expect({ line, status }).toEqual({ line, status: 2 });
        expect(stderr).toContain(
          `this batch was begun with: in line ${line} was the serial ${line + 99_998}, for`,
        );
      }
      place.succeed(words, { input: all });
      expectExact(place, "a.ndjson", serials);
    },
    LONG_MS,
  );

  it(
    "has all its refused rows in --rejects, and no other file is ever taken for that",
    async () => {
      const rows = lines.slice(0, FIRST).map((line, n) => (n % 500 === 3 ? line.replace(",", "x,") : line));
      const words = ["batch", "-", "--out", "a.ndjson"];
      writeFileSync(place.at("other.csv"), "serial,name\n1,mine\n");
      for (let time = 0; time < 2; time++) {
        const { status, stderr } = place.samicerts([...words, "--rejects", "other.csv"], { input: all });
        expect(status).toBe(4);
        expect(stderr).toContain("error: other.csv exists already");
      }
      await cutOff([...words, "--rejects", "r.csv", "--json"], rows);
      const wrong = place.samicerts([...words, "--rejects", "other.csv"], {
        input: `serial,name\n${rows.join("")}`,
      });
      expect(wrong.status).toBe(4);
      expect(readFileSync(place.at("other.csv"), "utf8")).toBe("serial,name\n1,mine\n");
      const { status } = place.samicerts([...words, "--rejects", "r.csv"], {
        input: `serial,name\n${rows.join("")}`,
      });
      expect(status).toBe(6);
      expect(readFileSync(place.at("r.csv"), "utf8")).toBe(
        `serial,name\n${rows.filter((row) => row.includes("x,")).join("")}`,
      );
    },
    LONG_MS,
  );
});

describe("a list with names that no certificate can have", () => {
  const NAMES = ["a", "b", "c", "d", "e", "f\0", "\ud800", "x".repeat(65), "g", "e"];

  it("is finished after it was cut off, with the same rows refused", async () => {
    const path = place.at("list.ndjson");
    const rows = NAMES.map((name, n) => JSON.stringify({ serial: `${100_000 + n}`, name }));
    writeFileSync(path, `${rows.join("\n")}\n`);
    const run = (out: string, files: Files, chunkRows = 2) =>
      runInProcess({ directory: place.directory, out, input: path, files, chunkRows });
    const counted = failingFiles(nodeFiles, () => undefined);
    const other = makePlace();
    other.succeed(["root", ROOT_NAME]);
    const whole = await runInProcess({
      ...{ directory: other.directory, out: "a.ndjson", input: path, files: counted.files, chunkRows: 2 },
    });
    expect(whole).toMatchObject({ state: "finished", issued: 6, refused: 4 });
    other.remove();
    // The second chunk is written, and not yet committed.
    const flushes = counted.calls.flatMap(({ method }, index) => (method === "fsync" ? [index] : []));
    const stop = flushes.at(-4) as number;
    await expect(run("a.ndjson", failingFiles(nodeFiles, failFrom(stop, "EIO")).files)).rejects.toThrow();
    const { state, resumed, issued, refused } = await run("a.ndjson", nodeFiles);
    expect({ state, resumed, issued, refused }).toEqual({
      ...{ state: "finished", resumed: true, issued: 6, refused: 4 },
    });
    expectExact(place, "a.ndjson", ["100000", "100001", "100002", "100003", "100004", "100008"]);
  });
});

describe("a batch into a directory that ended between its files and the ledger", () => {
  const quick: Files = { ...nodeFiles, syncFileSystem: () => true };
  const DEVICES = ["100000", "100001", "100002", "100003"];
  const run = (files: Files, more: Partial<Parameters<typeof runInProcess>[0]> = {}) =>
    runInProcess({
      ...{ directory: place.directory, out: "a", input: { count: 4, from: 100_000 }, files, chunkRows: 4 },
      ...more,
    });

  /** Everything is written and flushed but the manifest, and nothing of it committed. */
  const cut = async (): Promise<void> => {
    const counted = failingFiles(quick, () => undefined);
    const elsewhere = { out: "b", input: { count: 4, from: 200_000 } };
    await run(counted.files, elsewhere);
    const written = counted.calls.findLastIndex(({ subject }) => String(subject).endsWith("200003.crt"));
    // That is its opening; behind it come its octets and its closing.
    await expect(run(failingFiles(quick, failFrom(written + 4, "EIO")).files)).rejects.toThrow();
    for (const serial of DEVICES) expect(existsSync(place.at("a", `${serial}.crt`))).toBe(true);
  };

  it("takes up what is there, also where the clock has been set back since", async () => {
    await cut();
    const keys = DEVICES.map((serial) => readFileSync(place.at("a", `${serial}.key`), "utf8"));
    const early = { now: () => Date.now() - 3 * 86_400_000 };
    await expect(run(quick, { clock: early })).rejects.toThrow(/not (yet )?valid|before/);
    expect((await run(quick)).state).toBe("finished");
    expect(DEVICES.map((serial) => readFileSync(place.at("a", `${serial}.key`), "utf8"))).toEqual(keys);
    expectExact(place, "a", DEVICES);
  });

  it("makes anew what is empty, and refuses the row where another device's key lies", async () => {
    place.succeed(["client", "300000", "Other"]);
    await cut();
    writeFileSync(place.at("a/100001.key"), "");
    rmSync(place.at("a/100002.crt"));
    copyFileSync(place.at("devices/300000.key"), place.at("a/100002.key"));
    const { state, refused, issued } = await run(quick);
    expect({ state, refused, issued }).toEqual({ state: "finished", refused: 1, issued: 3 });
    expect(readFileSync(place.at("a/100002.key"), "utf8")).toBe(
      readFileSync(place.at("devices/300000.key"), "utf8"),
    );
    const whole = [...devicesIn(place.at("a"))].filter(([, { certificate }]) => certificate !== "");
    expect(whole.map(([serial]) => serial).sort()).toEqual(["100000", "100001", "100003"]);
    expect(place.succeed(["list", "--serial-from", "100002", "--serial-to", "100002"])).toContain(
      "abandoned",
    );
  });

  it("takes up what is there also where it is told to spread its files only now", async () => {
    await cut();
    const keys = DEVICES.map((serial) => readFileSync(place.at("a", `${serial}.key`), "utf8"));
    const claim = () => claimOutput(outputDeps(quick), { path: place.at("a"), shard: true });
    expect((await run(quick, { order: { claimOutput: claim } })).state).toBe("finished");
    expect(DEVICES.map((serial) => readFileSync(place.at("a/100", `${serial}.key`), "utf8"))).toEqual(keys);
    expectExact(place, "a", DEVICES);
    expect(readdirSync(place.at("a")).filter((name) => /^[0-9]+\./.test(name))).toEqual([]);
  });

  it("is not gone on with under another policy or root, and no serial is used twice", async () => {
    await cut();
    const range = ["--count", "4", "--serial-from", "100000", "--name", "D-{serial}", "--out", "a"];
    const other = place.samicerts(["batch", ...range, "--policy", "rfc5280"]);
    expect(other.status).toBe(6);
    expect(other.stdout).toContain("made 0 devices");
    rmSync(place.at("root.crt"));
    rmSync(place.at("root.key"));
    place.succeed(["root", "/C=US/O=MyOrg/CN=Another"]);
    const another = place.samicerts(["batch", ...range]);
    expect(another.status).toBe(6);
    expect(another.stderr).toContain("a/100000.key exists already");
  });
});
