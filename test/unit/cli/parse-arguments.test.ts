import { describe, expect, it } from "vitest";
import { SamicertsError } from "../../../src/base/errors.ts";
import { FLAG } from "../../../src/cli/flags.ts";
import { type Parsed, parseArguments } from "../../../src/cli/parse-arguments.ts";
import { recordingHost } from "./recording-host.ts";

function parse(...words: string[]): Parsed {
  return parseArguments(words, recordingHost(), "1.2.3");
}

function run(...words: string[]): Extract<Parsed, { kind: "run" }> {
  const parsed = parse(...words);
  if (parsed.kind !== "run") throw new Error("showed something");
  return parsed;
}

function problem(...words: string[]): string {
  try {
    parse(...words);
  } catch (error) {
    if (error instanceof SamicertsError)
      return `${error.kind} ${error.code}\nerror: ${error.message}\nhint: ${error.hint}`;
    throw error;
  }
  return "nothing thrown";
}

describe("a command line", () => {
  it("names a command, its operands and its flags", () => {
    const { command, operands, flags } = run(
      "client",
      "100000001",
      "MyAwesomeDevice",
      "--days",
      "30",
      "--json",
    );
    expect(command.name).toBe("client");
    expect(operands).toEqual(["100000001", "MyAwesomeDevice"]);
    expect(flags.text(FLAG.days)).toBe("30");
    expect(flags.on(FLAG.json)).toBe(true);
    expect(flags.on(FLAG.quiet)).toBe(false);
    expect(flags.text(FLAG.key)).toBeUndefined();
  });

  it("takes flags in any order, with or without an equals sign, the last one counting", () => {
    const { operands, flags } = run("client", "--days=1", "7", "--days", "2", "x");
    expect(operands).toEqual(["7", "x"]);
    expect(flags.text(FLAG.days)).toBe("2");
  });

  it("takes the directory and the output's flags before the command too", () => {
    expect(run("--dir", "a", "--quiet", "client", "7", "x").flags.text(FLAG.dir)).toBe("a");
    expect(run("--dir", "a", "client", "7", "x", "--dir", "b").flags.text(FLAG.dir)).toBe("b");
    expect(run("policy", "--dir", "a", "show").flags.text(FLAG.dir)).toBe("a");
    expect(run("--no-color", "client", "7", "x").flags.on(FLAG.noColor)).toBe(true);
    expect(run("client", "7", "x").flags.on(FLAG.noColor)).toBe(false);
  });

  it("collects what is repeatable", () => {
    const { operands, flags } = run("verify", "a", "-", "b", "--root", "x", "--root", "y");
    expect(operands).toEqual(["a", "-", "b"]);
    expect(flags.all(FLAG.root)).toEqual(["x", "y"]);
    expect(flags.all(FLAG.untrusted)).toEqual([]);
  });

  it("hands on negative numbers, and after -- everything", () => {
    expect(run("client", "-5", "x").operands).toEqual(["-5", "x"]);
    expect(run("client", "7", "--", "--days").operands).toEqual(["7", "--days"]);
  });

  it("looks into the environment where a flag is absent, and an empty value stands for none", () => {
    const flags = (env: Record<string, string>, ...words: string[]) => {
      const parsed = parseArguments(["client", "7", "x", ...words], recordingHost(env), "1.2.3");
      return parsed.kind === "run" ? parsed.flags.text(FLAG.dir) : "shown";
    };
    expect(flags({ SAMICERTS_DIR: "e" })).toBe("e");
    expect(flags({ SAMICERTS_DIR: "e" }, "--dir", "f")).toBe("f");
    expect(flags({ SAMICERTS_DIR: "" })).toBeUndefined();
  });
});

describe("help", () => {
  it.each([[[]], [["--help"]], [["-h"]], [["help"]], [["--json"]]])("of the whole: samicerts %j", (words) => {
    const parsed = parse(...words);
    expect(parsed).toMatchObject({ kind: "show" });
    const { text } = parsed as { text: string };
    expect(text).toMatch(/^Usage: samicerts <command> \[flags\]\n/);
    for (const name of [
      "root [dn]",
      "client <serial> <name>",
      "verify [path...]",
      "inspect <file>",
      "policy",
      "completion <shell>",
    ])
      expect(text).toContain(`\n  ${name}`);
    expect(text).toContain("\nExit codes:\n  0   done, or compliant\n");
  });

  it.each([
    [["client", "--help"], "client [flags] <serial> <name>"],
    [["help", "client"], "client [flags] <serial> <name>"],
    [["client", "7", "--help"], "client [flags] <serial> <name>"],
    [["verify", "-h"], "verify [flags] [path...]"],
    [["policy"], "policy <command> [flags]"],
    [["policy", "show", "--help"], "policy show [flags] [policy]"],
    [["help", "policy", "show"], "policy show [flags] [policy]"],
    [["root", "--help"], "root [flags] [dn]"],
    [["batch", "--help"], "batch [flags] [file]"],
    [["renew", "--help"], "renew [flags] <certificate>"],
    [["revoke", "--help"], "revoke [flags] [certificate]"],
    [["intermediate", "--help"], "intermediate [flags] <name> <dn>"],
    [["export", "--help"], "export [flags] [serial]"],
  ])("of one command: samicerts %j", (words, usage) => {
    const { text } = parse(...words) as { text: string };
    expect(text).toContain(`Usage: samicerts ${usage}\n`);
    expect(text).toContain("\nExamples:\n  samicerts ");
    for (const line of text.split("\n")) expect(line.length).toBeLessThanOrEqual(80);
  });

  it("breaks a long example where a shell puts it together again", () => {
    const { text } = parse("batch", "--help") as { text: string };
    expect(text).toContain(
      "\n  samicerts batch --count 1000 --serial-from 100000000 \\\n    --name 'MyAwesomeDevice-{serial}'\n",
    );
  });

  it("groups the flags", () => {
    const { text } = parse("client", "--help") as { text: string };
    expect(text.match(/^[A-Z][a-z ]+:$/gm)).toEqual([
      "Arguments:",
      "Files:",
      "What to make:",
      "Keys:",
      "Passphrases:",
      "Output:",
      "Examples:",
      "Exit codes:",
    ]);
  });

  it("tells the version", () => {
    expect(parse("--version")).toEqual({ kind: "show", text: "1.2.3\n" });
    expect(parse("-V")).toEqual({ kind: "show", text: "1.2.3\n" });
  });
});

