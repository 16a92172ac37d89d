import { describe, expect, it } from "vitest";
import { SamicertsError } from "../../../src/base/errors.ts";
import { createManifestLines, headerLine } from "../../../src/batch-output/manifest-format.ts";
import { readManifestEntry, readManifestHeader } from "../../../src/batch-output/manifest-reader.ts";
import { deviceOf, requestOf } from "./sample-batch.ts";

const HEADER = headerLine(requestOf("12").header, { kind: "tar", path: "line.tar" });
const LINE = createManifestLines()(deviceOf(3), "devices/100002.crt");

function codeOf(run: () => unknown): string {
  try {
    run();
  } catch (error) {
    if (error instanceof SamicertsError) return `${error.code}: ${error.message}`;
    throw error;
  }
  return "taken";
}

/** A line with one member changed; left out where the value is undefined. */
const changed = (line: string, name: string, value: unknown): string =>
  JSON.stringify({ ...JSON.parse(line), [name]: value });

describe("reading a manifest", () => {
  it("gives what was written", () => {
    const { schema, input, ...description } = JSON.parse(HEADER);
    expect(schema).toBe("samicerts/manifest/v1");
    expect(input).toMatch(/^0+$/);
    expect(readManifestHeader(HEADER, "m")).toEqual(description);
    expect(readManifestEntry(LINE, "m", 2)).toEqual(JSON.parse(LINE));
    // Members may be added.
    expect(readManifestEntry(changed(LINE, "more", [1]), "m", 2)).toEqual(JSON.parse(LINE));
  });

  it("says what is no manifest, and what is of another version", () => {
    for (const line of ["", "{", "[]", "-----BEGIN CERTIFICATE-----", '{"serial":"1"}'])
      expect(codeOf(() => readManifestHeader(line, "m"))).toBe(
        "manifest.unknown: m is no manifest: its first line does not say what it is",
      );
    expect(codeOf(() => readManifestHeader(changed(HEADER, "schema", "samicerts/manifest/v2"), "m"))).toBe(
      'manifest.unknown: m is a "samicerts/manifest/v2", not a samicerts/manifest/v1',
    );
  });

  it.each([
    ["batch", undefined],
    ["issuerSpkiSha256", "AB".repeat(32)],
    ["created", "yesterday"],
    ["output", undefined],
    ["output", { kind: "stdout", path: "-" }],
    ["output", { kind: "tar" }],
  ])("refuses a header whose %s is %j", (name, value) => {
    expect(codeOf(() => readManifestHeader(changed(HEADER, name, value), "m"))).toBe(
      "manifest.malformed: m:1: the line is not one of a manifest",
    );
  });

  it.each([
    ["serial", 100002],
    ["serial", "0"],
    ["serial", "0x10"],
    ["serial", undefined],
    ["name", 5],
    ["sha256", "ab"],
    ["spkiSha256", "A".repeat(64)],
    ["notAfter", "2040-01-01"],
    ["file", ""],
    ["file", "../root.crt"],
    ["file", "devices/../../root.crt"],
    ["file", "/etc/passwd"],
    ["file", "C:\\x.crt"],
    ["file", "a\\..\\x.crt"],
    ["file", "a\0.crt"],
  ])("refuses a line whose %s is %j", (name, value) => {
    expect(codeOf(() => readManifestEntry(changed(LINE, name, value), "m", 9))).toBe(
      "manifest.malformed: m:9: the line is not one of a manifest",
    );
  });

  it("refuses a line that is no object", () => {
    for (const line of ["", "null", "[]", LINE.slice(0, -5), `${LINE}{}`])
      expect(codeOf(() => readManifestEntry(line, "m", 2))).toMatch(/^manifest\.malformed/);
  });
});
