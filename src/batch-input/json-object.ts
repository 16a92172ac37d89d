import { inputError } from "./input-error.ts";

/** A member of a flat JSON object: its value's text, a string's unescaped. */
export interface JsonMember {
  readonly key: string;
  readonly text: string;
  readonly type: "string" | "number" | "null" | "boolean";
}

const SPACE = /[ \t\r\n]*/y;
// biome-ignore lint/suspicious/noControlCharactersInRegex: a JSON string can't have them (RFC 8259, 7).
const STRING = /"[^"\\\u0000-\u001f]*(?:\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4})[^"\\\u0000-\u001f]*)*"/y;
const NUMBER = /-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?(?:[eE][+-]?[0-9]+)?/y;
const WORD = /true|false|null/y;

/**
 * Reads one JSON object whose values are strings, numbers, booleans or null (RFC 8259). Numbers stay text: a serial
 * may have more digits than a JavaScript number. Duplicate keys are given as they come.
 * Throws `input.not-json` and `input.nested`, without the place in front.
 */
export function readFlatObject(record: string): readonly JsonMember[] {
  const reader = new Reader(record);
  const members: JsonMember[] = [];
  reader.expect("{");
  if (!reader.take("}")) {
    do {
      const key = reader.string();
      reader.expect(":");
      members.push({ key, ...reader.value(key) });
    } while (reader.take(","));
    reader.expect("}");
  }
  reader.end();
  return members;
}

class Reader {
  private readonly text: string;
  private at = 0;

  constructor(text: string) {
    this.text = text;
    this.skip();
  }

  take(character: string): boolean {
    if (this.text[this.at] !== character) return false;
    this.at++;
    this.skip();
    return true;
  }

  expect(character: string): void {
    if (!this.take(character)) throw this.misfit(`"${character}"`);
  }

  string(): string {
    const token = this.match(STRING);
    if (token === undefined) throw this.text[this.at] === '"' ? this.brokenString() : this.misfit("a string");
    return token.includes("\\") ? (JSON.parse(token) as string) : token.slice(1, -1);
  }

  value(key: string): Pick<JsonMember, "text" | "type"> {
    const first = this.text[this.at];
    if (first === '"') return { type: "string", text: this.string() };
    if (first === "{" || first === "[")
      throw inputError(
        "nested",
        `the value of ${JSON.stringify(key)} is ${first === "{" ? "an object" : "an array"}`,
        "give a string or a number",
      );
    const word = this.match(WORD);
    if (word !== undefined) return { type: word === "null" ? "null" : "boolean", text: word };
    const number = this.match(NUMBER);
    if (number !== undefined) return { type: "number", text: number };
    throw this.misfit("a value");
  }

  end(): void {
    if (this.at < this.text.length) throw this.misfit("the record's end");
  }

  private match(pattern: RegExp): string | undefined {
    pattern.lastIndex = this.at;
    const found = pattern.exec(this.text);
    if (found === null) return undefined;
    this.at = pattern.lastIndex;
    this.skip();
    return found[0];
  }

  private skip(): void {
    const code = this.text.charCodeAt(this.at);
    if (code !== 0x20 && code !== 0x09 && code !== 0x0a && code !== 0x0d) return;
    SPACE.lastIndex = this.at;
    SPACE.exec(this.text);
    this.at = SPACE.lastIndex;
  }

  private brokenString(): Error {
    return inputError(
      "not-json",
      `column ${this.at + 1}: the string that begins here is not closed, or has what JSON does not allow in it`,
      'write \\" for a quote, \\\\ for a backslash, \\t for a tab, and no other control character as it is',
    );
  }

  private misfit(wanted: string): Error {
    const found =
      this.at >= this.text.length ? "the line ends" : `there is ${JSON.stringify(this.text[this.at])}`;
    return inputError(
      "not-json",
      `column ${this.at + 1}: ${found} where ${wanted} should be`,
      'write one whole object a line, as in {"serial":"100000001","name":"MyAwesomeDevice"}',
    );
  }
}
