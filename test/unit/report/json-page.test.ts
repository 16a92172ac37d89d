import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";

const PROJECT = join(import.meta.dirname, "../../..");

/** Every `samicerts/<name>/v<n>` that reports print. */
function schemas(): readonly string[] {
  const files = readdirSync(join(PROJECT, "src/report"), { recursive: true, encoding: "utf8" });
  const found = files
    .filter((name) => /\.tsx?$/.test(name))
    .flatMap(
      (name) =>
        readFileSync(join(PROJECT, "src/report", name), "utf8").match(/samicerts\/[a-z-]+\/v[0-9]+/g) ?? [],
    );
  return [...new Set(found)].sort();
}

it("every JSON document is described on its page", () => {
  const page = readFileSync(join(PROJECT, "docs/json.md"), "utf8");
  const all = schemas();
  expect(all).toContain("samicerts/rehearse/v1");
  expect(all.length).toBeGreaterThan(20);
  expect(all.filter((schema) => !page.includes(`\`${schema}\``))).toEqual([]);
});