describe("slips", () => {
  it.each([
    [
      ["rehearse", "7", "--pin"],
      "unknown-flag",
      "samicerts rehearse has no flag --pin",
      "samicerts rehearse --help lists the flags",
    ],
    [
      ["clinet", "7", "x"],
      "unknown-command",
      'there is no command "clinet"',
      "did you mean samicerts client?",
    ],
    [
      ["frobnicate"],
      "unknown-command",
      'there is no command "frobnicate"',
      "samicerts --help lists the commands",
    ],
    [
      ["frobnicate", "--help"],
      "unknown-command",
      'there is no command "frobnicate"',
      "samicerts --help lists the commands",
    ],
    [["help", "clinet"], "unknown-command", 'there is no command "clinet"', "did you mean samicerts client?"],
    [
      ["policy", "shwo"],
      "unknown-command",
      'there is no command "policy shwo"',
      "did you mean samicerts policy show?",
    ],
    [
      ["client", "7", "x", "--dasy", "3"],
      "unknown-flag",
      "samicerts client has no flag --dasy",
      "did you mean --days?",
    ],
    [
      ["client", "7", "x", "--dasy=3"],
      "unknown-flag",
      "samicerts client has no flag --dasy",
      "did you mean --days?",
    ],
    [
      ["client", "7", "x", "--nonsense"],
      "unknown-flag",
      "samicerts client has no flag --nonsense",
      "samicerts client --help lists the flags",
    ],
    [
      ["client", "-0x5", "x"],
      "unknown-flag",
      "samicerts client has no flag -0x5",
      "was that to be a number? write one that is not negative",
    ],
    [
      ["client", "-x", "x"],
      "unknown-flag",
      "samicerts client has no flag -x",
      "samicerts client --help lists the flags; write -- before a value that begins with a dash",
    ],
    [
      ["client", "7", "x", "--json=no"],
      "flag-value",
      "--json takes no value",
      "write --json alone, or leave it out",
    ],
    [
      ["client", "7", "x", "--days"],
      "missing-value",
      "--days needs a value",
      "give it one, as in --days <n>",
    ],
    [
      ["client"],
      "missing-operand",
      "samicerts client needs <serial> and <name>",
      "for example: samicerts client 100000001 MyAwesomeDevice",
    ],
    [
      ["client", "7"],
      "missing-operand",
      "samicerts client needs <name>",
      "for example: samicerts client 100000001 MyAwesomeDevice",
    ],
    [
      ["client", "7", "My", "Awesome", "Device"],
      "excess-operand",
      'samicerts client takes <serial> <name>, so "Awesome" "Device" is too much',
      'is that a space in the name? quote it: samicerts client 7 "My Awesome Device"',
    ],
    [
      ["root", "/O=My", "Org/CN=$x"],
      "excess-operand",
      'samicerts root takes <dn>, so "Org/CN=$x" is too much',
      "is that a space in the dn? quote it: samicerts root '/O=My Org/CN=$x'",
    ],
    [
      ["inspect", "a", "b"],
      "excess-operand",
      'samicerts inspect takes <file>, so "b" is too much',
      "samicerts inspect --help shows what it takes",
    ],
    [
      ["policy", "list", "b"],
      "excess-operand",
      'samicerts policy list takes nothing beside its flags, so "b" is too much',
      "samicerts policy list --help shows what it takes",
    ],
  ])("samicerts %j", (words, code, message, hint) => {
    expect(problem(...words)).toBe(`input usage.${code}\nerror: ${message}\nhint: ${hint}`);
  });

  it("is not fooled by names that every object has", () => {
    for (const word of ["constructor", "__proto__", "toString", "hasOwnProperty"]) {
      expect(problem(word)).toContain("usage.unknown-command");
      expect(problem("client", "7", "x", `--${word}`)).toContain("usage.unknown-flag");
    }
  });
});
