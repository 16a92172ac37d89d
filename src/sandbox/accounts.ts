import { SamicertsError } from "../base/errors.ts";
import { ApiError } from "./api-error.ts";
import { drawHex, hashPassword, hashSecret, isPassword, spendPassword } from "./secrets.ts";
import type { Store } from "./store.ts";
import type { SandboxWorld } from "./world.ts";

/** A person who owns devices. */
export interface User {
  /** 32 characters of hex. */
  readonly uid: string;
  readonly email: string;
  readonly name: string;
  readonly createdMs: number;
}

/** A browser that a user has signed in with. */
export interface Session {
  readonly user: User;
  /** What every form of the session carries, so that no other site can send one. */
  readonly csrf: string;
}

/** Local accounts and their sessions. */
export interface Accounts {
  /** Throws `sandbox.account-exists`, `sandbox.password`. */
  add(account: { email: string; name: string; password: string }): Promise<User>;
  find(uid: string): User | undefined;
  findEmail(email: string): User | undefined;
  /**
   * Begins a session, always a new one, and gives the token for its cookie. Throws ApiError 401 where the account or the
   * password is wrong, 429 after too many of them.
   */
  signIn(email: string, password: string): Promise<{ readonly token: string; readonly session: Session }>;
  /** The session of a cookie, where it stands. */
  session(token: string | undefined): Session | undefined;
  signOut(token: string): void;
  /** Gives a user another password and ends all of their sessions; throws `sandbox.password`. */
  setPassword(uid: string, password: string): Promise<void>;
}

/** How long a session stands, in milliseconds. */
export const SESSION_MS: number = 12 * 3_600_000;

const LEAST_PASSWORD = 8;
const MOST_PASSWORD = 200;
/** Wrong passwords for one account within the window below. */
const MOST_FAILURES = 10;
const FAILURE_WINDOW_MS = 15 * 60_000;
/** scrypt takes 32 MB each: so many at a time. */
const MOST_AT_ONCE = 4;

interface UserRow {
  readonly uid: string;
  readonly email: string;
  readonly name: string;
  readonly password: string;
  readonly created_ms: number;
}

/** Opens the accounts of a store. */
export function openAccounts(store: Store, { clock, random }: SandboxWorld): Accounts {
  const failures = new Map<string, { count: number; sinceMs: number }>();
  let deriving = 0;
  const findRow = (email: string): UserRow | undefined =>
    store.get<UserRow>("SELECT * FROM users WHERE email = ?", email);

  const countFailure = (email: string): void => {
    const now = clock.now();
    for (const [key, { sinceMs }] of failures) if (now - sinceMs > FAILURE_WINDOW_MS) failures.delete(key);
    const known = failures.get(email);
    if (known === undefined) failures.set(email, { count: 1, sinceMs: now });
    else known.count++;
  };
  const isBarred = (email: string): boolean => {
    const known = failures.get(email);
    return (
      known !== undefined && known.count >= MOST_FAILURES && clock.now() - known.sinceMs <= FAILURE_WINDOW_MS
    );
  };
  const begin = (user: User): { readonly token: string; readonly session: Session } => {
    const [token, csrf] = [drawHex(random), drawHex(random)];
    store.within(() => {
      store.run("DELETE FROM sessions WHERE expires_ms <= ?", clock.now());
      store.run(
        "INSERT INTO sessions (hash, uid, csrf, expires_ms) VALUES (?, ?, ?, ?)",
        hashSecret(token),
        user.uid,
        csrf,
        clock.now() + SESSION_MS,
      );
    });
    return { token, session: { user, csrf } };
  };

  return {
    async add({ email, name, password }) {
      checkPassword(password);
      const uid = drawHex(random);
      const hashed = await hashPassword(password, random);
      const added = store.run(
        "INSERT INTO users (uid, email, name, password, created_ms) VALUES (?, ?, ?, ?, ?) ON CONFLICT DO NOTHING",
        uid,
        email,
        name,
        hashed,
        clock.now(),
      );
      if (added === 0)
        throw new SamicertsError({
          kind: "exists",
          code: "sandbox.account-exists",
          message: `there is an account ${email}`,
          hint: "sign in with it, or choose another address",
        });
      return readUser(findRow(email) as UserRow);
    },
    find: (uid) => {
      const row = store.get<UserRow>("SELECT * FROM users WHERE uid = ?", uid);
      return row === undefined ? undefined : readUser(row);
    },
    findEmail: (email) => {
      const row = findRow(email);
      return row === undefined ? undefined : readUser(row);
    },
    async signIn(email, password) {
      // Of one length, whatever was typed: it is remembered for a while.
      const key = hashSecret(email.toLowerCase());
      if (isBarred(key))
        throw new ApiError(429, "too many wrong passwords for this account; wait 15 minutes");
      if (deriving >= MOST_AT_ONCE) throw new ApiError(503, "too many are signing in at once; try again");
      const row = findRow(email);
      deriving++;
      try {
        const known = password.length <= MOST_PASSWORD;
        const right = await (row === undefined || !known
          ? spendPassword("")
          : isPassword(password, row.password));
        if (right && row !== undefined) {
          failures.delete(key);
          return begin(readUser(row));
        }
      } finally {
        deriving--;
      }
      countFailure(key);
      throw new ApiError(401, "the address or the password is wrong");
    },
    session(token) {
      if (token === undefined) return undefined;
      const row = store.get<UserRow & { readonly csrf: string }>(
        `SELECT users.*, sessions.csrf FROM sessions JOIN users USING (uid)
         WHERE sessions.hash = ? AND sessions.expires_ms > ?`,
        hashSecret(token),
        clock.now(),
      );
      return row === undefined ? undefined : { user: readUser(row), csrf: row.csrf };
    },
    signOut: (token) => void store.run("DELETE FROM sessions WHERE hash = ?", hashSecret(token)),
    async setPassword(uid, password) {
      checkPassword(password);
      const hashed = await hashPassword(password, random);
      store.within(() => {
        store.run("UPDATE users SET password = ? WHERE uid = ?", hashed, uid);
        store.run("DELETE FROM sessions WHERE uid = ?", uid);
      });
    },
  };
}

function checkPassword({ length }: string): void {
  if (length >= LEAST_PASSWORD && length <= MOST_PASSWORD) return;
  throw new SamicertsError({
    kind: "input",
    code: "sandbox.password",
    message: `a password of ${length} characters`,
    hint: `take ${LEAST_PASSWORD} to ${MOST_PASSWORD}`,
  });
}

function readUser({ uid, email, name, created_ms }: UserRow): User {
  return { uid, email, name, createdMs: created_ms };
}
