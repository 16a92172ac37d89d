import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { SamicertsError } from "../../src/base/errors.ts";
import { type Pkcs11Uri, parsePkcs11Uri } from "../../src/keys/pkcs11-uri.ts";
import { formatPkcs11Uri } from "../../src/keys/pkcs11-uri-format.ts";

const text = fc
  .string({ unit: "grapheme", minLength: 1, maxLength: 20 })
  .filter((value) => !value.includes("\0"));
const uri: fc.Arbitrary<Pkcs11Uri> = fc.record(
  {
    token: text,
    manufacturer: text,
    serial: text,
    model: text,
    slotId: fc.bigInt({ min: 0n, max: 0xffff_ffff_ffff_ffffn }),
    slotDescription: text,
    slotManufacturer: text,
    object: text,
    id: fc.uint8Array({ minLength: 1, maxLength: 32 }),
    type: fc.constant("private" as const),
    modulePath: text,
    moduleName: text.filter((value) => !/[/\\]/.test(value) && value !== "." && value !== ".."),
    pinSource: text,
  },
  { requiredKeys: [] },
);

describe("a pkcs11: URI", () => {
  it("is read back as it was written", () => {
    fc.assert(
      fc.property(uri, (parts) => {
        expect(parsePkcs11Uri(formatPkcs11Uri(parts))).toEqual(parts);
      }),
      { numRuns: 500 },
    );
  });

  it("is read, or refused by an error of ours, whatever it is", () => {
    const piece = fc.constantFrom(
      "token=",
      "id=",
      "pin-value=",
      ";",
      "?",
      "&",
      "%",
      "%41",
      "=",
      "x",
      "\u00e9",
    );
    const noise = fc.oneof(
      fc.string({ unit: "binary" }),
      fc.array(piece).map((pieces) => pieces.join("")),
    );
    fc.assert(
      fc.property(noise, (rest) => {
        try {
          parsePkcs11Uri(`pkcs11:${rest}`);
        } catch (error) {
          expect(error).toBeInstanceOf(SamicertsError);
          expect((error as SamicertsError).kind).toBe("input");
        }
      }),
      { numRuns: 2000 },
    );
  });
});
