import { SamicertsError } from "../base/errors.ts";
import type { LedgerRow } from "../ledger/ledger.ts";
import { issueDefaults, prepareDrafter } from "../policy/draft.ts";
import { settleValidity, type ValidityRequest } from "../policy/draft-validity.ts";
import type { Judge } from "../policy/evaluate.ts";
import type { PairPlace } from "../workspace/workspace.ts";
import { type KeySpec, parseKeySpec, signatureAlgorithmFor } from "../x509/algorithms.ts";
import type { Certificate } from "../x509/certificate.ts";
import { sameKey } from "../x509/same-key.ts";
import { approve } from "./certify.ts";
import type { Deps } from "./deps.ts";
import type { FoundCertificate } from "./find-certificate.ts";
import { freeSerial } from "./free-serial.ts";
import { type ForeignKey, freshKey, type Issuance, keptKey, linkedKey, type NewKey } from "./issuance.ts";
import { openIssuer } from "./open-issuer.ts";
import { forOwnKey } from "./own-key.ts";
import { issuerEntry } from "./record.ts";

/** How a certificate is to take another's place. */
export interface RenewalInput {
  /** With the same key, or with another. */
  readonly how: "renew" | "rekey";
  /** The policy, ready to judge. */
  readonly judge: Judge;
  /** The new serial; one that is free where absent. */
  readonly serial?: bigint;
  readonly validity?: ValidityRequest;
  /** Of a new key: its kind; that of the old one where absent. */
  readonly key?: KeySpec;
  /** The new key that the device keeps to itself; one is made where absent. */
  readonly foreignKey?: ForeignKey;
}

/** A certificate that is about to take another's place. */
export interface PreparedRenewal {
  readonly issuance: Issuance;
  /** What an earlier run left when it was cut off. */
  readonly interrupted?: LedgerRow;
}

/**
 * Prepares what takes the place of a device's certificate: the same subject, by the present root or the same line.
 * `successor` is what the ledger knows to have taken its place. Throws `renewal.*`, `key.*`, and as `openIssuer`.
 */
export function prepareRenewal(
  found: FoundCertificate,
  successor: LedgerRow | undefined,
  input: RenewalInput,
  deps: Deps,
  nowMs: number,
): PreparedRenewal {
  const { how, judge } = input;
  const { policy } = judge;
  const { row, certificate: earlier } = found;
  const ledger = deps.ledger();
  const issuer = openIssuer(deps, judge, found.line);
  const issuerId = ledger.addIssuer(issuerEntry(issuer.certificate, nowMs));
  const defaults = issueDefaults(policy, "device");
  const interrupted = findInterrupted(successor, how, issuerId);
  const serial = chooseSerial(input, interrupted, () => {
    const line = ledger.lines().find((one) => one.issuer === issuerId);
    return freeSerial(line?.serials, defaults.serialOctets, issuerId, ledger, deps.random);
  });
  const place = issuer.place(serial.toString());
  if (interrupted === undefined) place.checkAbsent();
  const oldPlace =
    found.line === undefined
      ? deps.workspace.device(row.serial)
      : deps.workspace.line(found.line).device(row.serial);
  const keys = chooseKey(found, input, oldPlace, place, deps);
  const draft = prepareDrafter({
    policy,
    role: "device",
    issuer: issuer.certificate,
    signatureAlgorithm: signatureAlgorithmFor(issuer.certificate.publicKey, defaults.hash),
  });
  const at = { issuer: row.issuer, serial: row.serial };
  const issuance: Issuance = {
    role: "device",
    serial,
    name: row.name,
    issuer,
    judge,
    place,
    ...keys,
    approve: (publicKey) => {
      if (how === "renew" && !sameKey(publicKey, earlier.publicKey)) throw otherKey(place, earlier);
      const validity = settleValidity(input.validity ?? {}, defaults, issuer.certificate, nowMs);
      const candidate = draft({ serial, subject: earlier.subject, publicKey, ...validity });
      const approved = () =>
        approve({ draft: candidate, role: "device", issuers: issuer.chain, atMs: nowMs }, judge);
      return keys.foreignKey === undefined ? approved() : forOwnKey(approved);
    },
    link: { onlySuccessor: true, ...(how === "renew" ? { renews: at } : { replaces: at }) },
  };
  return interrupted === undefined ? { issuance } : { issuance, interrupted };
}

