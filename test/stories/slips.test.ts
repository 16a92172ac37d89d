import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { makePlace, type Place, told } from "./command.ts";

let place: Place;
beforeEach(() => {
  place = makePlace();
});
afterEach(() => {
  expect(place.listing()).toEqual([]);
  place.remove();
});

describe("slips of the fingers", () => {
  it.each([
    [["clinet", "100000001", "x"], 'there is no command "clinet"', "did you mean samicerts client?"],
    [["verfy"], 'there is no command "verfy"', "did you mean samicerts verify?"],
    [
      ["client", "100000001", "x", "--dasy", "30"],
      "samicerts client has no flag --dasy",
      "did you mean --days?",
    ],
    [
      ["client", "100000001"],
      "samicerts client needs <name>",
      "for example: samicerts client 100000001 MyAwesomeDevice",
    ],
    [
      ["client", "100000001", "Kitchen", "lamp"],
      'samicerts client takes <serial> <name>, so "lamp" is too much',
      'is that a space in the name? quote it: samicerts client 100000001 "Kitchen lamp"',
    ],
    [
      ["root", "/C=US/O=My", "Org/CN=Root"],
      'samicerts root takes <dn>, so "Org/CN=Root" is too much',
      'is that a space in the dn? quote it: samicerts root "/C=US/O=My Org/CN=Root"',
    ],
    [
      ["client", "1", "x", "--days", "ten"],
      '"ten" is not a number of days',
      "write a whole number from 1 on, as in --days 3650",
    ],
    [
      ["client", "1", "x", "--validity", "10 years"],
      '"10 years" is not a length of time',
      "write years, days or hours, such as 10y, 90d or 2160h",
    ],
    [["verify", "--format", "xml"], '--format can\'t be "xml"', "use human, json, junit or sarif"],
    [["verify", "--as", "leaf"], '--as can\'t be "leaf"', "use root, intermediate or device"],
    [["verify", "--purpose", "clientauth"], '--purpose can\'t be "clientauth"', "did you mean clientAuth?"],
    [
      ["verify", "--purpose", "1.99"],
      '--purpose can\'t be "1.99"',
      "use serverAuth, clientAuth, codeSigning, emailProtection, timeStamping, OCSPSigning, anyExtendedKeyUsage" +
        " or a dotted OID, as in 1.3.6.1.5.5.7.3.2",
    ],
    [["verify", "--fail-on", "info"], '--fail-on can\'t be "info"', "use error or warning"],
    [["completion", "tcsh"], 'there is no completion for "tcsh"', "use bash, zsh or fish"],
    [
      ["verify", "--dir", ""],
      "--dir was given an empty value",
      "give it a value, as in --dir <dir>, or leave it out; is a variable empty?",
    ],
  ])("samicerts %j", (words, message, hint) => {
    expect(place.samicerts(words)).toEqual({
      status: 2,
      signal: null,
      stdout: "",
      stderr: told(message, hint),
    });
  });

  it("contradictions", () => {
    const { status, stderr } = place.samicerts(["verify", "--json", "--format", "junit"]);
    expect(status).toBe(2);
    expect(stderr).toBe(told("--json and --format junit can't be given together", "keep one of them"));
    expect(place.samicerts(["client", "1001", "x", "--days", "1", "--validity", "1y"])).toMatchObject({
      status: 2,
      stdout: "",
      stderr: told("--days and --validity can't be given together", "keep one of --days and --validity"),
    });
  });

  it("are told as an object too with --json", () => {
    const { status, stdout, stderr } = place.samicerts(["clinet", "--json"]);
    expect(status).toBe(2);
    expect(stderr).toBe(told('there is no command "clinet"', "did you mean samicerts client?"));
    expect(JSON.parse(stdout)).toEqual({
      schema: "samicerts/error/v1",
      error: {
        code: "usage.unknown-command",
        kind: "input",
        message: 'there is no command "clinet"',
        hint: "did you mean samicerts client?",
        findings: [],
      },
    });
  });
});

describe("asking for help", () => {
  it.each([[[]], [["--help"]], [["help"]]])("samicerts %j shows all commands", (words) => {
    const { status, stdout, stderr } = place.samicerts(words);
    expect({ status, stderr }).toEqual({ status: 0, stderr: "" });
    expect(stdout).toMatch(/^Usage: samicerts <command> \[flags\]\n/);
  });

  it("every command has a purpose, examples and exit codes", () => {
    const commands = [
      "root",
      "client",
      "verify",
      "inspect",
      "completion",
      "policy list",
      "policy show",
      "policy check",
      "policy diff",
    ];
    for (const command of commands) {
      const { status, stdout } = place.samicerts([...command.split(" "), "--help"]);
      expect(status).toBe(0);
      expect(stdout).toMatch(new RegExp(`^Usage: samicerts ${command}`));
      expect(stdout).toMatch(/\nExamples:\n {2}[\s\S]*\nExit codes:\n {2}0 {3}done/);
    }
  });

  it("tells the version", () => {
    expect(place.samicerts(["--version"])).toMatchObject({
      status: 0,
      stdout: expect.stringMatching(/^\d+\.\d+\.\d+\n$/),
    });
  });
});
