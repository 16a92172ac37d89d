import { spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, realpathSync, rmSync, symlinkSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { build } from "esbuild";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { currentTarget, familySync, nativeTargets } from "../../../src/ledger/libsql-native.ts";

const REPOSITORY = join(import.meta.dirname, "../../..");
const LOADER = join(REPOSITORY, "src/ledger/libsql-native.ts");
const PROGRAM = `
  import Database from "libsql";
  const found = new Database(":memory:").prepare("SELECT 6 * 7 AS answer").get([]);
  console.log(JSON.stringify({ answer: found.answer }));
`;

let dir: string;
beforeAll(() => {
  dir = mkdtempSync(join(tmpdir(), "samicerts-native-"));
});
afterAll(() => rmSync(dir, { recursive: true }));

/** Bundles a program that opens a database, as the command is bundled; `layout` is the project it lies in. */
async function bundle(layout: string, define: Record<string, string>): Promise<string> {
  const outfile = join(layout, "dist/program.cjs");
  await build({
    stdin: { contents: PROGRAM, resolveDir: REPOSITORY },
    absWorkingDir: REPOSITORY,
    bundle: true,
    platform: "node",
    target: "node20",
    format: "cjs",
    external: ["@libsql/*"],
    alias: { "@neon-rs/load": LOADER, "detect-libc": LOADER },
    define,
    logLevel: "silent",
    outfile,
  });
  return outfile;
}

function run(program: string): { stdout: string; stderr: string } {
  const { stdout, stderr } = spawnSync(process.execPath, [program], { encoding: "utf8" });
  return { stdout: stdout.trim(), stderr };
}

const ANSWER = '{"answer":42}';
const DEFINED = { "process.env.LIBSQL_JS_DEV": '"1"' };

describe("the bundle's way to libsql's native part", () => {
  it.each([
    ["with the search cut out", DEFINED],
    ["with libsql's own search over our answers", {}],
  ])("finds it %s", async (_how, define) => {
    const layout = mkdtempSync(join(dir, "flat-"));
    symlinkSync(join(REPOSITORY, "node_modules"), join(layout, "node_modules"));
    expect(run(await bundle(layout, define))).toEqual({ stdout: ANSWER, stderr: "" });
  });

  it("finds it where only libsql itself may see it", async () => {
    const layout = mkdtempSync(join(dir, "strict-"));
    mkdirSync(join(layout, "node_modules"));
    symlinkSync(realpathSync(join(REPOSITORY, "node_modules/libsql")), join(layout, "node_modules/libsql"));
    expect(run(await bundle(layout, DEFINED))).toEqual({ stdout: ANSWER, stderr: "" });
  });

  it("says what to do where it is missing", async () => {
    const layout = mkdtempSync(join(dir, "missing-"));
    const { stdout, stderr } = run(await bundle(layout, DEFINED));
    expect(stdout).toBe("");
    expect(stderr).toContain("ledger.unavailable");
    expect(stderr).toContain("--omit=optional");
  });

  it("asks for no diagnostic report, and leaves nothing of the other loaders in the bundle", async () => {
    const layout = mkdtempSync(join(dir, "clean-"));
    const { metafile } = await build({
      stdin: { contents: PROGRAM, resolveDir: REPOSITORY },
      absWorkingDir: REPOSITORY,
      bundle: true,
      platform: "node",
      format: "cjs",
      external: ["@libsql/*"],
      alias: { "@neon-rs/load": LOADER, "detect-libc": LOADER },
      define: DEFINED,
      metafile: true,
      logLevel: "silent",
      outfile: join(layout, "program.cjs"),
    });
    const inputs = Object.keys(metafile.inputs);
    expect(inputs).toContain("src/ledger/libsql-native.ts");
    expect(inputs.filter((input) => /neon|detect-libc/.test(input))).toEqual([]);
  });
});

describe("the native part's name", () => {
  it("goes by platform, and by C library on Linux", () => {
    expect(nativeTargets("linux", "x64", false)).toEqual(["linux-x64-gnu", "linux-x64-musl"]);
    expect(nativeTargets("linux", "x64", true)).toEqual(["linux-x64-musl", "linux-x64-gnu"]);
    expect(nativeTargets("linux", "arm", true)[0]).toBe("linux-arm-musleabihf");
    expect(nativeTargets("win32", "x64", false)).toEqual(["win32-x64-msvc"]);
    expect(nativeTargets("aix", "ppc64", false)).toEqual([]);
  });

  it("is the one that this process needs", () => {
    // What detect-libc and @neon-rs/load would find, by the slow way.
    const report = process.report.getReport() as { header?: { glibcVersionRuntime?: string } };
    const glibc = report.header?.glibcVersionRuntime !== undefined;
    expect(familySync()).toBe(process.platform === "linux" ? (glibc ? "glibc" : "musl") : null);
    expect(currentTarget()).toContain(`${process.platform}-${process.arch}`);
  });
});
