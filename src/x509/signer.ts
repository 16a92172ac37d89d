import type { KeyObject } from "node:crypto";
import type { AlgorithmIdentifier } from "./algorithms.ts";
import type { PublicKey } from "./public-key.ts";

/** A key in a token as this process knows it, for as long as the token is not reset. */
export interface KeyHandle {
  /** The path of the module that drives the token. */
  readonly module: string;
  /** The slot's handle, and the key's. */
  readonly slot: Uint8Array;
  readonly key: Uint8Array;
  /** Its SubjectPublicKeyInfo. */
  readonly publicKey: Uint8Array;
  /** The mechanisms that the token offers, by their numbers. */
  readonly mechanisms: readonly number[];
}

/** A key in a token, as another thread can open it in a session of its own. */
export interface SharedKey {
  /** Its `pkcs11:` URI. */
  readonly uri: string;
  /** The module for a URI that names none. */
  readonly defaultModule?: string;
  /** What the token was opened with, where it asked for that. */
  readonly pin?: string;
  /** Absent where the token wants its PIN again at each signature. */
  readonly handle?: KeyHandle;
  /** So many sessions the token takes at once, beside the one that is open; 0 where threads can't share its module. */
  readonly sessions: number;
}

/** A private key that signs, wherever it lives: in a file, in memory, in a token. */
export interface Signer {
  /** Where the key is, for messages: a file or a `pkcs11:` URI; absent where it is in memory only. */
  readonly source?: string;
  /** True where it is in a file that is not encrypted. */
  readonly plainFile?: true;
  /** The key that checks what this one signs. */
  readonly publicKey: PublicKey;
  /** The key itself, for another thread to sign with; absent where it can't leave the place that it is in. */
  readonly keyObject?: () => KeyObject;
  /**
   * How other threads can open a key that can't leave its token, for `most` sessions at most; absent for any other key.
   * Throws `token.*`.
   */
  readonly share?: (most: number) => SharedKey;
  /** What it signs with unless told otherwise; reading it throws `key.unsupported` where the key can't sign certificates. */
  readonly algorithm: AlgorithmIdentifier;
  /**
   * Signs the bytes of a to-be-signed part and gives the octets that go into the certificate's BIT STRING
   * (RFC 5280, 4.1.1.3; an ECDSA signature in its DER form, RFC 3279, 2.2.3).
   * `algorithm` must suit the key: `signatureAlgorithmFor(publicKey, hash)`; its default is the signer's own.
   * Throws `key.unsupported` for an algorithm that does not.
   */
  sign(tbs: Uint8Array, algorithm?: AlgorithmIdentifier): Uint8Array;
}
