import { createHash } from "node:crypto";
import { appendFileSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { isRejected } from "../../../src/actions/batch-row.ts";
import { SamicertsError } from "../../../src/base/errors.ts";
import { openInputFile } from "../../../src/batch-input/file-input.ts";
import { openRange } from "../../../src/batch-input/range-input.ts";
import { openInputStream } from "../../../src/batch-input/stream-input.ts";
import { nodeFiles } from "../../../src/workspace/node-files.ts";
import { failAt, failingFiles } from "../../faults/failing-files.ts";
import { checked, walk } from "./walk.ts";

let dir: string;
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), "samicerts-input-"));
});
afterEach(() => rmSync(dir, { recursive: true }));

function file(name: string, content: string): string {
  const path = join(dir, name);
  writeFileSync(path, content);
  return path;
}

describe("a file", () => {
  const CSV = "serial,name\n1,a\n1,b\n2,a\nx,c\n3,d\n";

  it("is checked before it is used, and read as often as one likes", async () => {
    const input = openInputFile(nodeFiles, file("devices.csv", CSV));
    expect(input).toMatchObject({ total: undefined, repeatable: true, format: "csv" });
    expect(input.digest).toBe(createHash("sha256").update(CSV).digest("hex"));
    const unchecked = await walk(input);
    const { told, count } = checked(input);
    expect(count).toEqual({ rows: 2, rejected: 3 });
    expect(told).toMatchObject([
      { line: 3, error: { code: "input.duplicate-serial" } },
      { line: 4, error: { code: "input.duplicate-name" } },
      { line: 5, error: { code: "serial.invalid" } },
    ]);
    expect(input.total).toBe(5);
    expect(input.header).toBe("serial,name");
    // What was learned of duplicates is told the same way as what is found anew.
    for (let round = 0; round < 2; round++) expect(await walk(input)).toEqual(unchecked);
  });

  it("is NDJSON where it begins with a brace, or its name says so", async () => {
    const line = '{"serial":1,"name":"a"}\n';
    for (const name of ["a.csv", "a.ndjson", "a"])
      expect(openInputFile(nodeFiles, file(name, `\ufeff \n${line}`)).format).toBe("ndjson");
    expect(openInputFile(nodeFiles, file("b.jsonl", "x\n")).format).toBe("ndjson");
    expect(openInputFile(nodeFiles, file("b", "x\n")).format).toBe("csv");
    expect(await walk(openInputFile(nodeFiles, join(dir, "a.csv")))).toMatchObject([{ line: 2, serial: 1n }]);
  });

  it("must not change between its opening and its last row", async () => {
    const path = file("devices.csv", CSV);
    const input = openInputFile(nodeFiles, path);
    appendFileSync(path, "4,e\n");
    expect(() => checked(input)).toThrow(expect.objectContaining({ code: "input.changed" }));
    await expect(walk(input)).rejects.toMatchObject({ kind: "input", code: "input.changed" });
  });

  it("that is not one says what it is", () => {
    mkdirSync(join(dir, "sub"));
    for (const [path, code] of [
      [join(dir, "none.csv"), "io.missing"],
      [join(dir, "sub"), "io.is-a-directory"],
      ["/dev/null", "io.not-a-file"],
    ] as const)
      expect(() => openInputFile(nodeFiles, path)).toThrow(expect.objectContaining({ kind: "io", code }));
  });

  it.each(["EIO", "EACCES"])("that can't be read is an error, whichever call fails, at %s", (errno) => {
    const path = file("devices.csv", CSV);
    const { files, calls } = failingFiles(nodeFiles, () => undefined);
    checked(openInputFile(files, path));
    const total = calls.length;
    expect(total).toBeGreaterThan(6);
    for (let n = 0; n < total; n++) {
      const failing = failingFiles(nodeFiles, failAt(n, errno));
      const attempt = () => checked(openInputFile(failing.files, path));
      if (failing.calls[n] === undefined && calls[n]?.method === "close") expect(attempt).not.toThrow();
      else expect(attempt, `call ${n}`).toThrow(SamicertsError);
    }
  });
});

