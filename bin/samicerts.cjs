#!/usr/bin/env node
"use strict";
// In the JavaScript of Node 4, so that an old Node too gets a sentence and not a syntax error.
const version = process.versions.node.split(".").map(Number);
if (version[0] < 20 || (version[0] === 20 && version[1] < 19)) {
  fail(2, `samicerts needs Node.js 20.19 or newer, this is ${process.version}`, "install a newer Node.js");
} else {
  start();
}

function start() {
  const command = `${__dirname}/../dist/cli.cjs`;
  let main;
  try {
    main = require(command).main;
  } catch (error) {
    if (error.code !== "MODULE_NOT_FOUND" || error.requireStack[0] !== __filename) throw error;
    fail(70, `samicerts is not built: there is no ${command}`, "run `npm run build` in its directory");
    return;
  }
  main();
}

function fail(exitCode, message, hint) {
  process.stderr.write(`error: ${message}\nhint: ${hint}\n`);
  process.exitCode = exitCode;
}
