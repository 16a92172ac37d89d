import { SamicertsError } from "../base/errors.ts";
import { shellQuoted } from "../base/shell-quoted.ts";
import { issueDefaults } from "../policy/draft.ts";
import type { ValidityRequest } from "../policy/draft-validity.ts";
import type { Judge } from "../policy/evaluate.ts";
import type { OldRoot, PairPlace } from "../workspace/workspace.ts";
import { type KeySpec, parseKeySpec } from "../x509/algorithms.ts";
import type { Certificate } from "../x509/certificate.ts";
import { sameBytes } from "../x509/der-reader.ts";
import type { Name } from "../x509/name.ts";
import { formatName } from "../x509/name-format.ts";
import { sameKey } from "../x509/same-key.ts";
import { serialValue } from "../x509/serial.ts";
import type { Signer } from "../x509/signer.ts";
import { formatTime } from "../x509/time.ts";
import { approveCross, crossRole } from "./cross-certificate.ts";
import type { Deps } from "./deps.ts";
import type { Made } from "./issuance.ts";
import { type Issued, issued } from "./issued.ts";
import { checkNewKey } from "./key-protection.ts";
import { decodeSingle, openRootIssuer } from "./open-issuer.ts";
import { prepareRoot } from "./prepare-root.ts";
import { issuerEntry, spkiDigest } from "./record.ts";
import { recordingRefusal } from "./refusal.ts";
import { ensureIssued, type RootStep } from "./root-steps.ts";
import { type CertificateSummary, summarize } from "./summary.ts";

/** A root that is to take the place of the one that is there. */
export interface ReplaceRootInput {
  /** The old root's where absent. */
  readonly subject?: Name;
  /** The policy, ready to judge. */
  readonly judge: Judge;
  /** The policy's own default where absent. */
  readonly key?: KeySpec;
  readonly validity?: ValidityRequest;
  /** Replaces a root that took another's place a short while ago. */
  readonly again?: boolean;
}

/** A root that took another's place. */
export interface RootReplaced extends Issued {
  /** The old root, and what binds the two (RFC 4210, 4.4). */
  readonly replaced: {
    readonly certificate: CertificateSummary;
    readonly paths: Pick<OldRoot["paths"], "certificate" | "key" | "oldWithNew" | "newWithOld">;
  };
}

/** A run that says that it replaces the root so soon after another is that one again, not a further one. */
const ONCE_MS = 86_400_000;

/**
 * Replaces the root by one with a new key, and makes both cross-certificates, so that who trusts only the old root takes
 * what the new one issues, and the other way round. The old root is kept in old-roots/. Where an earlier run was cut off,
 * its work is taken up; at every moment there is a root that can issue.
 * Throws `root.busy`, `root.replaced`, `root.in-token`, `policy.refused` with findings, `key.*`, `io.*`.
 */
export function replaceRoot(input: ReplaceRootInput, deps: Deps): RootReplaced {
  return recordingRefusal(deps, { what: "root --replace" }, () => {
    const unlock = deps.lock(deps.workspace.paths.rootLock);
    if (unlock === undefined)
      throw rootError("busy", "another process is replacing the root", "wait until that process has ended");
    try {
      return replace(input, deps);
    } finally {
      unlock();
    }
  });
}

function replace(input: ReplaceRootInput, deps: Deps): RootReplaced {
  const { workspace } = deps;
  refuseToken(deps);
  const root = decodeSingle(workspace.readRootCertificate(), workspace.paths.rootCertificate);
  const last = workspace.oldRoots().at(-1);
  const isBegun = last !== undefined && (last.hasNext() || last.read("certificate") === undefined);
  if (last !== undefined && !isBegun) checkOnce(last, root, input, deps);
  const place = isBegun ? last : workspace.oldRoot((last?.number ?? 0) + 1);
  if (isBegun) place.removeLeftovers();
  const kept = place.read("certificate");
  const old = kept === undefined ? root : decodeSingle(kept, place.paths.certificate);
  // Once the new certificate is in its place, only its key is left to follow.
  const made = sameKey(root.publicKey, old.publicKey) ? makeNext(input, old, place, deps) : asMade(root);
  place.putNext();
  const { certificate, key, oldWithNew, newWithOld } = place.paths;
  const paths = { certificate: workspace.paths.rootCertificate, key: workspace.paths.rootKey };
  const resumed = { ...made, recorded: { ...made.recorded, resumed: isBegun } };
  return {
    ...issued(resumed, "root", input.judge.policy, paths),
    keyCreated: true,
    ...(deps.sealsKeys ? { keyEncrypted: true as const } : {}),
    replaced: { certificate: summarize(old), paths: { certificate, key, oldWithNew, newWithOld } },
  };
}

