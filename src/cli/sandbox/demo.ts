import { randomBytes } from "node:crypto";
import type { Platform } from "../../sandbox/platform.ts";

/** An account to try the sandbox with. */
export interface DemoAccount {
  readonly email: string;
  /** Only where it was made now: what is kept of it does not tell. */
  readonly password?: string;
  /** A token of the API, good for a day. */
  readonly token: string;
}

const DAY_MS = 24 * 3_600_000;
const ACCOUNTS = [
  ["demo@localhost", "Demo"],
  ["guest@localhost", "Guest"],
] as const;

/** Makes sure of two accounts, each with a token for curl. */
export async function demoAccounts(platform: Platform): Promise<readonly DemoAccount[]> {
  const accounts: DemoAccount[] = [];
  for (const [email, name] of ACCOUNTS) {
    const known = platform.accounts.findEmail(email);
    const password = randomBytes(9).toString("base64url");
    const { uid } = known ?? (await platform.accounts.add({ email, name, password }));
    const token = platform.tokens.issueUser({
      uid,
      application: "curl",
      scope: ["read", "write"],
      family: `demo ${uid}`,
      lifetimeMs: DAY_MS,
    });
    accounts.push({ email, token, ...(known === undefined ? { password } : {}) });
  }
  return accounts;
}
