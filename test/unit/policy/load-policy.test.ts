import { describe, expect, it } from "vitest";
import { SamicertsError } from "../../../src/base/errors.ts";
import { BUILTIN_POLICY_NAMES } from "../../../src/policy/builtin.ts";
import { loadPolicy } from "../../../src/policy/load-policy.ts";
import type { Policy } from "../../../src/policy/policy.ts";
import { SAMPLE_RULES } from "./sample-rules.ts";

type FileTexts = Readonly<Record<string, string | object>>;

/** Loads `path` from a file system of texts; an object stands for its JSON with `name` and `title` added. */
function load(path: string, files: FileTexts): Policy {
  const table = new Map(Object.entries(files));
  const readText = (wanted: string): string => {
    const file = table.get(wanted);
    if (file === undefined) throw new Error(`ENOENT ${wanted}`);
    return typeof file === "string" ? file : JSON.stringify({ name: "x", title: "X", ...file });
  };
  return loadPolicy(path, readText, SAMPLE_RULES);
}

function refusal(path: string, files: FileTexts): SamicertsError {
  try {
    load(path, files);
  } catch (error) {
    if (error instanceof SamicertsError) return error;
    throw error;
  }
  throw new Error("the policy was loaded");
}

function said(path: string, files: FileTexts): string {
  const { kind, code, message } = refusal(path, files);
  return `${kind} ${code} ${message}`;
}

const ISSUE = { key: "ec:P-256", hash: "sha256", backdateSeconds: 60, serialOctets: 16, validityDays: 10 };

describe("loadPolicy: what a name means", () => {
  it("lists the built-in policies where there is none of the name", () => {
    const error = refusal("samy", {});
    expect(`${error.kind} ${error.code} ${error.message}`).toBe(
      'input policy.unknown there is no policy "samy"',
    );
    expect(error.hint).toContain("did you mean sami?");
    expect(error.hint).toContain(BUILTIN_POLICY_NAMES.join(", "));
  });

  it("does not take inherited properties for policies", () => {
    expect(refusal("constructor", {}).code).toBe("policy.unknown");
    expect(refusal("__proto__", {}).code).toBe("policy.unknown");
  });

  it("reads a file where the name has a dot or a slash", () => {
    expect(load("p.json", { "p.json": {} }).name).toBe("x");
    expect(load("./dir/p", { "dir/p": {} }).name).toBe("x");
    expect(load("/abs/p.json", { "/abs/p.json": {} }).name).toBe("x");
  });

  it("lets the reader's error through", () => {
    expect(() => load("missing.json", {})).toThrow("ENOENT missing.json");
  });
});

