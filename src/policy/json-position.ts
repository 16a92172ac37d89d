import { SamicertsError } from "../base/errors.ts";

/** The longest document read, in characters. */
export const MAX_JSON_LENGTH: number = 1024 * 1024;
/** The deepest nesting read; a policy needs about seven. */
export const MAX_JSON_DEPTH = 32;

/** One member of a JSON object: its value, and where its key begins. */
export interface JsonMember {
  /** Characters from the start of the text. */
  readonly keyOffset: number;
  readonly node: JsonNode;
}

/** A JSON value that knows where it began, in characters from the start of the text. */
export type JsonNode =
  | { readonly kind: "object"; readonly offset: number; readonly members: ReadonlyMap<string, JsonMember> }
  | { readonly kind: "array"; readonly offset: number; readonly items: readonly JsonNode[] }
  | { readonly kind: "string"; readonly offset: number; readonly value: string }
  | { readonly kind: "number"; readonly offset: number; readonly value: number }
  | { readonly kind: "boolean"; readonly offset: number; readonly value: boolean }
  | { readonly kind: "null"; readonly offset: number; readonly value: null };

/** Where an offset lies in `text`, as `line:column`, both from 1; a column is a UTF-16 unit, as editors count. */
export function jsonPosition(text: string, offset: number): string {
  let line = 1;
  let start = text.startsWith("\uFEFF") ? 1 : 0;
  for (let at = text.indexOf("\n"); at !== -1 && at < offset; at = text.indexOf("\n", at + 1)) {
    line++;
    start = at + 1;
  }
  return `${line}:${offset - start + 1}`;
}

/** A node's plain value; objects have own properties only, `__proto__` included. */
export function jsonValue(node: JsonNode): unknown {
  if (node.kind === "object")
    return Object.fromEntries([...node.members].map(([key, member]) => [key, jsonValue(member.node)]));
  return node.kind === "array" ? node.items.map(jsonValue) : node.value;
}

/**
 * Reads one strict JSON document (RFC 8259), keeping positions; duplicate keys and unpaired surrogates are refused.
 * `file` names it in errors. Throws `policy.size`, `policy.depth`, `policy.syntax` and `policy.duplicate-key`.
 */
export function readJson(text: string, file: string): JsonNode {
  if (text.length > MAX_JSON_LENGTH)
    throw new SamicertsError({
      kind: "input",
      code: "policy.size",
      message: `${file}: ${text.length} characters are more than the ${MAX_JSON_LENGTH} that a policy may have`,
      hint: "is this the right file? a policy is a small JSON document",
    });
  return new JsonReader(text, file).document();
}

const SPACE = /[ \t\n\r]*/y;
const NUMBER = /-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?(?:[eE][+-]?[0-9]+)?/y;
/** The characters that a string holds unescaped. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: JSON forbids control characters in strings
const PLAIN = /[^"\\\u0000-\u001f]*/y;
const WORD = /[A-Za-z]+/y;
const UNPAIRED = /[\ud800-\udfff]/u;

const ESCAPES: ReadonlyMap<string, string> = new Map([
  ['"', '"'],
  ["\\", "\\"],
  ["/", "/"],
  ["b", "\b"],
  ["f", "\f"],
  ["n", "\n"],
  ["r", "\r"],
  ["t", "\t"],
]);

const WORDS: ReadonlyMap<string, boolean | null> = new Map([
  ["true", true],
  ["false", false],
  ["null", null],
]);

class JsonReader {
  private readonly text: string;
  private readonly file: string;
  private at = 0;

  constructor(text: string, file: string) {
    this.text = text;
    this.file = file;
  }

  document(): JsonNode {
    if (this.text.startsWith("\uFEFF")) this.at = 1;
    this.take(SPACE);
    const node = this.value(1);
    if (this.at < this.text.length) throw this.syntax(`the document ended before ${this.found()}`);
    return node;
  }

  private value(depth: number): JsonNode {
    const offset = this.at;
    const next = this.text[offset];
    let node: JsonNode;
    if (next === "{" || next === "[") {
      if (depth > MAX_JSON_DEPTH) throw this.tooDeep();
      node = next === "{" ? this.object(offset, depth) : this.array(offset, depth);
    } else if (next === '"') node = { kind: "string", offset, value: this.string() };
    else if (next !== undefined && /[-0-9]/.test(next))
      node = { kind: "number", offset, value: this.number() };
    else node = this.word(offset);
    this.take(SPACE);
    return node;
  }

