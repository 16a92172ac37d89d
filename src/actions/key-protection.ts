import { SamicertsError } from "../base/errors.ts";
import { shellQuoted } from "../base/shell-quoted.ts";
import type { Policy, Role } from "../policy/policy.ts";

/** Refuses to make a key whose file is not encrypted where the policy wants it to be; throws `policy.plain-key`. */
export function checkNewKey(policy: Policy, role: Role, encrypted: boolean): void {
  if (policy.issue[role]?.encryptedKey !== true || encrypted) return;
  throw plainKey(
    `the policy ${policy.name} wants a ${role}'s key to be encrypted`,
    "name a passphrase with --passphrase-file or --new-passphrase-file, or have it asked for with --encrypt",
  );
}

/** Refuses to use such a key; `where` is its file. Throws `policy.plain-key`. */
export function checkKeyInUse(policy: Policy, role: Role, plainFile: boolean, where: string): void {
  if (policy.issue[role]?.encryptedKey !== true || !plainFile) return;
  throw plainKey(
    `${where} is not encrypted, and the policy ${policy.name} wants a ${role}'s key to be`,
    `samicerts key encrypt ${shellQuoted(where)} --in-place`,
  );
}

function plainKey(message: string, hint: string): SamicertsError {
  return new SamicertsError({ kind: "refused", code: "policy.plain-key", message, hint });
}
