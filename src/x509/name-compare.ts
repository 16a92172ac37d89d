import { sameBytes } from "./der-reader.ts";
import type { Name, NameAttribute } from "./name.ts";
import { isStringTag } from "./strings.ts";

/** RFC 5280's ub-name, in characters. */
const MAX_NAME = 32_768;
/** ASCII without a control character and with no space more than it needs: only its case has to be folded. */
const PLAIN = /^[!-~]+(?: [!-~]+)*$/;

/**
 * Tells whether two names are the same name (RFC 5280, 7.1): the same octets, or as many RDNs that match one by one.
 * RDNs match where their attributes do in any order; strings of whatever string type match where RFC 4518 prepares
 * them to the same text, without regard to case; values of other types where they are the same octets.
 */
export function sameName(a: Name, b: Name): boolean {
  if (sameBytes(a.der, b.der)) return true;
  return a.rdns.length === b.rdns.length && nameKey(a) === nameKey(b);
}

/** A name as a text that is equal for two names exactly where `sameName` holds: a key for a Map. */
export function nameKey(name: Name): string {
  let key = "";
  for (const rdn of name.rdns) key += `${rdnKey(rdn)};`;
  return key;
}

/** One RDN as a text that is equal for two RDNs exactly where they match (RFC 5280, 7.1). */
export function rdnKey(rdn: readonly NameAttribute[]): string {
  const [first] = rdn;
  if (rdn.length === 1 && first !== undefined) return attributeKey(first);
  return rdn.map(attributeKey).sort().join("+");
}

function attributeKey({ oid, tag, text }: NameAttribute): string {
  const prepared = isStringTag(tag) ? prepare(text) : undefined;
  // The length in front keeps what is in a value from being taken for what stands between values.
  if (prepared !== undefined) return `${oid}=${prepared.length}:${prepared}`;
  return `${oid}#${tag}=${text.length}:${text}`;
}

/**
 * RFC 4518's preparation of a string for caseIgnoreMatch; undefined where it has a prohibited character, or is longer
 * than any name may be: one character may become eighteen.
 */
function prepare(text: string): string | undefined {
  if (text.length > MAX_NAME) return undefined;
  if (PLAIN.test(text)) return text.toLowerCase();
  // Made where they are needed and not when the program starts: Unicode's properties take a millisecond.
  const mapped = text
    // To a space (RFC 4518, 2.2), and to nothing.
    .replace(/[\t-\r\u0085\p{Z}]/gu, " ")
    .replace(/[\p{Cc}\p{Cf}\u1806\ufffc]|\u034f|[\u180b-\u180d]|[\ufe00-\ufe0f]/gu, "");
  const normal = foldCase(foldCase(mapped.normalize("NFKC")).normalize("NFKC")).normalize("NFKC");
  // No comparison is true of these (2.4).
  if (/[\p{Co}\p{Cs}\p{Noncharacter_Code_Point}\ufffd]/u.test(normal)) return undefined;
  // Spaces mean no more than one (2.6.1); one with a combining mark on it is not such a space.
  return normal.replace(/(?: (?!\p{M}))+/gu, " ").replace(/^ (?!\p{M})| $/gu, "");
}

/** Unicode's full case folding: through upper case, so that all that share a capital come out the same. */
function foldCase(text: string): string {
  // The dotless i folds to itself, although its capital is I; and final sigma is a matter of place, not of case.
  return text.replace(/[^ı]+/g, (part) => part.toUpperCase().toLowerCase().replaceAll("ς", "σ"));
}
