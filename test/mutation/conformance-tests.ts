import { expect, it } from "vitest";
import { run } from "../conformance/run.ts";

/** Where the conformance data is; without it this is no test of anything. */
const DATA = process.env["SAMICERTS_CONFORMANCE"];

if (DATA !== undefined)
  it("no verdict of the conformance suites is false", () => {
    const { log } = console;
    console.log = () => undefined;
    try {
      expect(run(DATA, ["--no-corpus"])).toBe(0);
    } finally {
      console.log = log;
    }
  });
