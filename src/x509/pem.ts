import { SamicertsError } from "../base/errors.ts";

/** One encapsulated structure of a PEM file (RFC 7468). */
export interface PemBlock {
  /** `CERTIFICATE`, `PRIVATE KEY`, ... */
  readonly label: string;
  readonly der: Uint8Array;
  /** The line of its BEGIN, from 1. */
  readonly line: number;
  /** Encapsulated headers (RFC 1421), such as `Proc-Type: 4,ENCRYPTED`; absent where there is none. */
  readonly headers?: readonly string[];
}

const BEGIN = "-----BEGIN ";
const END = "-----END ";
const DASHES = "-----";
const COLUMNS = 64;

/** Tells whether `bytes` have a line in them that begins a PEM block. */
export function looksLikePem(bytes: Uint8Array): boolean {
  const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length);
  for (let at = buffer.indexOf(BEGIN); at >= 0; at = buffer.indexOf(BEGIN, at + 1)) {
    const before = buffer[at - 1];
    if (at === 0 || before === 0x0a || before === 0x0d || (at === 3 && buffer[0] === 0xef)) return true;
    // A DER file begins with a SEQUENCE; such a line deep inside one of its strings does not make it PEM.
    if (buffer[0] === 0x30) return false;
  }
  return false;
}

/**
 * Reads every block of a PEM file, in its order; text outside blocks is passed over (RFC 7468, 2).
 * Gives none where there is none. Throws `pem.*` naming `file` and line. Takes time linear in the input.
 */
export function readPem(bytes: Uint8Array, file: string): PemBlock[] {
  const text = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString("latin1");
  const blocks: PemBlock[] = [];
  let open: { label: string; line: number; from: number } | undefined;
  let line = 0;
  for (let at = text.startsWith("\xef\xbb\xbf") ? 3 : 0; at < text.length; ) {
    let stop = text.indexOf("\n", at);
    if (stop < 0) stop = text.length;
    line++;
    if (text.startsWith(BEGIN, at)) {
      if (open !== undefined)
        throw pemError(
          "unclosed",
          file,
          open.line,
          `${open.label} is not ended before the next block begins`,
        );
      open = { label: readLabel(text.slice(at, stop), BEGIN, file, line), line, from: stop + 1 };
    } else if (open !== undefined && text.startsWith(END, at)) {
      const label = readLabel(text.slice(at, stop), END, file, line);
      if (label !== open.label)
        throw pemError(
          "label",
          file,
          line,
          `END ${label} does not belong to BEGIN ${open.label} in line ${open.line}`,
        );
      blocks.push(readBlock(text.slice(open.from, at), open.label, file, open.line));
      open = undefined;
    }
    at = stop + 1;
  }
  if (open !== undefined) throw pemError("unclosed", file, open.line, `${open.label} is never ended`);
  return blocks;
}

function readLabel(written: string, prefix: string, file: string, line: number): string {
  const text = written.trimEnd();
  const label = text.slice(prefix.length, -DASHES.length);
  if (text.length > 200 || !text.endsWith(DASHES) || !/^[A-Z0-9](?:[ -]?[A-Z0-9])*$/.test(label))
    throw pemError("label", file, line, `the ${prefix.slice(DASHES.length).trim()} line is malformed`);
  return label;
}

function readBlock(body: string, label: string, file: string, line: number): PemBlock {
  const headers: string[] = [];
  let base64 = body;
  // Headers stand before an empty line, and have a colon, which base64 has not (RFC 1421, 4.4).
  if (/^[^\n]{1,200}:/.test(body)) {
    const blank = /\r?\n[ \t]*\r?\n/.exec(body);
    if (blank === null)
      throw pemError("headers", file, line, `the headers of ${label} are not ended by an empty line`);
    headers.push(...body.slice(0, blank.index).split(/\r?\n/));
    base64 = body.slice(blank.index + blank[0].length);
  }
  const compact = base64.replace(/[\r\n\t ]+/g, "");
  const bad = /[^A-Za-z0-9+/]/.exec(compact.replace(/={1,2}$/, ""));
  if (bad !== null)
    throw pemError(
      "base64",
      file,
      line,
      `${label} has a character in it that base64 has not (${JSON.stringify(bad[0])})`,
    );
  const der = Buffer.from(compact, "base64");
  // Whatever does not encode back to itself was cut off or padded wrongly.
  if (compact.length % 4 !== 0 || der.toString("base64") !== compact)
    throw pemError("base64", file, line, `the base64 of ${label} is cut off or padded wrongly`);
  if (der.length === 0) throw pemError("empty", file, line, `${label} is empty`);
  return headers.length === 0 ? { label, der, line } : { label, der, line, headers };
}

function pemError(problem: string, file: string, line: number, message: string): SamicertsError {
  return new SamicertsError({
    kind: "input",
    code: `pem.${problem}`,
    message: `${file}:${line}: ${message}`,
    hint: "the file is damaged or cut off; obtain it again",
  });
}

/** Writes one PEM block: 64 columns, LF (RFC 7468, 2). */
export function writePem(label: string, der: Uint8Array): string {
  const base64 = Buffer.from(der.buffer, der.byteOffset, der.length).toString("base64");
  let text = `${BEGIN}${label}${DASHES}\n`;
  for (let at = 0; at < base64.length; at += COLUMNS) text += `${base64.slice(at, at + COLUMNS)}\n`;
  return `${text}${END}${label}${DASHES}\n`;
}
