import type { PublicKey } from "../../x509/public-key.ts";
import { formatTime, NO_EXPIRY_MS } from "../../x509/time.ts";
import { ROLES } from "../policy.ts";
import type { Rule } from "../rule.ts";
import { day, parametersSchema, whole } from "./schema.ts";
import { reissueWith } from "./wording.ts";

const DAY_MS = 86_400_000;

const rsaLifetime: Rule = {
  id: "rsa-lifetime",
  title: "A certificate with a smaller RSA key does not outlive the day until which such keys are held safe.",
  citation: "NIST IR 8547, 4.1.1",
  roles: ROLES,
  parameters: parametersSchema(
    {
      belowBits: whole(1, "RSA keys with fewer bits are concerned"),
      lastDay: day("the last day they are held safe"),
    },
    ["belowBits", "lastDay"],
  ),
  bind({ belowBits, lastDay }, role) {
    const below = belowBits as number;
    const limit = secondAfter(lastDay as string);
    return ({ certificate: { publicKey, notAfter } }) => {
      if (notAfter.epochMs < limit || (publicKey.modulusBits ?? below) >= below) return undefined;
      return {
        message: `the certificate outlives ${lastDay}, the last day RSA under ${below} bits is held safe`,
        expected: `notAfter by ${lastDay}, or an RSA key of at least ${below} bits`,
        actual: `${publicKey.label}, notAfter ${endInWords(notAfter.epochMs)}`,
        hint: reissueWith(role, "with a larger key or an earlier end", `--not-after ${lastDay}`),
      };
    };
  },
};

const classicalLifetime: Rule = {
  id: "classical-lifetime",
  title:
    "A certificate does not outlive the day until which its kind of key is held safe from quantum computers.",
  citation: "NIST IR 8547, 4.1.1",
  roles: ROLES,
  parameters: parametersSchema({ lastDay: day("the last day RSA, EC and Ed25519 keys are held safe") }, [
    "lastDay",
  ]),
  bind({ lastDay }, role) {
    const limit = secondAfter(lastDay as string);
    const earlier = reissueWith(role, "with an earlier end", `--not-after ${lastDay}`);
    return ({ certificate: { publicKey, notAfter } }) => {
      if (notAfter.epochMs < limit || publicKey.kind === "other") return undefined;
      const family = FAMILIES.get(publicKey.kind);
      return {
        message: `the certificate outlives ${lastDay}, the last day ${family} is held safe`,
        expected: `notAfter by ${lastDay}`,
        actual: `${publicKey.label}, notAfter ${endInWords(notAfter.epochMs)}`,
        hint: `plan how its next key is made, and ${earlier}`,
      };
    };
  },
};

const FAMILIES: ReadonlyMap<PublicKey["kind"], string> = new Map([
  ["rsa", "RSA"],
  ["ec", "EC"],
  ["ed25519", "Ed25519"],
]);

/** The first moment after a day in UTC, in milliseconds since 1970. */
function secondAfter(lastDay: string): number {
  return Date.parse(`${lastDay}T00:00:00Z`) + DAY_MS;
}

function endInWords(epochMs: number): string {
  return epochMs === NO_EXPIRY_MS ? `${formatTime(epochMs)} (never)` : formatTime(epochMs);
}

/** The rules on how long a kind of key may serve. */
export const LIFETIME_RULES: readonly Rule[] = [rsaLifetime, classicalLifetime];
