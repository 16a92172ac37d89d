import type { ListedCertificate } from "../actions/list.ts";

const COLUMNS: readonly (readonly [name: string, value: (row: ListedCertificate) => string | undefined])[] = [
  ["serial", (row) => row.serial.decimal],
  ["serial_hex", (row) => row.serial.hex],
  ["name", (row) => row.name],
  ["state", (row) => row.state],
  ["issuer", (row) => row.issuer],
  ["batch", (row) => row.batch?.toString()],
  ["line", (row) => row.line?.toString()],
  ["renews", (row) => row.renews],
  ["reserved", (row) => row.reserved],
  ["issued", (row) => row.issued],
  ["not_before", (row) => row.notBefore],
  ["not_after", (row) => row.notAfter],
  ["revoked", (row) => row.revocation?.since],
  ["revocation_reason", (row) => row.revocation?.reason],
  ["sha256", (row) => row.sha256],
  ["spki_sha256", (row) => row.spkiSha256],
];

/**
 * A listing as CSV (RFC 4180: CRLF, quotes where they are needed), in pieces.
 * A name that a spreadsheet would run as a formula gets an apostrophe before it, which a spreadsheet takes for "this is
 * text"; a script that needs names to the letter reads the JSON.
 */
export function* listCsv(rows: Iterable<ListedCertificate>): Generator<string> {
  yield `${COLUMNS.map(([name]) => name).join(",")}\r\n`;
  for (const row of rows) yield `${COLUMNS.map(([, value]) => cell(value(row) ?? "")).join(",")}\r\n`;
}

/** One cell of CSV, harmless in a spreadsheet. */
export function cell(text: string): string {
  // What a spreadsheet takes for the beginning of a formula, also behind white space.
  const harmless = /^\s*[=+\-@\t\r]/.test(text) || /^[\t\r\n]/.test(text) ? `'${text}` : text;
  return /[",\r\n]/.test(harmless) ? `"${harmless.replaceAll('"', '""')}"` : harmless;
}
