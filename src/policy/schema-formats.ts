import { parseKeySpec, SIGNATURE_ALGORITHMS } from "../x509/algorithms.ts";
import { attributeTypeByName } from "../x509/attribute-types.ts";
import { isOid } from "../x509/oid.ts";
import { purposeOid } from "../x509/oids.ts";
import type { FormatCheck } from "./json-schema.ts";
import { ISSUER_KEY_ID } from "./placeholders.ts";

const KEY_PATTERN = /^(?:ec:[A-Za-z0-9.-]+|rsa:([1-9]\d{0,5})(?:\+|-([1-9]\d{0,5}))?|ed25519)$/;

const SIGNATURE_NAMES: ReadonlySet<string> = new Set([
  ...[...SIGNATURE_ALGORITHMS.values()]
    .map((algorithm) => algorithm.name)
    .filter((name) => name !== "RSASSA-PSS"),
  "RSASSA-PSS-SHA256",
  "RSASSA-PSS-SHA384",
  "RSASSA-PSS-SHA512",
]);

const CONTROL = /\p{Cc}/u;

const PLACEHOLDER = /\{[^{}]*\}|[{}]/g;
const PLACEHOLDERS: ReadonlySet<string> = new Set(["{name}", "{serial}", "{serialHex}"]);

/** The string formats that policies and rules use, each with the check of its text. */
export const SCHEMA_FORMATS: ReadonlyMap<string, FormatCheck> = new Map<string, FormatCheck>([
  ["regex", (text) => (isRegex(text) ? undefined : `${quote(text)} is not a regular expression`)],
  ["plain-text", (text) => (CONTROL.test(text) ? "must not hold control characters" : undefined)],
  ["date", (text) => (isDate(text) ? undefined : `${quote(text)} is not a date such as 2030-12-31`)],
  [
    "attribute-type",
    (text) =>
      isOid(text) || attributeTypeByName(text) !== undefined
        ? undefined
        : `${quote(text)} is not an attribute type (such as CN, or a dotted OID)`,
  ],
  [
    "purpose",
    (text) =>
      isOid(text) || purposeOid(text) !== undefined
        ? undefined
        : `${quote(text)} is not a key purpose (such as clientAuth, or a dotted OID)`,
  ],
  [
    "key-pattern",
    (text) =>
      isKeyPattern(text)
        ? undefined
        : `${quote(text)} is not of the form ec:P-256, rsa:2048-4096, rsa:3072+ or ed25519`,
  ],
  [
    "modulus-digest",
    (text) =>
      /^[0-9a-f]{20}$/.test(text) ? undefined : `${quote(text)} is not 20 hexadecimal digits in lower case`,
  ],
  [
    "key-spec",
    (text) =>
      isKeySpec(text)
        ? undefined
        : `${quote(text)} is not a key that can be made, such as ec:P-256 or rsa:3072`,
  ],
  [
    "signature-name",
    (text) =>
      SIGNATURE_NAMES.has(text)
        ? undefined
        : `${quote(text)} is not one of ${[...SIGNATURE_NAMES].join(", ")}`,
  ],
  [
    "url-template",
    (text) =>
      isUrlTemplate(text)
        ? undefined
        : `${quote(text)} is not an http: or ldap: address, with nothing but {issuerKeyId} to be filled in`,
  ],
  [
    "subject-template",
    (text) => {
      const unknown = text.match(PLACEHOLDER)?.find((place) => !PLACEHOLDERS.has(place));
      return unknown === undefined
        ? undefined
        : `${quote(unknown)} is not one of ${[...PLACEHOLDERS].join(", ")}`;
    },
  ],
]);

function quote(text: string): string {
  return JSON.stringify(text.slice(0, 64));
}

/** Whether a template is an address that a certificate can carry: ASCII, and nothing else in braces. */
function isUrlTemplate(text: string): boolean {
  const filled = text.replaceAll(ISSUER_KEY_ID, "00");
  if (!/^(?:https?|ldap):\/\/[A-Za-z0-9._~:/?#[\]@!$&'()*+,;=%-]+$/i.test(filled)) return false;
  return URL.canParse(filled);
}

function isRegex(text: string): boolean {
  try {
    new RegExp(text, "u");
    return true;
  } catch {
    return false;
  }
}

function isDate(text: string): boolean {
  if (!/^\d{4}-\d\d-\d\d$/.test(text)) return false;
  const date = new Date(`${text}T00:00:00Z`);
  return !Number.isNaN(date.getTime()) && date.toISOString().startsWith(text);
}

function isKeyPattern(text: string): boolean {
  const match = KEY_PATTERN.exec(text);
  return match !== null && (match[2] === undefined || Number(match[1]) <= Number(match[2]));
}

function isKeySpec(text: string): boolean {
  try {
    parseKeySpec(text);
    return true;
  } catch {
    return false;
  }
}
