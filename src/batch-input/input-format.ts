import { extname } from "node:path";
import type { InputFormat } from "../actions/batch-row.ts";

const JSON_SUFFIXES: ReadonlySet<string> = new Set([".ndjson", ".jsonl", ".json"]);
const BOM = 0xfeff;

/** The first character that is not blank, and not the byte order mark; undefined where these octets have none. */
function firstCharacter(bytes: Uint8Array): string | undefined {
  const text = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString();
  const [found] = (text.charCodeAt(0) === BOM ? text.slice(1) : text).match(/[^ \t\r\n]/) ?? [];
  return found;
}

/**
 * Tells NDJSON from CSV: by the first character, which is `{` in the one and never in the other, and by the file's name
 * where its content is something else. Undefined where these octets, the beginning, leave it open.
 */
export function detectFormat(
  beginning: Uint8Array,
  path: string | undefined,
): Exclude<InputFormat, "range"> | undefined {
  const first = firstCharacter(beginning);
  if (first === "{") return "ndjson";
  if (path !== undefined && JSON_SUFFIXES.has(extname(path).toLowerCase())) return "ndjson";
  return first === undefined ? undefined : "csv";
}
