import { readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";

const PROJECT = fileURLToPath(new URL("../../..", import.meta.url));

/** A row of docs/kept-out.md that names its proof. */
interface Row {
  readonly file: string;
  readonly test: string;
}

const page = readFileSync(join(PROJECT, "docs/kept-out.md"), "utf8").split("\n");
const lines = page.filter((line) => /^\| (?!who )/.test(line));
const rows = lines.map((line): Row => {
  const found = /\| `(test\/[^`]+\.test\.ts)`: (.+) \|$/.exec(line);
  return { file: found?.[1] ?? "", test: found?.[2] ?? "" };
});

describe("docs/kept-out.md", () => {
  it("names a test in every row, and one that is there and is not skipped", () => {
    expect(rows.length).toBeGreaterThan(30);
    for (const [place, { file, test }] of rows.entries()) {
      expect(lines[place]).toContain(`\`${file}\`: ${test}`);
      const source = readFileSync(join(PROJECT, file), "utf8");
      const title = test.replace(/[.*+?^${}()|[\]\\]/g, "\\$&");
      const calls = new RegExp(String.raw`(?:\bit|\]\))\(\s*"${title}",`);
      expect([file, test, calls.test(source)]).toEqual([file, test, true]);
    }
  });
});
