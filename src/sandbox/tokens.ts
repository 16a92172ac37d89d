import { ApiError } from "./api-error.ts";
import { drawHex, hashSecret } from "./secrets.ts";
import type { Store } from "./store.ts";
import type { SandboxWorld } from "./world.ts";

/** What the platform knows a bearer of a token by. */
export interface Bearer {
  /** `device`: the token of one secure device; `user`: of an application, on a user's behalf. */
  readonly kind: "device" | "user";
  readonly uid: string;
  /** The device, of a device's token. */
  readonly did?: string;
  /** The application, of a user's token. */
  readonly application?: string;
  readonly scope: readonly string[];
}

/** Access tokens; their SHA-256 is what is kept. */
export interface Tokens {
  /** A token of a device, which stands until the device is let go. */
  issueDevice(uid: string, did: string): string;
  /** A user's access token. */
  issueUser(token: UserToken): string;
  /** Whose token this is, where it stands. */
  find(token: string): Bearer | undefined;
  /** As `find`, of an `Authorization: bearer ...` header; throws ApiError 401 where there is none that stands. */
  bearer(header: string | undefined): Bearer;
  revokeDevice(did: string): void;
  /** Ends all tokens of one consent. */
  revokeFamily(family: string): void;
}

/** What a user's token is made for. */
export interface UserToken {
  readonly uid: string;
  readonly application: string;
  readonly scope: readonly string[];
  /** All tokens that came of one consent; they end together. */
  readonly family: string;
  readonly lifetimeMs: number;
}

interface TokenRow {
  readonly kind: "device" | "user";
  readonly uid: string;
  readonly did: string | null;
  readonly application: string | null;
  readonly scope: string;
}

/** Opens the tokens of a store. */
export function openTokens(store: Store, { clock, random }: SandboxWorld): Tokens {
  const find = (token: string): Bearer | undefined => {
    const row = store.get<TokenRow>(
      `SELECT kind, uid, did, application, scope FROM tokens
       WHERE hash = ? AND kind IN ('device', 'user') AND (expires_ms IS NULL OR expires_ms > ?)`,
      hashSecret(token),
      clock.now(),
    );
    if (row === undefined) return undefined;
    const { kind, uid, did, application, scope } = row;
    return {
      kind,
      uid,
      scope: scope.split(","),
      ...(did === null ? {} : { did }),
      ...(application === null ? {} : { application }),
    };
  };
  return {
    issueDevice(uid, did) {
      const token = drawHex(random);
      store.run(
        "INSERT INTO tokens (hash, kind, uid, did, scope) VALUES (?, 'device', ?, ?, 'read,write')",
        hashSecret(token),
        uid,
        did,
      );
      return token;
    },
    issueUser({ uid, application, scope, family, lifetimeMs }) {
      const token = drawHex(random);
      store.run("DELETE FROM tokens WHERE expires_ms <= ?", clock.now());
      store.run(
        `INSERT INTO tokens (hash, kind, uid, application, scope, family, expires_ms)
         VALUES (?, 'user', ?, ?, ?, ?, ?)`,
        hashSecret(token),
        uid,
        application,
        scope.join(","),
        family,
        clock.now() + lifetimeMs,
      );
      return token;
    },
    find,
    bearer(header) {
      const token = /^bearer +([0-9a-f]{32}) *$/i.exec(header ?? "")?.[1];
      if (token === undefined)
        throw new ApiError(
          401,
          "there is no token: send Authorization: bearer <token>, 32 characters of hex",
        );
      const bearer = find(token.toLowerCase());
      if (bearer === undefined)
        throw new ApiError(401, "the token is unknown, was taken back or has expired");
      return bearer;
    },
    revokeDevice: (did) => void store.run("DELETE FROM tokens WHERE did = ?", did),
    revokeFamily: (family) => void store.run("DELETE FROM tokens WHERE family = ?", family),
  };
}

/** Refuses a token whose scope has not what is asked of it; throws ApiError 403. */
export function needScope(bearer: Bearer, scope: "read" | "write"): void {
  if (!bearer.scope.includes(scope)) throw new ApiError(403, `the token's scope is without "${scope}"`);
}
