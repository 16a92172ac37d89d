import { describe, expect, it } from "vitest";
import { SamicertsError } from "../../../src/base/errors.ts";
import { read } from "./walk.ts";

const brief = (text: string | Uint8Array, pieceLength?: number) => {
  const { rows, rejected, failure } = read(text, "csv", pieceLength === undefined ? {} : { pieceLength });
  return {
    rows: rows.map(({ line, serial, name }) => [line, serial, name]),
    rejected: rejected.map(({ line, error }) => [line, error.code]),
    failure,
  };
};

describe("a CSV's rows", () => {
  it("are read with their lines and their text as it was written", () => {
    const { rows, header } = read("serial,name\n100, MyAwesomeDevice\r\n0x65,b\n");
    expect(header).toBe("serial,name");
    expect(rows).toEqual([
      { line: 2, raw: "100, MyAwesomeDevice", serial: 100n, name: "MyAwesomeDevice" },
      { line: 3, raw: "0x65,b", serial: 101n, name: "b" },
    ]);
  });

  it.each([
    ["in another order", "name,serial\nb,100\n"],
    ["in capitals, with spaces", " Serial ,\tNAME\n100,b\n"],
    ["in quotes", '"serial","name"\n"100","b"\n'],
    ["with a byte order mark", "\ufeffserial,name\n100,b\n"],
    ["with CRLF", "serial,name\r\n100,b\r\n"],
    ["without a line end at the end", "serial,name\n100,b"],
    ["with empty lines", "\n\r\nserial,name\n\n  \t\n100,b\n\n"],
    ["with spaces around quotes", 'serial,name\n100 , "b" \n'],
  ])("are found %s", (_, text) => {
    for (const pieceLength of [1, 2, 3, 7, 1000]) {
      const { rows, rejected, failure } = brief(text, pieceLength);
      expect({ rejected, failure }).toEqual({ rejected: [], failure: undefined });
      expect(rows.map(([, ...row]) => row)).toEqual([[100n, "b"]]);
    }
  });

  it("have commas, quotes, spaces and line ends in quoted values", () => {
    const text = 'serial,name\n1,"a,b"\n2,"say ""hi"""\n3," c "\n4,"d\r\ne\n\nf"\n5,""\n6,g\n';
    for (const pieceLength of [1, 4, 1000])
      expect(brief(text, pieceLength)).toEqual({
        rows: [
          [2, 1n, "a,b"],
          [3, 2n, 'say "hi"'],
          [4, 3n, " c "],
          [5, 4n, "d\r\ne\n\nf"],
          [10, 6n, "g"],
        ],
        rejected: [[9, "input.no-name"]],
        failure: undefined,
      });
    expect(read(text).rows[3]?.raw).toBe('4,"d\r\ne\n\nf"');
  });

  it("take the optional columns, and refuse those that nobody acts upon", () => {
    const text = "serial,name,days,key,csr,san\n1,a,30,rsa:2048,,\n2,b,,,x.csr,\n3,c,,,,DNS:c\n4,d,,,,\n";
    const { rows, rejected } = read(text);
    expect(rows).toEqual([
      {
        line: 2,
        raw: "1,a,30,rsa:2048,,",
        serial: 1n,
        name: "a",
        days: 30,
        key: { kind: "rsa", bits: 2048 },
      },
      { line: 5, raw: "4,d,,,,", serial: 4n, name: "d" },
    ]);
    expect(rejected.map(({ error }) => error.code)).toEqual([
      "input.unsupported-column",
      "input.unsupported-column",
    ]);
    const all = read(text, "csv", { columns: new Set(["csr", "san"]) });
    expect(all.rejected).toEqual([]);
    expect(all.rows.slice(1, 3)).toMatchObject([{ csr: "x.csr" }, { san: "DNS:c" }]);
  });

  it.each([
    ["1,", "input.no-name"],
    [",a", "serial.empty"],
    ["ff,a", "serial.hex-without-prefix"],
    ["0,a", "serial.zero"],
    ["1", "input.columns"],
    ["1,a,b", "input.columns"],
    [",,", "input.columns"],
    ['1,5" nail', "input.stray-quote"],
    ['1,"a" b "c"', "input.broken-quote"],
    ["1\0,a", "serial.invalid"],
  ])("are refused one by one where they are wrong: %j", (line, code) => {
    const { rows, rejected, failure } = read(`serial,name\n7,x\n${line}\n8,y\n`);
    expect(failure).toBeUndefined();
    expect(rows.map(({ serial }) => serial)).toEqual([7n, 8n]);
    expect(rejected).toMatchObject([{ line: 3, raw: line, error: { kind: "input", code } }]);
    expect(rejected[0]?.error.message).toMatch(/^in\.txt:3: /);
    expect(rejected[0]?.error.hint).not.toBe("");
  });

  it.each([
    ["days", ["0", "-1", "1.5", "1e3", "x", "99999999", "٣"], "input.days"],
    ["key", ["rsa:1", "rsa:99999"], "key.size"],
    ["key", ["ec", "dsa:2048"], "key.unknown-type"],
    ["key", ["ec:P-256\u202e", "x".repeat(5000)], "input.key"],
  ])("are refused for %s %j", (column, values, code) => {
    for (const value of values) {
      const { rows, rejected } = read(`serial,name,${column}\n1,a,"${value}"\n`);
      expect(rows).toEqual([]);
      expect(rejected).toMatchObject([{ error: { code } }]);
      expect(rejected[0]?.error.message.length).toBeLessThan(200);
    }
  });

  it("must suit a common name, or what the caller checks", () => {
    const text = `serial,name\n1,${"x".repeat(65)}\n2,a\u0007b\n3,ok\n`;
    const bare = read(text, "csv", { checkRow: undefined as never });
    expect(bare.rejected.map(({ error }) => error.code)).toEqual(["name.too-long", "name.charset"]);
    expect(bare.rows.map(({ name }) => name)).toEqual(["ok"]);
    expect(read(text).rejected).toEqual([]);
  });

  it("count as the first with their serial and name though the caller refuses them: so it is in every walk", () => {
    const refusing = (row: { readonly line: number }): void => {
      if (row.line === 2) throw new SamicertsError({ kind: "input", code: "no", message: "no", hint: "no" });
    };
    const text = "serial,name\n1,a\n1,b\n2,a\n3,c\n";
    const codes = (checkRow: typeof refusing) =>
      read(text, "csv", { checkRow }).rejected.map(({ line, error }) => [line, error.code]);
    const repeated = [
      [3, "input.duplicate-serial"],
      [4, "input.duplicate-name"],
    ];
    expect(codes(refusing)).toEqual([[2, "no"], ...repeated]);
    expect(codes(() => {})).toEqual(repeated);
  });

  it("are unique by serial and by name, however they are written", () => {
    expect(brief("serial,name\n16,a\n0x10,b\n17,a\n016,c\n18,d\n17,e\n17,f\n")).toEqual({
      rows: [
        [2, 16n, "a"],
        [6, 18n, "d"],
        // Line 4 was refused for its name, so its serial was still free.
        [7, 17n, "e"],
      ],
      rejected: [
        [3, "input.duplicate-serial"],
        [4, "input.duplicate-name"],
        [5, "input.duplicate-serial"],
        [8, "input.duplicate-serial"],
      ],
      failure: undefined,
    });
    expect(read("serial,name\n16,a\n0x10,b\n").rejected[0]?.error.message).toBe(
      "in.txt:3: the serial 16 is in line 2 already",
    );
  });
});

