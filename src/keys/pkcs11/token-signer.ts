import type * as graphene from "graphene-pk11";
import { SamicertsError } from "../../base/errors.ts";
import {
  type AlgorithmIdentifier,
  type SignatureAlgorithm,
  signatureAlgorithmFor,
} from "../../x509/algorithms.ts";
import type { PublicKey } from "../../x509/public-key.ts";
import { sameKey } from "../../x509/same-key.ts";
import type { KeyHandle, Signer } from "../../x509/signer.ts";
import type { Pkcs11Uri } from "../pkcs11-uri.ts";
import { describeKey, formatPkcs11Uri } from "../pkcs11-uri-format.ts";
import { suitableAlgorithm } from "../suitable-algorithm.ts";
import { ATTRIBUTE, findPrivateKey, keyChanged, objectAbsent, readFlag } from "./key-object.ts";
import { type SignMechanism, signMechanism } from "./mechanisms.ts";
import { type OpenToken, openToken } from "./open-token.ts";
import { describeFailure, tokenError, wasReset, withToken } from "./token-error.ts";
import { tokenPublicKey } from "./token-public-key.ts";
import type { TokenWorld } from "./token-world.ts";

/** A signer whose key is in a token. */
export interface TokenSigner extends Signer {
  /** Ends its session with the token. */
  close(): void;
}

/** The longest signature: RSA of 16384 bits. */
const MAX_SIGNATURE = 2048;
/** CKU_CONTEXT_SPECIFIC. */
const CONTEXT_SPECIFIC = 2;

/**
 * Opens the private key that a URI names for signing, after checking that it can't leave its token.
 * A session that the token has forgotten, for it was reset or taken out and put back, is opened again, once a signature.
 * Throws `token.*`.
 */
export function openTokenSigner(uri: Pkcs11Uri, world: TokenWorld): TokenSigner {
  const token = openToken(uri, world, "read");
  try {
    const opened = withToken(token.name, "the key was looked for", () => openKey(token, uri, world));
    return signerOf(uri, world, opened);
  } catch (error) {
    token.close();
    throw error;
  }
}

/** A key in an open session. */
export interface OpenKey {
  readonly token: OpenToken;
  readonly key: graphene.SessionObject;
  readonly publicKey: PublicKey;
  /** Whether the token wants the PIN again at each signature. */
  readonly asksEachTime: boolean;
}

/** Finds a key in an open token and checks that it can't leave it; throws `token.object-absent` among others. */
export function openKey(token: OpenToken, uri: Pkcs11Uri, world: TokenWorld): OpenKey {
  const key = findPrivateKey(token, uri);
  if (key === undefined) throw objectAbsent(token, uri);
  checkKey(key, uri, world);
  return {
    token,
    key,
    publicKey: tokenPublicKey(token, key, uri),
    asksEachTime: readFlag(key, ATTRIBUTE.alwaysAuthenticate) === true,
  };
}

/**
 * Throws `token.key-extractable` for a key that can be taken out of its token, unless that is accepted, and
 * `token.key-unsupported` for one that may not sign; warns of one that was outside once.
 */
export function checkKey(key: graphene.SessionObject, uri: Pkcs11Uri, world: TokenWorld): void {
  const name = describeKey(uri);
  if (readFlag(key, ATTRIBUTE.sign) === false)
    throw tokenError(
      "key-unsupported",
      `the key ${name} may not sign (CKA_SIGN is false)`,
      "name another key, or make one that may",
    );
  const leaves = leavesToken(key);
  if (leaves !== undefined) {
    const message = `the key ${name} can be taken out of its token (${leaves})`;
    if (!world.allowExtractable)
      throw tokenError(
        "key-extractable",
        `${message}; such a key is not used`,
        "make one that can't: samicerts does, where the object does not exist yet (or --allow-key-mode, to accept it)",
      );
    world.warn(message);
  } else if (readFlag(key, ATTRIBUTE.neverExtractable) === false)
    world.warn(
      `the key ${name} was put into its token from outside: whether there is a copy, the token can't tell`,
    );
}

