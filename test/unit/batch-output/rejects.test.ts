import { existsSync, mkdtempSync, readFileSync, rmSync, statSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { isRejected } from "../../../src/actions/batch-row.ts";
import { SamicertsError } from "../../../src/base/errors.ts";
import { openInputFile } from "../../../src/batch-input/file-input.ts";
import { openRejectsFile } from "../../../src/batch-output/rejects-file.ts";
import { nodeFiles } from "../../../src/workspace/node-files.ts";
import { checked, walk } from "../batch-input/walk.ts";

let dir: string;
let path: string;
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), "samicerts-rejects-"));
  path = join(dir, "rejects");
});
afterEach(() => rmSync(dir, { recursive: true }));

const error = new SamicertsError({ kind: "input", code: "x", message: "m", hint: "h" });

async function rejectsOf(content: string | Uint8Array): Promise<{ readonly leftOut: number }> {
  const source = join(dir, "in");
  writeFileSync(source, content);
  const input = openInputFile(nodeFiles, source);
  const rejects = openRejectsFile(nodeFiles, path, input);
  for (const row of await walk(input)) if (isRejected(row)) rejects.write(row);
  rejects.finish();
  return rejects;
}

describe("a file of rejected rows", () => {
  it("has them as they were written, under the same header", async () => {
    const content = Buffer.concat([
      Buffer.from('\ufeff"Name",serial\r\na,1\r\nb,x\r\n"c\r\nd",y\r\ne,2,3\nf,"0"\ng'),
      Buffer.from([0xff]),
      Buffer.from(",4\n"),
    ]);
    await rejectsOf(content);
    expect(readFileSync(path, "latin1")).toBe('"Name",serial\nb,x\n"c\r\nd",y\ne,2,3\nf,"0"\ng\xff,4\n');
    expect(statSync(path).mode & 0o777).toBe(0o644);
  });

  it("can be mended and run again", async () => {
    await rejectsOf("serial,name\n1,a\nx,b\n3,c\n3,d\n");
    writeFileSync(path, readFileSync(path, "utf8").replace("x,", "2,").replace("3,", "4,"));
    const input = openInputFile(nodeFiles, path);
    expect(checked(input)).toEqual({ told: [], count: { rows: 2, rejected: 0 } });
    const rows = await walk(input);
    expect(rows).toMatchObject([
      { serial: 2n, name: "b" },
      { serial: 4n, name: "d" },
    ]);
  });

  it("is NDJSON where the input is", async () => {
    await rejectsOf('{"serial":1,"name":"a"}\n{"serial":1,"name":"b"}\n{oops}\n');
    expect(readFileSync(path, "utf8")).toBe('{"serial":1,"name":"b"}\n{oops}\n');
  });

  it("is not there where no row was rejected", async () => {
    await rejectsOf("serial,name\n1,a\n");
    expect(existsSync(path)).toBe(false);
  });

  it("leaves out what it has the beginning of only, and says how many", async () => {
    const { leftOut } = await rejectsOf(`serial,name\n1,${"x".repeat(70_000)}\ny,b\n`);
    expect(leftOut).toBe(1);
    expect(readFileSync(path, "utf8")).toBe("serial,name\ny,b\n");
  });

  it("holds as many as there are", async () => {
    const lines = Array.from({ length: 20_000 }, (_, n) => `x${n},name`);
    await rejectsOf(["serial,name", ...lines, ""].join("\n"));
    expect(readFileSync(path, "utf8").split("\n").length).toBe(20_002);
  });

  it("is a CSV of serials and names for a range", () => {
    const rejects = openRejectsFile(nodeFiles, path, { format: "range" });
    rejects.write({ line: 1, error }, { serial: 5n, name: 'a "b", c' });
    rejects.finish();
    expect(readFileSync(path, "utf8")).toBe('serial,name\n5,"a ""b"", c"\n');
  });

  it("is gone on with where its batch goes on, wherever the earlier run was cut off", async () => {
    const rows = ["x,1", "y,2", "z,3"].map((raw, index) => ({ line: index + 2, raw, error }));
    const input = { format: "csv" as const, header: "serial,name" };
    const whole = "serial,name\nx,1\ny,2\nz,3\n";
    for (let length = 0; length <= whole.length; length++) {
      writeFileSync(path, whole.slice(0, length));
      const rejects = openRejectsFile(nodeFiles, path, input, true);
      for (const row of rows) rejects.write(row);
      rejects.finish();
      expect(readFileSync(path, "utf8")).toBe(whole);
    }
  });

  it("keeps what an earlier run has told more of, where this one ends before it has told it again", () => {
    const input = { format: "csv" as const, header: "serial,name" };
    writeFileSync(path, "serial,name\nx,1\ny,2\n");
    const rejects = openRejectsFile(nodeFiles, path, input, true);
    rejects.write({ line: 2, raw: "x,1", error });
    rejects.leave();
    expect(readFileSync(path, "utf8")).toBe("serial,name\nx,1\ny,2\n");
  });

  it.each(["old\n", "serial,name\n1,a lamp\n", "serial,name\nx,1\nz,3\n", "serial,name\nx,1\nmore\n"])(
    "is never another's: %j stays, also where its batch goes on",
    (old) => {
      writeFileSync(path, old);
      const exists = expect.objectContaining({ kind: "exists", code: "exists.file" });
      const input = { format: "csv" as const, header: "serial,name" };
      expect(() => openRejectsFile(nodeFiles, path, input)).toThrow(exists);
      const rejects = openRejectsFile(nodeFiles, path, input, true);
      expect(() => {
        rejects.write({ line: 2, raw: "x,1", error });
        rejects.finish();
      }).toThrow(exists);
      expect(readFileSync(path, "utf8")).toBe(old);
    },
  );

  it("is never a link", () => {
    symlinkSync("nowhere", path);
    for (const again of [false, true])
      expect(() => openRejectsFile(nodeFiles, path, { format: "ndjson" }, again)).toThrow(SamicertsError);
  });
});
