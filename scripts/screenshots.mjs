// Takes docs/portal-*.png: the portal's main pages as Debian's chromium shows them, of a sandbox that really runs.
// Run by hand when the pages change (`npm run screenshots`, or with another directory behind `--`). They look best where
// the font Inter is installed (Debian: fonts-inter).
import { mkdirSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { build } from "esbuild";

const ROOT = join(dirname(fileURLToPath(import.meta.url)), "..");
const OUT = join(ROOT, "node_modules/.cache/samicerts/screenshots");
// The files look for the command from where their sources are.
const SOURCE = pathToFileURL(join(ROOT, "test/interop/portal.ts")).href;

await build({
  absWorkingDir: ROOT,
  entryPoints: ["test/interop/portal/pictures.ts"],
  bundle: true,
  platform: "node",
  target: "node20",
  format: "esm",
  packages: "external",
  logLevel: "warning",
  outfile: join(OUT, "pictures.mjs"),
  define: { "import.meta.url": JSON.stringify(SOURCE) },
});
const { takePictures } = await import(pathToFileURL(join(OUT, "pictures.mjs")).href);
const directory = resolve(process.argv[2] ?? join(ROOT, "docs"));
mkdirSync(directory, { recursive: true });
await takePictures(directory);
