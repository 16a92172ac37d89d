import { createRequire } from "node:module";
import type * as graphene from "graphene-pk11";
import {
  type AlgorithmIdentifier,
  type SignatureAlgorithm,
  signatureAlgorithmFor,
} from "../../x509/algorithms.ts";
import { decodePublicKey } from "../../x509/public-key.ts";
import { sameKey } from "../../x509/same-key.ts";
import type { KeyHandle, Signer } from "../../x509/signer.ts";
import type { Pkcs11Uri } from "../pkcs11-uri.ts";
import { describeToken } from "../pkcs11-uri-format.ts";
import { suitableAlgorithm } from "../suitable-algorithm.ts";
import { keyChanged } from "./key-object.ts";
import { type SignMechanism, signMechanism } from "./mechanisms.ts";
import { describeFailure, tokenError, wasReset } from "./token-error.ts";

/** pkcs11js's own interface, the one below graphene-pk11. */
type Cryptoki = graphene.Module["lib"];

/** CKF_SERIAL_SESSION. */
const READ_ONLY = 4;
/** The longest signature: RSA of 16384 bits. */
const MAX_SIGNATURE = 2048;

/**
 * A signer of a key that another thread of this process has found in its token and logged in for: in a session of its
 * own, and without graphene-pk11, which takes a thread longer to load than all the rest. Handles and the login are the
 * whole process's (PKCS#11 v2.40, usage guide, 2.6). When the token was reset, they are worth nothing any more: then
 * `openAgain` opens the key as if for the first time. Throws `token.*`.
 */
export function handleSigner(uri: Pkcs11Uri, handle: KeyHandle, openAgain: () => Signer): Signer {
  const publicKey = decodePublicKey(handle.publicKey);
  const name = describeToken(uri);
  const own = signatureAlgorithmFor(publicKey);
  const offered = new Set(handle.mechanisms);
  let session: ReturnType<typeof openSession> | undefined;
  let again: Signer | undefined;
  let refused: unknown;
  const reopen = (): Signer => {
    if (refused !== undefined) throw refused;
    try {
      again = openAgain();
      if (!sameKey(again.publicKey, publicKey)) throw keyChanged(uri);
      return again;
    } catch (error) {
      // Each signature to come would try the PIN again, until the token locks it.
      refused = error;
      throw error;
    }
  };
  const wayOf = (algorithm: SignatureAlgorithm): SignMechanism => {
    const way = signMechanism(algorithm, publicKey, offered);
    if (way !== undefined) return way;
    throw tokenError(
      "key-unsupported",
      `${name} can't sign with ${algorithm.name}`,
      "use another kind of key in this token, or another token",
    );
  };
  return {
    publicKey,
    algorithm: own,
    sign(tbs: Uint8Array, algorithm: AlgorithmIdentifier = own): Uint8Array {
      const way = wayOf(suitableAlgorithm(publicKey, algorithm));
      if (again === undefined && refused === undefined)
        try {
          session ??= openSession(handle);
          return session(way, tbs);
        } catch (error) {
          if (!wasReset(error)) throw describeFailure(error, name, "signing");
        }
      return (again ?? reopen()).sign(tbs, algorithm);
    },
  };
}

function openSession(handle: KeyHandle): (way: SignMechanism, tbs: Uint8Array) => Uint8Array {
  const lib = loadCryptoki();
  lib.load(handle.module);
  const session = lib.C_OpenSession(Buffer.from(handle.slot), READ_ONLY);
  const key = Buffer.from(handle.key);
  const room = Buffer.alloc(MAX_SIGNATURE);
  return ({ mechanism, input, output }, tbs) => {
    lib.C_SignInit(session, { mechanism }, key);
    return output(lib.C_Sign(session, input(tbs), room));
  };
}

function loadCryptoki(): Cryptoki {
  const require = createRequire(import.meta.url);
  // It is graphene-pk11's dependency, not ours.
  const below = createRequire(require.resolve("graphene-pk11"));
  const { PKCS11 } = below("pkcs11js") as { readonly PKCS11: new () => Cryptoki };
  return new PKCS11();
}
