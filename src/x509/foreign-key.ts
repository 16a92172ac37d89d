import { ECDH } from "node:crypto";
import { SamicertsError } from "../base/errors.ts";
import { curveByName } from "./algorithms.ts";
import { encodeOctetsInBits, encodeSequence } from "./der-writer.ts";
import { pointProblem } from "./ec-point.ts";
import { decodePublicKey, type PublicKey } from "./public-key.ts";
import { keyProblem } from "./signature.ts";

/**
 * Checks a public key that somebody else made, before anything else is asked of it: a kind that we know, numbers that
 * can be a key, an EC point that is on its curve (SP 800-56A Rev. 3, 5.6.2.3). Gives it in its one form, for one key
 * must not pass for two: an EC point uncompressed (RFC 5480, 2.2).
 * `what` begins the message of an error. Throws `key.unsupported`, `key.unsafe` (kind `refused`).
 */
export function takeForeignKey(key: PublicKey, what: string): PublicKey {
  const problem = keyProblem(key);
  if (problem !== undefined) throw keyRefused(problem.kind, what, problem.message);
  const point = pointProblem(key);
  if (point !== undefined) throw keyRefused("unsafe", what, point);
  return uncompressed(key);
}

function uncompressed(key: PublicKey): PublicKey {
  const curve = key.kind === "ec" ? curveByName(key.curve ?? "") : undefined;
  if (curve === undefined || key.bits[0] === 4) return key;
  const point = ECDH.convertKey(key.bits, curve.opensslName, undefined, undefined, "uncompressed") as Buffer;
  return decodePublicKey(encodeSequence(key.algorithm.der, encodeOctetsInBits(point)));
}

function keyRefused(problem: "unsupported" | "unsafe", what: string, message: string): SamicertsError {
  return new SamicertsError({
    kind: "refused",
    code: `key.${problem}`,
    message: `${what}: ${message}`,
    hint:
      problem === "unsafe"
        ? "have the device make a new key; nothing was signed"
        : "use an EC key on P-256, P-384 or P-521, an RSA key of 2048 bits or more, or Ed25519",
  });
}
