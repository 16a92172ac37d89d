/** The columns a report keeps to where nobody says otherwise. */
export const PAGE_WIDTH = 80;

const ASCII = /^[ -~]*$/;

/** Makes a stranger's text safe to print on one line of a terminal: what is not visible is written `\x1b` or `\u202e`. */
export function visible(text: string): string {
  if (ASCII.test(text)) return text;
  // Controls move a terminal's cursor; bidirectional overrides, invisible characters and other spaces make a name look
  // like another, and what has no agreed width breaks the columns.
  const shown = text.replace(
    /[\p{Cc}\p{Cf}\p{Cs}\p{Co}\p{Cn}\p{Zl}\p{Zp}\u2800\ufffc]|(?! )\p{Zs}|\p{Default_Ignorable_Code_Point}/gu,
    escaped,
  );
  // No script puts more marks on a letter; a hundred of them cover the lines above.
  return shown.replace(/(\p{M}{4})(\p{M}+)/gu, (_, kept: string, more: string) => kept + escapedAll(more));
}

function escapedAll(text: string): string {
  return Array.from(text, escaped).join("");
}

function escaped(character: string): string {
  const code = character.codePointAt(0) ?? 0;
  return code < 0x100
    ? `\\x${code.toString(16).padStart(2, "0")}`
    : `\\u${code.toString(16).padStart(4, "0")}`;
}

/** The columns that `text` takes on a terminal: two for wide characters, none for combining marks. */
export function displayWidth(text: string): number {
  if (ASCII.test(text)) return text.length;
  // Built here and not when the program starts: Unicode's properties take it a millisecond.
  const zero = /\p{M}/u;
  const wide =
    /[\u1100-\u115f\u2e80-\u303e\u3041-\ua4cf\ua960-\ua97f\uac00-\ud7a3\uf900-\ufaff\ufe10-\ufe6f\uff01-\uff60\uffe0-\uffe6\u{16fe0}-\u{18dff}\u{1aff0}-\u{1b2ff}\u{1f200}-\u{1f2ff}\u{20000}-\u{3fffd}\p{Emoji_Presentation}]/u;
  let width = 0;
  for (const character of text) width += zero.test(character) ? 0 : wide.test(character) ? 2 : 1;
  return width;
}

/** Fills `text` with spaces up to `width` columns. */
export function padTo(text: string, width: number): string {
  return text + " ".repeat(Math.max(0, width - displayWidth(text)));
}

/**
 * Breaks `text` at spaces into lines of at most `width` columns; a word longer than a line is not broken,
 * so that what is to be copied stays in one piece.
 */
export function wrap(text: string, width: number): string[] {
  const lines: string[] = [];
  let line = "";
  for (const word of text.split(" ")) {
    if (line !== "" && displayWidth(line) + 1 + displayWidth(word) > width) {
      lines.push(line);
      line = word;
    } else line = line === "" ? word : `${line} ${word}`;
  }
  lines.push(line);
  return lines;
}

/** Fills lines of at most `width` columns with pieces that are not to be broken; nothing is put in or left out. */
export function fill(pieces: readonly string[], width: number): string[] {
  const lines: string[] = [];
  for (const piece of pieces) {
    const last = lines.at(-1);
    if (last !== undefined && displayWidth(last) + displayWidth(piece) <= width)
      lines[lines.length - 1] = last + piece;
    else lines.push(piece);
  }
  return lines;
}

/** Cuts text without spaces, such as hex, into lines of at most `width` characters. */
export function cut(text: string, width: number): string[] {
  return text.match(new RegExp(`.{1,${width}}`, "gsu")) ?? [""];
}

/** `text` wrapped under `first`, the further lines set in by as many columns as `first` takes. */
export function hang(first: string, text: string, width: number = PAGE_WIDTH): string[] {
  const indent = displayWidth(first);
  return wrap(text, Math.max(20, width - indent)).map((line, index) =>
    index === 0 ? first + line : " ".repeat(indent) + line,
  );
}

/** One row of a table of fields: what it is, and what it says, on one line or on several that are broken already. */
export type Field = readonly [label: string, value: string | readonly string[]];

/** Fields under each other with their values aligned and wrapped, each line set in by `indent` columns. */
export function fieldLines(fields: readonly Field[], indent = 2, width: number = PAGE_WIDTH): string[] {
  const labels = Math.max(0, ...fields.map(([label]) => displayWidth(label)));
  const head = (label: string): string => `${" ".repeat(indent)}${padTo(label, labels)}  `;
  return fields.flatMap(([label, value]) =>
    typeof value === "string"
      ? hang(head(label), value, width)
      : value.map((line, index) => head(index === 0 ? label : "") + line),
  );
}

/** `1 certificate`, `2 certificates`: a count with its noun. */
export function count(amount: number, noun: string, plural = `${noun}s`): string {
  return `${groupDigits(amount)} ${amount === 1 ? noun : plural}`;
}

/** A whole number with its thousands apart, for reading: `100,000`. */
export function groupDigits(amount: number): string {
  return String(amount).replace(/\B(?=(\d{3})+$)/g, ",");
}
