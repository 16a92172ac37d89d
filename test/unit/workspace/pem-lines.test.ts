import { createHash } from "node:crypto";
import { describe, expect, it } from "vitest";
import { findPemLines, type PemLines, pemLinesSource } from "../../../src/workspace/pem-lines.ts";
import { signatureAlgorithmFor } from "../../../src/x509/algorithms.ts";
import { assembleCrl, encodeCrlEntries, encodeTbsCrl } from "../../../src/x509/crl-encode.ts";
import { findCrlEntry, indexCrl } from "../../../src/x509/crl-index.ts";
import { parseName } from "../../../src/x509/name-syntax.ts";
import { readPem, writePem } from "../../../src/x509/pem.ts";
import { serialOctets } from "../../../src/x509/serial.ts";

const LABEL = "X509 CRL";

/** Octets that look like chance, the same each time. */
function octetsOf(count: number): Buffer {
  const parts = Array.from({ length: Math.ceil(count / 32) }, (_, n) =>
    createHash("sha256").update(`${n}`).digest(),
  );
  return Buffer.concat(parts).subarray(0, count);
}

/** PEM with lines of so many columns. */
function pemOf(der: Buffer, columns = 64, eol = "\n"): string {
  const lines = der.toString("base64").match(new RegExp(`.{1,${columns}}`, "g")) ?? [];
  return [`-----BEGIN ${LABEL}-----`, ...lines, `-----END ${LABEL}-----`, ""].join(eol);
}

/** The octets of an INTEGER, whose first bit is its sign. */
function integerOctets(value: bigint): Uint8Array {
  const octets = serialOctets(value);
  return (octets[0] as number) < 0x80 ? octets : Buffer.concat([Buffer.alloc(1), octets]);
}

function opened(text: string) {
  const file = Buffer.from(text, "latin1");
  const read = (at: number, length: number): Buffer => file.subarray(at, at + length);
  return { file, read, lines: findPemLines(read, file.length, LABEL) };
}

describe("a PEM file of even lines", () => {
  it.each([
    [1, 64, "\n"],
    [47, 64, "\n"],
    [48, 64, "\n"],
    [49, 64, "\n"],
    [50, 64, "\r\n"],
    [1000, 64, "\n"],
    [1000, 76, "\r\n"],
    [1000, 4, "\n"],
    [300_001, 64, "\n"],
  ])("of %i octets, %i columns, line ends %j gives any part of what it stands for", (count, columns, eol) => {
    const der = octetsOf(count);
    const { read, lines } = opened(pemOf(der, columns, eol));
    const whole = 4 * Math.ceil(count / 3);
    expect(lines).toMatchObject({ octets: count, columns: Math.min(columns, whole) });
    const source = pemLinesSource(read, lines as PemLines, "x.crl");
    expect(source.size).toBe(count);
    const steps = count > 2000 ? 4999 : count > 100 ? 37 : 1;
    for (let at = 0; at < count; at += steps)
      for (const length of [0, 1, 2, 3, 47, 48, 1000, count - at]) {
        if (at + length > count) continue;
        const { bytes, start } = source.window(at, length);
        expect(
          Buffer.from(bytes)
            .subarray(start, start + length)
            .equals(der.subarray(at, at + length)),
        ).toBe(true);
      }
  });

  it("has a CRL in it that certificates are looked up in", () => {
    const serials = Array.from({ length: 3000 }, (_, n) => BigInt(n) * 7_919n + 1n);
    const entries = encodeCrlEntries(
      serials.map((serial) => ({ serial, reason: "superseded" as const, revokedMs: Date.UTC(2026, 0, 1) })),
    );
    const signatureAlgorithm = signatureAlgorithmFor({ kind: "ec", curve: "P-256" });
    const draft = {
      issuer: parseName("CN=x"),
      thisUpdateMs: 0,
      nextUpdateMs: 1000,
      number: 1,
      authorityKeyIdentifier: Buffer.alloc(20),
      signatureAlgorithm,
    };
    const parts = assembleCrl(encodeTbsCrl(draft, [entries]), signatureAlgorithm, new Uint8Array(64));
    const { read, lines } = opened(pemOf(Buffer.concat(parts)));
    const source = pemLinesSource(read, lines as PemLines, "x.crl");
    const indexed = indexCrl(source, "x.crl", { bytes: (count) => Buffer.alloc(count, 7) });
    expect(indexed.count).toBe(3000);
    for (const serial of serials.filter((_, n) => n % 97 === 0 || n > 2990))
      expect(findCrlEntry(source, indexed, integerOctets(serial), "x.crl")?.reason).toBe("superseded");
    expect(findCrlEntry(source, indexed, integerOctets(5n), "x.crl")).toBeUndefined();
  });

  it("is what our own writer makes", () => {
    expect(opened(writePem(LABEL, octetsOf(5000))).lines).toMatchObject({ octets: 5000, columns: 64 });
  });

  const good = pemOf(octetsOf(400));
  it.each([
    ["text before it", `Issuer: x\n${good}`],
    ["text behind it", `${good}text\n`],
    ["a second block", good + good],
    ["another label", good.replaceAll(LABEL, "CERTIFICATE")],
    ["a short line", good.replace(/^(.{64}\n.{60})(.{4})\n/m, "$1\n$2")],
    ["a space in a line", good.replace(/\n(.{10})./, "\n$1 ")],
    ["a dash in a line", good.replace(/\n(.{10})./, "\n$1-")],
    ["padding in the middle", good.replace(/\n(.{10})./, "\n$1=")],
    ["an empty line", good.replace(/\n/, "\n\n")],
    ["no end", good.slice(0, -20)],
    ["digits that are missing", good.replace(/..\n-----END/, "\n-----END")],
    ["nothing in it", `-----BEGIN ${LABEL}-----\n-----END ${LABEL}-----\n`],
    ["nothing at all", ""],
  ])("is not one with %s, which is read otherwise", (_, text) => {
    expect(opened(text).lines).toBeUndefined();
  });

  it("is refused where it holds what is no digit, or changes meanwhile", () => {
    const { file, read, lines } = opened(good.replace(/\n(.{10})./, "\n$1*"));
    expect(() => readPem(file, "x.crl")).toThrow(expect.objectContaining({ code: "pem.base64" }));
    const source = pemLinesSource(read, lines as PemLines, "x.crl");
    expect(() => source.window(0, 20)).toThrow(expect.objectContaining({ code: "pem.base64" }));
    expect(source.window(100, 20).bytes.length).toBeGreaterThanOrEqual(20);
  });
});
