import { createHash } from "node:crypto";
import { ApiError } from "./api-error.ts";
import { drawHex, hashSecret, sameText } from "./secrets.ts";
import type { Store } from "./store.ts";
import type { Tokens } from "./tokens.ts";
import type { SandboxWorld } from "./world.ts";

/** An application that users may give access to; it is public, and so has no secret of its own. */
export interface Application {
  readonly id: string;
  readonly name: string;
  readonly redirectUris: readonly string[];
}

/** What `GET /authorize` asks for, checked. */
export interface AuthorizeRequest {
  readonly application: Application;
  readonly responseType: "code" | "token";
  readonly redirectUri: string;
  readonly state?: string;
  readonly scope: readonly string[];
  /** PKCE, S256 (RFC 7636); empty where an application of old sends none. */
  readonly challenge: string;
}

/** Tokens as `POST /token` gives them (RFC 6749, 5.1). */
export interface TokenAnswer {
  readonly access_token: string;
  readonly token_type: "bearer";
  /** Seconds. */
  readonly expires_in: number;
  readonly refresh_token?: string;
  readonly scope: string;
}

/** OAuth 2: authorization code with PKCE, implicit, refresh. */
export interface OAuth {
  addApplication(application: { id?: string; name: string; redirectUris: readonly string[] }): Application;
  applications(): readonly Application[];
  /** Throws ApiError 400 where anything is wrong: then there is nowhere to send the browser back to. */
  readRequest(query: Readonly<Record<string, string | undefined>>): AuthorizeRequest;
  /** The user has said yes: gives where to send the browser. */
  grant(request: AuthorizeRequest, uid: string): string;
  /** The user has said no. */
  deny(request: AuthorizeRequest): string;
  /** Throws ApiError 400 as RFC 6749, 5.2, has it. */
  exchange(form: Readonly<Record<string, string | undefined>>): TokenAnswer;
}

/** How long an access token stands, in milliseconds. */
export const ACCESS_MS: number = 3_600_000;
const REFRESH_MS = 30 * 24 * 3_600_000;
const CODE_MS = 60_000;
const SCOPES: readonly string[] = ["read", "write"];
const CHALLENGE = /^[A-Za-z0-9_-]{43}$/;
const VERIFIER = /^[A-Za-z0-9._~-]{43,128}$/;

interface CodeRow {
  readonly application: string;
  readonly uid: string;
  readonly redirect_uri: string;
  readonly scope: string;
  readonly challenge: string;
  readonly family: string;
  readonly used: number;
}

interface RefreshRow {
  readonly uid: string;
  readonly application: string;
  readonly scope: string;
  readonly family: string;
  readonly used: number;
}

