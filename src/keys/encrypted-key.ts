import type { Random } from "../base/effects.ts";
import { SamicertsError } from "../base/errors.ts";
import { readAlgorithm } from "../x509/algorithms.ts";
import { readSequence } from "../x509/der-reader.ts";
import { encodeOctetString, encodeSequence } from "../x509/der-writer.ts";
import { writePem } from "../x509/pem.ts";
import { encryptPbes2, type Pbes2, readPbes2 } from "./pbes2.ts";

/** The label of an encrypted private key (RFC 7468, 11). */
export const ENCRYPTED_LABEL = "ENCRYPTED PRIVATE KEY";

/** Gives the passphrase of an encrypted file, which is named to whoever is asked; throws where there is none. */
export type PassphraseSource = (file: string) => Uint8Array;

/**
 * Writes a private key, given as PKCS#8 DER, as the PEM of its file: encrypted where there is a passphrase
 * (EncryptedPrivateKeyInfo, RFC 5958, 3, as OpenSSL reads it).
 */
export function keyText(pkcs8: Uint8Array, passphrase: Uint8Array | undefined, random: Random): string {
  if (passphrase === undefined) return writePem("PRIVATE KEY", pkcs8);
  const { algorithm, encrypted } = encryptPbes2(pkcs8, passphrase, random);
  return writePem(ENCRYPTED_LABEL, encodeSequence(algorithm, encodeOctetString(encrypted)));
}

/** An encrypted private key that is still closed. */
export interface SealedKey {
  readonly scheme: Pbes2;
  /** The PKCS#8 DER; throws `key.passphrase` where the passphrase is wrong. */
  open(passphrase: Uint8Array): Uint8Array;
}

/**
 * Reads an EncryptedPrivateKeyInfo; `readScheme` reads how it is encrypted, by PBES2 and nothing else by default.
 * Throws `der.*`, `key.malformed`, `key.encryption`.
 */
export function readSealedKey(
  der: Uint8Array,
  file: string,
  readScheme: typeof readPbes2 = readPbes2,
): SealedKey {
  const sequence = readSequence(der, `${file}: EncryptedPrivateKeyInfo`);
  const algorithm = readAlgorithm(sequence, `${file}: encryptionAlgorithm`);
  const encrypted = sequence.octetString(`${file}: encryptedData`);
  sequence.end(`${file}: EncryptedPrivateKeyInfo`);
  const scheme = readScheme(algorithm, file);
  return {
    scheme,
    open: (passphrase) => {
      const plain = scheme.decrypt(encrypted, passphrase);
      // One wrong passphrase in 256 gives well-padded nonsense: the same error, or it would tell them apart.
      if (plain === undefined || !isPkcs8(plain)) throw wrongPassphrase(file);
      return plain;
    },
  };
}

function isPkcs8(plain: Uint8Array): boolean {
  try {
    const sequence = readSequence(plain, "key");
    sequence.smallInteger("version");
    readAlgorithm(sequence, "algorithm");
    sequence.octetString("privateKey");
    return true;
  } catch {
    return false;
  }
}

/** The error for a passphrase that does not open a file. */
export function wrongPassphrase(file: string): SamicertsError {
  return new SamicertsError({
    kind: "key",
    code: "key.passphrase",
    message: `${file} can't be decrypted: the passphrase is wrong`,
    hint: "check which passphrase belongs to it; a file's one trailing newline is not part of it; a damaged file looks so too",
  });
}
