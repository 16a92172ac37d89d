import { attributeTypeByOid } from "../../x509/attribute-types.ts";
import type { NameAttribute } from "../../x509/name.ts";
import { TAG, tagName } from "../../x509/tag.ts";
import { ROLES } from "../policy.ts";
import type { Check, Flaw, Rule } from "../rule.ts";
import { attributeName, characterCount, countAttributes, nthAttribute, valuesOf } from "./name-attributes.ts";
import { parametersSchema, whole } from "./schema.ts";
import { counted, listing, quoted, range, reissue, reissueWith } from "./wording.ts";

const SERIAL_NUMBER = "2.5.4.5";
const COUNTRY = "2.5.4.6";

const subjectSerialNumber: Rule = {
  id: "subject-serial-number",
  title: "The subject has exactly one serialNumber attribute, a PrintableString of the length asked for.",
  citation: "IEEE 802.1AR-2018, 8.6",
  roles: ["device"],
  parameters: parametersSchema({
    minimumLength: whole(0, "the least characters"),
    maximumLength: whole(1, "the most characters"),
  }),
  bind(parameters, role) {
    const minimum = parameters.minimumLength as number | undefined;
    const maximum = parameters.maximumLength as number | undefined;
    const expected = `exactly one serialNumber, a PrintableString of ${range(minimum, maximum, "character")}`;
    const hint = reissue(role, `with ${expected} in its subject`);
    return ({ certificate: { subject } }) => {
      const found = nthAttribute(subject, SERIAL_NUMBER);
      if (found === undefined)
        return { message: "the subject has no serialNumber", expected, actual: "no serialNumber", hint };
      const count = countAttributes(subject, SERIAL_NUMBER);
      if (count > 1) {
        const values = listing(valuesOf(subject, SERIAL_NUMBER).map(quoted));
        return {
          message: `the subject has ${counted(count, "serialNumber")}`,
          expected,
          actual: values,
          hint,
        };
      }
      const length = characterCount(found.text);
      const fits = length >= (minimum ?? 0) && length <= (maximum ?? length);
      if (fits && found.tag === TAG.printableString) return undefined;
      return {
        message: fits
          ? `the subject's serialNumber is written as a ${tagName(found.tag)}`
          : `the subject's serialNumber has ${counted(length, "character")}`,
        expected,
        actual: `${quoted(found.text)}, a ${tagName(found.tag)}`,
        hint,
      };
    };
  },
};

/** A check that goes through the subject's attributes and gives one flaw for each that has one. */
function eachAttribute(flawOf: (attribute: NameAttribute) => Flaw | undefined): Check {
  return ({ certificate: { subject } }) => {
    let flaws: Flaw[] | undefined;
    for (const rdn of subject.rdns) {
      for (const attribute of rdn) {
        const flaw = flawOf(attribute);
        if (flaw === undefined) continue;
        flaws ??= [];
        flaws.push(flaw);
      }
    }
    return flaws;
  };
}

const attributeLengths: Rule = {
  id: "attribute-lengths",
  title: "No value in the subject is longer than RFC 5280's upper bound for its type.",
  citation: "RFC 5280, A.1",
  roles: ROLES,
  bind: (_, role) =>
    eachAttribute(({ oid, text }) => {
      const maximum = attributeTypeByOid(oid)?.maxLength;
      if (maximum === undefined || text.length <= maximum) return undefined;
      const length = characterCount(text);
      if (length <= maximum) return undefined;
      const name = attributeName(oid);
      return {
        message: `the subject's ${name} is too long: ${counted(length, "character")}`,
        expected: `${name} of at most ${counted(maximum, "character")}`,
        actual: quoted(text),
        hint: reissueWith(role, `with a shorter ${name}`),
      };
    }),
};

/** The types that have one string type only, and which (RFC 5280, A.1). */
const STRING_TYPES: ReadonlyMap<string, number> = new Map([
  [COUNTRY, TAG.printableString],
  [SERIAL_NUMBER, TAG.printableString],
  ["2.5.4.46", TAG.printableString],
  ["0.9.2342.19200300.100.1.25", TAG.ia5String],
  ["1.2.840.113549.1.9.1", TAG.ia5String],
]);

/** The five choices of DirectoryString (RFC 5280, 4.1.2.4). */
const DIRECTORY_STRING: ReadonlySet<number> = new Set([
  TAG.utf8String,
  TAG.printableString,
  TAG.teletexString,
  TAG.bmpString,
  TAG.universalString,
]);

/** PKCS #9 lets unstructuredName be an IA5String too (RFC 2985, 5.4.1). */
const UNSTRUCTURED_NAME = "1.2.840.113549.1.9.2";

/** Whether an attribute type we know has DirectoryString values. */
function isDirectoryString(oid: string): boolean {
  return oid !== UNSTRUCTURED_NAME && attributeTypeByOid(oid)?.tag === TAG.utf8String;
}

const attributeEncoding: Rule = {
  id: "attribute-encoding",
  title:
    "C, serialNumber and dnQualifier are PrintableString, DC and emailAddress IA5String, other known types DirectoryString.",
  citation: "RFC 5280, A.1",
  roles: ROLES,
  bind: (_, role) =>
    eachAttribute(({ oid, tag, text }) => {
      const only = STRING_TYPES.get(oid);
      if (only === tag || (only === undefined && (DIRECTORY_STRING.has(tag) || !isDirectoryString(oid))))
        return undefined;
      const name = attributeName(oid);
      const wanted = tagName(only ?? TAG.utf8String);
      return {
        message: `the subject's ${name} is written as a ${tagName(tag)}`,
        expected: only === undefined ? `${name} as UTF8String or PrintableString` : `${name} as ${wanted}`,
        actual: `${quoted(text)}, a ${tagName(tag)}`,
        hint: reissue(role, `with ${name} as ${wanted}`),
      };
    }),
};

const TWO_LETTERS = /^[A-Za-z]{2}$/;

const countryCode: Rule = {
  id: "country-code",
  title: "C in the subject is a country's two letters.",
  citation: "RFC 5280, A.1; ISO 3166-1",
  roles: ROLES,
  bind: (_, role) =>
    eachAttribute(({ oid, text }) => {
      if (oid !== COUNTRY || TWO_LETTERS.test(text)) return undefined;
      return {
        message: "C in the subject is not a country's two letters",
        expected: "two letters, such as US or KR",
        actual: quoted(text),
        hint: reissueWith(role, "with the two letters that ISO 3166 gives the country"),
      };
    }),
};

/** The rules on single attributes of the subject. */
export const ATTRIBUTE_RULES: readonly Rule[] = [
  subjectSerialNumber,
  attributeLengths,
  attributeEncoding,
  countryCode,
];
