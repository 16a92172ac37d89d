import { spawnSync } from "node:child_process";
import {
  copyFileSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterEach, beforeEach, describe, expect, it } from "vitest";

const PROJECT = fileURLToPath(new URL("../..", import.meta.url));

describe("the launcher", () => {
  let home: string;
  let dist: string;

  beforeEach(() => {
    home = mkdtempSync(join(tmpdir(), "samicerts-launcher-"));
    dist = join(home, "dist");
    for (const folder of ["bin", "dist"]) mkdirSync(join(home, folder));
    for (const file of ["bin/samicerts.cjs", "dist/cli.cjs"])
      copyFileSync(join(PROJECT, file), join(home, file));
    symlinkSync(join(PROJECT, "node_modules"), join(home, "node_modules"));
  });
  afterEach(() => rmSync(home, { recursive: true }));

  function launch(...nodeWords: readonly string[]) {
    const words = [...nodeWords, join(home, "bin/samicerts.cjs"), "--version"];
    const { status, stdout, stderr } = spawnSync(process.execPath, words, { encoding: "utf8" });
    return { status, stdout, stderr };
  }

  function compiledFiles(): string[] {
    return readdirSync(dist).filter((name) => name !== "cli.cjs");
  }

  const { version } = JSON.parse(readFileSync(join(PROJECT, "package.json"), "utf8")) as { version: string };
  const done = { status: 0, stdout: `${version}\n`, stderr: "" };

  it("keeps what V8 made of the command and uses it again", () => {
    expect(launch()).toEqual(done);
    const [name = ""] = compiledFiles();
    expect(name).toMatch(/^cli-[0-9a-f]{16}-v[0-9.]+-\w+-\w+\.v8$/);
    const kept = readFileSync(join(dist, name));
    expect(kept.length).toBeGreaterThan(10_000);
    expect(launch()).toEqual(done);
    expect(compiledFiles()).toEqual([name]);
    expect(readFileSync(join(dist, name)).equals(kept)).toBe(true);
  });

  it.each([
    ["a flipped bit", (bytes: Buffer) => void bytes.writeUInt8(bytes.readUInt8(20_000) ^ 1, 20_000)],
    ["a page of zeros", (bytes: Buffer) => void bytes.fill(0, 8192, 12288)],
    ["nothing but zeros", (bytes: Buffer) => void bytes.fill(0)],
  ])("puts %s right, which V8 would crash on", (_, damage) => {
    launch();
    const path = join(dist, compiledFiles()[0] ?? "");
    const sound = readFileSync(path);
    const damaged = Buffer.from(sound);
    damage(damaged);
    writeFileSync(path, damaged);
    expect(launch()).toEqual(done);
    expect(readFileSync(path).equals(damaged)).toBe(false);
    expect(launch()).toEqual(done);
  });

  it.each([0, 10, 20_000])("puts right what was cut off after %i bytes", (length) => {
    launch();
    const path = join(dist, compiledFiles()[0] ?? "");
    writeFileSync(path, readFileSync(path).subarray(0, length));
    expect(launch()).toEqual(done);
    expect(readFileSync(path).length).toBeGreaterThan(20_000);
  });

  it("does not take one build's for another's", () => {
    launch();
    const [first = ""] = compiledFiles();
    const command = join(dist, "cli.cjs");
    const text = readFileSync(command, "latin1");
    writeFileSync(command, `//0000000000000000${text.slice(text.indexOf("\n"))}`);
    expect(launch()).toEqual(done);
    expect(compiledFiles()).toHaveLength(2);
    expect(compiledFiles()).toContain(first);
  });

  it("works where nothing can be kept", () => {
    launch();
    const path = join(dist, compiledFiles()[0] ?? "");
    rmSync(path);
    mkdirSync(path);
    expect(launch()).toEqual(done);
    expect(compiledFiles()).toHaveLength(1);
  });

  it("says in two lines that it is not built", () => {
    rmSync(join(dist, "cli.cjs"));
    expect(launch()).toEqual({
      status: 70,
      stdout: "",
      stderr: `error: samicerts is not built: there is no ${dist}/cli.cjs\nhint: run \`npm run build\` in its directory\n`,
    });
  });

  it.each(["20.18.3", "18.20.8", "4.0.0"])("says in two lines that Node %s is too old", (node) => {
    const disguise = join(home, "disguise.cjs");
    const versions = `{ ...process.versions, node: "${node}" }`;
    writeFileSync(
      disguise,
      `Object.defineProperty(process, "versions", { value: ${versions} });
       Object.defineProperty(process, "version", { value: "v${node}" });`,
    );
    expect(launch("-r", disguise)).toEqual({
      status: 2,
      stdout: "",
      stderr: `error: samicerts needs Node.js 20.19 or newer, this is v${node}\nhint: install a newer Node.js\n`,
    });
  });
});
