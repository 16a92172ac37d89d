import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { checkTree } from "../architecture/read-tree.ts";

const ROOT = fileURLToPath(new URL("../..", import.meta.url));

it("the project keeps the house rules", () => {
  const { violations, sources } = checkTree(ROOT);
  expect(sources).toBeGreaterThan(20);
  expect(violations).toEqual([]);
});

describe("the rules, on a made-up tree", () => {
  let root: string;

  beforeEach(() => {
    root = mkdtempSync(join(tmpdir(), "samicerts-architecture-"));
    for (const folder of ["bench", "bin", "scripts", "src", "test"]) mkdirSync(join(root, folder));
    writeFileSync(join(root, "package.json"), JSON.stringify({ dependencies: { chalk: "1" } }));
  });
  afterEach(() => rmSync(root, { recursive: true }));

  function check(files: Readonly<Record<string, string>>): readonly string[] {
    for (const [path, text] of Object.entries(files)) {
      mkdirSync(dirname(join(root, path)), { recursive: true });
      writeFileSync(join(root, path), text);
    }
    return checkTree(root).violations;
  }

  it("are content with a good tree", () => {
    const violations = check({
      "src/base/errors.ts": "/** An error. */\nexport class Wrong extends Error {}\n",
      "src/ledger/ledger.ts": "/** Rows. */\nexport interface Ledger { close(): void }\n",
      "src/actions/issue.ts":
        'import { Wrong } from "../base/errors.ts";\nimport type { Ledger } from "../ledger/ledger.ts";\n' +
        "/** Issues. */\nexport function issue(ledger: Ledger, now: number): Date {\n" +
        "  ledger.close();\n  if (now < 0) throw new Wrong();\n  return new Date(now);\n}\n",
      "src/report/human.ts":
        'import type * as actions from "../actions/issue.ts";\n' +
        "/** A page. */\nexport function page(issue: typeof actions.issue): string {\n  return issue.name;\n}\n",
      "src/cli/main.ts":
        'import { open } from "node:fs";\nimport chalk from "chalk";\n/** Runs. */\n' +
        "export const main = (): void => void (console.log(Date.now(), open, chalk), process.exit(0));\n",
    });
    expect(violations).toEqual([]);
  });

  it.each([
    ["static", 'import { a } from "../policy/policy.ts";\nvoid a;'],
    ["bare", 'import "../policy/policy.ts";'],
    ["types-only", 'import type { A } from "../policy/policy.ts";\nlet a: A;'],
    ["re-exporting", 'export { a } from "../policy/policy.ts";'],
    ["wholly re-exporting", 'export * from "../policy/policy.ts";'],
    ["dynamic", 'void import("../policy/policy.ts");'],
    ["dynamic, in a template", "void import(`../policy/policy.ts`);"],
    ["typeof", 'let a: import("../policy/policy.ts").A;'],
    ["required", 'require("../policy/policy.ts");'],
  ])("find a forbidden arrow, %s", (_, source) => {
    expect(check({ "src/x509/name.ts": source })).toEqual(["src/x509/name.ts:1: x509 may not import policy"]);
  });

  it.each([
    ["value", 'import { open } from "../ledger/open.ts";\nopen();'],
    ["half of them types", 'import { open, type Ledger } from "../ledger/open.ts";\nopen() as Ledger;'],
    ["dynamic", 'void import("../ledger/open.ts");'],
    ["re-exporting", 'export * from "../ledger/open.ts";'],
  ])("let an action have only types of the ledger, not %s", (_, source) => {
    expect(check({ "src/actions/issue.ts": source })).toEqual([
      "src/actions/issue.ts:1: actions may import only types of ledger",
    ]);
  });

  it("know which layers there are, and what base and packages may be imported", () => {
    expect(
      check({
        "src/services/thing.ts": "",
        "src/base/time.ts": 'import { x } from "node:fs";\nx();',
        "src/x509/name.ts": 'import leftPad from "left-pad";\nleftPad();',
        "src/index.ts": 'import "./cli/main.ts";',
      }),
    ).toEqual([
      "src/base/time.ts:1: base may not import node:fs",
      "src/index.ts:1: index.ts may not import cli",
      "src/services/thing.ts: services is not a layer of the design",
      "src/x509/name.ts:1: left-pad is not among the dependencies in package.json",
    ]);
  });

  it.each([
    ["Date.now();", "Date.now is an effect: take it as an argument"],
    ["new Date();", "new Date() is an effect: take it as an argument"],
    ["Date();", "new Date() is an effect: take it as an argument"],
    ["const { now } = Date; now();", "Date.now is an effect: take it as an argument"],
    ["Math.random();", "Math.random is an effect: take it as an argument"],
    ['process["env"];', "process.env is an effect: take it as an argument"],
    ["crypto.randomBytes(4);", "randomBytes is an effect: take it as an argument"],
    ['import { randomBytes as r } from "node:crypto";', "randomBytes is an effect: take it as an argument"],
    ['console.log("x");', "console.log outside src/cli"],
    ["process.exit(1);", "process.exit outside src/cli"],
    ["process.exitCode = 1;", "process.exitCode outside src/cli"],
    ['read("NODE_ENV");', "NODE_ENV in production code"],
  ])("find %s", (source, what) => {
    expect(check({ "src/policy/draft.ts": source })).toEqual([`src/policy/draft.ts:1: ${what}`]);
  });

  it("find NODE_ENV in the command too", () => {
    expect(check({ "src/cli/main.ts": 'if (process.env["NODE_ENV"]) stop();' })).toEqual([
      "src/cli/main.ts:1: NODE_ENV in production code",
    ]);
  });

  it("find exports without a doc comment", () => {
    const source = [
      "/** Said, with an ä and a 😀. */\nexport const a = 1;",
      "// Not a doc comment.\nexport function b(): void {}",
      "export interface C {}",
      "/** Said. */\n\nclass D {}",
      "class E {}",
      "export { D, E };",
    ].join("\n");
    expect(check({ "src/x509/name.ts": source })).toEqual([
      "src/x509/name.ts:4: b is exported without a doc comment",
      "src/x509/name.ts:5: C is exported without a doc comment",
      "src/x509/name.ts:9: E is exported without a doc comment",
    ]);
  });

  it("find files that need each other", () => {
    expect(
      check({
        "src/x509/a.ts": 'import "./b.ts";',
        "src/x509/b.ts": 'import "./c.ts";',
        "src/x509/c.ts":
          'import "./b.ts";\nimport type { A } from "./a.ts";\nlet a: A;\nvoid import("./a.ts");',
      }),
    ).toEqual(["src/x509/b.ts: imports itself: src/x509/b.ts -> src/x509/c.ts -> src/x509/b.ts"]);
  });

  it("find names and lengths that are not the house's", () => {
    const long = "// x\n".repeat(301);
    expect(
      check({ "src/x509/derReader.ts": "", "test/unit/test-helper.ts": "", "src/x509/long.ts": long }),
    ).toEqual([
      "src/x509/derReader.ts: the name is not kebab-case",
      "src/x509/long.ts: 301 lines, more than 300",
      'test/unit/test-helper.ts: "helper" says nothing of its job',
    ]);
  });

  it("look at pages as at any other source", () => {
    const page = 'import { x } from "../cli/x.ts";\nexport const Page = () => <p>{Date.now()}</p>;\nx();';
    expect(check({ "src/sandbox/page.tsx": page })).toEqual([
      "src/sandbox/page.tsx:1: sandbox may not import cli",
      "src/sandbox/page.tsx:2: Page is exported without a doc comment",
      "src/sandbox/page.tsx:2: Date.now is an effect: take it as an argument",
    ]);
  });

  it("say of a file that does not parse that it does not", () => {
    expect(() => check({ "src/x509/name.ts": "export const = ;" })).toThrow("src/x509/name.ts");
  });
});
