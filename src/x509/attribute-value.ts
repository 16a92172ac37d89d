import { SamicertsError } from "../base/errors.ts";
import { nearestWord } from "../base/nearest.ts";
import { ATTRIBUTE_TYPES, type AttributeType, attributeTypeByName } from "./attribute-types.ts";
import { isCountryCode } from "./country-codes.ts";
import type { NameAttribute } from "./name.ts";
import { isOid } from "./oid.ts";
import { findMisfit } from "./strings.ts";
import { TAG, tagName } from "./tag.ts";

/** The most characters of a value whose type has no bound of its own. */
const MAX_CHARACTERS = 32768;

/** The error for a name; `where` says what part of it. */
export function nameError(problem: string, message: string, hint: string): SamicertsError {
  return new SamicertsError({ kind: "input", code: `name.${problem}`, message, hint });
}

/** An attribute type as typed: by its name, upper or lower case, or its OID; throws `name.unknown-attribute`. */
export function findAttributeType(
  typed: string,
  where: string,
): Pick<AttributeType, "oid" | "short" | "tag" | "maxLength"> {
  const oid = /^oid\./i.test(typed) ? typed.slice(4) : typed;
  const known = attributeTypeByName(oid);
  if (known !== undefined) return known;
  if (isOid(oid)) return { oid, short: oid, tag: TAG.utf8String };
  const names = ATTRIBUTE_TYPES.flatMap((type) => [type.short, ...type.aliases]);
  const near = nearestWord(typed, names);
  throw nameError(
    "unknown-attribute",
    `unknown attribute ${quote(typed)}${where}`,
    `${near === undefined ? "use C, ST, L, O, OU, CN, serialNumber, emailAddress or DC" : `did you mean ${near}?`}; any other type goes by its OID, such as 2.5.4.3`,
  );
}

/**
 * Makes an attribute of a name, its value checked against what its type allows (RFC 5280, A.1).
 * `typed` is a name or an OID, `where` ends every error's sentence with its place.
 * Throws `name.unknown-attribute`, `name.empty-value`, `name.too-long`, `name.country`, `name.charset`.
 */
export function makeAttribute(typed: string, text: string, where = ""): NameAttribute {
  const { oid, short, tag, maxLength } = findAttributeType(typed, where);
  if (text === "")
    throw nameError("empty-value", `${short} has no value${where}`, `give ${short} a value, or leave it out`);
  if (maxLength === 2) checkCountry(short, text, where);
  const most = maxLength ?? MAX_CHARACTERS;
  const length = text.length > most ? [...text].length : text.length;
  if (length > most)
    throw nameError(
      "too-long",
      `${short} is ${length} characters long${where}`,
      `${most} characters are the most that ${short} may have (RFC 5280, A.1)`,
    );
  const control = /[\p{Cc}\p{Cs}\p{Zl}\p{Zp}]/u.exec(text);
  if (control !== null)
    throw nameError(
      "charset",
      `${short} has the character ${codePoint(control[0])} in it${where}`,
      "leave control characters out",
    );
  if (findMisfit(tag, text) !== undefined)
    throw nameError(
      "charset",
      `${short} can't be ${quote(text)}${where}`,
      tag === TAG.printableString
        ? `a ${tagName(tag)} has letters, digits, spaces and '()+,-./:=? only`
        : `an ${tagName(tag)} has ASCII characters only`,
    );
  return { oid, tag, text };
}

function checkCountry(short: string, text: string, where: string): void {
  if (isCountryCode(text)) return;
  const upper = text.toUpperCase();
  const hint = isCountryCode(upper)
    ? `write it in capitals: ${short}=${upper}`
    : upper === "UK"
      ? "the United Kingdom's code is GB"
      : "give the country's two-letter code of ISO 3166, such as US, DE or KR";
  throw nameError("country", `${short} can't be ${quote(text)}${where}: it is not a country's code`, hint);
}

function codePoint(character: string): string {
  return `U+${(character.codePointAt(0) as number).toString(16).toUpperCase().padStart(4, "0")}`;
}

/** A piece of input as a message shows it: quoted, control characters escaped, cut short. */
export function quote(text: string): string {
  return JSON.stringify(text.length > 60 ? `${text.slice(0, 60)}...` : text);
}
