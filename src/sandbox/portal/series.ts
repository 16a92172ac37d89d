import type { Message } from "../messages.ts";

/** One value of a numeric field. */
export interface Point {
  /** When it was measured, as the device says, in milliseconds since 1970. */
  readonly ms: number;
  readonly value: number;
}

/** The values of one numeric field, the oldest first. */
export interface Series {
  /** The field; one within another is `outer.inner`. */
  readonly name: string;
  readonly points: readonly Point[];
  readonly newest: number;
  readonly least: number;
  readonly most: number;
}

/** Fields that are drawn; a device may name as many as it likes. */
const MOST_FIELDS = 12;
const MOST_DEPTH = 4;

/** The numeric fields of a device's messages, which come the newest first, in the order in which they first appear. */
export function numericSeries(messages: readonly Pick<Message, "ts" | "data">[]): readonly Series[] {
  const fields = new Map<string, Point[]>();
  for (const { ts, data } of messages.toReversed())
    for (const [name, value] of numbersIn(data)) {
      const points = fields.get(name);
      if (points !== undefined) points.push({ ms: ts, value });
      else if (fields.size < MOST_FIELDS) fields.set(name, [{ ms: ts, value }]);
    }
  return [...fields].map(([name, points]) => {
    const inTime = points.toSorted((a, b) => a.ms - b.ms);
    const values = points.map(({ value }) => value);
    return {
      name,
      points: inTime,
      newest: inTime.at(-1)?.value ?? 0,
      least: Math.min(...values),
      most: Math.max(...values),
    };
  });
}

/** The numbers in a message's data, each by the name of its field. */
export function numbersIn(data: unknown): ReadonlyMap<string, number> {
  const found = new Map<string, number>();
  const walk = (value: unknown, name: string, depth: number): void => {
    if (typeof value === "number" && name !== "" && found.size < MOST_FIELDS) found.set(name, value);
    if (typeof value !== "object" || value === null || Array.isArray(value) || depth === MOST_DEPTH) return;
    for (const [key, inner] of Object.entries(value))
      walk(inner, name === "" ? key : `${name}.${key}`, depth + 1);
  };
  walk(data, "", 0);
  return found;
}

const PLAIN = new Intl.NumberFormat("en", { maximumFractionDigits: 3 });
const MOST_PLAIN = 1e15;
const LEAST_PLAIN = 1e-3;

/** A number as people read it: `1,234.5`. */
export function numberText(value: number): string {
  const size = Math.abs(value);
  return size !== 0 && (size >= MOST_PLAIN || size < LEAST_PLAIN)
    ? value.toExponential(3)
    : PLAIN.format(value);
}
