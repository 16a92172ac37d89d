import { generateKeyPairSync } from "node:crypto";
import { describe, expect, it } from "vitest";
import { SamicertsError } from "../../../src/base/errors.ts";
import { looksLikePem, type PemBlock, readPem, writePem } from "../../../src/x509/pem.ts";

const der = Uint8Array.from({ length: 100 }, (_, i) => i);
const pem = writePem("CERTIFICATE", der);
const read = (text: string): PemBlock[] => readPem(Buffer.from(text, "latin1"), "a.pem");
const refusal = (text: string | Uint8Array): SamicertsError => {
  try {
    readPem(typeof text === "string" ? Buffer.from(text, "latin1") : text, "a.pem");
  } catch (error) {
    if (error instanceof SamicertsError) return error;
    throw error;
  }
  throw new Error("it was taken");
};
const block = { label: "CERTIFICATE", der: Buffer.from(der), line: 1 };

describe("writePem", () => {
  it("writes 64 columns and LF", () => {
    expect(pem.split("\n").map((line) => line.length)).toEqual([27, 64, 64, 8, 25, 0]);
    expect(writePem("X", new Uint8Array(48))).toBe(`-----BEGIN X-----\n${"A".repeat(64)}\n-----END X-----\n`);
  });

  it("writes a window of a larger buffer", () => {
    expect(writePem("X", Uint8Array.of(9, 1, 2, 9).subarray(1, 3))).toContain("\nAQI=\n");
  });

  it("writes what Node writes", () => {
    const { publicKey } = generateKeyPairSync("ec", { namedCurve: "P-256" });
    const theirs = publicKey.export({ type: "spki", format: "pem" });
    expect(writePem("PUBLIC KEY", publicKey.export({ type: "spki", format: "der" }))).toBe(theirs);
  });
});

