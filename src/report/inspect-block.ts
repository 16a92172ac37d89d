import { displayWidth, padTo, visible, wrap } from "./layout.ts";
import type { Paint } from "./paint.ts";
import { nameParts } from "./subject.ts";

/** Where an inspected thing is put into words: how it is coloured, and how many columns there are. */
export interface Page {
  readonly paint: Paint;
  readonly width: number;
  /** The moment that time is counted from, milliseconds since 1970. */
  readonly atMs: number;
}

/** A line of text, painted as a whole or not. */
export type Said = string | { readonly text: string; readonly as: keyof Paint };

/** What a line is about, and what it says: on one line or more. */
export type Row = readonly [label: string, said: Said | readonly Said[]];

const LEAST_LABELS = 11;
/** A longer label has a line for itself. */
const MOST_LABELS = 24;
/** So many lines of one row are shown: the rest is for `--json`. */
const MOST_LINES = 12;

/** A title, and rows below it: labels aligned, no line longer than the page is wide. All of it may be a stranger's text. */
export function block(title: string, rows: readonly Row[], page: Page): string {
  const head = breakLines(visible(title), page.width).map((line) => page.paint.strong(line));
  return `${[...head, ...rowLines(rows, 2, page)].join("\n")}\n`;
}

/** Rows by themselves, set in by `indent` columns. */
export function rowLines(rows: readonly Row[], indent: number, { paint, width }: Page): string[] {
  // Beside labels of the first level a digest of 64 digits has its place.
  const most = indent === 2 ? LEAST_LABELS : Math.min(MOST_LABELS, Math.floor(width / 3));
  const inline = rows.map(([label]) => displayWidth(visible(label))).filter((columns) => columns <= most);
  const labels = Math.max(indent === 2 ? LEAST_LABELS : 0, ...inline);
  const set = " ".repeat(indent + labels + 2);
  const room = Math.max(16, width - set.length);
  return rows.flatMap(([label, said]) => {
    const all = (Array.isArray(said) ? (said as readonly Said[]) : [said as Said]).flatMap((each) =>
      painted(each, room, paint),
    );
    const lines = all.length <= MOST_LINES ? all : cutShort(all, room);
    const shown = visible(label);
    if (displayWidth(shown) > labels)
      return [
        ...breakLines(shown, width - indent).map((line) => " ".repeat(indent) + paint.faint(line)),
        ...lines.map((line) => set + line),
      ];
    const first = `${" ".repeat(indent)}${paint.faint(padTo(shown, labels))}  `;
    return (lines.length === 0 ? [""] : lines).map((line, index) =>
      `${index === 0 ? first : set}${line}`.trimEnd(),
    );
  });
}

/** Whether a signature holds, in words; `so` and `by` follow them where it does, and `by` where it does not. */
export function signatureSaid(
  { holds, reason = "" }: { readonly holds: boolean | null; readonly reason?: string },
  by: string,
  so: string = by,
): Said {
  if (holds === true) return { text: `holds${so}`, as: "good" };
  if (holds === null) return { text: `can't be checked${by}: ${reason}`, as: "warn" };
  return { text: `does not hold${by}: ${reason}`, as: "bad" };
}

/** A distinguished name, broken where its parts meet. */
export function nameLines(name: string, page: Page): readonly Said[] {
  if (name === "") return ["(empty)"];
  const room = Math.max(16, page.width - LEAST_LABELS - 4);
  const lines: string[] = [];
  for (const part of nameParts(visible(name))) {
    const last = lines.at(-1);
    if (last !== undefined && displayWidth(last) + displayWidth(part) <= room)
      lines[lines.length - 1] = last + part;
    else lines.push(part);
  }
  return lines;
}

function painted(said: Said, room: number, paint: Paint): string[] {
  const { text, as } = typeof said === "string" ? { text: said, as: undefined } : said;
  const lines = breakLines(visible(text), room);
  return as === undefined ? lines : lines.map((line) => paint[as](line));
}

function cutShort(lines: readonly string[], room: number): string[] {
  const left = lines.length - MOST_LINES + 1;
  return [
    ...lines.slice(0, MOST_LINES - 1),
    ...breakLines(`... and ${left} lines more, which --json has`, room),
  ];
}

/** Breaks text at spaces into lines of at most `room` columns, and what is longer than a line wherever that is full. */
export function breakLines(text: string, room: number): string[] {
  return wrap(text, room).flatMap((line) => (displayWidth(line) <= room ? [line] : cutAt(line, room)));
}

function cutAt(line: string, room: number): string[] {
  const lines: string[] = [];
  let current = "";
  let columns = 0;
  for (const character of line) {
    const width = displayWidth(character);
    if (columns + width > room) {
      lines.push(current);
      current = "";
      columns = 0;
    }
    current += character;
    columns += width;
  }
  return [...lines, current];
}
