import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { CommandSpec } from "../../../src/cli/command-spec.ts";
import { COMMANDS } from "../../../src/cli/command-table.ts";
import type { FlagSpec } from "../../../src/cli/flags.ts";
import { parseArguments } from "../../../src/cli/parse-arguments.ts";
import { readPlainly } from "../../../src/cli/plain-arguments.ts";
import { recordingHost } from "./recording-host.ts";

interface Runnable {
  readonly path: readonly string[];
  readonly spec: CommandSpec;
}

function runnables(specs: readonly CommandSpec[], path: readonly string[] = []): Runnable[] {
  return specs.flatMap((spec) => [
    ...(spec.load === undefined ? [] : [{ path: [...path, spec.name], spec }]),
    ...runnables(spec.commands ?? [], [...path, spec.name]),
  ]);
}

const ALL = runnables(COMMANDS);
const FLAGS: readonly FlagSpec[] = ALL.flatMap(({ spec }) => spec.flags);
const read = (words: readonly string[]) => readPlainly(words, {});

const VALUES = ["x", "1", "", "-", "-1", "--json", "a=b", "a b", "=", "/CN=x", "--", "help"];
const value = fc.constantFrom(...VALUES);
const flagWords = fc
  .tuple(fc.constantFrom(...FLAGS), value, fc.constantFrom("apart", "joined", "bare"))
  .map(([{ name }, given, form]) =>
    form === "apart" ? [`--${name}`, given] : form === "joined" ? [`--${name}=${given}`] : [`--${name}`],
  );
const anyWord = fc
  .oneof(value, fc.constantFrom("-h", "--help", "--version", "-V", "-x", "--jsn", "client", "policy"))
  .map((word) => [word]);
/** What a command is called with: mostly its own flags and operands, now and then anything. */
const line = fc.constantFrom(...ALL).chain(({ path, spec }) => {
  const own = spec.flags.map(({ name, value: takes }) =>
    takes === undefined ? [`--${name}`] : [`--${name}`, "given"],
  );
  const fitting = fc.constantFrom(...own, ["word"], ["other"]);
  const rest = fc.array(fc.oneof({ arbitrary: fitting, weight: 6 }, flagWords, anyWord), { maxLength: 6 });
  return rest.map((words) => [...path, ...words.flat()]);
});

describe("reading a command line plainly", () => {
  it("comes to the same as reading it in full, wherever it comes to anything", () => {
    let plain = 0;
    fc.assert(
      fc.property(line, (words) => {
        const read = readPlainly(words, {});
        if (read === undefined) return;
        plain++;
        const full = parseArguments(words, recordingHost(), "1.0.0");
        if (full.kind !== "run") throw new Error(`${words.join(" ")} is not to be run`);
        expect(read.command).toBe(full.command);
        expect(read.operands).toEqual(full.operands);
        for (const flag of FLAGS) {
          expect(read.flags.on(flag)).toBe(full.flags.on(flag));
          const values = (flags: typeof read.flags): readonly string[] => {
            try {
              return flags.all(flag);
            } catch (error) {
              return [String(error)];
            }
          };
          expect(values(read.flags)).toEqual(values(full.flags));
        }
      }),
      { numRuns: 1500 },
    );
    expect(plain).toBeGreaterThan(300);
  });

  it("takes the lines that people and scripts mostly write", () => {
    expect(read(["client", "100000001", "Kitchen lamp", "--key", "ec:P-384", "--json"])).toMatchObject({
      operands: ["100000001", "Kitchen lamp"],
    });
    for (const words of [
      ["root", "/CN=x"],
      ["verify"],
      ["verify", "a", "b", "-", "--policy=none"],
      ["policy", "show", "sami"],
    ])
      expect(read(words)?.operands).toEqual(words.filter((word) => /^(\/|[ab]$|-$|sami)/.test(word)));
  });

  it.each([
    [[]],
    [["clinet"]],
    [["policy"]],
    [["help", "client"]],
    [["--json", "client", "1", "x"]],
    [["client", "1"]],
    [["client", "1", "x", "y"]],
    [["client", "1", "x", "--help"]],
    [["client", "1", "x", "-h"]],
    [["client", "1", "x", "--"]],
    [["client", "1", "x", "--jsn"]],
    [["client", "1", "x", "--json=yes"]],
    [["client", "1", "x", "--key"]],
    [["client", "1", "x", "--key", "--json"]],
  ])("leaves %j to the one that knows what to say", (words) => {
    expect(read(words)).toBeUndefined();
  });
});
