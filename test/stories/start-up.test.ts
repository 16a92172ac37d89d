import { spawnSync } from "node:child_process";
import { readdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { basename, join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { PARTS, WORKERS } from "../../scripts/parts.mjs";
import { loadPolicy } from "../../src/policy/load-policy.ts";
import { COMMAND, makePlace, type Place, plainEnvironment, ROOT_NAME } from "./command.ts";
import { PROJECT } from "./readme.ts";

const DIST = join(PROJECT, "dist");
const packages = JSON.parse(readFileSync(join(DIST, ".packages.json"), "utf8")) as Record<string, string[]>;

let place: Place;
beforeAll(() => {
  place = makePlace();
  place.succeed(["root", ROOT_NAME]);
  place.succeed(["client", "100000001", "Lamp"]);
  // Notes what is read of dist/ and what of Node is loaded.
  writeFileSync(
    place.at("watch.cjs"),
    `const fs = require("node:fs");
     const { readFileSync } = fs;
     const read = [];
     fs.readFileSync = (path, ...more) => { read.push(String(path)); return readFileSync(path, ...more); };
     process.on("exit", () => fs.writeFileSync("seen.json", JSON.stringify({ read, modules: process.moduleLoadList })));`,
  );
});
afterAll(() => place.remove());

function seen(...words: readonly string[]): { programs: string[]; modules: string[] } {
  const { status, stderr } = spawnSync(process.execPath, ["-r", "./watch.cjs", COMMAND, ...words], {
    cwd: place.directory,
    encoding: "utf8",
    env: plainEnvironment(),
  });
  expect({ status, stderr }).toEqual({ status: 0, stderr: "" });
  const { read, modules } = JSON.parse(readFileSync(place.at("seen.json"), "utf8")) as Record<
    string,
    string[]
  >;
  const programs = (read ?? []).filter((path) => path.endsWith(".cjs") && path.includes("/dist/"));
  return { programs: programs.map((path) => basename(path)), modules: modules ?? [] };
}

/** Parts of Node that take their time, and that issuing and verifying one certificate have no use for. */
const NOT_NEEDED =
  /^NativeModule (child_process|cluster|dns|http|http2|https|inspector|net|os|readline|tls|v8|worker_threads|zlib)$/;

describe("a command's start", () => {
  it.each([
    ["client", ["client", "100000002", "Lamp"], ["cli.cjs", "client.cjs"]],
    ["client --json", ["client", "100000003", "Lamp", "--json"], ["cli.cjs", "client.cjs"]],
    ["root", ["root", ROOT_NAME, "--dir", "other"], ["cli.cjs", "issue.cjs"]],
    ["verify", ["verify", "devices/100000001.crt", "--no-ledger"], ["cli.cjs", "verify.cjs"]],
    ["verify, and the ledger", ["verify"], ["cli.cjs", "verify.cjs", "revocation.cjs"]],
    ["--version", ["--version"], ["cli.cjs"]],
    ["--help", ["--help"], ["cli.cjs", "usage.cjs"]],
  ])("loads what it needs and nothing else: %s", (_, words, programs) => {
    const { programs: loaded, modules } = seen(...words);
    expect(loaded).toEqual(programs);
    expect(modules.filter((name) => NOT_NEEDED.test(name))).toEqual([]);
  });

  it("is not burdened with packages that others need", () => {
    expect(packages).toMatchObject({
      cli: [],
      usage: ["commander"],
      colour: ["chalk"],
      client: ["libsql"],
      verify: [],
    });
  });

  it("has the default policy ready, and another only where it is asked for", () => {
    const built = JSON.parse(readFileSync(join(DIST, ".default-policy.json"), "utf8"));
    expect(built).toEqual(loadPolicy("sami", () => ""));
    const words = ["client", "100000009", "Lamp", "--policy", "rfc5280"];
    expect(seen(...words).programs).toEqual(["cli.cjs", "client.cjs", "policy.cjs"]);
  });

  it("stays short: what few commands need is in a part of its own", () => {
    const size = (name: string): number => statSync(join(DIST, `${name}.cjs`)).size;
    expect(size("cli")).toBeLessThan(64 * 1024);
    expect(size("client")).toBeLessThan(340 * 1024);
    expect(size("verify")).toBeLessThan(256 * 1024);
  });
});

describe("the parts of the command", () => {
  it("have every command in them, each in one", () => {
    const commands = readdirSync(join(PROJECT, "src/cli/commands")).map((name) => `src/cli/commands/${name}`);
    const files = Object.values(PARTS).flat();
    expect(files.filter((file) => file.startsWith("src/cli/commands/")).sort()).toEqual(commands.sort());
    expect(new Set(files).size).toBe(files.length);
  });

  it("and the workers are built", () => {
    for (const name of ["cli", ...Object.keys(PARTS), ...Object.keys(WORKERS)])
      expect(statSync(join(DIST, `${name}.cjs`)).size, name).toBeGreaterThan(1000);
  });
});