describe("a CSV's header", () => {
  it.each([
    ["serial,name,colour", 1, "input.unknown-column", '"colour"', "serial, name, csr, days, key, san"],
    ["\n\nserial,nmae", 3, "input.unknown-column", '"nmae"', "did you mean name?"],
    ["serial,name,", 1, "input.unknown-column", "no name", "columns are"],
    ["serial,name,SERIAL", 1, "input.duplicate-column", "serial", "keep one"],
    ["serial,days", 1, "input.missing-column", "name", "serial,name"],
    ["serial;name", 1, "input.unknown-column", "serial;name", "semicolons"],
    ["serial\tname", 1, "input.unknown-column", "serial", "commas"],
    ["100,a", 1, "input.unknown-column", "100", "first line names the columns"],
    ["serial,name\r100,a\r101,b", 1, "input.unknown-column", "name", "CR alone"],
    ['[{"serial":1}]', 1, "input.stray-quote", "quote", "quotes"],
    ["[1,2]", 1, "input.unknown-column", "[1", "JSON array"],
    ["s\0e\0r\0i\0a\0l\0,\0n\0", 1, "input.unknown-column", "u0000", "UTF-16"],
  ])("is refused as a whole, naming column and line: %j", (text, line, code, says, hint) => {
    const { rows, rejected, failure } = read(`${text}\n1,a\n`);
    expect([...rows, ...rejected]).toEqual([]);
    expect(failure).toMatchObject({ kind: "input", code });
    const { message, hint: told } = failure as { message: string; hint: string };
    expect(message).toMatch(new RegExp(`^in\\.txt:${line}: `));
    expect(message).toContain(says);
    expect(told).toContain(hint);
  });

  it.each([
    ["", "is empty"],
    ["\ufeff", "is empty"],
    ["\n\n", "is empty"],
    ["serial,name", "no row"],
    ["serial,name\n\n", "no row"],
  ])("alone is no batch: %j", (text, says) => {
    const { failure } = read(text);
    expect(failure).toMatchObject({ kind: "input", code: "input.no-rows" });
    expect((failure as Error).message).toContain(says);
  });
});