  private object(offset: number, depth: number): JsonNode {
    const members = new Map<string, JsonMember>();
    this.open();
    while (!this.closes("}", members.size > 0)) {
      const keyOffset = this.at;
      if (this.text[keyOffset] !== '"')
        throw this.syntax(`expected a key in double quotes, found ${this.found()}`);
      const key = this.string();
      if (members.has(key))
        throw this.error(
          "duplicate-key",
          keyOffset,
          `the key ${JSON.stringify(key.slice(0, 64))} is there twice`,
          "keep one of the two",
        );
      this.take(SPACE);
      if (this.text[this.at] !== ":") throw this.syntax(`expected ":" after the key, found ${this.found()}`);
      this.open();
      members.set(key, { keyOffset, node: this.value(depth + 1) });
    }
    return { kind: "object", offset, members };
  }

  private array(offset: number, depth: number): JsonNode {
    const items: JsonNode[] = [];
    this.open();
    while (!this.closes("]", items.length > 0)) items.push(this.value(depth + 1));
    return { kind: "array", offset, items };
  }

  /** Steps over a bracket, comma or colon and the space after it. */
  private open(): void {
    this.at++;
    this.take(SPACE);
  }

  /** Steps over the closing bracket, or over the comma that must stand before every element but the first. */
  private closes(bracket: string, some: boolean): boolean {
    if (this.text[this.at] === bracket) {
      this.at++;
      return true;
    }
    if (!some) return false;
    if (this.text[this.at] !== ",") throw this.syntax(`expected "," or "${bracket}", found ${this.found()}`);
    this.open();
    if (this.text[this.at] === bracket) throw this.syntax(`a "," stands before the "${bracket}"`);
    return false;
  }

  private string(): string {
    const offset = this.at++;
    let value = this.take(PLAIN);
    while (this.text[this.at] !== '"') {
      value += this.escape(offset);
      value += this.take(PLAIN);
    }
    this.at++;
    if (UNPAIRED.test(value))
      throw this.error(
        "syntax",
        offset,
        "the string holds half a surrogate pair",
        "write the character itself, in UTF-8",
      );
    return value;
  }

  private escape(offset: number): string {
    if (this.at >= this.text.length)
      throw this.error("syntax", offset, "the string is not closed", 'add the closing "');
    if (this.text[this.at] !== "\\") throw this.syntax(`a string does not hold ${this.found()} unescaped`);
    const letter = this.text[this.at + 1] ?? "";
    const simple = ESCAPES.get(letter);
    const digits = letter === "u" ? this.text.slice(this.at + 2, this.at + 6) : "";
    if (simple === undefined && !/^[0-9a-fA-F]{4}$/.test(digits))
      throw this.syntax(`${JSON.stringify(this.text.slice(this.at, this.at + 2))} is no escape`);
    this.at += simple === undefined ? 6 : 2;
    return simple ?? String.fromCharCode(Number.parseInt(digits, 16));
  }

  private number(): number {
    const offset = this.at;
    const digits = this.take(NUMBER);
    const value = Number(digits);
    if (digits === "" || /[-+.0-9A-Za-z]/.test(this.text[this.at] ?? "") || !Number.isFinite(value))
      throw this.error(
        "syntax",
        offset,
        "the number is not written as JSON writes numbers",
        "write digits only, such as 3650",
      );
    return value;
  }

  private word(offset: number): JsonNode {
    const word = this.take(WORD);
    const value = WORDS.get(word);
    this.at = offset;
    if (value === undefined) throw this.syntax(`expected a value, found ${this.found()}`);
    this.at += word.length;
    return value === null ? { kind: "null", offset, value } : { kind: "boolean", offset, value };
  }

  private take(pattern: RegExp): string {
    pattern.lastIndex = this.at;
    const text = pattern.exec(this.text)?.[0] ?? "";
    this.at += text.length;
    return text;
  }

  private found(): string {
    if (this.at >= this.text.length) return "the end of the file";
    return JSON.stringify(String.fromCodePoint(this.text.codePointAt(this.at) ?? 0));
  }

  private syntax(message: string): SamicertsError {
    return this.error(
      "syntax",
      this.at,
      message,
      "a policy is JSON: keys and strings in double quotes, no comments, no trailing commas",
    );
  }

  private tooDeep(): SamicertsError {
    return this.error(
      "depth",
      this.at,
      `nested deeper than ${MAX_JSON_DEPTH}`,
      "is this the right file? a policy is about seven levels deep",
    );
  }

  private error(problem: string, offset: number, message: string, hint: string): SamicertsError {
    return new SamicertsError({
      kind: "input",
      code: `policy.${problem}`,
      message: `${this.file}:${jsonPosition(this.text, offset)}: ${message}`,
      hint,
    });
  }
}