/** What a run for the same thing left; undefined where there is none, or where it was by a root that was replaced since. */
function findInterrupted(
  successor: LedgerRow | undefined,
  how: RenewalInput["how"],
  issuer: number,
): LedgerRow | undefined {
  if (successor?.abandoned !== true || successor.issuer !== issuer) return undefined;
  return (successor.renews !== undefined) === (how === "renew") ? successor : undefined;
}

function chooseSerial(
  { serial }: RenewalInput,
  interrupted: LedgerRow | undefined,
  free: () => bigint,
): bigint {
  if (interrupted === undefined) return serial ?? free();
  if (serial === undefined || serial.toString() === interrupted.serial) return BigInt(interrupted.serial);
  throw new SamicertsError({
    kind: "exists",
    code: "renewal.unfinished",
    message: `a run that was cut off was making the new certificate under serial ${interrupted.serial}`,
    hint: `leave --serial out to finish that one, or give --serial ${interrupted.serial}`,
  });
}

type KeyChoice = Pick<Issuance, "newKey" | "foreignKey" | "knownKey">;

function chooseKey(
  { row, certificate }: FoundCertificate,
  input: RenewalInput,
  oldPlace: PairPlace,
  place: PairPlace,
  deps: Deps,
): KeyChoice {
  if (input.how === "rekey") {
    const { foreignKey } = input;
    if (foreignKey !== undefined) return { foreignKey, newKey: () => keptKey(foreignKey) };
    if (row.keyElsewhere === true) throw keyElsewhere(row.serial);
    return {
      newKey: () =>
        freshKey(deps, input.key ?? kindOf(certificate, input.judge), input.judge.policy, "device"),
    };
  }
  const { publicKey } = certificate;
  const path = oldPlace.paths.key;
  if (oldPlace.read().key === undefined && place.read().key === undefined) {
    const foreignKey: ForeignKey = { publicKey, renewed: true };
    return { foreignKey, newKey: () => keptKey(foreignKey) };
  }
  const newKey = (): NewKey => {
    if (!sameKey(deps.openKey(path).publicKey, publicKey)) throw mismatched(path, row.serial);
    return linkedKey(publicKey, path);
  };
  return { newKey, knownKey: publicKey };
}

/** The kind of key that the earlier certificate has, where such a one can be made; else the policy's own. */
function kindOf({ publicKey }: Certificate, { policy }: Judge): KeySpec {
  try {
    return parseKeySpec(publicKey.label);
  } catch {
    return parseKeySpec(issueDefaults(policy, "device").key);
  }
}

function otherKey({ paths }: PairPlace, earlier: Certificate): SamicertsError {
  return new SamicertsError({
    kind: "exists",
    code: "exists.file",
    message: `${paths.key} is there, and is not the ${earlier.publicKey.label} key that is to be certified again`,
    hint: "find out whose it is before moving it away",
  });
}

function mismatched(path: string, serial: string): SamicertsError {
  return new SamicertsError({
    kind: "key",
    code: "key.mismatched",
    message: `${path} is not the key of certificate ${serial}`,
    hint: `put its own key back; or give the device a new one: samicerts rekey ${serial}`,
  });
}

function keyElsewhere(serial: string): SamicertsError {
  return new SamicertsError({
    kind: "input",
    code: "rekey.key-elsewhere",
    message: `the device of serial ${serial} keeps its key to itself: no new one can be made for it here`,
    hint: "have the device make a new key and a request, and give that with --csr",
  });
}