describe("a damaged CSV", () => {
  it("has a line of 10 MB refused and is read on after it", () => {
    const long = `2,${"x".repeat(10_000_000)}`;
    for (const pieceLength of [1000, 65_536, 1 << 24]) {
      const { rows, rejected, failure } = read(`serial,name\n1,a\n${long}\n3,c\n`, "csv", { pieceLength });
      expect(failure).toBeUndefined();
      expect(rows.map(({ line, name }) => [line, name])).toEqual([
        [2, "a"],
        [4, "c"],
      ]);
      expect(rejected).toMatchObject([
        { line: 3, truncated: true, error: { code: "input.record-too-long" } },
      ]);
      expect(rejected[0]?.raw).toBe(long.slice(0, 65_536));
    }
  });

  it("has a record of 64 KB, and not one octet more", () => {
    const name = "x".repeat(65_536 - 2);
    expect(read(`serial,name\n1,${name}\n`).rows.length).toBe(1);
    expect(read(`serial,name\n1,"${name.slice(2)}"\n`).rows.length).toBe(1);
    expect(read(`serial,name\n1,${name}x\n`).rejected).toMatchObject([{ truncated: true }]);
    expect(read(`serial,name\n1,"${name.slice(1)}"\n`).rejected).toMatchObject([{ truncated: true }]);
    expect(read(`serial,name\n1,${"é".repeat(32_767)}\n`).rows.length).toBe(1);
    expect(read(`serial,name\n1,${"é".repeat(32_768)}\n`).rejected).toMatchObject([{ truncated: true }]);
  });

  it("has a long value in quotes refused whole, with all the lines that are in it", () => {
    const inside = "666,evil\n".repeat(20_000);
    const { rows, rejected, failure } = read(`serial,name\n1,"${inside}"\n2,b\n`);
    expect(failure).toBeUndefined();
    expect(rows.map(({ line, name }) => [line, name])).toEqual([[20_003, "b"]]);
    expect(rejected).toMatchObject([{ line: 2, truncated: true }]);
  });

  it("is not read beyond a quote that is never closed", () => {
    for (const tail of ["3,c\n4,d\n", "x\n".repeat(200_000)]) {
      const { rows, rejected, failure } = read(`serial,name\n1,a\n2,"b\n${tail}`);
      expect(rows.map(({ name }) => name)).toEqual(["a"]);
      expect(rejected).toEqual([]);
      expect(failure).toMatchObject({ kind: "input", code: "input.unclosed-quote" });
      expect((failure as Error).message).toMatch(/^in\.txt:3: /);
    }
  });

  it("tells where the quote was opened, not where its record began", () => {
    const { failure } = read('serial,name,days\n1,"a\nb","30\n2,c,1\n');
    expect((failure as Error).message).toMatch(/^in\.txt:3: /);
  });

  it("is not read beyond quotes that leave open where the record ends", () => {
    const { rows, failure } = read('serial,name\n1,a\n2,"b" "c\n3,d\n4,"e"\n');
    expect(rows.map(({ name }) => name)).toEqual(["a"]);
    expect(failure).toMatchObject({ code: "input.broken-quote" });
    expect((failure as Error).message).toMatch(/^in\.txt:3: /);
  });

  it("has records that are not UTF-8 refused, their octets kept", () => {
    const bytes = Buffer.concat([
      Buffer.from("serial,name\n1,a\n2,caf"),
      Buffer.from([0xe9]),
      Buffer.from('\r\n3,"x\n'),
      Buffer.from([0xff]),
      Buffer.from('y"\n4,\u00e9\n'),
    ]);
    for (const pieceLength of [1, 5, 1000]) {
      const { rows, rejected, failure } = read(bytes, "csv", { pieceLength });
      expect(failure).toBeUndefined();
      expect(rows.map(({ line, name }) => [line, name])).toEqual([
        [2, "a"],
        [6, "é"],
      ]);
      expect(rejected.map(({ line, error }) => [line, error.code])).toEqual([
        [3, "input.not-utf8"],
        [4, "input.not-utf8"],
      ]);
      expect(Buffer.from(rejected[0]?.rawBytes ?? [])).toEqual(Buffer.from([...Buffer.from("2,caf"), 0xe9]));
      expect(Buffer.from(rejected[1]?.rawBytes ?? []).toString("latin1")).toBe('3,"x\n\xffy"');
    }
  });

  it.each(["utf16le", "swapped"])("is known for UTF-16 by its byte order mark, %s", (order) => {
    const bytes = Buffer.from("\ufeffserial,name\n1,a\n", "utf16le");
    const { failure } = read(order === "swapped" ? bytes.swap16() : bytes);
    expect(failure).toMatchObject({ kind: "input", code: "input.not-utf8", hint: "save it as UTF-8" });
    expect((failure as Error).message).toBe("in.txt:1: the text is in UTF-16");
  });
});
