import { describe, expect, it } from "vitest";
import { run } from "../../../src/cli/main.ts";
import { recordingHost } from "./recording-host.ts";

describe("run", () => {
  it("prints help on stdout and ends well", async () => {
    const host = recordingHost();
    expect(await run([], host)).toBe(0);
    expect(host.out()).toMatch(/^Usage: samicerts /);
    expect(host.err()).toBe("");
  });

  it("prints a usage error as two lines on stderr", async () => {
    const host = recordingHost();
    expect(await run(["clinet"], host)).toBe(2);
    expect(host.out()).toBe("");
    expect(host.err()).toBe('error: there is no command "clinet"\nhint: did you mean samicerts client?\n');
  });

  it("adds the error as a document with --json, which counts only before --", async () => {
    const host = recordingHost();
    expect(await run(["client", "--json"], host)).toBe(2);
    expect(host.err()).toMatch(/^error: samicerts client needs <serial> and <name>\nhint: /);
    expect(JSON.parse(host.out())).toEqual({
      schema: "samicerts/error/v1",
      error: {
        kind: "input",
        code: "usage.missing-operand",
        message: "samicerts client needs <serial> and <name>",
        hint: "for example: samicerts client 100000001 MyAwesomeDevice",
        findings: [],
      },
    });
    const other = recordingHost();
    await run(["client", "--", "--json"], other);
    expect(other.out()).toBe("");
  });

  it("colours errors on a terminal only, and not where colour is unwanted", async () => {
    const red = "\x1b[31m";
    const printed = async (env: Record<string, string>, terminal: boolean, ...words: string[]) => {
      const host = recordingHost(env, terminal);
      await run(["clinet", ...words], host);
      return host.err();
    };
    expect(await printed({}, true)).toContain(red);
    expect(await printed({}, false)).not.toContain("\x1b");
    expect(await printed({ NO_COLOR: "1" }, true)).not.toContain("\x1b");
    expect(await printed({ TERM: "dumb" }, true)).not.toContain("\x1b");
    expect(await printed({ FORCE_COLOR: "1" }, false)).toContain(red);
    expect(await printed({ FORCE_COLOR: "0" }, true)).not.toContain("\x1b");
    expect(await printed({ FORCE_COLOR: "1" }, true, "--no-color")).not.toContain("\x1b");
  });

  it("calls what nobody expected a bug, and shows its stack only when asked", async () => {
    const broken = (env: Record<string, string>) => {
      const host = recordingHost(env);
      return {
        ...host,
        stdout: {
          ...host.stdout,
          write: () => {
            throw new TypeError("boom\nat x");
          },
        },
      };
    };
    const host = broken({});
    expect(await run(["--version"], host)).toBe(70);
    expect(host.err()).toMatch(
      /^error: this is a bug in samicerts \d+\.\d+\.\d+: TypeError: boom\nhint: .*SAMICERTS_DEBUG=1.*\n$/,
    );
    const debug = broken({ SAMICERTS_DEBUG: "1" });
    expect(await run(["--version"], debug)).toBe(70);
    expect(debug.err()).toContain("\n    at ");
  });

  it("calls a full disk under stdout what it is", async () => {
    const host = recordingHost();
    const full = Object.assign(new Error("ENOSPC"), { code: "ENOSPC", syscall: "write" });
    const write = () => {
      throw full;
    };
    expect(await run(["--version"], { ...host, stdout: { ...host.stdout, write } })).toBe(3);
    expect(host.err()).toBe(
      "error: could not write: the disk is full\nhint: make room, then run the same command again\n",
    );
  });
});
