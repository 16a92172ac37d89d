import type { PublicKey } from "../x509/public-key.ts";

/** Tells whether everybody can have a key's private half. Throws `io.key-list` where that can't be looked up. */
export type KnownKeyTest = (publicKey: PublicKey) => boolean;
