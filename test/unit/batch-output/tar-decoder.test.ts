import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { SamicertsError } from "../../../src/base/errors.ts";
import { createDeviceEncoder } from "../../../src/batch-output/device-encoder.ts";
import { TarDecoder, type TarWants } from "../../../src/batch-output/tar-decoder.ts";
import { TAR_END } from "../../../src/batch-output/tar-encoder.ts";
import { devicesOf, encodeAll } from "./sample-batch.ts";

const ANY: TarWants = { name: () => true, size: 100_000 };

/** The files of an archive that comes in pieces of these lengths, one after the other and again. */
function decode(archive: Uint8Array, lengths: readonly number[], wants = ANY): [string, string][] {
  const decoder = new TarDecoder("line.tar", wants);
  const files: [string, string][] = [];
  for (let at = 0, turn = 0; at < archive.length; turn++) {
    const length = lengths[turn % lengths.length] as number;
    // What is taken may be overwritten afterwards.
    const piece = Uint8Array.from(archive.subarray(at, at + length));
    const { bytes, files: found } = decoder.take(piece);
    piece.fill(0xff);
    for (const { name, start, end } of found)
      files.push([name, Buffer.from(bytes.subarray(start, end)).toString("latin1")]);
    at += length;
  }
  decoder.end();
  return files;
}

function errorOf(run: () => unknown): SamicertsError {
  try {
    run();
  } catch (error) {
    if (error instanceof SamicertsError) return error;
    throw error;
  }
  throw new Error("it was taken");
}

const DEVICES = devicesOf(20);
const WHOLE = (() => {
  const encoder = createDeviceEncoder({ kind: "tar", sharded: false, name: "" });
  return Buffer.concat([encodeAll(encoder, DEVICES).output, TAR_END]);
})();
const CONTENTS = DEVICES.flatMap(({ serial, keyPem, certificatePem }) => [
  [`devices/${serial}.key`, String(keyPem)],
  [`devices/${serial}.crt`, Buffer.from(certificatePem as Uint8Array).toString("latin1")],
]);

/** One entry with a header of its own, its checksum right. */
function entry(name: string, content: string, fields: Readonly<Record<number, string>> = {}): Buffer {
  const body = Buffer.from(content);
  const header = Buffer.alloc(512);
  header.write(name, 0, "utf8");
  header.write(`${body.length.toString(8).padStart(11, "0")}\0`, 124, "latin1");
  header.write("0", 156, "latin1");
  for (const [at, value] of Object.entries(fields)) header.write(value, Number(at), "latin1");
  header.fill(" ", 148, 156);
  const sum = header.reduce((total, octet) => total + octet, 0);
  header.write(`${sum.toString(8).padStart(6, "0")}\0 `, 148, "latin1");
  return Buffer.concat([header, body, Buffer.alloc((512 - (body.length % 512)) % 512)]);
}

const END = Buffer.alloc(1024);
const archive = (...entries: readonly Buffer[]): Buffer => Buffer.concat([...entries, END]);

describe("taking a tar archive apart", () => {
  it("gives what was put together, however it comes in pieces", () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 1, max: 5000 }), { minLength: 1, maxLength: 6 }), (lengths) => {
        expect(decode(WHOLE, lengths)).toEqual(CONTENTS);
      }),
      { numRuns: 50 },
    );
  });

  it("passes over what is not wanted", () => {
    const wants = { ...ANY, name: (name: string) => name.endsWith(".crt") };
    expect(decode(WHOLE, [700], wants)).toEqual(CONTENTS.filter(([name]) => name?.endsWith(".crt")));
    const large = archive(entry("large.bin", "x".repeat(200_000)), entry("a.crt", "a"));
    expect(decode(large, [1000], wants)).toEqual([["a.crt", "a"]]);
    expect(errorOf(() => decode(large, [1000])).code).toBe("archive.too-large");
  });

  it("reads long names, ustar's, GNU's and pax's, and passes over directories and links", () => {
    const long = `devices/${"d".repeat(120)}/1.crt`;
    const pax = (key: string, value: string): string => {
      const rest = ` ${key}=${value}\n`;
      const digits = rest.length > 97 ? 3 : 2;
      return `${rest.length + digits}${rest}`;
    };
    expect(
      decode(
        archive(
          entry("devices/", "", { 156: "5" }),
          entry("1.crt", "prefixed", { 257: "ustar\x0000", 345: "some/where" }),
          entry("././@LongLink", `${long}\0`, { 156: "L" }),
          entry(long.slice(0, 100), "gnu"),
          entry("pax", pax("path", long) + pax("mtime", "123456789.25"), { 156: "x" }),
          entry("short", "pax"),
          entry("link.crt", "", { 156: "2", 157: "1.crt" }),
          entry("plain.crt", "plain", { 156: "\0" }),
        ),
        [512],
      ),
    ).toEqual([
      ["some/where/1.crt", "prefixed"],
      [long, "gnu"],
      [long, "pax"],
      ["plain.crt", "plain"],
    ]);
  });

  it("says of one that is cut off that it is, wherever that was", () => {
    for (let length = 0; length < WHOLE.length; length += 256) {
      const { code, message } = errorOf(() => decode(WHOLE.subarray(0, length), [3000]));
      expect(code, `${length}`).toBe("archive.cut-off");
      expect(message).toBe(`line.tar is cut off after ${length} octets`);
    }
  });

  it("refuses what is no archive, is damaged, or goes on behind its end", () => {
    expect(errorOf(() => decode(Buffer.alloc(600, "x"), [600])).message).toBe(
      "line.tar is no tar archive, or a damaged one (octet 0)",
    );
    const damaged = Uint8Array.from(WHOLE);
    damaged[10] = (damaged[10] as number) ^ 1;
    expect(errorOf(() => decode(damaged, [4096])).code).toBe("archive.damaged");
    for (const between of [512, 1024]) {
      const more = Buffer.concat([WHOLE.subarray(0, -1024), Buffer.alloc(between), WHOLE]);
      expect(errorOf(() => decode(more, [4096])).message).toMatch(/has something behind its end/);
    }
    // Blocks of zeros behind its end are how tar fills a tape's record.
    expect(decode(Buffer.concat([WHOLE, Buffer.alloc(8192)]), [4096])).toEqual(CONTENTS);
    expect(errorOf(() => decode(archive(entry("a", "", { 124: "9".repeat(11) })), [512])).code).toBe(
      "archive.damaged",
    );
    expect(errorOf(() => decode(archive(entry("p", "99 path=x\n", { 156: "x" })), [512])).message).toMatch(
      /malformed pax record/,
    );
  });

  it("takes sizes as GNU writes large ones", () => {
    const size = Buffer.alloc(12);
    size[0] = 0x80;
    size.writeUIntBE(5, 6, 6);
    expect(decode(archive(entry("a", "12345", { 124: size.toString("latin1") })), [512])).toEqual([
      ["a", "12345"],
    ]);
  });
});
