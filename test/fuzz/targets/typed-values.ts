import { parseKeySpec } from "../../../src/x509/algorithms.ts";
import { formatSerial, parseSerial } from "../../../src/x509/serial.ts";
import { formatTime, parseTime } from "../../../src/x509/time.ts";
import { octets, text, withWords } from "../grammar.ts";
import { type CreateTarget, repeated } from "../target.ts";

const SERIAL_WORDS = [
  "0x",
  "0",
  "-",
  "+",
  " ",
  ":",
  "e9",
  "f",
  "00",
  "9".repeat(60),
  "_",
  "\u0661",
  "F".repeat(41),
];

/** Serial numbers as typed. */
export const createSerial: CreateTarget = () => ({
  name: "serial",
  seeds: octets("100000001", "0x5f5e101", "05:f5:e1:01", "0"),
  mutate: withWords(SERIAL_WORDS),
  read: (input) => formatSerial(parseSerial(text(input))),
  large: (size) => [
    repeated("9", size),
    Buffer.concat([Buffer.from("0x"), repeated("f", size)]),
    repeated("0", size),
  ],
});

const TIME_WORDS = [
  "2026",
  "-",
  "T",
  ":",
  ".5",
  "Z",
  "+00:00",
  "-23:59",
  "24:00:00",
  "60",
  "02-29",
  "9999",
  "0000",
  " ",
  "9".repeat(400),
];

/** Moments as typed. */
export const createTime: CreateTarget = () => ({
  name: "time",
  seeds: octets("2026-01-01T00:00:00Z", "2026-02-28", "9999-12-31T23:59:59+01:00"),
  mutate: withWords(TIME_WORDS),
  read: (input) => formatTime(parseTime(text(input))),
  large: (size) => [
    repeated("9", size),
    Buffer.concat([Buffer.from("2026-01-01T00:00:00."), repeated("0", size)]),
  ],
});

/** Kinds of keys as typed. */
export const createKeySpec: CreateTarget = () => ({
  name: "key spec",
  seeds: octets("ec:P-256", "rsa:3072", "ed25519"),
  mutate: withWords(["ec", "rsa", ":", "P-", "2048", "0", "ed25519", " ", "\n", "__proto__"]),
  read: (input) => parseKeySpec(text(input)),
  large: (size) => [repeated("ec:", size), Buffer.concat([Buffer.from("rsa:"), repeated("9", size)])],
});
