import { resolve } from "node:path";
import type { Files, Random } from "./base/effects.ts";
import { SamicertsError } from "./base/errors.ts";
import type { PassphraseSource } from "./keys/encrypted-key.ts";
import { isTokenKey } from "./keys/key-address.ts";
import { keyEncrypted } from "./keys/key-error.ts";
import { type KeyWorld, type OpenSigner, openSigner } from "./keys/open.ts";
import { pinFile } from "./keys/pkcs11/pin-file.ts";
import { openTokenKeyPlace, type TokenKeyPlace } from "./keys/pkcs11/token-key-place.ts";
import { type Pkcs11Uri, parsePkcs11Uri } from "./keys/pkcs11-uri.ts";
import { errorCode } from "./workspace/file-error.ts";
import { readPinFile, readPrivateKeyFile } from "./workspace/read-file.ts";

/** How keys are opened, in files and in tokens. */
export interface KeyOptions {
  /** The PKCS#11 module for `pkcs11:` URIs that name none. */
  readonly pkcs11Module?: string;
  /** Asks a person for the PIN of a token; undefined where nobody answers. */
  readonly askPin?: (token: string) => string | undefined;
  /** Gives the passphrase of an encrypted key, which it is named; throws where there is none. */
  readonly passphrase?: PassphraseSource;
  /** Encrypts the keys that are made; they are written as they are where absent. */
  readonly newPassphrase?: Uint8Array;
  /** Accepts keys and PIN files that others may read, and keys that can leave their token; each is said through `warn`. */
  readonly allowKeyMode?: boolean;
  readonly warn?: (warning: string) => void;
}

/** Opens keys, and lets go of all of them at the end. */
export interface KeyOpener {
  /** Opens a private key: a file's path, or a `pkcs11:` URI. */
  signer(where: string): OpenSigner;
  /** Opens a place in a token where a key is or is to be. */
  place(uri: Pkcs11Uri): TokenKeyPlace;
  close(): void;
}

/** Prepares to open keys; touches nothing until it is asked to. */
export function keyOpener(files: Files, random: Random, options: KeyOptions): KeyOpener {
  const warn = options.warn ?? (() => {});
  const allowMode = options.allowKeyMode === true;
  const world: KeyWorld = {
    defaultModule: options.pkcs11Module,
    look: (path) => look(files, path),
    readPin: (path) =>
      missingAsKey("token.pin-missing", NO_PIN, () => readPinFile(files, path, allowMode ? warn : undefined)),
    passphrase: options.passphrase ?? noPassphrase,
    askPin: options.askPin ?? (() => undefined),
    allowExtractable: allowMode,
    warn,
    random,
    readKeyFile: (path) => {
      const read = () => readPrivateKeyFile(files, path, { allowMode });
      const { bytes, warning } = missingAsKey("key.missing", NO_KEY, read);
      if (warning !== undefined) warn(warning);
      return bytes;
    },
  };
  const open: { close(): void }[] = [];
  const kept = <T extends { close(): void }>(opened: T): T => {
    open.push(opened);
    return opened;
  };
  return {
    signer: (where) => kept(openSigner(where, world)),
    place: (uri) => kept(openTokenKeyPlace(uri, world)),
    close: () => {
      for (const each of open.splice(0)) each.close();
    },
  };
}

/**
 * Reads the URI of a key in a token, its paths made absolute, so that it means the same in every directory.
 * Throws `uri.malformed`, `uri.unknown-scheme`, `token.pin-in-uri`; `key.not-in-token` for the path of a file.
 */
export function readTokenUri(text: string, what: string): Pkcs11Uri {
  if (!isTokenKey(text))
    throw new SamicertsError({
      kind: "input",
      code: "key.not-in-token",
      message: `${what} is "${text}", which is not a pkcs11: URI`,
      hint: `${what} says in which token a key is to be made; without it, a key file is made`,
    });
  const uri = parsePkcs11Uri(text);
  const { modulePath, pinSource } = uri;
  return {
    ...uri,
    ...(modulePath === undefined ? {} : { modulePath: resolve(modulePath) }),
    ...(pinSource === undefined ? {} : { pinSource: `file:${resolve(pinFile(pinSource))}` }),
  };
}

/** Where what a key needs is missing, that is an error of the key. */
function missingAsKey<T>(code: string, hint: string, read: () => T): T {
  try {
    return read();
  } catch (error) {
    if (!(error instanceof SamicertsError) || error.code !== "io.missing") throw error;
    throw new SamicertsError({ kind: "key", code, message: error.message, hint, cause: error });
  }
}

const NO_PIN = "write the token's PIN into it, with mode 0600, or name another file with pin-source";
const NO_KEY = "check the path, or name a key in a token with pkcs11:...";

function look(files: Files, path: string): ReturnType<KeyWorld["look"]> {
  try {
    const { kind } = files.stat(path);
    return kind === "file" || kind === "directory" ? kind : "other";
  } catch (error) {
    if (["ENOENT", "ENOTDIR", "EACCES", "ELOOP"].includes(errorCode(error))) return undefined;
    throw error;
  }
}

function noPassphrase(file: string): never {
  throw keyEncrypted(file);
}
