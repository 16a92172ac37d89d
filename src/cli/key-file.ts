import type { KeyBeside } from "../actions/key-beside.ts";
import type { Files } from "../base/effects.ts";
import { SamicertsError } from "../base/errors.ts";
import type { PassphraseSource } from "../keys/encrypted-key.ts";
import { readPrivateKey } from "../keys/read-key.ts";
import { readPrivateKeyFile } from "../workspace/read-file.ts";
import { keyName } from "./find-sources.ts";

/** Why a key that merely lies beside a certificate says nothing about it: it is not ours to read. */
const SEALED: ReadonlySet<string> = new Set([
  "io.missing",
  "io.denied",
  "key.encrypted",
  "key.encryption",
  "key.passphrase",
]);

/** Reads a private key's file for its public half; throws `key.*`, `io.*`. */
export function openKey(
  path: string,
  files: Files,
  allowMode: boolean,
  passphrase?: PassphraseSource,
): KeyBeside {
  const { bytes, warning } = readPrivateKeyFile(files, path, { allowMode });
  const { publicKey } = readPrivateKey(bytes, path, passphrase);
  return warning === undefined ? { name: path, publicKey } : { name: path, publicKey, warning };
}

/**
 * The key beside a certificate's file, `x.key` beside `x.crt`: how to open it, or undefined where there is none
 * or it is sealed. A loose mode is told as a warning: it is the key's fault, not the certificate's.
 */
export function keyBeside(path: string, files: Files): (() => KeyBeside) | undefined {
  const keyPath = keyName(path);
  return keyPath === path ? undefined : unlessSealed(() => openKey(keyPath, files, true));
}

/** The same of a key whose file's octets are there, as in an archive. */
export function keyIn(bytes: Uint8Array, name: string): (() => KeyBeside) | undefined {
  return unlessSealed(() => ({ name, publicKey: readPrivateKey(bytes, name).publicKey }));
}

function unlessSealed(open: () => KeyBeside): (() => KeyBeside) | undefined {
  try {
    const key = open();
    return () => key;
  } catch (error) {
    if (!(error instanceof SamicertsError)) throw error;
    if (SEALED.has(error.code)) return undefined;
    return () => {
      throw error;
    };
  }
}