describe("a stream", () => {
  async function* pieces(text: string, length: number): AsyncGenerator<Uint8Array> {
    const bytes = Buffer.from(text);
    for (let at = 0; at < bytes.length; at += length) yield bytes.subarray(at, at + length);
  }

  it("gives its rows as they come, once", async () => {
    for (const length of [1, 3, 1000]) {
      const input = await openInputStream(pieces("\n serial,name\n1,a\n1,b\n2,c", length));
      expect(input).toMatchObject({ repeatable: false, total: undefined, format: "csv", digest: "stdin" });
      expect((await walk(input)).map((row) => (isRejected(row) ? row.error.code : row.name))).toEqual([
        "a",
        "input.duplicate-serial",
        "c",
      ]);
      expect(input.header).toBe(" serial,name");
      await expect(walk(input)).rejects.toThrow(RangeError);
      expect(() => checked(input)).toThrow(RangeError);
    }
    const json = await openInputStream(pieces('{"serial":1,"name":"a"}\n', 2));
    expect(json.format).toBe("ndjson");
    expect(await walk(json)).toMatchObject([{ name: "a" }]);
  });

  it("gives the rows before the place where it can't be read on", async () => {
    const input = await openInputStream(pieces('serial,name\n1,a\n2,"b" "c\n3,d\n', 1000));
    const names: unknown[] = [];
    await expect(
      (async () => {
        for await (const row of input.rows()) names.push("name" in row && row.name);
      })(),
    ).rejects.toMatchObject({
      code: "input.broken-quote",
      message: expect.stringMatching(/^standard input:3: /),
    });
    expect(names).toEqual(["a"]);
  });

  it("that is empty, or breaks, is an error", async () => {
    await expect(walk(await openInputStream(pieces("", 1)))).rejects.toMatchObject({ code: "input.no-rows" });
    async function* broken(): AsyncGenerator<Uint8Array> {
      yield Buffer.from("serial,name\n1,a\n");
      throw Object.assign(new Error("EIO"), { code: "EIO" });
    }
    await expect(walk(await openInputStream(broken()))).rejects.toMatchObject({ code: "io.failed" });
  });
});

describe("a range", () => {
  it("counts up, and fills in the names", async () => {
    const range = { count: 3, serialFrom: 254n, nameTemplate: "{n}: {serial} {serialHex}" };
    const input = openRange(range);
    expect(input).toMatchObject({ total: 3, repeatable: true, format: "range" });
    expect(checked(input)).toEqual({ told: [], count: { rows: 3, rejected: 0 } });
    expect(await walk(input)).toEqual([
      { line: 1, serial: 254n, name: "1: 254 fe" },
      { line: 2, serial: 255n, name: "2: 255 ff" },
      { line: 3, serial: 256n, name: "3: 256 100" },
    ]);
    expect(openRange(range).digest).toBe(input.digest);
    const digests = [
      openRange({ ...range, count: 4 }),
      openRange({ ...range, serialFrom: 255n }),
      openRange({ ...range, nameTemplate: "{n}" }),
    ].map(({ digest }) => digest);
    expect(new Set([...digests, input.digest]).size).toBe(4);
  });

  it("has rows refused that the check refuses", () => {
    const name = `${"x".repeat(63)}{n}`;
    const input = openRange({ count: 11, serialFrom: 1n, nameTemplate: name });
    const { told, count } = checked(input);
    expect(count).toEqual({ rows: 9, rejected: 2 });
    expect(told).toMatchObject([
      { line: 10, error: { code: "name.too-long" } },
      { line: 11, error: { code: "name.too-long" } },
    ]);
  });

  it.each([
    [{ count: 0 }, "input.range-count"],
    [{ count: 1.5 }, "input.range-count"],
    [{ count: 1e12 }, "input.range-count"],
    [{ nameTemplate: "same" }, "input.range-name"],
    [{ nameTemplate: "{serail}" }, "input.range-name"],
    [{ nameTemplate: "{}" }, "input.range-name"],
    [{ serialFrom: 0n }, "serial.zero"],
    [{ serialFrom: 2n ** 159n - 1n }, "serial.too-long"],
  ])("is refused where it can't be: %o", (change, code) => {
    const range = { count: 2, serialFrom: 1n, nameTemplate: "d{n}", ...change };
    expect(() => openRange(range)).toThrow(expect.objectContaining({ kind: "input", code }));
  });

  it("of one device needs no placeholder", async () => {
    expect(await walk(openRange({ count: 1, serialFrom: 1n, nameTemplate: "lamp" }))).toMatchObject([
      { name: "lamp" },
    ]);
  });
});
