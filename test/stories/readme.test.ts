import { spawnSync } from "node:child_process";
import { mkdirSync, readFileSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, describe, expect, it } from "vitest";
import { makePlace, type Place, plainEnvironment } from "./command.ts";
import { type CommandBlock, fencedBlocks, PROJECT, pages, paste } from "./readme.ts";

const expectedExit = (block: CommandBlock): number =>
  Number(block.notes.find((note) => note.startsWith("exit="))?.slice(5) ?? 0);

describe("the commands that the pages show", () => {
  let place: Place;
  afterEach(() => place.remove());

  for (const page of pages()) {
    // Blocks marked `clone` begin with a clone and are run by clone.test.ts; those marked `token` need one, and those
    // marked `serves` and `sandbox` are a sandbox and need one: sandbox-docs.test.ts.
    const elsewhere = ["clone", "token", "serves", "sandbox"];
    const blocks = fencedBlocks(page, "sh").filter(
      ({ notes }) => !notes.some((note) => elsewhere.includes(note)),
    );
    if (blocks.length === 0) continue;
    it(`${page}: ${blocks.length} blocks, one after the other`, () => {
      place = makePlace();
      for (const block of blocks) {
        const { status, stderr } = paste(place, block);
        expect(`${page}:${block.line} ends with ${status}\n${stderr}`).toMatch(
          new RegExp(`ends with ${expectedExit(block)}\n`),
        );
      }
    }, 120_000);
  }

  it("are there", () => {
    place = makePlace();
    expect(fencedBlocks("README.md", "sh").length).toBeGreaterThan(8);
  });

  it("fail where a command does", () => {
    place = makePlace();
    const { status } = paste(place, { line: 1, notes: [], script: "samicerts clinet\ntrue" });
    expect(status).toBe(2);
  });
});

describe("the library's example", () => {
  let place: Place;
  afterEach(() => place.remove());

  it("is what the README shows", () => {
    place = makePlace();
    const [block] = fencedBlocks("README.md", "js");
    expect(`${block?.script}\n`).toBe(readFileSync(join(PROJECT, "examples/library.mjs"), "utf8"));
  });

  it("runs in a directory of its own", () => {
    place = makePlace();
    mkdirSync(place.at("node_modules"));
    symlinkSync(PROJECT, place.at("node_modules", "samicerts"));
    writeFileSync(place.at("library.mjs"), readFileSync(join(PROJECT, "examples/library.mjs")));
    const { stdout, stderr, status } = spawnSync(process.execPath, ["library.mjs"], {
      cwd: place.directory,
      encoding: "utf8",
      env: plainEnvironment(),
    });
    expect(stderr).toBe("");
    expect(stdout).toBe("vendor/devices/100000001.crt compliant\n");
    expect(status).toBe(0);
  });
});