describe("loadPolicy: broken files", () => {
  const file = (text: string): string => said("p.json", { "p.json": text });
  const head = '{"name": "x", "title": "X",\n ';
  it.each([
    ['"extends": "sami"}', 'policy.value p.json:2:13: extends: must be a list, not "sami"'],
    ['"rules": {"lenght": {}}}', "policy.unknown-rule p.json:2:12: rules.lenght: there is no such rule"],
    [
      '"rules": {"length": {"severety": "error"}}}',
      "policy.unknown-key p.json:2:23: rules.length.severety: there is no such key",
    ],
    [
      '"rules": {"length":\n  {"severity": "fatal"}}}',
      "policy.value p.json:3:16: rules.length.severity: must be one of error, warning, info, off",
    ],
    [
      '"rules": {"length": {"severity": "error", "parameters": {"maximum": "10"}}}}',
      'policy.value p.json:2:70: rules.length.parameters.maximum: must be a whole number, not "10"',
    ],
    [
      '"rules": {"present": {"severity": "error", "parameters": {}}}}',
      "policy.unknown-key p.json:2:45: rules.present.parameters: there is no such key",
    ],
    [
      '"rules": {"device-only": {"severity": "error", "roles": {"root": "off"}}}}',
      "policy.unknown-key p.json:2:59: rules.device-only.roles.root: there is no such key",
    ],
    [
      '"rules": {"present": {"severity": "error", "roles": {"root": "of"}}}}',
      'policy.value p.json:2:63: rules.present.roles.root: must be "off" or an object, not "of"',
    ],
    [
      '"rules": {"length": {"parameters": {"maximum": 3}}}}',
      "policy.incomplete p.json:2:12: rules.length: the key severity is missing, and no policy that it extends has it",
    ],
    [
      '"rules": {"length": {"severity": "error"}}}',
      "policy.incomplete p.json:2:12: rules.length: the parameter maximum is missing for the role root",
    ],
    [
      '"rules": {"present": {"severity": "error", "source": "constructor"}}}',
      'policy.unknown-source p.json:2:45: rules.present.source: there is no "constructor" in sources',
    ],
    [
      '"issue": {"device": {}}}',
      "policy.incomplete p.json:2:12: issue.device: the key key is missing, and no policy that it extends has it",
    ],
    [
      '"issue": {"device": {"key": "rsa:1024"}}}',
      'policy.value p.json:2:30: issue.device.key: "rsa:1024" is not a key that can be made, such as ec:P-256 or rsa:3072',
    ],
    [
      '"issue": {"device": {"noExpiry": true, "validityDays": 5}}}',
      "policy.value p.json:2:23: issue.device.noExpiry: contradicts validityDays",
    ],
    [
      '"issue": {"device": {"keyUsage": ["keyCertSign", "signing"]}}}',
      "policy.value p.json:2:51: issue.device.keyUsage[1]: must be one of digitalSignature, nonRepudiation, keyEncipherment, dataEncipherment, keyAgreement, keyCertSign, cRLSign, encipherOnly, decipherOnly",
    ],
    [
      '"issue": {"device": {"subject": {"XX": "{name}"}}}}',
      'policy.value p.json:2:35: issue.device.subject.XX: the key "XX" is not an attribute type (such as CN, or a dotted OID)',
    ],
    [
      '"issue": {"device": {"subject": {"CN": "{nom}"}}}}',
      'policy.value p.json:2:41: issue.device.subject.CN: "{nom}" is not one of {name}, {serial}, {serialHex}',
    ],
    ['"extends": ["rfc5281"]}', 'policy.unknown p.json:2:14: extends[0]: there is no policy "rfc5281"'],
    ['"name": "y"}', 'policy.duplicate-key p.json:2:2: the key "name" is there twice'],
    ['"rules": {}', 'policy.syntax p.json:2:13: expected "," or "}", found the end of the file'],
  ])("names line and key in %s", (rest, message) => {
    expect(file(head + rest)).toBe(`input ${message}`);
  });

  it("asks for a name and a title", () => {
    expect(file('{"name": "x"}')).toBe("input policy.missing-key p.json:1:1: the key title is missing");
    expect(file('{"name": "A", "title": "X"}')).toContain("policy.value p.json:1:10: name: must match");
  });

  it("suggests the rule that was probably meant", () => {
    expect(refusal("p.json", { "p.json": { rules: { lenght: {} } } }).hint).toContain("did you mean length?");
  });

  it("names a parent's file where the parent is broken", () => {
    const files = { "d/p.json": { extends: ["../q.json"] }, "q.json": { rules: { present: {} } } };
    expect(said("d/p.json", files)).toContain("policy.incomplete q.json:1:");
  });
});

