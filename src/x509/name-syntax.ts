import { SamicertsError } from "../base/errors.ts";
import { findAttributeType, makeAttribute, nameError, quote } from "./attribute-value.ts";
import { decodeAttributeValue, encodeName, type Name, type NameAttribute } from "./name.ts";

/** The longest text read as a name, in characters. */
const MAX_TEXT = 65536;
const EXAMPLES = "write /C=US/O=MyOrg/CN=x or CN=x,O=MyOrg,C=US";

/**
 * Reads a name in either syntax, told apart by its first character: OpenSSL's `/C=US/O=MyOrg/CN=x`, whose order is
 * kept, or RFC 4514's `CN=x,O=MyOrg,C=US`, which begins with the last RDN (2.1), so that both denote the same name.
 * In both, `+` joins the attributes of one RDN, `\` escapes the next character or, before two hex digits, stands for
 * an octet of UTF-8, and `#` begins a value in hex. Throws `name.*` naming the attribute and its place.
 */
export function parseName(text: string): Name {
  if (text.trim() === "") throw nameError("empty", "the name is empty", EXAMPLES);
  if (text.length > MAX_TEXT)
    throw nameError(
      "too-long",
      `a name of ${text.length} characters is too long`,
      `${MAX_TEXT} characters are the most`,
    );
  if (/^[A-Za-z]:[\\/]/.test(text)) throw shellRewrote(text);
  // Git Bash keeps its hands off a name that begins with two slashes.
  if (text.startsWith("/")) return encodeName(new NameText(text, text.startsWith("//") ? 2 : 1, "/").rdns());
  return encodeName(new NameText(text, 0, ",").rdns().reverse());
}

function shellRewrote(text: string): SamicertsError {
  const name =
    /\/?([A-Za-z][A-Za-z0-9.]*=.*)$/s.exec(text.replace(/^[A-Za-z]:/, ""))?.[1] ?? "C=US/O=MyOrg/CN=x";
  return nameError(
    "windows-path",
    `${quote(text)} is a path: the shell took the name for one and rewrote it`,
    `write it with two slashes, //${name}, or set MSYS_NO_PATHCONV=1`,
  );
}

/** Walks through the text of a name, one attribute after the other. */
class NameText {
  readonly text: string;
  readonly separator: "/" | ",";
  private at: number;

  constructor(text: string, at: number, separator: "/" | ",") {
    this.text = text;
    this.at = at;
    this.separator = separator;
  }

  rdns(): NameAttribute[][] {
    const rdns: NameAttribute[][] = [[]];
    for (;;) {
      rdns.at(-1)?.push(this.attribute());
      if (this.at >= this.text.length) return rdns;
      if (this.text[this.at++] === this.separator) rdns.push([]);
    }
  }

  private attribute(): NameAttribute {
    if (this.separator === ",") this.skipSpaces();
    const start = this.at;
    const where = ` at position ${start + 1}`;
    while (this.at < this.text.length && !this.atSeparator() && this.text[this.at] !== "=") this.at++;
    const type = this.text.slice(start, this.at).trim();
    if (this.text[this.at] !== "=")
      throw nameError(
        "syntax",
        type === "" ? `an attribute is missing${where}` : `${quote(type)}${where} is not type=value`,
        this.expectation(type),
      );
    if (type === "") throw nameError("syntax", `the attribute${where} has no type before its "="`, EXAMPLES);
    this.at++;
    if (this.separator === ",") this.skipSpaces();
    if (this.text[this.at] === "#" && this.separator === ",") return this.hexValue(type, where);
    const value =
      this.separator === "," && this.text[this.at] === '"' ? this.quotedValue(where) : this.value(where);
    return makeAttribute(type, value, where);
  }

  private expectation(type: string): string {
    if (type === "") return "take the separator that is too many away, or escape it with a backslash";
    return this.separator === "/" ? `${EXAMPLES}; a / inside a value is written \\/` : EXAMPLES;
  }

  private atSeparator(): boolean {
    const character = this.text[this.at];
    return character === this.separator || character === "+";
  }

  private skipSpaces(): void {
    while (this.text[this.at] === " ") this.at++;
  }

  private value(where: string): string {
    const octets: number[] = [];
    let kept = 0;
    while (this.at < this.text.length && !this.atSeparator()) {
      const escaped = this.text[this.at] === "\\";
      if (!escaped && this.separator === "," && /[";<>]/.test(this.text[this.at] as string))
        throw nameError(
          "syntax",
          `${quote(this.text[this.at] as string)} at position ${this.at + 1} must be escaped`,
          `write \\${this.text[this.at]} (RFC 4514, 2.4)`,
        );
      this.character(octets, where);
      if (escaped || octets.at(-1) !== 0x20) kept = octets.length;
    }
    // Spaces at the end count in OpenSSL's form; in RFC 4514's only where they are escaped.
    return decodeOctets(this.separator === "," ? octets.slice(0, kept) : octets, where);
  }

  private quotedValue(where: string): string {
    const octets: number[] = [];
    this.at++;
    while (this.text[this.at] !== '"') {
      if (this.at >= this.text.length)
        throw nameError("syntax", `the quote${where} is never closed`, 'end it with "');
      this.character(octets, where);
    }
    this.at++;
    this.skipSpaces();
    this.expectEnd();
    return decodeOctets(octets, where);
  }

  private hexValue(type: string, where: string): NameAttribute {
    const hex = /^#((?:[0-9a-fA-F]{2})+) *(?=[,+]|$)/.exec(this.text.slice(this.at));
    if (hex === null)
      throw nameError(
        "syntax",
        `the value${where} begins with #, but is not hex`,
        "write \\# for a value that begins with #",
      );
    this.at += hex[0].length;
    const { oid } = findAttributeType(type, where);
    try {
      return decodeAttributeValue(oid, Buffer.from(hex[1] as string, "hex"), `the value${where}`);
    } catch (cause) {
      if (!(cause instanceof SamicertsError)) throw cause;
      throw nameError("syntax", cause.message, "give the whole DER of the value in hex (RFC 4514, 2.4)");
    }
  }

  private expectEnd(): void {
    if (this.at < this.text.length && !this.atSeparator())
      throw nameError(
        "syntax",
        `${quote(this.text.slice(this.at))} at position ${this.at + 1} follows a closing quote`,
        EXAMPLES,
      );
  }

  /** Takes one character, escaped or not, as its octets in UTF-8. */
  private character(octets: number[], where: string): void {
    if (this.text[this.at] === "\\") {
      const pair = /^[0-9a-fA-F]{2}/.exec(this.text.slice(this.at + 1, this.at + 3));
      this.at += 1;
      if (pair !== null) {
        octets.push(Number.parseInt(pair[0], 16));
        this.at += 2;
        return;
      }
      if (this.at >= this.text.length)
        throw nameError("syntax", `the value${where} ends in a backslash`, "write \\\\ for a backslash");
    }
    const point = this.text.codePointAt(this.at) as number;
    const character = String.fromCodePoint(point);
    this.at += character.length;
    if (point < 0x80) octets.push(point);
    else if (/\p{Surrogate}/u.test(character))
      throw nameError("charset", `the value${where} is not valid Unicode`, "give the name in UTF-8");
    else octets.push(...Buffer.from(character, "utf8"));
  }
}

function decodeOctets(octets: readonly number[], where: string): string {
  try {
    return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(Uint8Array.from(octets));
  } catch {
    throw nameError(
      "charset",
      `the escaped octets of the value${where} are not UTF-8`,
      "give the name in UTF-8",
    );
  }
}
