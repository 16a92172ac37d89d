import { readFileSync } from "node:fs";
import { expect, it } from "vitest";

const lockfile: { packages: Record<string, Record<string, unknown>> } = JSON.parse(
  readFileSync(new URL("../../package-lock.json", import.meta.url), "utf8"),
);
const installed = Object.entries(lockfile.packages).filter(([path]) => path !== "");

it("tells of every package its checksum, and of none where it was downloaded", () => {
  expect(installed.length).toBeGreaterThan(20);
  expect(installed.filter(([, entry]) => "resolved" in entry).map(([path]) => path)).toEqual([]);
  expect(
    installed.filter(([, entry]) => typeof entry["integrity"] !== "string").map(([path]) => path),
  ).toEqual([]);
});

it("has every optional package that another one names, without which npm ci refuses it", () => {
  const named = installed.flatMap(([, entry]) => Object.keys(entry["optionalDependencies"] ?? {}));
  expect(named.length).toBeGreaterThan(20);
  const missing = named.filter((name) => !installed.some(([path]) => path.endsWith(`node_modules/${name}`)));
  expect(missing).toEqual([]);
});
