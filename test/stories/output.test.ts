import { spawn, spawnSync } from "node:child_process";
import { openSync } from "node:fs";
import { stripVTControlCharacters } from "node:util";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { COMMAND, makePlace, type Place, plainEnvironment, ROOT_NAME } from "./command.ts";

let place: Place;
beforeAll(() => {
  place = makePlace();
  place.succeed(["root", ROOT_NAME]);
  place.succeed(["client", "100000001", "MyAwesomeDevice"]);
});
afterAll(() => place.remove());

function shell(line: string): { status: number | null; stdout: string; stderr: string } {
  const env = { ...plainEnvironment(), NODE: process.execPath, SAMICERTS: COMMAND };
  const { status, stdout, stderr } = spawnSync("sh", ["-c", line], {
    cwd: place.directory,
    env,
    encoding: "utf8",
  });
  return { status, stdout, stderr };
}

describe("printing", () => {
  it("says nothing when nobody reads on", () => {
    const { stderr, stdout } = shell(
      '{ "$NODE" "$SAMICERTS" policy show; echo "ended with $?" >&2; } | head -n 1',
    );
    expect(stdout).toMatch(/^sami\n$/);
    expect(stderr).toBe("ended with 0\n");
  });

  it("says that the disk under stdout is full", () => {
    const full = openSync("/dev/full", "w");
    const { status, stderr } = spawnSync(process.execPath, [COMMAND, "inspect", "root.crt"], {
      cwd: place.directory,
      env: plainEnvironment(),
      stdio: ["ignore", full, "pipe"],
      encoding: "utf8",
    });
    expect(status).toBe(3);
    expect(stderr).toMatch(/^error: could not write.*: the disk is full\nhint: .*\n$/);
  });

  it("writes a long result whole into a slow pipe", () => {
    const { stdout } = shell('"$NODE" "$SAMICERTS" policy show --json | { sleep 1; cat; }');
    expect(stdout.length).toBeGreaterThan(20_000);
    expect(JSON.parse(stdout).schema).toBe("samicerts/policy/v1");
  });

  it("colours when forced, never into a pipe by itself", () => {
    const plain = place.samicerts(["verify"]);
    expect(plain.stdout).not.toContain("\x1b");
    const forced = place.samicerts(["verify"], { env: { FORCE_COLOR: "1" } });
    expect(forced.stdout).toContain("\x1b[32mok\x1b[39m");
    // Take the colours away, and it is the same text.
    expect(stripVTControlCharacters(forced.stdout)).toBe(plain.stdout);
    expect(place.samicerts(["verify", "--no-color"], { env: { FORCE_COLOR: "1" } }).stdout).toBe(
      plain.stdout,
    );
    expect(place.samicerts(["clinet"], { env: { FORCE_COLOR: "1" } }).stderr).toContain("\x1b[31m");
    expect(place.samicerts(["verify", "--json"], { env: { FORCE_COLOR: "1" } }).stdout).not.toContain("\x1b");
  });

  it("shows a stack only when asked", () => {
    const { stderr } = place.samicerts(["client", "100000001", "x"]);
    expect(stderr).not.toContain("    at ");
    expect(place.samicerts(["client", "100000001", "x"], { env: { SAMICERTS_DEBUG: "1" } }).stderr).toContain(
      "    at ",
    );
  });
});

describe("being interrupted", () => {
  it("ends at once by the signal, which a shell calls 130", async () => {
    const child = spawn(process.execPath, [COMMAND, "verify", "-"], {
      cwd: place.directory,
      env: plainEnvironment(),
      stdio: ["pipe", "pipe", "pipe"],
    });
    const ended = new Promise<readonly [number | null, string | null]>((resolve) => {
      child.once("close", (code, signal) => resolve([code, signal]));
    });
    // It has begun to read once a pipe's worth is gone.
    await new Promise<void>((resolve, reject) => {
      child.stdin.write(Buffer.alloc(1024 * 1024, 0x20), (error) => (error ? reject(error) : resolve()));
    });
    child.kill("SIGINT");
    expect(await ended).toEqual([null, "SIGINT"]);
  });
});

describe("completion", () => {
  it.each(["bash", "zsh", "fish"])("%s gets its script", (name) => {
    const script = place.succeed(["completion", name]);
    expect(script).toContain("samicerts");
    for (const word of ["root", "client", "verify", "aws-iot"]) expect(script).toContain(word);
  });

  it("works in bash as sourced", () => {
    const { stdout } = shell(
      `bash --norc -c 'source <("$NODE" "$SAMICERTS" completion bash); COMP_LINE="samicerts cl"; COMP_POINT=12; _samicerts 2> /dev/null; echo "\${COMPREPLY[@]}"'`,
    );
    expect(stdout).toBe("client\n");
  });
});
