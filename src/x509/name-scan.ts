import type { SamicertsError } from "../base/errors.ts";
import { attributeTypeByName } from "./attribute-types.ts";
import { stripOidPrefix } from "./attribute-value.ts";
import { errorAt, quoted } from "./name-error.ts";
import { isOid } from "./oid.ts";
import { ValueText } from "./value-text.ts";

/** One `type=value` of a DN's text, unescaped, with where its halves begin (UTF-16 units from 0). */
export interface TypedPair {
  readonly type: string;
  readonly typeAt: number;
  /** The text, or the hex digits that followed `#`. */
  readonly value: string;
  readonly isHex: boolean;
  readonly valueAt: number;
}

/** How one of the two syntaxes is written. */
interface Syntax {
  /** What ends an RDN. */
  readonly separator: "/" | ",";
  /** Where the first type begins. */
  readonly start: number;
  /** Reads a value from `at` on. */
  readonly readValue: (text: string, at: number, type: string) => ReadValue;
}

interface ReadValue {
  readonly value: string;
  readonly isHex: boolean;
  /** Where it ended: at a separator, a plus or the text's end. */
  readonly end: number;
}

/** Takes `/C=US/O=MyOrg/CN=x` apart, OpenSSL's form, into RDNs in the order as typed. Throws `name.*`. */
export function scanSlashed(text: string): TypedPair[][] {
  // Git Bash leaves an argument alone that begins with two slashes; people write the second one for its sake.
  return scan(text, { separator: "/", start: text.startsWith("//") ? 2 : 1, readValue: readSlashed });
}

/** Takes `CN=x,O=MyOrg,C=US` apart, RFC 4514's form, into RDNs in the order as typed. Throws `name.*`. */
export function scanCommas(text: string): TypedPair[][] {
  return scan(text, { separator: ",", start: 0, readValue: readBetweenCommas });
}

function scan(text: string, { separator, start, readValue }: Syntax): TypedPair[][] {
  const rdns: TypedPair[][] = [[]];
  for (let at = start; ; at++) {
    while (text[at] === " ") at++;
    const equals = findAny(text, at, `=+${separator}`);
    const type = text.slice(at, equals).trimEnd();
    if (text[equals] !== "=") throw missingEquals(text, at, type, separator);
    if (type === "")
      throw errorAt(text, at, "syntax", "there is no attribute type before the =", "write one, as in CN=x");
    const valueAt = equals + 1;
    const read = readValue(text, valueAt, type);
    rdns.at(-1)?.push({ type, typeAt: at, value: read.value, isHex: read.isHex, valueAt });
    at = read.end;
    if (at >= text.length) return rdns;
    if (text[at] === separator) rdns.push([]);
  }
}

/** Where any of `characters` comes next, or the text's end. */
function findAny(text: string, from: number, characters: string): number {
  let at = from;
  while (at < text.length && !characters.includes(text[at] as string)) at++;
  return at;
}

function missingEquals(text: string, at: number, found: string, separator: string): SamicertsError {
  const before = text[at - 1];
  const inside = before === "+" ? "+" : separator;
  const message =
    found === ""
      ? `there is nothing ${at >= text.length ? "after the last" : "before the next"} ${inside}`
      : `${quoted(found)} has no = in it`;
  const hint =
    at === 0 || (at === 1 && separator === "/")
      ? "write a DN as /C=US/O=MyOrg/CN=x or as CN=x,O=MyOrg,C=US"
      : `if the ${inside} belongs to the value before it, write \\${inside}`;
  return errorAt(text, at, "syntax", message, hint);
}

function readSlashed(text: string, from: number, type: string): ReadValue {
  // Only after a dotted OID is # anything but a character: OpenSSL has no such form, so it must not be in its way.
  if (text[from] === "#" && isOid(stripOidPrefix(type))) return readHex(text, from, "/");
  const value = new ValueText(text);
  let at = from;
  while (at < text.length && text[at] !== "/" && text[at] !== "+") {
    if (text[at] !== "\\") {
      refuseOtherSyntax(text, at, ",");
      at = value.take(at);
      continue;
    }
    if (at + 1 >= text.length) throw danglingBackslash(text, at);
    const octet = /^x([0-9A-Fa-f]{2})/.exec(text.slice(at + 1, at + 4));
    if (octet !== null) {
      value.addOctet(Number.parseInt(octet[1] as string, 16), at);
      at += 4;
      continue;
    }
    if (text.startsWith("//")) refuseOtherSyntax(text, at, "\\");
    at = value.take(at + 1);
  }
  return { value: value.finish(), isHex: false, end: at };
}

