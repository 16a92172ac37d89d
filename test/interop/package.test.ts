import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { run } from "./vendor.ts";

const PROJECT = fileURLToPath(new URL("../..", import.meta.url));
const TSC = join(PROJECT, "node_modules/typescript/bin/tsc");

describe("the packed samicerts, installed beside nothing of ours", () => {
  let home: string;
  let packed: readonly string[];

  beforeAll(() => {
    home = mkdtempSync(join(tmpdir(), "samicerts-package-"));
    // What is built is what is packed: packing must not build it anew under the other suites.
    const pack = must("npm", ["pack", "--ignore-scripts", "--json", "--pack-destination", home], PROJECT);
    const [tarball] = JSON.parse(pack) as { filename: string; files: { path: string }[] }[];
    packed = tarball?.files.map(({ path }) => path) ?? [];
    writeFileSync(join(home, "package.json"), JSON.stringify({ private: true, type: "module" }));
    const quiet = ["--no-audit", "--no-fund", "--prefer-offline"];
    must("npm", ["install", ...quiet, `./${tarball?.filename}`], home);
  });
  afterAll(() => rmSync(home, { recursive: true }));

  it("holds the command, the library, its types and the policy schema, and no source or test", () => {
    expect(packed).toEqual(
      expect.arrayContaining([
        "LICENSE",
        "README.md",
        "CHANGELOG.md",
        "bin/samicerts.cjs",
        "dist/cli.cjs",
        "dist/index.js",
        "dist/types/index.d.ts",
        "dist/policy.schema.json",
        "data/debian-keys/ec-p256.keys",
        "data/debian-keys/ec-p384.keys",
        "data/debian-keys/rsa-2048.keys",
      ]),
    );
    expect(packed.filter((path) => /^(src|test|scripts|bench|fixtures|\.ci)\/|\.build-/.test(path))).toEqual(
      [],
    );
  });

  it("runs its command", () => {
    mkdirSync(join(home, "vendor"));
    const command = join(home, "node_modules/.bin/samicerts");
    const vendor = ["--dir", join(home, "vendor")];
    must(command, ["root", "/C=US/O=MyOrg/CN=MyDevAuthority", ...vendor], home);
    must(command, ["client", "100000001", "MyAwesomeDevice", ...vendor], home);
    must(command, ["verify", join(home, "vendor/devices/100000001.crt"), ...vendor], home);
  });

  it("gives its library, with types that a strict compiler takes", () => {
    const program = [
      'import { parseName, SamicertsError } from "samicerts";',
      "try {",
      '  parseName("/Colour=red");',
      "} catch (error: unknown) {",
      "  if (!(error instanceof SamicertsError)) throw error;",
      "  const hint: string = error.hint;",
      '  process.stdout.write(hint === "" ? "no hint" : error.kind);',
      "}",
      "// @ts-expect-error: a name is not a number",
      "export const wrong = (): unknown => parseName(1);",
    ].join("\n");
    writeFileSync(join(home, "program.ts"), program);
    const strict = ["--strict", "--exactOptionalPropertyTypes", "--target", "es2022", "--module", "nodenext"];
    const types = ["--types", "node", "--typeRoots", join(PROJECT, "node_modules/@types")];
    must(process.execPath, [TSC, ...strict, ...types, "program.ts"], home);
    expect(must(process.execPath, ["program.js"], home)).toBe("input");
  });

  function must(program: string, words: readonly string[], directory: string): string {
    const { status, stdout, stderr } = run(program, words, directory);
    if (status !== 0)
      throw new Error(`${program} ${words.join(" ")} ended with ${status}: ${stderr}${stdout}`);
    return stdout;
  }
});