describe("loadPolicy: extends", () => {
  it("refuses a policy that extends itself, in one step or more", () => {
    expect(said("p.json", { "p.json": { extends: ["./p.json"] } })).toContain(
      "policy.cycle p.json:1:36: extends[0]: p.json extends p.json",
    );
    const files = { "p.json": { extends: ["./d/q.json"] }, "d/q.json": { extends: ["./../p.json"] } };
    expect(said("p.json", files)).toContain("p.json extends d/q.json extends p.json");
  });

  it("refuses more layers than anyone needs", () => {
    const files = Object.fromEntries(
      Array.from({ length: 40 }, (_, index) => [`p${index}.json`, { extends: [`./p${index + 1}.json`] }]),
    );
    expect(refusal("p0.json", files).code).toBe("policy.cycle");
  });

  it("puts a floor that two parents share under both", () => {
    const uses = (severity: string): object => ({ rules: { present: { severity } } });
    const files = {
      "floor.json": uses("info"),
      "strict.json": { extends: ["./floor.json"], ...uses("error") },
      "layer.json": { extends: ["./floor.json"], rules: { "device-only": { severity: "warning" } } },
      "p.json": { extends: ["./strict.json", "./layer.json"] },
    };
    const policy = load("p.json", files);
    expect(policy.rules.present?.severity).toBe("error");
    expect(policy.rules["device-only"]?.severity).toBe("warning");
    expect(policy.extends).toEqual(["./strict.json", "./layer.json"]);
  });

  const overlay = (parent: object, child: object): Policy =>
    load("c.json", { "p.json": parent, "c.json": { extends: ["./p.json"], ...child } });
  const rule = (parent: object, child: object): unknown =>
    overlay({ sources: { s: "S" }, rules: { length: parent } }, { rules: { length: child } }).rules.length;

  it("replaces severity, source, note and parameters where given", () => {
    const parent = { severity: "error", source: "s", note: "n", parameters: { maximum: 1, note: "x" } };
    expect(rule(parent, { severity: "info" })).toEqual({ ...parent, severity: "info" });
    expect(rule(parent, { note: "m" })).toEqual({ ...parent, note: "m" });
    expect(rule(parent, { parameters: { maximum: 2 } })).toEqual({ ...parent, parameters: { maximum: 2 } });
  });

  it("merges roles one by one, key by key", () => {
    const parent = {
      severity: "error",
      parameters: { maximum: 1 },
      roles: { root: "off", device: { severity: "info", parameters: { maximum: 9 } } },
    };
    expect(rule(parent, { roles: { device: { severity: "warning" } } })).toEqual({
      ...parent,
      roles: { root: "off", device: { severity: "warning", parameters: { maximum: 9 } } },
    });
    expect(rule(parent, { roles: { root: {} } })).toEqual({
      ...parent,
      roles: { root: {}, device: { severity: "info", parameters: { maximum: 9 } } },
    });
    expect(rule(parent, { roles: { device: "off" } })).toEqual({
      ...parent,
      roles: { root: "off", device: "off" },
    });
  });

  it("lets a severity or parameters for the whole rule displace those for single roles, but not `off`", () => {
    const parent = {
      severity: "error",
      parameters: { maximum: 1 },
      roles: { root: "off", device: { severity: "info", parameters: { maximum: 9 } } },
    };
    expect(rule(parent, { severity: "warning" })).toEqual({
      severity: "warning",
      parameters: { maximum: 1 },
      roles: { root: "off", device: { parameters: { maximum: 9 } } },
    });
    expect(rule(parent, { parameters: { maximum: 3 } })).toEqual({
      severity: "error",
      parameters: { maximum: 3 },
      roles: { root: "off", device: { severity: "info" } },
    });
  });

  it("merges issue defaults by role and key, and lets validityDays and noExpiry displace one another", () => {
    const issue = (parent: object, child: object): unknown =>
      overlay({ issue: { device: parent } }, { issue: { device: child } }).issue.device;
    const { validityDays, ...rest } = ISSUE;
    expect(issue(ISSUE, { key: "ec:P-384" })).toEqual({ ...rest, validityDays, key: "ec:P-384" });
    expect(issue(ISSUE, { noExpiry: true })).toEqual({ ...rest, noExpiry: true });
    expect(issue({ ...rest, noExpiry: true }, { validityDays: 5 })).toEqual({ ...rest, validityDays: 5 });
    expect(overlay({ issue: { root: ISSUE } }, { issue: { device: ISSUE } }).issue).toEqual({
      root: ISSUE,
      device: ISSUE,
    });
  });

  it("merges sources by key", () => {
    expect(overlay({ sources: { a: "A", b: "B" } }, { sources: { b: "C" } }).sources).toEqual({
      a: "A",
      b: "C",
    });
  });

  it("freezes what it gives, to the bottom", () => {
    const policy = overlay(
      { issue: { device: ISSUE }, rules: { length: { severity: "error", parameters: { maximum: 1 } } } },
      {},
    );
    expect(Object.isFrozen(policy)).toBe(true);
    expect(Object.isFrozen(policy.rules.length?.parameters)).toBe(true);
    expect(Object.isFrozen(policy.issue.device)).toBe(true);
  });
});
