import type { Signer } from "../x509/signer.ts";
import type { PassphraseSource } from "./encrypted-key.ts";
import { isTokenKey } from "./key-address.ts";
import { openTokenSigner } from "./pkcs11/token-signer.ts";
import type { TokenWorld } from "./pkcs11/token-world.ts";
import { parsePkcs11Uri } from "./pkcs11-uri.ts";
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
