import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { SamicertsError } from "../../src/base/errors.ts";
import { readPem, writePem } from "../../src/x509/pem.ts";

const label = fc.constantFrom("CERTIFICATE", "X509 CRL", "PRIVATE KEY", "EC PRIVATE KEY");
const octets = fc.uint8Array({ minLength: 1, maxLength: 300 });
const between = fc.stringMatching(/^[ -,.-~\n]{0,40}$/).map((text) => `${text}\n`);

describe("PEM", () => {
  it("is read back as it was written, whatever ends its lines and stands between its blocks", () => {
    const blocks = fc.array(fc.tuple(between, label, octets), { minLength: 1, maxLength: 5 });
    fc.assert(
      fc.property(blocks, fc.constantFrom("\n", "\r\n", "\r", " \n"), (list, end) => {
        const text = list.map(([before, name, der]) => before + writePem(name, der)).join("");
        const read = readPem(Buffer.from(text.replaceAll("\n", end)), "f");
        expect(read.map((block) => [block.label, Buffer.from(block.der)])).toEqual(
          list.map(([, name, der]) => [name, Buffer.from(der)]),
        );
        const lines = text.split("\n");
        for (const block of read) expect(lines[block.line - 1]).toBe(`-----BEGIN ${block.label}-----`);
      }),
      { numRuns: 500 },
    );
  });

  it("has one base64 text for its octets: any other is refused", () => {
    fc.assert(
      fc.property(octets, fc.nat(), fc.stringMatching(/^[!-~]$/), (der, at, character) => {
        const text = writePem("X", der);
        const start = text.indexOf("\n") + 1;
        const place = start + (at % (text.length - start - "\n-----END X-----\n".length));
        fc.pre(text[place] !== "\n" && text[place] !== character && character !== "-" && character !== ":");
        const changed = text.slice(0, place) + character + text.slice(place + 1);
        const read = attempt(() => readPem(Buffer.from(changed), "f"));
        if (read instanceof SamicertsError) {
          expect(read.code).toBe("pem.base64");
          return;
        }
        const [block] = read;
        expect(writePem("X", block?.der as Uint8Array)).toBe(changed);
      }),
      { numRuns: 2000 },
    );
  });

  it("never fails but with an error that names file and line", () => {
    const piece = fc.constantFrom(
      "-----",
      "BEGIN ",
      "END ",
      "X",
      "\n",
      "\r",
      "AAAA",
      "=",
      ":",
      " ",
      "-",
      "-----BEGIN X-----\n",
      "-----END X-----\n",
      "\0",
      "é",
    );
    let refused = 0;
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 40 }), (pieces) => {
        const read = attempt(() => readPem(Buffer.from(pieces.join("")), "some file"));
        if (!(read instanceof SamicertsError)) return;
        refused++;
        expect(read.code).toMatch(/^pem\./);
        expect(read.message).toMatch(/^some file:\d+: [ -~]+$/);
      }),
      { numRuns: 5000 },
    );
    expect(refused).toBeGreaterThan(100);
  });
});

function attempt<T>(action: () => T): T | SamicertsError {
  try {
    return action();
  } catch (error) {
    if (error instanceof SamicertsError) return error;
    throw error;
  }
}