function readBetweenCommas(text: string, from: number): ReadValue {
  let at = from;
  while (text[at] === " ") at++;
  if (text[at] === "#") return readHex(text, at, ",");
  if (text[at] === '"') return readQuoted(text, at);
  const value = new ValueText(text);
  let unescapedSpaces = 0;
  while (at < text.length && text[at] !== "," && text[at] !== "+") {
    const character = text[at] as string;
    if (character === "\\") {
      at = readEscape(text, at, value);
      unescapedSpaces = 0;
      continue;
    }
    if ('";<>'.includes(character))
      throw errorAt(
        text,
        at,
        "syntax",
        `${character} stands in a value without a backslash`,
        `${character === ";" ? "separate with commas, or " : ""}write \\${character}`,
      );
    refuseOtherSyntax(text, at, "/");
    unescapedSpaces = character === " " ? unescapedSpaces + 1 : 0;
    at = value.take(at);
  }
  const whole = value.finish();
  return { value: whole.slice(0, whole.length - unescapedSpaces), isHex: false, end: at };
}

/** Reads a value in quotes (RFC 2253, 4), which OpenSSL and Windows still write. */
function readQuoted(text: string, from: number): ReadValue {
  const value = new ValueText(text);
  let at = from + 1;
  while (at < text.length && text[at] !== '"')
    at = text[at] === "\\" ? readEscape(text, at, value) : value.take(at);
  if (at >= text.length)
    throw errorAt(text, from, "syntax", 'the " is never closed', 'close it, or write \\" for a quote itself');
  at++;
  while (text[at] === " ") at++;
  if (at < text.length && text[at] !== "," && text[at] !== "+")
    throw errorAt(text, at, "syntax", 'there is more after the closing "', "put all of the value in quotes");
  return { value: value.finish(), isHex: false, end: at };
}

/** Reads `\,` and its like, or `\C3` as an octet of UTF-8 (RFC 4514, 3); gives where it ended. */
function readEscape(text: string, at: number, value: ValueText): number {
  const next = text[at + 1];
  if (next === undefined) throw danglingBackslash(text, at);
  const pair = text.slice(at + 1, at + 3);
  if (/^[0-9A-Fa-f]{2}$/.test(pair)) {
    value.addOctet(Number.parseInt(pair, 16), at);
    return at + 3;
  }
  if (!' ",+;<>\\#=/'.includes(next))
    throw errorAt(
      text,
      at,
      "syntax",
      `${quoted(`\\${next}`)} is no escape of RFC 4514`,
      "write \\\\ for a backslash",
    );
  return value.take(at + 1);
}

function readHex(text: string, from: number, separator: string): ReadValue {
  const end = findAny(text, from, `+${separator}`);
  const digits = text.slice(from + 1, end).trimEnd();
  if (!/^(?:[0-9A-Fa-f]{2})+$/.test(digits))
    throw errorAt(
      text,
      from,
      "syntax",
      "what follows the # is not the hex digits of a value",
      "write \\# where the # is a character of the value",
    );
  return { value: digits, isHex: true, end };
}

/** Refuses what is another syntax's separator with a known type and = after it: taken as it is, it would hide an RDN. */
function refuseOtherSyntax(text: string, at: number, separator: string): void {
  if (text[at] !== separator) return;
  const typed = /^.\s*([A-Za-z]+)=/s.exec(text.slice(at, at + 64))?.[1];
  if (typed === undefined || attributeTypeByName(typed) === undefined) return;
  throw errorAt(
    text,
    at,
    "syntax",
    `${separator} does not separate the parts of this DN, but ${typed}= follows it`,
    separator === "/"
      ? "begin the DN with /, or separate with commas; write \\/ where it belongs to the value"
      : separator === ","
        ? "separate with /, or begin without it; write \\, where it belongs to the value"
        : "separate with /",
  );
}

function danglingBackslash(text: string, at: number): SamicertsError {
  return errorAt(text, at, "syntax", "the DN ends in a backslash", "write \\\\ for a backslash itself");
}
