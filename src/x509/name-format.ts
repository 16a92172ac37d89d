import { attributeLabel, attributeTypeByOid } from "./attribute-types.ts";
import { encodeValue, type Name, type NameAttribute } from "./name.ts";
import { isStringTag } from "./strings.ts";

const HEX = "0123456789ABCDEF";

/** OpenSSL's `/C=US/O=MyOrg/CN=x`, or RFC 4514's `CN=x,O=MyOrg,C=US`. */
export type NameStyle = "slash" | "rfc4514";

/** Values that neither syntax escapes anything in: nearly all there are. */
const PLAIN = /^[\w.:@()'-]+(?: [\w.:@()'-]+)*$/;

/**
 * Writes a name as text that is safe on a terminal: control characters, and those that turn text around or hide in it,
 * come out as their octets in hex, `\x0A` or in RFC 4514's style `\0A`. An empty name is an empty text.
 * `parseName` reads the text back to the same name wherever its bounds allow the values, and to the same octets where
 * each value has the string type that we write. A value that is no string is `#` and its DER in hex.
 */
export function formatName(name: Name, style: NameStyle = "slash"): string {
  if (style === "slash") return name.rdns.map((rdn) => `/${rdn.map(formatSlashed).join("+")}`).join("");
  return name.rdns
    .map((rdn) => rdn.map(formatRfc4514).join("+"))
    .reverse()
    .join(",");
}

function formatSlashed(attribute: NameAttribute): string {
  const { oid, tag, text } = attribute;
  // Only after a dotted OID does this syntax have # for hex, and only there must a # be escaped.
  if (!isStringTag(tag)) return `${oid}=${text}`;
  if (PLAIN.test(text)) return `${attributeLabel(oid)}=${text}`;
  const known = attributeTypeByOid(oid);
  const escaped = text
    // A comma before something like `O=` would look like the other syntax.
    .replace(/[/+\\]|,(?= *[A-Za-z]+=)/g, "\\$&")
    .replace(unsafe(), (characters) => hexOctets(characters, "\\x"));
  return known === undefined && text.startsWith("#")
    ? `${oid}=\\${escaped}`
    : `${attributeLabel(oid)}=${escaped}`;
}

function formatRfc4514(attribute: NameAttribute): string {
  const { oid, tag, text } = attribute;
  const known = attributeTypeByOid(oid);
  if (known === undefined || !isStringTag(tag))
    return `${attributeLabel(oid)}=#${encodeValue(attribute).toString("hex")}`;
  if (PLAIN.test(text)) return `${known.short}=${text}`;
  const escaped = text
    .replace(/[,+"\\<>;]|^[ #]| $/g, "\\$&")
    // A slash before something like `O=` would look like the other syntax.
    .replace(/\/(?= *[A-Za-z]+=)/g, "\\2F")
    .replace(unsafe(), (characters) => hexOctets(characters, "\\"));
  return `${known.short}=${escaped}`;
}

function hexOctets(characters: string, prefix: string): string {
  const octets = Buffer.from(characters, "utf8");
  const step = prefix.length + 2;
  // In one piece: put together octet by octet, a stranger's megabyte of them takes eighty.
  const text = Buffer.alloc(octets.length * step, prefix.padEnd(step, "0"), "latin1");
  for (const [index, octet] of octets.entries()) {
    text[index * step + prefix.length] = HEX.charCodeAt(octet >> 4);
    text[index * step + prefix.length + 1] = HEX.charCodeAt(octet & 15);
  }
  return text.toString("latin1");
}

/** What a terminal might act on or show as nothing; the two joiners are part of scripts and of emoji. */
function unsafe(): RegExp {
  // Made where it is needed and not when the program starts: Unicode's properties take their time.
  return /(?:(?![\u200c\u200d])[\p{Cc}\p{Cf}\p{Zl}\p{Zp}])+/gu;
}
