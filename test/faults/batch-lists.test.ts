import {
  closeSync,
  existsSync,
  openSync,
  readdirSync,
  readFileSync,
  writeFileSync,
  writeSync,
} from "node:fs";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { makePlace, type Place, ROOT_NAME } from "../stories/command.ts";
import { devicesIn, expectExact } from "./running-batch.ts";

// Lists as they come from spreadsheets, cut-off copies and attackers, and what a batch makes of them.

const LONG_MS = 600_000;

let place: Place;
beforeEach(() => {
  place = makePlace();
  place.succeed(["root", ROOT_NAME]);
});
afterEach(() => place.remove());

const madeNothing = (out: string): void => {
  expect(place.succeed(["list", "--serial-from", "1", "--serial-to", "9999999"])).toContain(
    "nothing to list",
  );
  expect(existsSync(place.at(out))).toBe(false);
};

describe("a list of a million and one rows, the last one bad", () => {
  it(
    "is looked through to its end before the first signature: with --max-errors 0 nothing is made",
    () => {
      const file = openSync(place.at("d.csv"), "wx");
      writeSync(file, "serial,name\n");
      for (let n = 0; n < 1_000_000; n += 10_000) {
        const rows = Array.from({ length: 10_000 }, (_, i) => `${1_000_000 + n + i},Device-${n + i}\n`);
        writeSync(file, rows.join(""));
      }
      writeSync(file, "1999999,Device-999999\n");
      closeSync(file);
      const { status, stderr } = place.samicerts(["batch", "d.csv", "--out", "a.tar", "--max-errors", "0"]);
      expect(stderr).toContain("1 row is refused, more than the 0 of --max-errors: nothing was made");
      expect(stderr).toContain("d.csv:1000002: the serial 1999999 is in line 1000001 already");
      expect(status).toBe(2);
      madeNothing("a.tar");
    },
    LONG_MS,
  );
});

describe("a list that can't be read to its end, or not at all", () => {
  it.each([
    [
      "a quote that is never closed",
      Buffer.from('serial,name\n100001,a\n100002,"b\n100003,c\n'),
      "d.csv:3: a quote",
    ],
    [
      "UTF-16 with its mark",
      Buffer.from("\ufeffserial,name\n100001,a\n", "utf16le"),
      "the text is in UTF-16",
    ],
    ["UTF-16 without a mark", Buffer.from("serial,name\n100001,a\n", "utf16le"), "UTF-16"],
    ["NULs for a header", Buffer.alloc(5000), "d.csv:1: "],
    ["a header with semicolons", Buffer.from("serial;name\n100001;a\n"), "separated by semicolons"],
    ["no header", Buffer.from("100001,a\n100002,b\n"), "d.csv:1: "],
    ["a column twice", Buffer.from("serial,name,Serial\n1,a,1\n"), "the column serial is there twice"],
    ["nothing", Buffer.alloc(0), "d.csv"],
  ])("%s: ends the batch, and nothing is made", (_what, bytes, message) => {
    writeFileSync(place.at("d.csv"), bytes);
    const { status, stderr } = place.samicerts(["batch", "d.csv", "--out", "a.tar"]);
    expect(stderr).toMatch(/^error: .*\nhint: .+\n$/);
    expect(stderr).toContain(message);
    expect(status).toBe(2);
    madeNothing("a.tar");
  });

  it("rows with NULs, of 10 MB and in Latin-1 are refused, with their lines, and the others made", () => {
    const rows = [
      "\ufeffSerial , NAME\r\n",
      "100001,a\r\n",
      "100002,b\0c\r\n",
      `100003,${"x".repeat(10_000_000)}\r\n`,
      Buffer.from("100004,K\xfche\r\n", "latin1"),
      "100005,Küche\r\n",
      "\r\n",
      '100006,"d ""e"", f"\r\n',
    ];
    writeFileSync(place.at("d.csv"), Buffer.concat(rows.map((row) => Buffer.from(row))));
    const { status, stderr } = place.samicerts(["batch", "d.csv", "--out", "a.ndjson"]);
    expect(status).toBe(6);
    for (const line of [3, 4, 5]) expect(stderr).toContain(`error: d.csv:${line}: `);
    expectExact(place, "a.ndjson", ["100001", "100005", "100006"]);
    expect(readFileSync(place.at("a.ndjson"), "utf8")).toContain('"name":"Küche"');
  });
});

describe("a name", () => {
  it.each(["a", "a.tar", "a.ndjson"])("leads nowhere, whatever path it looks like: into %s", (out) => {
    const names = ["../../../outside", "/etc/passwd", "..", "C:\\x", "a/b/c", "$(touch x)", "-rf", "a%00b"];
    const serials = names.map((_, n) => String(100_001 + n));
    writeFileSync(
      place.at("d.csv"),
      `serial,name\n${names.map((name, n) => `${serials[n]},${name}\n`).join("")}`,
    );
    const before = readdirSync(place.directory);
    place.succeed(["batch", "d.csv", "--out", out]);
    expectExact(place, out, serials);
    expect([...devicesIn(place.at(out)).keys()].sort()).toEqual(serials);
    const left = readdirSync(place.directory).filter(
      (name) => !before.includes(name) && !/^\.|^samicerts\.db/.test(name),
    );
    expect(left.sort()).toEqual([out, `${out}.manifest.ndjson`, `${out}.manifest.ndjson.sig`].sort());
  });
});

describe("a batch", () => {
  it("under an encrypted root asks for its passphrase once, from a file, and threads sign with it", () => {
    const there = makePlace();
    try {
      writeFileSync(there.at("pass"), "correct horse battery\n", { mode: 0o600 });
      const secret = ["--passphrase-file", "pass"];
      there.succeed(["root", ROOT_NAME, ...secret]);
      expect(readFileSync(there.at("root.key"), "utf8")).toContain("ENCRYPTED");
      const range = ["--count", "600", "--serial-from", "100000", "--name", "D-{serial}", "--out", "a.tar"];
      writeFileSync(there.at("wrong"), "wrong\n", { mode: 0o600 });
      const wrong = there.samicerts(["batch", ...range, "--passphrase-file", "wrong"]);
      expect(wrong.status, wrong.stderr).toBe(5);
      expect(existsSync(there.at("a.tar"))).toBe(false);
      there.succeed(["batch", ...range, ...secret, "--jobs", "2"]);
      expect(there.succeed(["verify", "--manifest", "a.tar.manifest.ndjson"])).toContain("600 compliant");
    } finally {
      there.remove();
    }
  });

  it("of a stream does not go into an archive that another has finished", () => {
    const first = { input: "serial,name\n100001,a\n" };
    place.succeed(["batch", "-", "--out", "a.tar"], first);
    const before = place.listing().filter((line) => !line.startsWith("samicerts.db"));
    const second = place.samicerts(["batch", "-", "--out", "a.tar"], { input: "serial,name\n100002,b\n" });
    expect(second.stderr).toMatch(/^error: a\.tar exists already.*\nhint: /);
    expect(second.status).toBe(4);
    expect(place.listing().filter((line) => !line.startsWith("samicerts.db"))).toEqual(before);
    expect(place.succeed(["list"])).not.toContain("100002");
  });
});
