import { execFileSync, spawnSync } from "node:child_process";
import { existsSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { plainEnvironment } from "./command.ts";
import { fencedBlocks, PROJECT } from "./readme.ts";

describe("a fresh clone", () => {
  let home: string;
  beforeAll(() => {
    home = mkdtempSync(join(tmpdir(), "samicerts-clone-"));
    execFileSync("git", ["clone", "--quiet", "--no-hardlinks", PROJECT, join(home, "clone")]);
  });
  afterAll(() => rmSync(home, { recursive: true }));

  it("does what the README's first commands say", () => {
    const blocks = fencedBlocks("README.md", "sh").filter((block) => block.notes.includes("clone"));
    expect(blocks.length).toBeGreaterThan(0);
    for (const { script } of blocks) {
      const { status, stdout, stderr } = spawnSync("bash", ["-e", "-c", script], {
        cwd: join(home, "clone"),
        encoding: "utf8",
        env: plainEnvironment(),
      });
      expect(`${status}\n${stderr}`).toMatch(/^0\n/);
      expect(stdout).toMatch(/1 certificate: 1 compliant; policy sami\n$/);
    }
    expect(existsSync(join(home, "clone", "devices", "100000001.crt"))).toBe(true);
  }, 300_000);

  it("stays clean: what the commands make is not the repository's", () => {
    const status = execFileSync("git", ["status", "--porcelain"], {
      cwd: join(home, "clone"),
      encoding: "utf8",
    });
    expect(status).toBe("");
  });
});