function leavesToken(key: graphene.SessionObject): string | undefined {
  if (readFlag(key, ATTRIBUTE.extractable) !== false) return "CKA_EXTRACTABLE is not false";
  return readFlag(key, ATTRIBUTE.sensitive) === true ? undefined : "CKA_SENSITIVE is not true";
}

/** A signer of an open key. */
export function signerOf(uri: Pkcs11Uri, world: TokenWorld, first: OpenKey): TokenSigner {
  const { publicKey } = first;
  let open = first;
  let own: AlgorithmIdentifier | undefined;
  const ownAlgorithm = (): AlgorithmIdentifier => {
    own ??= signatureAlgorithmFor(publicKey);
    return own;
  };
  const ways = new Map<SignatureAlgorithm, (tbs: Uint8Array) => Uint8Array>();
  const wayOf = (algorithm: SignatureAlgorithm): ((tbs: Uint8Array) => Uint8Array) => {
    const known = ways.get(algorithm);
    if (known !== undefined) return known;
    const way = signMechanism(algorithm, publicKey, open.token.mechanisms);
    if (way === undefined)
      throw tokenError(
        "key-unsupported",
        `${open.token.name} can't sign with ${algorithm.name}`,
        "use another kind of key in this token, or another token",
      );
    const signing = prepare(way, open);
    ways.set(algorithm, signing);
    return signing;
  };
  let refused: SamicertsError | undefined;
  const openAgain = (): void => {
    open.token.close();
    ways.clear();
    const token = reopenToken();
    open = withToken(token.name, "the key was looked for again", () => openKey(token, uri, world));
    if (!sameKey(open.publicKey, publicKey)) throw keyChanged(uri);
  };
  const reopenToken = (): OpenToken => {
    try {
      return openToken(uri, world, "read", open.token.pin);
    } catch (error) {
      // Each signature to come would try the same PIN again, until the token locks it.
      if (error instanceof SamicertsError && error.code.startsWith("token.pin-")) refused = error;
      throw error;
    }
  };
  return {
    source: formatPkcs11Uri(uri),
    publicKey,
    get algorithm(): AlgorithmIdentifier {
      return ownAlgorithm();
    },
    sign(tbs: Uint8Array, algorithm: AlgorithmIdentifier = ownAlgorithm()): Uint8Array {
      const known = suitableAlgorithm(publicKey, algorithm);
      if (refused !== undefined) throw refused;
      try {
        return wayOf(known)(tbs);
      } catch (error) {
        if (!wasReset(error)) throw describeFailure(error, open.token.name, "signing");
      }
      openAgain();
      return withToken(open.token.name, "signing", () => wayOf(known)(tbs));
    },
    share: (most) => {
      const { pin } = open.token;
      const { defaultModule } = world;
      const handle = open.asksEachTime ? undefined : handleOf(open);
      return {
        uri: formatPkcs11Uri(uri),
        ...(defaultModule === undefined ? {} : { defaultModule }),
        ...(pin === undefined ? {} : { pin }),
        ...(handle === undefined ? {} : { handle }),
        sessions: open.token.countSessions(most),
      };
    },
    close: () => open.token.close(),
  };
}

function handleOf({ token, key, publicKey }: OpenKey): KeyHandle {
  return {
    module: token.module.path,
    slot: token.session.slot.handle,
    key: key.handle,
    publicKey: publicKey.der,
    mechanisms: [...token.mechanisms],
  };
}

/** One signature is two calls with buffers of their own: graphene's own way costs a tenth more. */
function prepare(
  { mechanism, input, output }: SignMechanism,
  open: OpenKey,
): (tbs: Uint8Array) => Uint8Array {
  const { session, module, pin } = open.token;
  const { lib } = module.module;
  const chosen = { mechanism };
  const room = Buffer.alloc(MAX_SIGNATURE);
  return (tbs) => {
    lib.C_SignInit(session.handle, chosen, open.key.handle);
    if (open.asksEachTime) session.login(pin ?? "", CONTEXT_SPECIFIC);
    return output(lib.C_Sign(session.handle, input(tbs), room));
  };
}
