import type { TokenKeyPlace } from "../keys/pkcs11/token-key-place.ts";
import { type Drafter, issueDefaults, prepareDrafter } from "../policy/draft.ts";
import { prepareDeviceSubject, type SubjectAttribute } from "../policy/draft-subject.ts";
import { settleValidity, type ValidityRequest } from "../policy/draft-validity.ts";
import type { Judge } from "../policy/evaluate.ts";
import {
  type AlgorithmIdentifier,
  type KeySpec,
  parseKeySpec,
  signatureAlgorithmFor,
} from "../x509/algorithms.ts";
import { certificateDecoder } from "../x509/certificate.ts";
import type { PublicKey } from "../x509/public-key.ts";
import { type Approved, approve } from "./certify.ts";
import type { Deps } from "./deps.ts";
import { carryOut, type ForeignKey, freshKey, type Issuance, keptKey, proofOf } from "./issuance.ts";
import { issueInToken } from "./issue-in-token.ts";
import { type Issued, issued } from "./issued.ts";
import { notGranted } from "./not-granted.ts";
import { type Issuer, openIssuer } from "./open-issuer.ts";
import { forOwnKey } from "./own-key.ts";
import { issuerEntry } from "./record.ts";
import { recordingRefusal } from "./refusal.ts";
import { isInterrupted, takeUp } from "./take-up.ts";

/** A device that is to have a certificate. */
export interface IssueDeviceInput {
  readonly serial: bigint;
  /** What the device is called; the policy says where it goes. */
  readonly name: string;
  /** The policy, ready to judge. */
  readonly judge: Judge;
  /** The policy's own default where absent. */
  readonly key?: KeySpec;
  readonly validity?: ValidityRequest;
  /** Further attributes of the subject. */
  readonly subject?: readonly SubjectAttribute[];
  /** The factory line that issues it; the root where absent. */
  readonly line?: string;
  /** The key that the device keeps to itself; one is made where absent. */
  readonly foreignKey?: ForeignKey;
  /** The place in a token where its key is made and stays. */
  readonly keyPlace?: TokenKeyPlace;
  /** Takes the key that is in the token already, instead of making one. */
  readonly existingKey?: boolean;
}

/** Makes the certificates of one issuer's devices under one policy; what they share is worked out once. */
export interface DeviceApprover {
  readonly issuer: Issuer;
  readonly key: KeySpec;
  /** What the issuer signs with. */
  readonly signatureAlgorithm: AlgorithmIdentifier;
  /** Drafts a device's certificate and lets the judge read it; throws `policy.refused`, `validity.*`, `name.*`. */
  approve(
    device: Pick<IssueDeviceInput, "serial" | "name" | "validity">,
    publicKey: PublicKey,
    nowMs: number,
  ): Approved;
}

/** Binds an issuer to what its devices share. */
export function prepareDeviceApprover(
  issuer: Issuer,
  input: Omit<IssueDeviceInput, "serial" | "name">,
): DeviceApprover {
  const { judge } = input;
  const { policy } = judge;
  const defaults = issueDefaults(policy, "device");
  const signatureAlgorithm = signatureAlgorithmFor(issuer.certificate.publicKey, defaults.hash);
  const frame = { policy, role: "device", issuer: issuer.certificate, signatureAlgorithm } as const;
  const draft: Drafter = prepareDrafter(frame);
  const decode = certificateDecoder();
  const subject = prepareDeviceSubject(defaults, issuer.certificate, input.subject ?? []);
  return {
    issuer,
    key: input.key ?? parseKeySpec(defaults.key),
    signatureAlgorithm,
    approve(device, publicKey, nowMs) {
      const candidate = draft({
        serial: device.serial,
        subject: subject(device),
        publicKey,
        ...settleValidity(device.validity ?? input.validity ?? {}, defaults, issuer.certificate, nowMs),
      });
      return approve({ draft: candidate, role: "device", issuers: issuer.chain, atMs: nowMs }, judge, decode);
    },
  };
}

/**
 * Issues one device's key and certificate under the vendor's root, or under one of its lines.
 * Where an earlier run for the same serial and name was cut off, its work is taken up instead of made again.
 * Throws `serial.duplicate`, `serial.outside-line`, `exists.file`, `policy.refused` with findings, `key.*`, `io.*`; then
 * nothing was written.
 */
export function issueDevice(input: IssueDeviceInput, deps: Deps): Issued {
  const asked = { what: "client", serial: input.serial.toString(), name: input.name };
  return recordingRefusal(deps, asked, () => issue(input, deps));
}

function issue(input: IssueDeviceInput, deps: Deps): Issued {
  const { judge, name, foreignKey } = input;
  const issuer = openIssuer(deps, judge, input.line);
  const approver = prepareDeviceApprover(issuer, input);
  const serial = input.serial.toString();
  const nowMs = deps.clock.now();
  const place = issuer.place(serial);
  const issuance: Issuance = {
    role: "device",
    serial: input.serial,
    name,
    issuer,
    judge,
    place,
    newKey: () =>
      foreignKey === undefined ? freshKey(deps, approver.key, judge.policy, "device") : keptKey(foreignKey),
    approve: (publicKey) => {
      const approved = () => approver.approve(input, publicKey, nowMs);
      return foreignKey === undefined ? approved() : forOwnKey(approved);
    },
    ...(foreignKey === undefined ? {} : { foreignKey }),
  };
  const ledger = deps.ledger();
  const row = ledger.find(ledger.addIssuer(issuerEntry(issuer.certificate, nowMs)), serial);
  if (row === undefined) place.checkAbsent();
  const { keyPlace } = input;
  if (keyPlace !== undefined) {
    const existingKey = input.existingKey === true;
    const how = { issuance, keyPlace, existingKey, asked: input.key, spec: approver.key };
    const { refusal, ...inToken } = issueInToken(how, row, deps, nowMs);
    const { certificate, chain } = place.paths;
    const paths = { certificate, key: keyPlace.uri, keyInToken: keyPlace.name };
    return {
      ...issued(inToken, "device", judge.policy, chain === undefined ? paths : { ...paths, chain }),
      certificateInToken: refusal === undefined ? { stored: true } : { stored: false, reason: refusal },
    };
  }
  const made = isInterrupted(row, name)
    ? takeUp(issuance, row, deps, nowMs)
    : carryOut(issuance, deps, nowMs);
  if (foreignKey === undefined) return issued(made, "device", judge.policy, place.paths);
  const { certificate, chain } = place.paths;
  const { request } = foreignKey;
  return {
    ...issued(made, "device", judge.policy, chain === undefined ? { certificate } : { certificate, chain }),
    foreignKey: {
      proof: proofOf(foreignKey),
      notGranted: request === undefined ? [] : notGranted(request, made.recorded.certificate),
    },
  };
}
