import { existsSync, mkdirSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from "node:fs";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { makePlace, type Place, ROOT_NAME, told } from "./command.ts";

let place: Place;
beforeEach(() => {
  place = makePlace();
  place.succeed(["root", ROOT_NAME]);
});
afterEach(() => place.remove());

const RANGE = ["--count", "300", "--serial-from", "100000000", "--name", "Device-{serial}"];

interface Line {
  readonly event: string;
  readonly [member: string]: unknown;
}

function linesOf(stdout: string): Line[] {
  return stdout
    .split("\n")
    .filter(Boolean)
    .map((line) => JSON.parse(line) as Line);
}

/** The serials of an NDJSON archive or manifest, in order. */
function serialsIn(path: string): string[] {
  return linesOf(readFileSync(path, "utf8")).flatMap(({ serial }) =>
    serial === undefined ? [] : [String(serial)],
  );
}

describe("a range of serials", () => {
  it("is made, listed and signed for, and the same command does nothing any more", () => {
    const out = place.succeed(["batch", ...RANGE]);
    expect(out).toContain("made 300 devices: batch 1\n");
    expect(readdirSync(place.at("devices")).filter((name) => !name.startsWith("."))).toHaveLength(600);
    expect(place.succeed(["verify", "--manifest", "devices.manifest.ndjson"])).toContain("300 compliant");
    expect(place.succeed(["ledger", "check"])).toContain("agree");
    const before = place.listing();
    expect(place.succeed(["batch", ...RANGE])).toContain("nothing to do: batch 1 was finished");
    expect(place.listing()).toEqual(before);
  });

  it("has a manifest that is called as the directory is, whatever way that is named", () => {
    mkdirSync(place.at("fleet"));
    place.succeed(["batch", ...RANGE, "--out", "fleet/."]);
    expect(readdirSync(place.at("fleet"))).toHaveLength(600);
    expect(place.succeed(["verify", "--manifest", "fleet.manifest.ndjson"])).toContain("300 compliant");
  });

  it.each(["a.tar", "a.tar.gz", "a.ndjson"])("goes into %s, with as many threads as are asked for", (out) => {
    for (const jobs of ["1", "3"]) {
      const file = `${jobs}${out}`;
      const from = jobs === "1" ? "100000" : "200000";
      const range = ["--count", "700", "--serial-from", from, "--name", "D-{n}-{serialHex}"];
      place.succeed(["batch", ...range, "--out", file, "--jobs", jobs, "--check-all"]);
      const wanted = Array.from({ length: 700 }, (_, n) => String(Number(from) + n));
      expect(serialsIn(place.at(`${file}.manifest.ndjson`))).toEqual(wanted);
      expect(place.succeed(["verify", "--manifest", `${file}.manifest.ndjson`])).toContain("700 compliant");
    }
  });

  it("is refused as a whole where the policy wants no such devices, and nothing is made", () => {
    const { status, stderr } = place.samicerts(["batch", ...RANGE, "--days", "99999"]);
    expect(status).toBe(1);
    expect(stderr).toContain("the certificate would be valid until");
    expect(place.succeed(["list"])).not.toContain("Device-");
    expect(readdirSync(place.directory)).not.toContain("devices");
  });
});

describe("a list", () => {
  const LIST =
    "serial,name,days,key\n100001,a,10,\n100002,b,,ec:P-384\nx,bad,,\n100002,twice,,\n100005,late,99999,\n";

  it("has its good rows made and its bad ones told of, with their lines, to be mended", () => {
    writeFileSync(place.at("devices.csv"), LIST);
    const { status, stdout, stderr } = place.samicerts(["batch", "devices.csv", "--rejects", "rejects.csv"]);
    expect(status).toBe(6);
    expect(stdout).toContain("made 2 devices: batch 1\n");
    expect(stdout).toContain("3 rows, in rejects.csv");
    for (const line of [4, 5, 6]) expect(stderr).toContain(`error: devices.csv:${line}: `);
    expect(readFileSync(place.at("rejects.csv"), "utf8")).toBe(
      "serial,name,days,key\nx,bad,,\n100002,twice,,\n100005,late,99999,\n",
    );
    writeFileSync(
      place.at("mended.csv"),
      "serial,name,days,key\n100003,bad,,\n100004,twice,,\n100005,late,9,\n",
    );
    expect(place.succeed(["batch", "mended.csv"])).toContain("made 3 devices: batch 2\n");
    expect(place.succeed(["verify"])).toContain("5 compliant");
    expect(place.succeed(["ledger", "check"])).toContain("agree");
  });

  it("is looked through before anything is made: --max-errors, --dry-run", () => {
    writeFileSync(place.at("devices.csv"), LIST);
    const before = place.listing().filter((line) => !line.startsWith("samicerts.db"));
    const many = place.samicerts(["batch", "devices.csv", "--max-errors", "2"]);
    expect(many.status).toBe(2);
    expect(many.stderr).toContain("3 rows are refused, more than the 2 of --max-errors: nothing was made");
    const dry = place.samicerts(["batch", "devices.csv", "--dry-run"]);
    expect(dry.status).toBe(6);
    expect(dry.stdout).toBe("2 devices would be made, 3 rows refused; nothing was made\n");
    const after = place.listing().filter((line) => !line.startsWith("samicerts.db"));
    expect(after.filter((line) => !line.startsWith("devices"))).toEqual(
      before.concat([]).filter((line) => !line.startsWith("devices")),
    );
    expect(place.succeed(["list"])).not.toContain("100001");
  });

  it("finds serials and names that the ledger has", () => {
    place.succeed(["client", "100001", "Lamp"]);
    writeFileSync(place.at("d.csv"), "serial,name\n100001,x\n100002,Lamp\n100003,y\n");
    const { status, stdout, stderr } = place.samicerts(["batch", "d.csv"]);
    expect(status).toBe(6);
    expect(stdout).toContain("made 1 device: batch 1");
    expect(stderr).toContain('d.csv:2: serial 100001 (0x186a1) was issued already, to "Lamp" at ');
    expect(stderr).toContain('d.csv:3: the name "Lamp" is taken');
  });

  it("comes as NDJSON on standard input, and goes out on standard output", () => {
    const input = '{"serial":"100077","name":"n"}\n';
    const { status, stdout, stderr } = place.samicerts(["batch", "-", "--out", "-"], { input });
    expect({ status, line: linesOf(stdout)[0]?.["serial"] }).toEqual({ status: 0, line: "100077" });
    expect(stderr).toContain("made 1 device");
    expect(place.succeed(["batch", "-"], { input: '{"serial":"100078","name":"m"}\n' })).toContain(
      "made 1 device",
    );
    expect(place.succeed(["batch", "-"], { input: '{"serial":"100079","name":"o"}\n' })).toContain(
      "made 1 device",
    );
  });

  it("certifies the requests that its rows bring, and refuses those without proof", () => {
    place.succeed(["csr", "lamp"]);
    place.succeed(["csr", "tea"]);
    const pem = readFileSync(place.at("tea.csr"), "utf8");
    writeFileSync(
      place.at("d.csv"),
      `serial,name,csr\n100001,lamp,lamp.csr\n100002,tea,"${pem}"\n100003,none,no.csr\n`,
    );
    const { status, stderr } = place.samicerts(["batch", "d.csv", "--out", "d.ndjson"]);
    expect(status).toBe(6);
    expect(stderr).toContain("no.csr does not exist");
    const devices = linesOf(readFileSync(place.at("d.ndjson"), "utf8"));
    expect(devices.map(({ serial, key }) => [serial, key])).toEqual([
      ["100001", undefined],
      ["100002", undefined],
    ]);
    writeFileSync(place.at("again.csv"), "serial,name,csr\n100011,lamp2,lamp.csr\n100012,n,tea.csr\n");
    const again = place.samicerts(["batch", "again.csv", "--out", "again.ndjson"]);
    expect(again.status).toBe(2);
    expect(again.stderr).toContain("again.csv: all of its 2 rows are refused, nothing was made");
    expect(again.stderr).toMatch(/\nhint: .*; --dry-run tells of every row, and fills --rejects\n$/);
    const dry = place.samicerts(["batch", "again.csv", "--dry-run", "--rejects", "all.csv"]);
    expect(dry.stderr).toContain("error: again.csv:3: ");
    expect(readFileSync(place.at("all.csv"), "utf8")).toBe(readFileSync(place.at("again.csv"), "utf8"));
    expect(again.stderr).toContain('belongs to serial 100001 (0x186a1), "lamp" already');
    expect(existsSync(place.at("again.ndjson"))).toBe(false);
  });
});

describe("--json", () => {
  it("prints NDJSON and a summary at the end", () => {
    writeFileSync(place.at("d.csv"), "serial,name\n100001,a\nx,b\n");
    const { status, stdout } = place.samicerts(["batch", "d.csv", "--json", "--quiet"]);
    expect(status).toBe(6);
    const lines = linesOf(stdout);
    expect(lines.map(({ event }) => event)).toEqual(["begun", "refused", "committed", "summary"]);
    expect(new Set(lines.map((line) => line["schema"]))).toEqual(new Set(["samicerts/batch/v1"]));
    expect(lines[1]).toMatchObject({ line: 3, error: { code: "serial.invalid" } });
    expect(lines.at(-1)).toMatchObject({ state: "finished", batch: 1, issued: 1, refused: 1, total: 2 });
  });
});

describe("what is typed wrong", () => {
  it.each([
    [[], "samicerts batch needs to know which devices"],
    [
      ["--count", "3"],
      "a range needs --count, --serial-from and --name: --serial-from and --name are missing",
    ],
    [
      ["--count", "3", "--serial-from", "1"],
      "a range needs --count, --serial-from and --name: --name is missing",
    ],
    [["d.csv", "--count", "3"], "--count is for a range of serials, and there is a file: d.csv"],
    [["--count", "0", "--serial-from", "1", "--name", "x"], '--count can\'t be "0"'],
    [["d.csv", "--json", "--out", "-"], "--json and --out - both print on standard output"],
  ])("%j is told of", (words, message) => {
    const { status, stderr } = place.samicerts(["batch", ...words]);
    expect(status).toBe(2);
    expect(stderr).toContain(`error: ${message}\nhint: `);
  });

  it("a file that is not there ends it", () => {
    const { status, stderr } = place.samicerts(["batch", "no.csv"]);
    expect({ status, stderr }).toEqual({
      status: 3,
      stderr: told("no.csv does not exist", "check the path, or --dir"),
    });
  });
});

describe("what is in a new batch's way", () => {
  const rows = (from: number): string => `serial,name\n${from},d${from}\n${from + 1},d${from + 1}\nbad,x\n`;

  it.each([
    ["an archive", "a.tar", "a.tar", []],
    ["a manifest", "a.tar", "a.tar.manifest.ndjson", []],
    ["a file of rejected rows", "a.tar", "r.csv", ["--rejects", "r.csv"]],
  ])("%s ends it before the ledger knows of it", (_, out, there, more) => {
    writeFileSync(place.at("d.csv"), rows(100_000));
    writeFileSync(place.at(there), "somebody's");
    for (const turn of [1, 2]) {
      const { status, stderr } = place.samicerts(["batch", "d.csv", "--out", out, ...more]);
      expect({ turn, status }).toEqual({ turn, status: 4 });
      expect(stderr).toContain(`error: ${there} exists already; it was not touched\n`);
    }
    expect(readFileSync(place.at(there), "utf8")).toBe("somebody's");
    expect(place.succeed(["ledger", "check"])).toContain("agree");
  });

  it("another stream does not go into a finished archive, nor begin what nobody can finish", () => {
    const input = '{"serial":"100077","name":"n"}\n';
    place.succeed(["batch", "-", "--out", "a.tar"], { input });
    const again = place.samicerts(["batch", "-", "--out", "a.tar"], { input: input.replaceAll("7", "8") });
    expect(again.status).toBe(4);
    expect(again.stderr).toContain("a.tar exists already");
    expect(place.succeed(["ledger", "check"])).toContain("agree");
  });

  it("a place for rejected rows that can't be is told of before anything is made", () => {
    writeFileSync(place.at("d.csv"), rows(100_000));
    for (const [rejects, status, message] of [
      ["no/r.csv", 3, "the directory of no/r.csv does not exist"],
      ["-", 2, "--rejects can't be -"],
      ["./a.tar", 2, "--rejects names ./a.tar, which is for what is made"],
      ["a.tar.manifest.ndjson", 2, "--rejects names a.tar.manifest.ndjson, which is for what is made"],
    ] as const) {
      const told = place.samicerts(["batch", "d.csv", "--out", "a.tar", "--rejects", rejects]);
      expect({ rejects, status: told.status }).toEqual({ rejects, status });
      expect(told.stderr).toContain(`error: ${message}`);
    }
    expect(existsSync(place.at("a.tar"))).toBe(false);
    expect(place.succeed(["ledger", "check"])).toContain("agree");
  });

  it.each([["flat"], ["spread", "--shard"]])(
    "a file of a device, in a directory that is %s, before anything is made",
    (_, ...more) => {
      writeFileSync(place.at("d.csv"), "serial,name\n100001,a\n100002,b\n100003,c\n");
      const refused = "error: d.csv:3: devices/100002.key exists already; it was not touched\n";
      mkdirSync(place.at("devices"));
      writeFileSync(place.at("devices/100002.key"), "somebody's");
      const dry = place.samicerts(["batch", "d.csv", "--dry-run", ...more]);
      expect(dry.stdout).toBe("2 devices would be made, 1 row refused; nothing was made\n");
      expect(dry.stderr).toContain(refused);
      const none = place.samicerts(["batch", "d.csv", "--max-errors", "0", ...more]);
      expect({ status: none.status, out: none.stdout }).toEqual({ status: 2, out: "" });
      expect(none.stderr).toContain("1 row is refused, more than the 0 of --max-errors: nothing was made");
      expect(place.succeed(["list"])).not.toContain("100001");
      const rest = place.samicerts(["batch", "d.csv", ...more]);
      expect(rest.stdout).toContain("made 2 devices");
      expect(rest.stderr).toContain(refused);
    },
  );

  it("a directory that is not there, on the way to an archive", () => {
    const { status, stderr } = place.samicerts(["batch", ...RANGE, "--out", "no/../a.tar"]);
    expect(status).toBe(3);
    expect(stderr).toContain(
      "error: the directory of no/../a.tar does not exist\nhint: make it first: mkdir -p",
    );
    expect(place.succeed(["ledger", "check"])).toContain("agree");
  });

  it("a link that leads nowhere is told of as one", () => {
    symlinkSync("/nowhere/at/all", place.at("link"));
    const { status, stderr } = place.samicerts(["batch", ...RANGE, "--out", "link"]);
    expect(status).toBe(4);
    expect(stderr).toContain("error: link exists already as a symbolic link that leads nowhere");
  });
});

it("a batch without a device is not said to be verified by a command that can't", () => {
  const { status, stdout } = place.samicerts(["batch", "-", "--out", "a.tar"], {
    input: "serial,name\nbad,x\n",
  });
  expect(status).toBe(6);
  expect(stdout).toContain("made 0 devices");
  expect(stdout).not.toContain("verify --manifest");
});
