import { nearestWord } from "../base/nearest.ts";
import {
  ATTRIBUTE_TYPES,
  type AttributeType,
  attributeLabel,
  attributeTypeByName,
  attributeTypeByOid,
} from "./attribute-types.ts";
import { isCountryCode } from "./country-codes.ts";
import type { NameAttribute } from "./name.ts";
import { misfitError, NOWHERE, nameError, quoted, type Where } from "./name-error.ts";
import { isOid } from "./oid.ts";
import { findMisfit, isStringTag } from "./strings.ts";
import { TAG } from "./tag.ts";

const COUNTRY_TYPES: ReadonlySet<string> = new Set(["2.5.4.6", "1.3.6.1.4.1.311.60.2.1.3"]);

/**
 * Finds the attribute type that `typed` names, in any case, or as a dotted OID, with or without `OID.` in front.
 * Throws `name.unknown-attribute`; the message begins with `where`.
 */
export function findAttributeType(typed: string, where: Where = NOWHERE): Pick<AttributeType, "oid" | "tag"> {
  const name = stripOidPrefix(typed);
  const known = attributeTypeByName(name);
  if (known !== undefined) return known;
  if (isOid(name)) return { oid: name, tag: TAG.utf8String };
  const near = nearestWord(
    typed,
    ATTRIBUTE_TYPES.flatMap(({ short, long }) => [short, long]),
  );
  throw nameError(
    "unknown-attribute",
    `${where()}the attribute type ${quoted(typed)} is unknown`,
    `${near === undefined ? "use C, ST, L, O, OU or CN" : `did you mean ${near}?`}${near === undefined ? ";" : ""}` +
      " any other type goes by its OID, as in 2.5.4.3=x",
  );
}

/** Takes the `OID.` off that RFC 1779 put before dotted OIDs, and that Microsoft's programs still do. */
export function stripOidPrefix(typed: string): string {
  return typed.replace(/^oid\.(?=\d)/i, "");
}

/**
 * Makes an attribute of a type and a text as a person gives them, the value checked as RFC 5280 (A.1) asks.
 * Throws `name.unknown-attribute`, `name.empty-value`, `name.charset`, `name.too-long`, `name.country`.
 */
export function makeAttribute(typed: string, text: string): NameAttribute {
  const { oid, tag } = findAttributeType(typed);
  return checkAttribute({ oid, tag, text });
}

/** Checks an attribute's value as `makeAttribute` does and gives it back; messages begin with `where`. */
export function checkAttribute(attribute: NameAttribute, where: Where = NOWHERE): NameAttribute {
  const { oid, tag, text } = attribute;
  if (!isStringTag(tag)) return attribute;
  const label = attributeLabel(oid);
  if (text.trim() === "")
    throw nameError(
      "empty-value",
      `${where()}${label} ${text === "" ? "is empty" : "has nothing but spaces in it"}`,
      "give it a value, or leave it out",
    );
  const misfit = findMisfit(tag, text);
  if (misfit !== undefined) throw misfitError(oid, tag, misfit, where);
  if (text.includes("\ufffd"))
    throw nameError(
      "charset",
      `${where()}${label} has U+FFFD in it, which stands for a character that was lost`,
      "the terminal or file it came from is not UTF-8: set it to UTF-8 and give the name again",
    );
  if (COUNTRY_TYPES.has(oid)) checkCountry(label, text, where);
  checkLength(oid, label, text, where);
  return attribute;
}

function checkLength(oid: string, label: string, text: string, where: Where): void {
  const maximum = attributeTypeByOid(oid)?.maxLength;
  if (maximum === undefined || text.length <= maximum) return;
  const { length } = Array.from(text);
  if (length > maximum)
    throw nameError(
      "too-long",
      `${where()}${label} ${quoted(text)} has ${length} characters, of ${maximum} that RFC 5280 allows it`,
      `shorten it to ${maximum} characters`,
    );
}

function checkCountry(label: string, text: string, where: Where): void {
  if (isCountryCode(text)) return;
  const upper = text.trim().toUpperCase();
  throw nameError(
    "country",
    `${where()}${label} ${quoted(text)} is not a country's two capital letters (ISO 3166-1)`,
    isCountryCode(upper)
      ? `write ${label}=${upper}`
      : upper === "UK"
        ? `the United Kingdom's are GB: write ${label}=GB`
        : `write the country's two letters, as in ${label}=US`,
  );
}