describe("readPem", () => {
  it("reads what writePem wrote", () => {
    expect(read(pem)).toEqual([block]);
  });

  it.each([
    ["CRLF", pem.replaceAll("\n", "\r\n")],
    ["CR", pem.replaceAll("\n", "\r")],
    ["spaces at the ends of lines", pem.replaceAll("\n", " \t\n")],
    ["no line break at the end", pem.trimEnd()],
    [
      "one long line",
      pem.replace(/-\n([^-]+)\n-/s, (_, body: string) => `-\n${body.replaceAll("\n", "")}\n-`),
    ],
    ["empty lines in the base64", pem.replace("\n", "\n\n")],
    ["a byte order mark", `\xef\xbb\xbf${pem}`],
    ["text after it", `${pem}Bag Attributes\n  friendlyName: x\n`],
  ])("takes %s", (_, text) => {
    expect(read(text)).toEqual([block]);
  });

  it("reads all blocks, with the lines they begin in, and passes over what is between them", () => {
    const text = `subject=CN = a\n${pem}\n# -----BEGIN CERTIFICATE----- is what follows\r\n${pem}${writePem("X509 CRL", der)}`;
    expect(read(text).map(({ label, line }) => [label, line])).toEqual([
      ["CERTIFICATE", 2],
      ["CERTIFICATE", 9],
      ["X509 CRL", 14],
    ]);
  });

  it.each(["", "\n", "no block here", "-----", "----------\n", "x -----BEGIN CERTIFICATE-----\n"])(
    "finds none in %j",
    (text) => {
      expect(read(text)).toEqual([]);
    },
  );

  it("keeps encapsulated headers apart from the base64", () => {
    const headers = ["Proc-Type: 4,ENCRYPTED", "DEK-Info: AES-256-CBC,00FF"];
    const text = pem.replace("\n", `\n${headers.join("\n")}\n\n`);
    expect(read(text)).toEqual([{ ...block, headers }]);
    expect(read(text.replaceAll("\n", "\r\n"))).toEqual([{ ...block, headers }]);
  });

  it.each([
    ["no END line", pem.replace(/-----END.*\n/, ""), "pem.unclosed", "a.pem:1: CERTIFICATE has no END line"],
    [
      "another block before its END",
      `x\n${pem.replace(/-----END.*\n/, "")}${pem}`,
      "pem.unclosed",
      "a.pem:2:",
    ],
    [
      "another label at its END",
      pem.replace("END CERT", "END X CERT"),
      "pem.label",
      "a.pem:5: END X CERTIFICATE",
    ],
    [
      "an END without a BEGIN",
      `\n${pem.replace(/^.*\n/, "")}`,
      "pem.boundary",
      "a.pem:5: an END line has no BEGIN",
    ],
    [
      "BEGIN without its dashes",
      pem.replace("CERTIFICATE-----", "CERTIFICATE"),
      "pem.boundary",
      "a.pem:1: the BEGIN",
    ],
    ["END without its dashes", pem.replace(/-----\n$/, "\n"), "pem.boundary", "a.pem:5: the END line"],
    ["text after BEGIN", pem.replace("\n", " x\n"), "pem.boundary", "a.pem:1: the BEGIN"],
    ["no label", pem.replaceAll(" CERTIFICATE", " "), "pem.boundary", "a.pem:1: the BEGIN"],
    ["an endless label", `-----BEGIN ${"A".repeat(1000)}-----\n`, "pem.boundary", "a.pem:1: the BEGIN"],
    ["indented lines", pem.replace(/^/gm, "  "), "pem.boundary", "a.pem:1: the BEGIN line is indented"],
    [
      "a character of base64url",
      pem.replace("\nAAEC", "\nAA_C"),
      "pem.base64",
      'a.pem:2: the base64 of CERTIFICATE has "_"',
    ],
    [
      "a dash within a line",
      pem.replace("\nMDEy", "\nMD-y"),
      "pem.base64",
      'a.pem:3: the base64 of CERTIFICATE has "-"',
    ],
    [
      "four dashes for five",
      pem.replace("\n-----END", "\n----END"),
      "pem.base64",
      'a.pem:5: the base64 of CERTIFICATE has "-"',
    ],
    [
      "a NUL",
      pem.replace("\nMDEy", "\nMD\0y"),
      "pem.base64",
      "a.pem:3: the base64 of CERTIFICATE has octet 0x0",
    ],
    ["an octet over 7F", pem.replace("\nMDEy", "\nMD\xe9y"), "pem.base64", "octet 0xe9"],
    ["padding in the middle", pem.replace("\nMDEy", "\nMD=="), "pem.base64", "a.pem:3:"],
    ["padding that lacks", pem.replace("==\n", "=\n"), "pem.base64", "cut off or padded wrongly"],
    [
      "padding that is too much",
      pem.replace("==\n", "===\n"),
      "pem.base64",
      'a.pem:4: the base64 of CERTIFICATE has "="',
    ],
    ["a character lost", pem.replace("MDEy", "MDE"), "pem.base64", "cut off or padded wrongly"],
    [
      "bits left over that are not zero",
      pem.replace("w==\n", "x==\n"),
      "pem.base64",
      "cut off or padded wrongly",
    ],
    ["nothing in it", "-----BEGIN X-----\n-----END X-----\n", "pem.empty", "a.pem:1: X is empty"],
    ["padding alone", "-----BEGIN X-----\n==\n-----END X-----\n", "pem.base64", "padded wrongly"],
    ["headers without an end", pem.replace("\n", "\nProc-Type: 4,ENCRYPTED\n"), "pem.headers", "a.pem:2:"],
    ["headers without number", `-----BEGIN X-----\n${"a: b\n".repeat(100)}`, "pem.headers", "a.pem:2:"],
  ])("refuses %s", (_, text, code, message) => {
    const error = refusal(text);
    expect(error).toMatchObject({ kind: "input", code });
    expect(error.message).toContain(message);
  });

  it("counts the lines of CRLF and CR as it does those of LF", () => {
    const text = `a\n${pem}\n${pem.replace("\nMDEy", "\nMD!y")}`;
    for (const end of ["\n", "\r\n", "\r"])
      expect(refusal(text.replaceAll("\n", end)).message).toContain("a.pem:10:");
  });

  it("knows UTF-16 when it sees it, in either order", () => {
    const little = Buffer.from(`\ufeff${pem}`, "utf16le");
    for (const bytes of [little, Buffer.from(little).swap16()]) {
      expect(looksLikePem(bytes)).toBe(true);
      expect(refusal(bytes)).toMatchObject({ code: "pem.encoding", hint: "save it as ASCII or UTF-8" });
    }
  });

  it("never shows more of a body than the character it stumbles over", () => {
    const key = "MIGHAgEAMBMGByqGSM49AgEGCCqGSM49AwEHBG0wawIBAQQg";
    const error = refusal(`-----BEGIN PRIVATE KEY-----\n${key}!\n-----END PRIVATE KEY-----\n`);
    expect(error.code).toBe("pem.base64");
    expect(error.message + error.hint).not.toContain(key.slice(0, 8));
  });

  it("goes through many octets once", () => {
    const size = 8 << 20;
    const fill = (text: string): Buffer => Buffer.alloc(size, text);
    for (const text of ["\n", "-", " ", "-----BEGIN", "x-----BEGIN A-----", "\n-----BEGIN-----\r"])
      expect(readPem(fill(text), "a.pem")).toEqual([]);
    for (const text of ["-----BEGIN A-----\n", "-----END A-----\n", "-----BEGIN A-----\na:b\n", " -----END "])
      expect(refusal(fill(text)).code).toMatch(/^pem\./);
    expect(
      readPem(fill("-----BEGIN A-----\nAAAA\n-----END A-----\n").subarray(0, 39 * 1000), "a.pem"),
    ).toHaveLength(1000);
    expect(refusal(Buffer.concat([Buffer.from("-----BEGIN A-----\n"), fill("A")])).code).toBe("pem.unclosed");
  });
});

describe("looksLikePem", () => {
  it.each([
    [pem, true],
    [`text before\r\n${pem}`, true],
    [`\xef\xbb\xbf${pem}`, true],
    ["", false],
    ["x -----BEGIN X-----", false],
    ["0\x0b\x0c\x09\n-----BEGIN X-----", true],
    ["0\x0b\x0c\x09-----BEGIN X-----", false],
    ["-----END X-----", false],
  ])("%j: %s", (text, expected) => {
    expect(looksLikePem(Buffer.from(text, "latin1"))).toBe(expected);
  });
});