/** Makes the new root and both cross-certificates, and keeps the old one; nothing that issues is touched yet. */
function makeNext(input: ReplaceRootInput, old: Certificate, place: OldRoot, deps: Deps): Made {
  const { judge } = input;
  const nowMs = deps.clock.now();
  const { signer: oldSigner } = openRootIssuer(deps, judge);
  const subject = input.subject ?? old.subject;
  const newRoot = { subject, judge, ...(input.validity === undefined ? {} : { validity: input.validity }) };
  if (place.next.read().key === undefined) {
    checkNewKey(judge.policy, "root", deps.sealsKeys);
    if (!deps.sealsKeys && oldSigner.plainFile !== true) throw wouldBePlain(deps);
    const key = deps.generateKey(input.key ?? parseKeySpec(issueDefaults(judge.policy, "root").key));
    // The judge is asked about all three before anything is written.
    const trial = prepareRoot(newRoot, deps).approve(key.publicKey).certificate;
    approveCross(old, trial, old.publicKey, 1n, judge, nowMs);
    approveCross(trial, old, key.publicKey, 1n, judge, nowMs);
    place.prepare();
    place.writeNextKey(deps.keyText(key.pkcs8));
    key.wipe();
  }
  const newSigner = deps.openKey(place.paths.nextKey);
  const { publicKey } = newSigner;
  refuseOtherName(subject, newSigner.publicKey, deps);
  const own: RootStep = {
    role: "root",
    name: formatName(subject),
    publicKey,
    place: place.next,
    issuer: prepareRoot(newRoot, deps).approve(publicKey).certificate,
    signer: newSigner,
    selfSigned: true,
    approve: (serial) => prepareRoot({ ...newRoot, serial }, deps).approve(publicKey),
  };
  const made = ensureIssued(own, judge, deps, nowMs);
  const next = made.recorded.certificate;
  const cross = (target: Certificate, issuer: Certificate, signer: Signer, where: PairPlace, by: string) =>
    ensureIssued(
      {
        role: crossRole(target, issuer),
        name: `${formatName(target.subject)}, by the ${by} root`,
        publicKey: target.publicKey,
        place: where,
        issuer,
        signer,
        selfSigned: false,
        approve: (serial) => approveCross(target, issuer, target.publicKey, serial, judge, nowMs),
      },
      judge,
      deps,
      nowMs,
    );
  cross(old, next, newSigner, place.oldWithNew, "new");
  cross(next, old, oldSigner, place.newWithOld, "old");
  place.keep();
  if (!sameKey(deps.openKey(place.paths.key).publicKey, old.publicKey))
    throw rootError("not-kept", `${place.paths.key} is there, and is not the old root's key`, "move it away");
  noteReplaced(next, old, deps, nowMs);
  return made;
}

function wouldBePlain({ workspace }: Deps): SamicertsError {
  return new SamicertsError({
    kind: "key",
    code: "key.would-be-plain",
    message: `${workspace.paths.rootKey} is encrypted, and the new root's key would not be`,
    hint: "name a passphrase for it with --passphrase-file, or have it asked for with --encrypt",
  });
}

function noteReplaced(next: Certificate, old: Certificate, deps: Deps, nowMs: number): void {
  const ledger = deps.ledger();
  ledger.note({
    kind: "root-replaced",
    atMs: nowMs,
    issuer: ledger.addIssuer(issuerEntry(next, nowMs)),
    serial: serialValue(next.serial).toString(),
    detail: `in place of ${serialValue(old.serial)}`,
  });
}

/** What is to be said of a new root whose certificate an earlier run has put in its place already. */
function asMade(certificate: Certificate): Made {
  return { recorded: { der: certificate.der, certificate, findings: [], resumed: true }, keyCreated: true };
}

/** A run that was cut off goes on with the name that it had. */
function refuseOtherName(subject: Name, publicKey: Certificate["publicKey"], { ledger }: Deps): void {
  const wanted = spkiDigest(publicKey);
  const begun = ledger()
    .issuers()
    .find(({ spkiSha256 }) => sameBytes(spkiSha256, wanted));
  if (begun === undefined || begun.subject === formatName(subject)) return;
  throw rootError(
    "unfinished",
    `a replacement by ${begun.subject} was begun and cut off`,
    `to finish that one: samicerts root --replace ${shellQuoted(begun.subject)}`,
  );
}

/** The same command again, because nobody knows whether it was done, must not replace the new root too. */
function checkOnce(last: OldRoot, root: Certificate, { again }: ReplaceRootInput, deps: Deps): void {
  const bytes = last.read("newWithOld");
  if (bytes === undefined || again === true) return;
  const bridge = decodeSingle(bytes, last.paths.newWithOld);
  if (!sameKey(bridge.publicKey, root.publicKey)) return;
  const madeMs = deps.ledger().findKey(spkiDigest(root.publicKey))?.certificate?.atMs ?? 0;
  if (deps.clock.now() - madeMs > ONCE_MS) return;
  throw rootError(
    "replaced",
    `the root was replaced already, at ${formatTime(madeMs)}; the old one is in ${last.paths.directory}`,
    "nothing is left to be done; --replace --force replaces the new one too",
  );
}

function refuseToken({ workspace }: Deps): void {
  if (workspace.hasRootKey() || workspace.readRootKeyUri() === undefined) return;
  throw new SamicertsError({
    kind: "input",
    code: "root.in-token",
    message: "the root's key is in a token, and --replace makes keys in files only",
    hint: "make a new root in another --dir, and have both roots registered with the platform",
  });
}

function rootError(code: string, message: string, hint: string): SamicertsError {
  return new SamicertsError({ kind: "exists", code: `root.${code}`, message, hint });
}
