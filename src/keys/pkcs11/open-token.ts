import type * as graphene from "graphene-pk11";
import type { Pkcs11Uri } from "../pkcs11-uri.ts";
import { describeToken } from "../pkcs11-uri-format.ts";
import { findToken } from "./find-token.ts";
import { type LoadedModule, loadModule } from "./load-module.ts";
import { pinFile } from "./pin-file.ts";
import { failureName, tokenError, withToken } from "./token-error.ts";
import type { TokenWorld } from "./token-world.ts";

/** A token with a session that is logged in. */
export interface OpenToken {
  readonly module: LoadedModule;
  readonly session: graphene.Session;
  /** For messages: `the token "vendor"`. */
  readonly name: string;
  /** The mechanisms it offers, by their numbers. */
  readonly mechanisms: ReadonlySet<number>;
  /** The lengths of RSA keys that it makes, in bits. */
  rsaBits(): { readonly least: number; readonly most: number };
  /** The PIN, where one was needed; some keys ask for it again at each signature. */
  readonly pin: string | undefined;
  /** How many further sessions it takes at once, `most` at most; 0 where its module is not made for threads. */
  countSessions(most: number): number;
  close(): void;
}

/** CKF_SERIAL_SESSION, CKF_RW_SESSION. */
const READ_ONLY: number = 4;
const READ_WRITE: number = 6;
/** CKM_RSA_PKCS_KEY_PAIR_GEN. */
const RSA_KEY_PAIR = 0;
/** CKS_RO_USER_FUNCTIONS, CKS_RW_USER_FUNCTIONS: this process is logged in. */
const LOGGED_IN: ReadonlySet<number> = new Set([1, 3]);
/** Flags of a token (PKCS#11 v2.40, 3.2). */
const LOGIN_REQUIRED = 0x4;
const PIN_INITIALIZED = 0x8;
const OWN_PIN_PAD = 0x100;
const PIN_FINAL_TRY = 0x20000;
const PIN_LOCKED = 0x40000;

/**
 * Opens a session with the token that a URI names, and logs in once: a wrong PIN is never tried a second time.
 * `pin` is one that was accepted before. Throws `token.*`.
 */
export function openToken(
  uri: Pkcs11Uri,
  world: TokenWorld,
  access: "read" | "write",
  pin?: string,
): OpenToken {
  const loaded = loadModule(uri, world);
  const name = describeToken(uri);
  return withToken(name, "it was opened", () => {
    const { slot, token } = findToken(loaded.module, uri);
    const session = slot.open(access === "write" ? READ_WRITE : READ_ONLY);
    const close = (): void => {
      try {
        session.close();
      } catch {
        // It is gone already.
      }
    };
    try {
      const used = LOGGED_IN.has(session.state) ? pin : logIn(session, token, { uri, world, name, pin });
      const mechanisms = new Set(loaded.module.lib.C_GetMechanismList(slot.handle));
      const rsaBits = (): ReturnType<OpenToken["rsaBits"]> => {
        const told = loaded.module.lib.C_GetMechanismInfo(slot.handle, RSA_KEY_PAIR);
        return { least: told.minKeySize, most: told.maxKeySize };
      };
      const countSessions = (most: number): number =>
        loaded.takesThreads ? withToken(name, "sessions were counted", () => countFree(slot, most)) : 0;
      return { module: loaded, session, name, mechanisms, rsaBits, pin: used, countSessions, close };
    } catch (error) {
      close();
      throw error;
    }
  });
}

/** Tries it: what tokens tell of their limits is often wrong. */
function countFree(slot: graphene.Slot, most: number): number {
  const opened: graphene.Session[] = [];
  try {
    while (opened.length < most) opened.push(slot.open(READ_ONLY));
  } catch (error) {
    if (failureName(error) !== "CKR_SESSION_COUNT") throw error;
  } finally {
    for (const session of opened) session.close();
  }
  return opened.length;
}

interface Login {
  readonly uri: Pkcs11Uri;
  readonly world: TokenWorld;
  readonly name: string;
  readonly pin: string | undefined;
}

/** Logs this process in; gives the PIN, undefined where the token asked for it itself or needs none. */
function logIn(session: graphene.Session, token: graphene.Token, login: Login): string | undefined {
  const { flags } = token;
  if ((flags & LOGIN_REQUIRED) === 0) return undefined;
  if ((flags & PIN_LOCKED) !== 0) throw failure("CKR_PIN_LOCKED");
  if ((flags & PIN_INITIALIZED) === 0) throw failure("CKR_USER_PIN_NOT_INITIALIZED");
  const pin = (flags & OWN_PIN_PAD) !== 0 ? undefined : (login.pin ?? findPin(login));
  if ((flags & PIN_FINAL_TRY) !== 0 && pin !== undefined)
    throw tokenError(
      "pin-final-try",
      `the PIN of ${login.name} was wrong so often that one more wrong one locks it; it was not tried`,
      "log in once with the right PIN and the token's own tool, then run the same command again",
    );
  const tryPin = (): void => {
    try {
      // An empty one has a token with a pad of its own ask for it there.
      session.login(pin ?? "");
    } catch (error) {
      if (failureName(error) !== "CKR_USER_ALREADY_LOGGED_IN") throw error;
    }
  };
  if (login.world.oneLogin === undefined) tryPin();
  else login.world.oneLogin(tryPin);
  return pin;
}

function findPin({ uri, world, name }: Login): string {
  const { pinSource } = uri;
  const pin = pinSource === undefined ? world.askPin(name) : world.readPin(pinFile(pinSource));
  if (pin !== undefined && pin !== "") return pin;
  throw tokenError(
    "pin-missing",
    pinSource === undefined
      ? `${name} needs a PIN, and the pkcs11: URI does not say where it is`
      : `the PIN file ${pinFile(pinSource)} is empty`,
    pinSource === undefined
      ? "write it into a file with mode 0600 and add pin-source=file:/path/to/it to the URI's query"
      : "write the PIN into it, on one line",
  );
}

/** A failure that the token's flags tell of before it happens. */
function failure(name: string): Error {
  return new Error(name);
}
