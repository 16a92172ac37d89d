import { SamicertsError } from "../base/errors.ts";
import { isPkcs11Uri } from "./pkcs11-uri.ts";

/** Whether a key's address is a `pkcs11:` URI; false for a file's path. Throws `uri.unknown-scheme` for another URI. */
export function isTokenKey(where: string): boolean {
  if (isPkcs11Uri(where)) return true;
  // One letter and a colon is a drive of Windows.
  const scheme = /^([A-Za-z][A-Za-z0-9+.-]+):/.exec(where)?.[1];
  if (scheme === undefined) return false;
  throw new SamicertsError({
    kind: "input",
    code: "uri.unknown-scheme",
    message: `${scheme}: is not a kind of address that a key can have here`,
    hint: `use pkcs11:..., or the path of a file; one with a colon in its name is written ./${scheme}:...`,
  });
}

/** Throws where a key's address is not the path of a file: `uri.unknown-scheme`, or `key.not-in-file` for a `pkcs11:` URI. */
export function requireKeyFile(where: string): void {
  if (!isTokenKey(where)) return;
  throw new SamicertsError({
    kind: "input",
    code: "key.not-in-file",
    // The address itself is not shown: there may be a PIN in it.
    message: "a pkcs11: URI names a key in a token, and a key's file is wanted here",
    hint: "name a key's file; one that is called so is written ./pkcs11:...",
  });
}
