import { attributeTypeByOid } from "./attribute-types.ts";
import type { Name, NameAttribute } from "./name.ts";
import { isStringTag } from "./strings.ts";

/** OpenSSL's `/C=US/O=MyOrg/CN=x`, or RFC 4514's `CN=x,O=MyOrg,C=US`. */
export type NameStyle = "slash" | "rfc4514";

const utf8 = new TextEncoder();

/**
 * Writes a name as text that is safe on a terminal: what is not to be printed comes out as `\XX`, its octets in UTF-8.
 * `parseName` reads back the same name where its strings are of the types we write. An empty name is an empty text.
 */
export function formatName(name: Name, style: NameStyle = "slash"): string {
  const rdns = name.rdns.map((rdn) => rdn.map((attribute) => formatAttribute(attribute, style)).join("+"));
  return style === "slash" ? rdns.map((rdn) => `/${rdn}`).join("") : rdns.reverse().join(",");
}

function formatAttribute(attribute: NameAttribute, style: NameStyle): string {
  const { oid, text } = attribute;
  const label = attributeTypeByOid(oid)?.short ?? oid;
  if (!isStringTag(attribute.tag)) return `${label}=${text}`;
  return `${label}=${escapeValue(text, style)}`;
}

function escapeValue(text: string, style: NameStyle): string {
  const escaped = text.replace(style === "slash" ? SLASH_SPECIAL : RFC4514_SPECIAL, escapeCharacter);
  if (style === "slash") return escaped.startsWith("#") ? `\\${escaped}` : escaped;
  const led = /^[ #]/.test(escaped) ? `\\${escaped}` : escaped;
  return led.endsWith(" ") && !led.endsWith("\\ ") ? `${led.slice(0, -1)}\\ ` : led;
}

// Cc and Cf are control characters and those that turn the direction of text around.
const SLASH_SPECIAL = /[/+\\]|[\p{Cc}\p{Cf}\p{Co}\p{Cn}\p{Zl}\p{Zp}]/gu;
const RFC4514_SPECIAL = /["+,;<>\\=]|[\p{Cc}\p{Cf}\p{Co}\p{Cn}\p{Zl}\p{Zp}]/gu;

function escapeCharacter(character: string): string {
  if (/^[!-~]$/.test(character)) return `\\${character}`;
  return Array.from(utf8.encode(character), (octet) => `\\${octet.toString(16).padStart(2, "0")}`).join("");
}
