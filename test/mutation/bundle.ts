import { readFileSync } from "node:fs";
import { dirname, join, relative } from "node:path";
import { pathToFileURL } from "node:url";
import { build, type Plugin } from "esbuild";
import { createSchemata, type Mutant } from "./schemata.ts";

/** The bundles made of test files, and the mutants in them. */
export interface Bundles {
  readonly mutants: readonly Mutant[];
  /** By test file, of those that any of it is in: the bundle that tells what is reached, and the one whose mutants can be switched on. */
  readonly of: ReadonlyMap<string, { readonly marked: string; readonly switched: string }>;
}

/** Puts each test file and all it needs into bundles below `out`, with the mutants of `sources` in them. */
export async function bundleTests(
  root: string,
  sources: readonly string[],
  tests: readonly string[],
  out: string,
): Promise<Bundles> {
  const mutants: Mutant[] = [];
  const texts = new Map<string, { readonly switched: string; readonly marked: string }>();
  for (const file of sources) {
    const made = createSchemata(file, readFileSync(join(root, file), "utf8"), mutants.length + 1);
    mutants.push(...made.mutants);
    texts.set(file, made);
  }
  const write = async (kind: "switched" | "marked") =>
    await build({
      absWorkingDir: root,
      entryPoints: [...tests],
      outdir: join(out, kind),
      outbase: root,
      outExtension: { ".js": ".mjs" },
      bundle: true,
      platform: "node",
      target: "node20",
      format: "esm",
      packages: "external",
      logLevel: "warning",
      metafile: true,
      plugins: [substitute(root, (file) => texts.get(file)?.[kind])],
    });
  await write("switched");
  const { outputs } = (await write("marked")).metafile;
  const touching = new Set(
    Object.values(outputs).flatMap(({ entryPoint, inputs }) =>
      entryPoint !== undefined && sources.some((source) => source in inputs) ? [entryPoint] : [],
    ),
  );
  const place = (kind: string, test: string): string =>
    pathToFileURL(join(out, kind, test.replace(/\.ts$/, ".mjs"))).href;
  return {
    mutants,
    of: new Map(
      tests
        .filter((test) => touching.has(test))
        .map((test) => [test, { marked: place("marked", test), switched: place("switched", test) }]),
    ),
  };
}

/** Gives changed texts for source files, our test framework for Vitest, and files the place that they had. */
function substitute(root: string, textOf: (file: string) => string | undefined): Plugin {
  return {
    name: "mutants",
    setup(bundler) {
      bundler.onResolve({ filter: /^vitest$|\/test-framework\.ts$/ }, () => ({
        path: pathToFileURL(join(root, "node_modules/.cache/samicerts/mutation/test-framework.mjs")).href,
        external: true,
      }));
      bundler.onLoad({ filter: /\.ts$/ }, ({ path }) => {
        const file = relative(root, path);
        const text = textOf(file) ?? readFileSync(path, "utf8");
        const contents = text
          .replaceAll("import.meta.dirname", JSON.stringify(dirname(path)))
          .replaceAll("import.meta.url", JSON.stringify(pathToFileURL(path).href));
        return { contents, loader: "ts", resolveDir: dirname(path) };
      });
    },
  };
}
