#!/usr/bin/env node
"use strict";
// In the JavaScript of Node 10, so that an old Node too gets a sentence and not a syntax error.
const DIGEST_LENGTH = 32;
const version = process.versions.node.split(".").map(Number);
if (version[0] < 20 || (version[0] === 20 && version[1] < 19)) {
  fail(2, `samicerts needs Node.js 20.19 or newer, this is ${process.version}`, "install a newer Node.js");
} else {
  start();
}

/** Runs dist/cli.cjs, which asks for the parts that it needs. */
function start() {
  const loaded = [];
  const requirePart = (name) =>
    name.startsWith("part:") ? load(name.slice(5), requirePart, loaded) : require(name);
  const command = load("cli", requirePart, loaded);
  if (command === undefined) return;
  command.main().then(() => {
    for (const part of loaded) part.keep();
    // All is printed; taking down what this process has set up would be time for nothing, but for the ledger:
    // its native part lets go of the file, and removes the write-ahead log, only when it is taken down itself.
    const native = Object.keys(require.cache).some((path) => path.endsWith(".node"));
    if (!native && loaded.every((part) => part.module.children.length === 0)) process.exit();
  });
}

/**
 * Loads a file of dist/. Half of its start would be V8 compiling it, so what V8 made of it is kept beside it: under a name
 * that tells which build of it and which V8, so that it is never another's, and trusted no more than its directory is.
 */
function load(name, requirePart, loaded) {
  const known = loaded.find((each) => each.name === name);
  if (known !== undefined) return known.module.exports;
  const vm = require("node:vm");
  const dist = require("node:path").join(__dirname, "..", "dist");
  const filename = `${dist}/${name}.cjs`;
  const bytes = read(filename);
  if (bytes === undefined) {
    // What the command asks for, it tells itself that it is not there.
    if (loaded.length > 0) throw new Error(`there is no ${filename}`);
    fail(70, `samicerts is not built: there is no ${filename}`, "run `npm run build` in its directory");
    return undefined;
  }
  // One function, in ASCII; the first line is the build's own fingerprint.
  const source = bytes.toString("latin1");
  const build = source.slice(2, source.indexOf("\n"));
  const compiled = `${dist}/${name}-${build}-${process.version}-${process.platform}-${process.arch}.v8`;
  const cachedData = readChecked(compiled);
  const script = new vm.Script(source, {
    filename,
    cachedData,
    importModuleDynamically: vm.constants.USE_MAIN_CONTEXT_DEFAULT_LOADER,
  });
  const keep = () => {
    if (cachedData === undefined || script.cachedDataRejected)
      writeChecked(compiled, script.createCachedData());
  };
  const module = { exports: {}, children: [] };
  loaded.push({ name, module, keep });
  script.runInThisContext()(module, requirePart, filename, dist);
  return module.exports;
}

function read(path) {
  try {
    return require("node:fs").readFileSync(path);
  } catch {
    return undefined;
  }
}

/** What writeChecked wrote; V8 itself would not notice a damaged byte, and crash. */
function readChecked(path) {
  const bytes = read(path);
  if (bytes === undefined) return undefined;
  const content = bytes.subarray(DIGEST_LENGTH);
  return digest(content).equals(bytes.subarray(0, DIGEST_LENGTH)) ? content : undefined;
}

/** Where the directory may not be written, the next start is as slow as this one; that is all. */
function writeChecked(path, content) {
  const fs = require("node:fs");
  const temporary = `${path}.${process.pid}`;
  try {
    fs.writeFileSync(temporary, Buffer.concat([digest(content), content]), { flag: "wx", flush: true });
    fs.renameSync(temporary, path);
  } catch {
    fs.rmSync(temporary, { force: true });
  }
}

function digest(bytes) {
  return require("node:crypto").createHash("sha256").update(bytes).digest();
}

function fail(exitCode, message, hint) {
  process.stderr.write(`error: ${message}\nhint: ${hint}\n`);
  process.exitCode = exitCode;
}
