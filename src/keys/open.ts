import { SamicertsError } from "../base/errors.ts";
import type { Signer } from "../x509/signer.ts";
import type { PassphraseSource } from "./encrypted-key.ts";
import { openTokenSigner } from "./pkcs11/token-signer.ts";
import type { TokenWorld } from "./pkcs11/token-world.ts";
import { isPkcs11Uri, parsePkcs11Uri } from "./pkcs11-uri.ts";
import { readPrivateKey } from "./read-key.ts";

/** What opening a key needs of the world around it. */
export interface KeyWorld extends TokenWorld {
  /** Reads a private key's file, which nobody but its owner may read; throws `key.permissions`, `io.*`. */
  readKeyFile(path: string): Uint8Array;
  /** Gives the passphrase of an encrypted key; throws `key.encrypted` where there is none. */
  readonly passphrase: PassphraseSource;
}

/** A signer that may hold something open. */
export interface OpenSigner extends Signer {
  /** Lets go of it: of a token's session; nothing for a file. */
  close(): void;
}

/**
 * Opens a private key for signing, wherever it is: `where` is a file's path or a `pkcs11:` URI.
 * Throws `uri.unknown-scheme` for any other URI, `uri.malformed`, `token.*`, `key.*`, `io.*`.
 */
export function openSigner(where: string, world: KeyWorld): OpenSigner {
  if (isTokenKey(where)) return openTokenSigner(parsePkcs11Uri(where), world);
  const signer = readPrivateKey(world.readKeyFile(where), where, world.passphrase);
  return {
    ...(signer.plainFile === undefined ? {} : { plainFile: signer.plainFile }),
    source: where,
    publicKey: signer.publicKey,
    ...(signer.keyObject === undefined ? {} : { keyObject: signer.keyObject }),
    get algorithm() {
      return signer.algorithm;
    },
    sign: (tbs, algorithm) => signer.sign(tbs, algorithm),
    close: () => {},
  };
}

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
