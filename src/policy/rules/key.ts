import { curveByName } from "../../x509/algorithms.ts";
import type { PublicKey } from "../../x509/public-key.ts";
import { ROLES } from "../policy.ts";
import type { Rule } from "../rule.ts";
import { keyMatcher } from "./key-pattern.ts";
import { parametersSchema, strings, whole } from "./schema.ts";
import { WEAK_KEY_RULES } from "./weak-key.ts";
import { counted, listing, reissueWith } from "./wording.ts";

const keyAlgorithm: Rule = {
  id: "key-algorithm",
  title: "The key is of a kind and size that the platform takes.",
  citation: "RFC 5280, 4.1.2.7",
  roles: ROLES,
  parameters: parametersSchema(
    {
      allow: strings("key-pattern", "the keys taken, such as ec:P-256, rsa:2048-4096, rsa:3072+ or ed25519"),
    },
    ["allow"],
  ),
  bind({ allow }, role) {
    const patterns = allow as readonly string[];
    const allowed = keyMatcher(patterns);
    return ({ certificate: { publicKey } }) => {
      if (allowed(publicKey)) return undefined;
      return {
        message: `the key, ${keyInWords(publicKey)}, is not one that is taken here`,
        expected: listing(patterns, "or"),
        actual: publicKey.label,
        hint: reissueWith(role, "with a key that is taken", `--key ${asFlag(patterns)}`),
      };
    };
  },
};

const keyPreferred: Rule = {
  id: "key-preferred",
  title: "The key is of the kind that the platform's own devices use.",
  citation: "RFC 5280, 4.1.2.7",
  roles: ROLES,
  parameters: parametersSchema({ prefer: strings("key-pattern", "the keys preferred, such as ec:P-256") }, [
    "prefer",
  ]),
  bind({ prefer }, role) {
    const patterns = prefer as readonly string[];
    const preferred = keyMatcher(patterns);
    const another = reissueWith(role, "with another", `--key ${asFlag(patterns)}`);
    return ({ certificate: { publicKey } }) => {
      if (preferred(publicKey)) return undefined;
      return {
        message: `the key, ${keyInWords(publicKey)}, is taken but not what the platform's own devices use`,
        expected: listing(patterns, "or"),
        actual: publicKey.label,
        hint: `unless the hardware asks for this key, ${another}`,
      };
    };
  },
};

const keyStrength: Rule = {
  id: "key-strength",
  title: "The key is large enough to give security at all.",
  citation: "NIST SP 800-131A Rev. 2, 3",
  roles: ROLES,
  parameters: parametersSchema(
    {
      minimumRsaBits: whole(1, "the least bits of an RSA modulus"),
      minimumEcBits: whole(1, "the least bits of an elliptic curve's field"),
    },
    ["minimumRsaBits", "minimumEcBits"],
  ),
  bind({ minimumRsaBits, minimumEcBits }, role) {
    const leastRsa = minimumRsaBits as number;
    const leastEc = minimumEcBits as number;
    return ({ certificate: { publicKey } }) => {
      const rsa = publicKey.kind === "rsa";
      const bits = rsa ? publicKey.modulusBits : curveByName(publicKey.curve ?? "")?.bits;
      if (bits === undefined || bits >= (rsa ? leastRsa : leastEc)) return undefined;
      return {
        message: `the key, ${keyInWords(publicKey)}, is too small to be safe`,
        expected: rsa ? `an RSA modulus of at least ${leastRsa} bits` : `a curve of at least ${leastEc} bits`,
        actual: counted(bits, "bit"),
        hint: reissueWith(role, "with a larger key", `--key ${rsa ? "rsa:3072" : "ec:P-256"}`),
      };
    };
  },
};

/** A key as a person says it: `EC on P-256`, `RSA of 2048 bits`, `Ed25519`. */
function keyInWords(key: PublicKey): string {
  if (key.kind === "ec") return `EC on ${key.curve}`;
  if (key.kind === "rsa") return `RSA of ${key.modulusBits} bits`;
  return key.kind === "ed25519" ? "Ed25519" : `of algorithm ${key.label}`;
}

/** One of the patterns as `--key` takes it: an EC curve where there is one, or a range's least size. */
function asFlag(patterns: readonly string[]): string {
  const pattern = patterns.find((one) => one.startsWith("ec:P-")) ?? patterns[0] ?? "ec:P-256";
  return pattern.replace(/(rsa:\d+).*/, "$1");
}

/** The rules on public keys. */
export const KEY_RULES: readonly Rule[] = [keyAlgorithm, keyPreferred, keyStrength, ...WEAK_KEY_RULES];
