/** What a file that a crash may have cut off holds. */
export type FileState = "whole" | "torn" | "foreign";

/**
 * Tells whether a file that was to hold one PEM block with this label does. A process that is killed leaves the
 * beginning of it, a power failure also nothing, or zeros. Anything else is not of our making.
 */
export function fileState(bytes: Uint8Array, label: string): FileState {
  const text = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString("latin1");
  const begin = `-----BEGIN ${label}-----\n`;
  const end = `-----END ${label}-----`;
  if (text.startsWith(begin) && (text.endsWith(`${end}\n`) || text.endsWith(end))) return "whole";
  const written = text.replace(/\0+$/, "");
  const body = written.slice(begin.length);
  const begins = begin.startsWith(written) || written.startsWith(begin);
  return begins && /^[A-Za-z0-9+/=\n]*[A-Z -]*$/.test(body) ? "torn" : "foreign";
}
