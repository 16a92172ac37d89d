import { writeFileSync } from "node:fs";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { makePlace, type Place } from "./command.ts";

const BUILT_IN = [
  "sami",
  "rfc5280",
  "aws-iot",
  "azure-dps",
  "clearblade",
  "idevid",
  "matter",
  "ocsp-responder",
  "nist-2030",
];

let place: Place;
beforeAll(() => {
  place = makePlace();
  writeFileSync(
    place.at("mine.json"),
    JSON.stringify({
      name: "mine",
      title: "Ours",
      extends: ["sami"],
      issue: { device: { validityDays: 365 } },
      rules: { "key-algorithm": { severity: "error", parameters: { allow: ["ec:P-256"] } } },
    }),
  );
});
afterAll(() => place.remove());

describe("policy", () => {
  it("list names the built-in ones and marks the one in force", () => {
    const text = place.succeed(["policy", "list"]);
    for (const name of BUILT_IN) expect(text).toMatch(new RegExp(`^[* ] ${name} +\\S`, "m"));
    expect(text.match(/^\* .*/gm)).toEqual([expect.stringMatching(/^\* sami /)]);
    for (const line of text.split("\n")) expect(line.length).toBeLessThanOrEqual(80);
    const { schema, policies } = JSON.parse(place.succeed(["policy", "list", "--json"]));
    expect(schema).toBe("samicerts/policy-list/v1");
    expect(policies.map(({ name }: { name: string }) => name)).toEqual(BUILT_IN);
  });

  it.each(BUILT_IN)("show %s tells its rules and its sources", (name) => {
    const text = place.succeed(["policy", "show", name]);
    expect(text).toMatch(new RegExp(`^${name}\\n {2}title +\\S`));
    expect(text).toMatch(/\n\d+ rules?\n/);
    expect(text).toMatch(/\nsources\n {2}\S/);
    const { policy } = JSON.parse(place.succeed(["policy", "show", name, "--json"]));
    expect(policy).toMatchObject({ name, digest: expect.stringMatching(/^[0-9a-f]{64}$/) });
    expect(policy.rules.length).toBeGreaterThan(5);
  });

  it("show without a name is the one in force", () => {
    expect(place.succeed(["policy", "show"])).toBe(place.succeed(["policy", "show", "sami"]));
    expect(place.succeed(["policy", "show", "mine.json"])).toMatch(/^mine\n/);
  });

  it("check says that a file is sound, or names its line and key", () => {
    expect(place.succeed(["policy", "check", "mine.json"])).toMatch(
      /^sound {2}mine\.json {2}mine, \d+ rules in force\n$/,
    );
    expect(place.succeed(["policy", "check", "mine.json", "--quiet"])).toBe("");
    writeFileSync(
      place.at("broken.json"),
      '{\n  "name": "broken",\n  "title": "x",\n  "rules": {\n    "key-algoritm": {}\n  }\n}\n',
    );
    const { status, stdout, stderr } = place.samicerts(["policy", "check", "broken.json"]);
    expect({ status, stdout }).toEqual({ status: 2, stdout: "" });
    expect(stderr).toMatch(
      /^error: (\.\/)?broken\.json:5:5: .*key-algoritm.*\nhint: did you mean key-algorithm\?.*\n$/,
    );
    expect(place.samicerts(["policy", "check", "none.json"]).status).toBe(3);
  });

  it("diff tells what differs", () => {
    expect(place.succeed(["policy", "diff", "sami", "sami"])).toBe("sami and sami ask for the same\n");
    expect(place.succeed(["policy", "diff", "sami", "aws-iot"])).toMatch(
      /^~ version \(root, intermediate, device\): always: yes -> \(none\)$/m,
    );
    const text = place.succeed(["policy", "diff", "sami", "mine.json"]);
    expect(text).toMatch(/^from sami to mine\.json:\n/);
    expect(text).toMatch(/\n~ key-algorithm \(/);
    expect(text).toContain("\n~ a new device's validityDays: 3650 -> 365\n");
    const { same, differences } = JSON.parse(place.succeed(["policy", "diff", "sami", "matter", "--json"]));
    expect(same).toBe(false);
    expect(differences.length).toBeGreaterThan(3);
  });
});
