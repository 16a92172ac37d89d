import { createDuplicateCheck } from "../../../src/batch-input/duplicates.ts";
import { RecordParser } from "../../../src/batch-input/record-parser.ts";
import { octets, withWords } from "../grammar.ts";
import { type CreateTarget, repeated, type Target } from "../target.ts";

/** Reads a batch's devices to the end, in pieces, as whoever issues them does; nothing of them is kept. */
const reads =
  (format: "csv" | "ndjson"): Target["read"] =>
  (input) => {
    const parser = new RecordParser({
      name: `some.${format}`,
      format,
      duplicates: createDuplicateCheck(),
      options: {},
    });
    const piece = 100 + (input.length % 97) * 1000;
    for (let at = 0; at < input.length; at += piece) {
      parser.feed(input.subarray(at, at + piece));
      parser.throwFailure();
    }
    parser.end();
    parser.throwFailure();
    return parser.counts.rows;
  };

/** Devices in CSV. */
export const createCsv: CreateTarget = () => ({
  name: "CSV",
  seeds: octets(
    "serial,name\n1,lamp\n2,fan\n",
    'serial,name,days,key\r\n0x10,"a, ""b""",30,ec:P-256\r\n11,x,,rsa:2048\r\n',
    "serial,name,csr,san\n5,é,,DNS:a.example\n",
    '\ufeffserial,name\n1,"two\nlines"\n',
  ),
  mutate: withWords([
    ",",
    '"',
    '""',
    "\n",
    "\r\n",
    "\r",
    "serial",
    "name",
    "days",
    "key",
    "csr",
    "san",
    " ",
    "0x",
    "1",
    "\u0000",
    "\ufeff",
    "é",
    ";",
    "\t",
  ]),
  read: reads("csv"),
  large: (size) => [
    Buffer.from(
      `serial,name\n${Array.from({ length: size / 16 }, (_, n) => `${n + 1},lamp ${n}\n`).join("")}`,
    ),
    Buffer.concat([Buffer.from("serial,name\n"), repeated("1,lamp\n", size)]),
    Buffer.concat([Buffer.from('serial,name\n1,"'), repeated("a", size)]),
    Buffer.concat([Buffer.from('serial,name\n1,"'), repeated('""', size), Buffer.from('"\n')]),
    Buffer.concat([Buffer.from('serial,name\n1,"'), repeated("\n", size), Buffer.from('"\n')]),
    repeated(",", size),
    repeated("\n", size),
    Buffer.concat([Buffer.from("serial,name\n"), repeated("\ufffd\u00e9,\n", size)]),
  ],
});

/** Devices in NDJSON. */
export const createNdjson: CreateTarget = () => ({
  name: "NDJSON",
  seeds: octets(
    '{"serial":"1","name":"lamp"}\n{"serial":"0x10","name":"fan","days":30,"key":"ec:P-384"}\n',
    '{"serial":5,"name":"é","san":["DNS:a"]}\r\n\n{"serial":"6","name":"\\ud83d\\ude00"}',
  ),
  mutate: withWords([
    "{",
    "}",
    "[",
    "]",
    ",",
    ":",
    '"',
    "\\",
    "\\u0000",
    "\\ud800",
    "\n",
    '"serial":',
    '"name":',
    '"__proto__":',
    "1",
    "1e400",
    "null",
    "true",
    '"x"',
    "1.5",
    "-1",
    "9007199254740993",
  ]),
  read: reads("ndjson"),
  large: (size) => [
    Buffer.from(
      Array.from({ length: size / 32 }, (_, n) => `{"serial":"${n + 1}","name":"lamp ${n}"}\n`).join(""),
    ),
    repeated('{"serial":"1","name":"x"}\n', size),
    repeated("[", size),
    repeated('{"a":', size),
    Buffer.concat([Buffer.from('{"serial":"1","name":"'), repeated("a", size), Buffer.from('"}\n')]),
    repeated("\n", size),
  ],
});
