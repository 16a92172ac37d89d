import { createHash } from "node:crypto";
import { SamicertsError } from "../base/errors.ts";
import { keyIdentifierOf } from "../policy/draft.ts";
import type { Policy } from "../policy/policy.ts";
import { formatName } from "../x509/name-format.ts";
import { pemPieces } from "../x509/pem.ts";
import { formatTime } from "../x509/time.ts";
import { collectEntries, signCrl } from "./crl-contents.ts";
import { checkEarlier, type EarlierCrl } from "./crl-published.ts";
import type { Deps } from "./deps.ts";
import { type Authority, type FoundAuthority, findAuthority } from "./find-authority.ts";

/** A CRL to be made. */
export interface PublishInput {
  /** Whose CRL it is. */
  readonly authority: Authority;
  /** What the policy says of CRLs is asked of this one. */
  readonly policy: Policy;
  /** The latest moment of the next one, or the time until then; the policy's where absent. */
  readonly nextUpdate?: { readonly atMs: number } | { readonly afterMs: number };
  /** Where to write it and how, instead of into the vendor's directory in both forms. */
  readonly out?: CrlFile;
}

/** A file of a CRL. */
export interface CrlFile {
  readonly path: string;
  readonly format: "pem" | "der";
}

/** What publishing needs of the world besides what issuing does. */
export interface PublishDeps extends Deps {
  /** Keeps other processes from publishing for this issuer until what it gives is called; undefined where one is at it. */
  readonly lockCrl: (issuer: number) => (() => void) | undefined;
  /** Opens the CRLs in a file; undefined where it is not there. Throws `io.*`, `pem.*`, `crl.none`. */
  readonly openCrls: (path: string) => EarlierCrl["crls"];
}

/** A CRL that was published: its files are durable, and the ledger has its number. Moments are RFC 3339 in UTC. */
export interface PublishedCrl {
  readonly number: number;
  /** The issuer's DN. */
  readonly issuer: string;
  readonly authority: Authority;
  readonly entries: number;
  readonly thisUpdate: string;
  readonly nextUpdate: string;
  readonly files: readonly CrlFile[];
  /** SHA-256 of its DER, lower-case hex. */
  readonly sha256: string;
  readonly octets: number;
}

const DAY_MS = 86_400_000;
const DEFAULT_DAYS = 30;

/**
 * Publishes what an authority has revoked, as a CRL of version 2 (RFC 5280, 5): its number is taken in the ledger before
 * it is signed, and is recorded once the files are durable, so that numbers never go back and nothing that was revoked
 * is ever missing in the next one. Throws as `findAuthority`; `crl.not-allowed` (kind `refused`), `crl.busy`, `crl.foreign` (kind `exists`), `crl.ledger-behind`
 * (kind `io`), `key.*`, `io.*`.
 */
export function publishCrl(input: PublishInput, deps: PublishDeps): PublishedCrl {
  const issuer = findAuthority(deps, input.authority);
  checkAllowed(issuer);
  const unlock = deps.lockCrl(issuer.id);
  if (unlock === undefined)
    throw new SamicertsError({
      kind: "exists",
      code: "crl.busy",
      message: "another process is publishing this authority's CRL",
      hint: "wait until it has ended",
    });
  try {
    return publish(input, issuer, deps);
  } finally {
    unlock();
  }
}

function publish(input: PublishInput, issuer: FoundAuthority, deps: PublishDeps): PublishedCrl {
  const { certificate, id } = issuer;
  const { clock, workspace } = deps;
  const ledger = deps.ledger();
  const { revocations } = ledger;
  const files = input.out === undefined ? bothForms(issuer) : [input.out];
  const above = checkEarlier(
    files.map(({ path }) => ({ path, crls: deps.openCrls(path) })),
    issuer,
    ledger,
  );
  const defaults = input.policy.issue[issuer.role]?.crl ?? {};
  const keepExpired = defaults.keepExpired === true;
  const thisUpdateMs = Math.floor(clock.now() / 1000) * 1000;
  const next = input.nextUpdate ?? { afterMs: (defaults.validityDays ?? DEFAULT_DAYS) * DAY_MS };
  const nextUpdateMs = "atMs" in next ? next.atMs : thisUpdateMs + next.afterMs;
  // Opened first: where it can't be, no number is taken.
  const signer = issuer.openSigner();
  const keptFromMs = keepExpired ? undefined : revocations.lastCrl(id)?.thisUpdateMs;
  const reservation = revocations.reserveCrl(id, thisUpdateMs, above);
  const { number } = reservation;
  const contents = collectEntries(revocations, id, keptFromMs);
  const draft = {
    issuer: certificate.subject,
    thisUpdateMs,
    nextUpdateMs,
    number,
    authorityKeyIdentifier: keyIdentifierOf(certificate),
    ...(keepExpired ? { expiredCertsFromMs: certificate.notBefore.epochMs } : {}),
  };
  const der = signCrl(draft, contents, signer, certificate);
  for (const { path, format } of files)
    workspace.writePublic(path, format === "der" ? [der] : pemPieces("X509 CRL", [der]));
  const { count: entries } = contents;
  const sha256 = createHash("sha256").update(der).digest();
  revocations.publishCrl(reservation, { atMs: clock.now(), thisUpdateMs, nextUpdateMs, entries, sha256 });
  return {
    number,
    issuer: formatName(certificate.subject),
    authority: input.authority,
    entries,
    thisUpdate: formatTime(thisUpdateMs),
    nextUpdate: formatTime(nextUpdateMs),
    files,
    sha256: sha256.toString("hex"),
    octets: der.length,
  };
}

function checkAllowed({ certificate, path }: FoundAuthority): void {
  const usages = certificate.known.keyUsage?.usages;
  if (usages === undefined || usages.includes("cRLSign")) return;
  throw new SamicertsError({
    kind: "refused",
    code: "crl.not-allowed",
    message: `${path} may not sign CRLs: its keyUsage is ${usages.join(", ")}`,
    hint: "nobody would take a CRL of it; make a certificate authority with keyUsage cRLSign",
  });
}

function bothForms({ crl }: FoundAuthority): readonly CrlFile[] {
  return [
    { path: crl.pem, format: "pem" },
    { path: crl.der, format: "der" },
  ];
}
