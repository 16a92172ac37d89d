import { spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { COMMANDS } from "../../../src/cli/command-table.ts";
import { bashCompletion } from "../../../src/cli/completion/bash.ts";
import { branches } from "../../../src/cli/completion/branches.ts";
import { fishCompletion } from "../../../src/cli/completion/fish.ts";
import { zshCompletion } from "../../../src/cli/completion/zsh.ts";

const POLICIES = ["sami", "rfc5280", "aws-iot"];

/** Asks a real bash what it would offer after each of the lines, in a directory with a few files. */
function offers(directory: string, lines: readonly string[]): string[] {
  const ask = `
try() {
  COMP_LINE=$1 COMP_POINT=\${#1} COMPREPLY=()
  _samicerts 2> /dev/null
  local IFS=,
  printf '%s\\n' "\${COMPREPLY[*]}"
}
${lines.map((line) => `try '${line}'`).join("\n")}`;
  const { stdout, status } = spawnSync("bash", ["--norc", "-c", bashCompletion(COMMANDS, POLICIES) + ask], {
    cwd: directory,
    encoding: "utf8",
  });
  expect(status).toBe(0);
  return stdout.split("\n").slice(0, -1);
}

describe("bash completion", () => {
  let directory = "";
  beforeAll(() => {
    directory = mkdtempSync(join(tmpdir(), "samicerts-completion-"));
    mkdirSync(join(directory, "devices"));
    writeFileSync(join(directory, "root.crt"), "");
    writeFileSync(join(directory, "a b.crt"), "");
  });
  afterAll(() => rmSync(directory, { recursive: true }));

  it("offers what fits the place", () => {
    const cases: readonly [string, string][] = [
      ["samicerts ", COMMANDS.map(({ name }) => name).join(",")],
      ["samicerts c", "client,crl,csr,completion"],
      ["samicerts client --d", "--dir,--days,--device-key"],
      ["samicerts client 7 x --key ", "ec:P-256,ec:P-384,ec:P-521,rsa:2048,rsa:3072,rsa:4096,ed25519"],
      // What stands before a colon is a word of its own to bash, and so not offered again.
      ["samicerts client 7 x --key ec:P", "P-256,P-384,P-521"],
      ["samicerts --dir devices --quiet policy ", "list,show,check,diff"],
      ["samicerts policy show s", "sami"],
      ["samicerts policy diff sami r", "root.crt,rfc5280"],
      ["samicerts verify --format j", "json,junit"],
      ["samicerts verify --as ", "root,intermediate,device"],
      ["samicerts verify x --root r", "root.crt"],
      ["samicerts verify a", "a b.crt"],
      ["samicerts --dir d", "devices"],
      ["samicerts completion ", "bash,zsh,fish"],
      ["samicerts client ", ""],
      ["samicerts nonsense ", ""],
    ];
    expect(
      offers(
        directory,
        cases.map(([line]) => line),
      ),
    ).toEqual(cases.map(([, offered]) => offered));
  });
});

describe("zsh and fish completion", () => {
  it("know every command and every flag of it", () => {
    const zsh = zshCompletion(COMMANDS, POLICIES);
    const fish = fishCompletion(COMMANDS, POLICIES);
    const all = branches(COMMANDS);
    expect(all.length).toBeGreaterThan(9);
    for (const { path, flags, commands } of all) {
      const body = zsh.split(`\n_samicerts_${path.replaceAll(" ", "_")}() {\n`)[1]?.split("\n}\n")[0] ?? "";
      for (const flag of flags) {
        expect(body).toContain(`--${flag.name}[`);
        const seen = path
          .split(" ")
          .map((word) => `__fish_seen_subcommand_from ${word}`)
          .join("; and ");
        expect(fish).toContain(`-n '${seen}' -l ${flag.name} `);
      }
      for (const name of commands) expect(body).toContain(`'${name}:`);
    }
  });

  it("quote what their shell would take apart", () => {
    const spec = {
      name: "x",
      summary: "it's [a] test: yes",
      operands: [],
      flags: [{ name: "f", group: "G", summary: "isn't [b]: no" }],
      examples: [],
      exitCodes: [],
    };
    expect(zshCompletion([spec], POLICIES)).toContain("'x:it'\\''s [a] test: yes'");
    expect(zshCompletion([spec], POLICIES)).toContain("'--f[isn'\\''t \\[b\\]\\: no]'");
    expect(fishCompletion([spec], POLICIES)).toContain("-a x -d 'it\\'s [a] test: yes'");
  });
});
