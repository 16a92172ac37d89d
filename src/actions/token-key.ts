import { SamicertsError } from "../base/errors.ts";
import type { TokenKeyPlace } from "../keys/pkcs11/token-key-place.ts";
import { formatKeySpec, type KeySpec } from "../x509/algorithms.ts";
import type { PublicKey } from "../x509/public-key.ts";

/** What is wanted of the key in a place. */
export interface WantedKey {
  readonly place: TokenKeyPlace;
  /** An earlier run was cut off that was to make it. */
  readonly resumes: boolean;
  /** It was said that it is there already. */
  readonly existing: boolean;
  /** The kind that was asked for. */
  readonly key: KeySpec | undefined;
}

/**
 * Checks that the key which is in a place, or is not, is what is wanted: one that somebody else put there is not taken
 * for ours. Throws `token.object-exists` (kind `exists`), `token.object-absent`, `token.key-differs` (kind `key`).
 */
export function checkTokenKey(there: PublicKey | undefined, wanted: WantedKey): void {
  const { place, resumes, existing, key } = wanted;
  if (there === undefined) {
    if (!existing || resumes) return;
    throw new SamicertsError({
      kind: "key",
      code: "token.object-absent",
      message: `there is no private key ${place.name}`,
      hint: "check object= and id= in the URI, or leave --existing-key out to have one made",
    });
  }
  if (!existing && !resumes)
    throw new SamicertsError({
      kind: "exists",
      code: "token.object-exists",
      message: `there is a private key ${place.name} already; it was not touched`,
      hint: "choose another object= in the URI, or add --existing-key to use the key that is there",
    });
  const asked = key === undefined ? there.label : formatKeySpec(key);
  if (asked !== there.label)
    throw new SamicertsError({
      kind: "key",
      code: "token.key-differs",
      message: `the key ${place.name} is of kind ${there.label}, not ${asked}`,
      hint: `leave --key out to use it, or choose another object= in the URI`,
    });
}
