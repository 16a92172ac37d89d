import { createHash } from "node:crypto";
import { ROLES } from "../policy.ts";
import type { Flaw, Rule } from "../rule.ts";
import { prepareRocaTest } from "./roca.ts";
import { parametersSchema, whole } from "./schema.ts";
import { prepareFactorTest } from "./small-factors.ts";
import { hex, reissueWith } from "./wording.ts";

/** The least exponent that is one (RFC 8017, 3.1). */
const LEAST_EXPONENT = 3;

const rsaExponent: Rule = {
  id: "rsa-exponent",
  title: "The RSA public exponent is odd and not too small.",
  citation: "RFC 8017, 3.1",
  roles: ROLES,
  parameters: parametersSchema({
    minimum: whole(LEAST_EXPONENT, `the least exponent (default ${LEAST_EXPONENT})`),
  }),
  bind({ minimum }, role) {
    const least = BigInt((minimum as number | undefined) ?? LEAST_EXPONENT);
    return ({ certificate: { publicKey } }) => {
      const exponent = publicKey.exponent;
      if (exponent === undefined) return undefined;
      const odd = ((exponent[exponent.length - 1] ?? 0) & 1) === 1;
      // One of more octets than a double holds exactly is above every minimum.
      if (odd && (exponent.length > 7 || numberOf(exponent) >= least)) return undefined;
      return {
        message: "the RSA public exponent can't be used",
        expected: `an odd exponent of at least ${least}${least < 65537n ? ", such as 65537" : ""}`,
        actual: exponent.length === 0 ? "0" : `0x${hex(exponent)}`,
        hint: reissueWith(role, "with a key from a sound generator", "--key rsa:2048"),
      };
    };
  },
};

const rsaModulus: Rule = {
  id: "rsa-modulus",
  title: "The RSA modulus is odd and has no small factor.",
  citation: "NIST SP 800-89, 5.3.3",
  roles: ROLES,
  bind(_, role) {
    // Not before there is an RSA key: making it takes longer than judging one of another kind.
    let smallFactor: ReturnType<typeof prepareFactorTest> | undefined;
    return ({ certificate: { publicKey } }) => {
      if (publicKey.modulus === undefined) return undefined;
      smallFactor ??= prepareFactorTest();
      const factor = smallFactor(publicKey.modulus);
      if (factor === undefined) return undefined;
      return {
        message: `the RSA modulus is a multiple of ${factor}: it is no product of two large primes`,
        expected: "an odd modulus without a factor below 752",
        actual: `a factor of ${factor}`,
        hint: reissueWith(role, "with a key from a sound generator", "--key rsa:2048"),
      };
    };
  },
};

const knownWeakKey: Rule = {
  id: "known-weak-key",
  title: "The key does not come from a generator that is known to make keys that can be broken.",
  citation: "CVE-2017-15361 (ROCA); CVE-2008-0166 (Debian)",
  roles: ROLES,
  parameters: parametersSchema({
    listed: {
      type: "array",
      items: { type: "string", format: "modulus-digest" },
      description:
        "moduli that somebody has the private key of, as openssl-blacklist lists them: the last 20 digits of SHA-1",
    },
  }),
  bind({ listed }, _, isKnownKey) {
    let hasRocaFingerprint: ReturnType<typeof prepareRocaTest> | undefined;
    const known = new Set((listed as readonly string[] | undefined) ?? []);
    return ({ certificate: { publicKey } }) => {
      if (isKnownKey(publicKey)) return DEBIAN;
      const { modulus } = publicKey;
      if (modulus === undefined) return undefined;
      hasRocaFingerprint ??= prepareRocaTest();
      if (hasRocaFingerprint(modulus)) return ROCA;
      return known.size > 0 && known.has(modulusDigest(modulus)) ? LISTED : undefined;
    };
  },
};

const DEBIAN: Flaw = {
  message:
    "the key is one of the few that Debian's OpenSSL of 2006 to 2008 could make: everybody can have its private half",
  expected: "a key that nobody else has",
  actual: "a key on the list of those",
  hint: "make a new key with a sound generator; revoke any certificate with this one",
};

const ROCA: Flaw = {
  message: "the RSA key has the fingerprint of a flawed generator (ROCA): its private key can be computed",
  expected: "a modulus without structure",
  actual: "a modulus that is a power of 65537 modulo many small primes",
  hint: "make a new key on other hardware, or after a firmware update; revoke any certificate with this one",
};

const LISTED: Flaw = {
  message: "the RSA key is on the list of those whose private key is known, such as Debian's of 2008",
  expected: "a modulus that nobody else has",
  actual: "a modulus that the policy lists",
  hint: "make a new key with a sound generator; revoke any certificate with this one",
};

/**
 * A modulus as openssl-blacklist lists it: the lower 80 bits of the SHA-1 of the line that
 * `openssl rsa -noout -modulus` prints, in lower-case hex.
 */
function modulusDigest(modulus: Uint8Array): string {
  const digits = Buffer.from(modulus).toString("hex").toUpperCase();
  return createHash("sha1").update(`Modulus=${digits}\n`).digest("hex").slice(20);
}

function numberOf(octets: Uint8Array): bigint {
  return octets.length === 0 ? 0n : BigInt(`0x${Buffer.from(octets).toString("hex")}`);
}

/** The rules on keys that are no secret, or not for long. */
export const WEAK_KEY_RULES: readonly Rule[] = [rsaExponent, rsaModulus, knownWeakKey];
