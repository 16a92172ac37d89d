import { tokenError } from "./token-error.ts";

/**
 * The path that a `pin-source` names: a path as it is, or a `file:` URI (RFC 7512, 2.4).
 * Throws `token.pin-source` for anything else; a program that prints the PIN (`|...`) is not run.
 */
export function pinFile(source: string): string {
  if (source.startsWith("|"))
    throw tokenError(
      "pin-source",
      "pin-source names a program; samicerts runs none to get a PIN",
      "write the PIN into a file with mode 0600 and name that: pin-source=file:/path/to/pin",
    );
  const scheme = /^([A-Za-z][A-Za-z0-9+.-]+):/.exec(source)?.[1]?.toLowerCase();
  if (scheme === undefined) return source;
  const path = source.slice(scheme.length + 1).replace(/^\/\/(localhost)?(?=\/)/, "");
  if (scheme === "file" && path !== "" && !path.startsWith("//")) return path;
  throw tokenError(
    "pin-source",
    scheme === "file"
      ? "pin-source is a file: URI that names no file of this machine"
      : `pin-source is a ${scheme}: URI, which samicerts can't read a PIN from`,
    "name a file of this machine: pin-source=file:/path/to/pin",
  );
}