/** Opens the applications of a store. */
export function openOAuth(store: Store, { clock, random }: SandboxWorld, tokens: Tokens): OAuth {
  const find = (id: string): Application | undefined =>
    read(store.get<ApplicationRow>("SELECT * FROM applications WHERE id = ?", id));
  const answer = (
    uid: string,
    application: string,
    scope: readonly string[],
    family: string,
  ): TokenAnswer => {
    const refresh = drawHex(random);
    store.run(
      `INSERT INTO tokens (hash, kind, uid, application, scope, family, expires_ms)
       VALUES (?, 'refresh', ?, ?, ?, ?, ?)`,
      hashSecret(refresh),
      uid,
      application,
      scope.join(","),
      family,
      clock.now() + REFRESH_MS,
    );
    const access = tokens.issueUser({ uid, application, scope, family, lifetimeMs: ACCESS_MS });
    return {
      access_token: access,
      token_type: "bearer",
      expires_in: ACCESS_MS / 1000,
      refresh_token: refresh,
      scope: scope.join(","),
    };
  };
  /** What was used twice was stolen once: all that came of that consent ends. */
  const endFamily = (family: string): void => tokens.revokeFamily(family);

  const exchangeCode = (form: Readonly<Record<string, string | undefined>>): TokenAnswer | ApiError => {
    const hash = hashSecret(form.code ?? "");
    const row = store.get<CodeRow>(
      "SELECT * FROM codes WHERE hash = ? AND expires_ms > ?",
      hash,
      clock.now(),
    );
    if (row === undefined) return new ApiError(400, "invalid_grant: the code is unknown or has expired");
    if (row.used === 1) {
      endFamily(row.family);
      return new ApiError(400, "invalid_grant: the code was used; what it was exchanged for has ended");
    }
    store.run("UPDATE codes SET used = 1 WHERE hash = ?", hash);
    if (row.application !== form.client_id || row.redirect_uri !== form.redirect_uri)
      return new ApiError(
        400,
        "invalid_grant: client_id or redirect_uri is not the one that asked for the code",
      );
    if (!isVerified(row.challenge, form.code_verifier))
      return new ApiError(400, "invalid_grant: code_verifier is not what code_challenge was made of");
    return answer(row.uid, row.application, row.scope.split(","), row.family);
  };

  const refresh = (form: Readonly<Record<string, string | undefined>>): TokenAnswer | ApiError => {
    const hash = hashSecret(form.refresh_token ?? "");
    const row = store.get<RefreshRow>(
      "SELECT * FROM tokens WHERE hash = ? AND kind = 'refresh' AND expires_ms > ?",
      hash,
      clock.now(),
    );
    if (row === undefined)
      return new ApiError(400, "invalid_grant: the refresh token is unknown or has expired");
    if (form.client_id !== undefined && form.client_id !== row.application)
      return new ApiError(400, "invalid_grant: the refresh token is another application's");
    if (row.used === 1) {
      endFamily(row.family);
      return new ApiError(
        400,
        "invalid_grant: the refresh token was used; all tokens of its family have ended",
      );
    }
    store.run("UPDATE tokens SET used = 1 WHERE hash = ?", hash);
    return answer(row.uid, row.application, row.scope.split(","), row.family);
  };

  return {
    addApplication({ id = drawHex(random), name, redirectUris }) {
      store.run(
        `INSERT INTO applications (id, name, redirect_uris, created_ms) VALUES (?, ?, ?, ?)
         ON CONFLICT (id) DO UPDATE SET name = excluded.name, redirect_uris = excluded.redirect_uris`,
        id,
        name,
        redirectUris.join(" "),
        clock.now(),
      );
      return { id, name, redirectUris };
    },
    applications: () =>
      store
        .all<ApplicationRow>("SELECT * FROM applications ORDER BY created_ms, rowid")
        .flatMap((row) => read(row) ?? []),
    readRequest(query) {
      const application = find(query.client_id ?? "");
      if (application === undefined) throw new ApiError(400, "there is no application with this client_id");
      const [only] = application.redirectUris;
      const redirectUri = query.redirect_uri ?? (application.redirectUris.length === 1 ? only : undefined);
      if (redirectUri === undefined || !application.redirectUris.includes(redirectUri))
        throw new ApiError(400, "redirect_uri is not one that the application has named");
      const { response_type: responseType, state, code_challenge: challenge = "" } = query;
      if (responseType !== "code" && responseType !== "token")
        throw new ApiError(400, "response_type is code or token");
      const scope = (query.scope ?? "read,write").split(/[ ,]+/).filter((each) => each !== "");
      if (scope.length === 0 || scope.some((each) => !SCOPES.includes(each)))
        throw new ApiError(400, "scope has read and write to choose from");
      if (challenge !== "" && (!CHALLENGE.test(challenge) || query.code_challenge_method !== "S256"))
        throw new ApiError(400, "code_challenge is 43 characters of base64url, code_challenge_method S256");
      const request: AuthorizeRequest = { application, responseType, redirectUri, scope, challenge };
      return state === undefined ? request : { ...request, state };
    },
    grant(request, uid) {
      const { application, scope, redirectUri, challenge, state, responseType } = request;
      const family = drawHex(random);
      const stateParts = state === undefined ? {} : { state };
      if (responseType === "token") {
        const token = tokens.issueUser({
          uid,
          application: application.id,
          scope,
          family,
          lifetimeMs: ACCESS_MS,
        });
        const parts = { access_token: token, token_type: "bearer", expires_in: String(ACCESS_MS / 1000) };
        return `${redirectUri}#${new URLSearchParams({ ...parts, scope: scope.join(","), ...stateParts })}`;
      }
      const code = drawHex(random);
      store.run("DELETE FROM codes WHERE expires_ms <= ?", clock.now());
      store.run(
        `INSERT INTO codes (hash, application, uid, redirect_uri, scope, challenge, family, expires_ms)
         VALUES (?, ?, ?, ?, ?, ?, ?, ?)`,
        hashSecret(code),
        application.id,
        uid,
        redirectUri,
        scope.join(","),
        challenge,
        family,
        clock.now() + CODE_MS,
      );
      return withQuery(redirectUri, { code, ...stateParts });
    },
    deny({ redirectUri, state, responseType }) {
      const parts = { error: "access_denied", ...(state === undefined ? {} : { state }) };
      return responseType === "token"
        ? `${redirectUri}#${new URLSearchParams(parts)}`
        : withQuery(redirectUri, parts);
    },
    exchange(form) {
      const outcome = store.within(() => {
        if (form.grant_type === "authorization_code") return exchangeCode(form);
        if (form.grant_type === "refresh_token") return refresh(form);
        return new ApiError(400, "unsupported_grant_type: grant_type is authorization_code or refresh_token");
      });
      // What was marked as used stays so, so that it is thrown when that is done.
      if (outcome instanceof ApiError) throw outcome;
      return outcome;
    },
  };
}

interface ApplicationRow {
  readonly id: string;
  readonly name: string;
  readonly redirect_uris: string;
}

function read(row: ApplicationRow | undefined): Application | undefined {
  return row === undefined
    ? undefined
    : { id: row.id, name: row.name, redirectUris: row.redirect_uris.split(" ") };
}

/** PKCE (RFC 7636, 4.6); where there was no challenge there may be no verifier. */
function isVerified(challenge: string, verifier: string | undefined): boolean {
  if (challenge === "") return verifier === undefined;
  if (verifier === undefined || !VERIFIER.test(verifier)) return false;
  return sameText(createHash("sha256").update(verifier).digest("base64url"), challenge);
}

function withQuery(uri: string, parts: Readonly<Record<string, string>>): string {
  return `${uri}${uri.includes("?") ? "&" : "?"}${new URLSearchParams(parts)}`;
}
