import type { TokenKeyPlace } from "../keys/pkcs11/token-key-place.ts";
import type { LedgerRow, Reservation } from "../ledger/ledger.ts";
import type { KeySpec } from "../x509/algorithms.ts";
import { writePem } from "../x509/pem.ts";
import type { PublicKey } from "../x509/public-key.ts";
import type { Signer } from "../x509/signer.ts";
import type { Deps } from "./deps.ts";
import { chainText, type ForeignKey, type Issuance, keptKey, type Made } from "./issuance.ts";
import { issuerEntry, record, spkiDigest } from "./record.ts";
import { isInterrupted, takeUp } from "./take-up.ts";
import { checkTokenKey } from "./token-key.ts";

/** A device whose key is in a token. */
export interface TokenIssuance {
  readonly issuance: Issuance;
  readonly keyPlace: TokenKeyPlace;
  /** Takes the key that is in the token already, instead of making one. */
  readonly existingKey: boolean;
  /** The kind of key that was asked for; absent where it is the policy's own choice. */
  readonly asked: KeySpec | undefined;
  /** The kind of key that is made. */
  readonly spec: KeySpec;
}

/** What came of it. */
export interface MadeInToken extends Made {
  /** Why the token did not take the certificate; absent where it did. */
  readonly refusal?: string;
}

/**
 * Makes a certificate for a key that is made in a token and stays there. The serial is reserved before there is a key: a
 * run that is cut off after that is taken up by the next, `row` being its reservation, so that there are never two.
 * Throws `token.*`, `serial.duplicate`, `policy.refused`, `key.*`, `io.*`; then nothing is left, nor in the token.
 */
export function issueInToken(
  input: TokenIssuance,
  row: LedgerRow | undefined,
  deps: Deps,
  nowMs: number,
): MadeInToken {
  const { issuance, keyPlace, existingKey, asked } = input;
  const interrupted = isInterrupted(row, issuance.name) ? row : undefined;
  // Whose serial it is comes first.
  if (row !== undefined && interrupted === undefined) reserve(issuance, undefined, deps, nowMs);
  const resumes = interrupted?.keyElsewhere === true;
  const there = keyPlace.find();
  checkTokenKey(there?.publicKey, { place: keyPlace, resumes, existing: existingKey, key: asked });
  approveFirst(input, there?.publicKey, deps);
  const made =
    interrupted === undefined
      ? makeNew(input, there, deps, nowMs)
      : finish(input, there ?? keyPlace.generate(input.spec, resumes), interrupted, deps, nowMs);
  const refusal = keyPlace.keep(made.recorded.certificate);
  return { ...made, keyCreated: there === undefined, ...(refusal === undefined ? {} : { refusal }) };
}

/** A key that is in a token stays there: the judge is asked before there is one. */
function approveFirst({ issuance, spec }: TokenIssuance, there: PublicKey | undefined, deps: Deps): void {
  if (there !== undefined) {
    issuance.approve(there);
    return;
  }
  const trial = deps.generateKey(spec);
  trial.wipe();
  issuance.approve(trial.publicKey);
}

function makeNew(input: TokenIssuance, there: Signer | undefined, deps: Deps, nowMs: number): Made {
  const { issuance, keyPlace, spec } = input;
  const { issuer, name, place } = issuance;
  const ledger = deps.ledger();
  const reservation = reserve(issuance, there?.publicKey, deps, nowMs);
  /** Whether something is left of it after a failure, in the token too. */
  const leftBehind = (): boolean => {
    if (place.isThere()) return true;
    keyPlace.discard();
    return false;
  };
  let approved: ReturnType<Issuance["approve"]>;
  let publicKey: PublicKey;
  try {
    publicKey = (there ?? keyPlace.generate(spec, false)).publicKey;
    approved = issuance.approve(publicKey);
  } catch (error) {
    try {
      if (leftBehind()) ledger.abandon(reservation);
      else ledger.release(reservation);
    } catch {
      // What failed first is what must be said; the reservation becomes abandoned when this process ends.
    }
    throw error;
  }
  const key = keptKey({ publicKey, inToken: true });
  const recorded = record(
    { approved, signer: issuer.signer, issuers: issuer.chain, name, atMs: nowMs, reservation },
    {
      write: (der) => key.write(place, writePem("CERTIFICATE", der), chainText(der, issuer.carried)),
      leftBehind,
    },
    ledger,
  );
  return { recorded: { ...recorded, resumed: false }, keyCreated: there === undefined };
}

/** Reserves the serial, for a key that is known where there is one already. */
function reserve(issuance: Issuance, key: PublicKey | undefined, deps: Deps, nowMs: number): Reservation {
  const { issuer, name, link } = issuance;
  const ledger = deps.ledger();
  return ledger.reserve({
    issuer: ledger.addIssuer(issuerEntry(issuer.certificate, nowMs)),
    serial: issuance.serial.toString(),
    name,
    atMs: nowMs,
    keyElsewhere: true,
    ...(key === undefined ? {} : { spkiSha256: spkiDigest(key) }),
    ...link,
  });
}

/** Goes on with what an earlier run had reserved; where this one fails, the next one finds the key in the token. */
function finish(
  { issuance }: TokenIssuance,
  { publicKey }: Signer,
  interrupted: LedgerRow,
  deps: Deps,
  nowMs: number,
): Made {
  const foreignKey: ForeignKey = { publicKey, inToken: true };
  return takeUp({ ...issuance, foreignKey, newKey: () => keptKey(foreignKey) }, interrupted, deps, nowMs);
}
