import { SamicertsError } from "../../base/errors.ts";

/** The error for what a token, its module or its keys can't or won't do (kind `key`); the code becomes `token.<code>`. */
export function tokenError(code: string, message: string, hint: string, cause?: unknown): SamicertsError {
  return new SamicertsError({ kind: "key", code: `token.${code}`, message, hint, cause });
}

/** The error for a place in a token that is taken already (kind `exists`): `token.object-exists`. */
export function objectExists(message: string, hint: string): SamicertsError {
  return new SamicertsError({ kind: "exists", code: "token.object-exists", message, hint });
}

/** Failures by their numbers that pkcs11js has no names for. */
const UNNAMED: ReadonlyMap<number, string> = new Map([[0x140, "CKR_CURVE_NOT_SUPPORTED"]]);

/** The name that PKCS#11 gives a failure (`CKR_PIN_INCORRECT`); undefined where it did not come from a module. */
export function failureName(error: unknown): string | undefined {
  if (!(error instanceof Error)) return undefined;
  const name = /^CKR_[A-Z0-9_]+/.exec(error.message)?.[0];
  const { code } = error as { readonly code?: unknown };
  if (name !== "CKR_VENDOR_DEFINED" || typeof code !== "number") return name;
  return UNNAMED.get(code) ?? `${name} 0x${code.toString(16)}`;
}

type Telling = readonly [code: string, message: string, hint: string];

/** What a module's failure means (PKCS#11 v2.40, 5.1); `{token}` stands for the token in words. */
const FAILURES: ReadonlyMap<string, Telling> = new Map<string, Telling>([
  ...of(
    ["CKR_PIN_INCORRECT", "CKR_PIN_INVALID", "CKR_PIN_LEN_RANGE"],
    [
      "pin-wrong",
      "{token} does not accept this PIN",
      "check the file that pin-source names; a token locks its PIN after a few wrong ones, so nothing is tried twice",
    ],
  ),
  ...of(
    ["CKR_PIN_LOCKED"],
    [
      "pin-locked",
      "the PIN of {token} is locked, after too many wrong ones",
      "unlock it with the token's own tool and its SO PIN (PUK)",
    ],
  ),
  ...of(
    ["CKR_PIN_EXPIRED"],
    ["pin-expired", "the PIN of {token} has expired", "set a new PIN with the token's own tool"],
  ),
  ...of(
    ["CKR_USER_PIN_NOT_INITIALIZED"],
    [
      "pin-unset",
      "no user PIN has been set on {token} yet",
      "set one with the token's own tool and its SO PIN; for SoftHSM: softhsm2-util --init-token",
    ],
  ),
  ...of(
    ["CKR_TOKEN_NOT_PRESENT", "CKR_DEVICE_REMOVED", "CKR_SLOT_ID_INVALID", "CKR_TOKEN_NOT_RECOGNIZED"],
    ["removed", "{token} is not there any more", "put it back, then run the same command again"],
  ),
  ...of(
    ["CKR_SESSION_COUNT"],
    [
      "busy",
      "{token} takes no further session",
      "end the other programs that use it, then run the same command again",
    ],
  ),
  ...of(
    ["CKR_TOKEN_WRITE_PROTECTED", "CKR_SESSION_READ_ONLY"],
    ["write-protected", "{token} is write-protected", "a key can be made only in one that can be written to"],
  ),
  ...of(
    ["CKR_DEVICE_MEMORY", "CKR_HOST_MEMORY"],
    ["full", "{token} has no room left", "remove what is not needed from it, with the token's own tool"],
  ),
]);

/** Failures after which the token is there as before, but knows this program's sessions and handles no more. */
const RESETS: ReadonlySet<string> = new Set([
  "CKR_CRYPTOKI_NOT_INITIALIZED",
  "CKR_DEVICE_ERROR",
  "CKR_DEVICE_REMOVED",
  "CKR_KEY_HANDLE_INVALID",
  "CKR_OBJECT_HANDLE_INVALID",
  "CKR_SESSION_CLOSED",
  "CKR_SESSION_HANDLE_INVALID",
  "CKR_SLOT_ID_INVALID",
  "CKR_TOKEN_NOT_PRESENT",
  "CKR_USER_NOT_LOGGED_IN",
]);

/** Whether a new session may do what failed in this one: the token was reset, or taken out and put back. */
export function wasReset(error: unknown): boolean {
  return RESETS.has(failureName(error) ?? "");
}

/**
 * Runs one step with a token and tells its failure in words: `token` is the token as people call it, `doing` what is
 * being done. Throws `token.*`; a SamicertsError goes through as it is.
 */
export function withToken<T>(token: string, doing: string, step: () => T): T {
  try {
    return step();
  } catch (error) {
    throw describeFailure(error, token, doing);
  }
}

/** A module's failure as an error in words. */
export function describeFailure(error: unknown, token: string, doing: string): SamicertsError {
  if (error instanceof SamicertsError) return error;
  const name = failureName(error);
  const [code, message, hint] = FAILURES.get(name ?? "") ?? [
    "failed",
    `{token} failed while ${doing}: ${name ?? (error instanceof Error ? error.message : String(error))}`,
    "see what the token's own tool says of it, then run the same command again",
  ];
  return tokenError(
    code,
    message.replace("{token}", () => token),
    hint,
    error,
  );
}

function of(names: readonly string[], telling: Telling): (readonly [string, Telling])[] {
  return names.map((name) => [name, telling] as const);
}
