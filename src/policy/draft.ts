import { hash } from "node:crypto";
import { SamicertsError } from "../base/errors.ts";
import type { AlgorithmIdentifier } from "../x509/algorithms.ts";
import type { Certificate, CertificateDraft } from "../x509/certificate.ts";
import { encodeNull } from "../x509/der-writer.ts";
import {
  encodeAuthorityKeyIdentifier,
  encodeBasicConstraints,
  encodeExtension,
  encodeExtKeyUsage,
  encodeKeyUsage,
  encodeSubjectKeyIdentifier,
} from "../x509/extension-encode.ts";
import type { Name } from "../x509/name.ts";
import { KEY_USAGES, type KeyUsage, OCSP_OID, purposeOid } from "../x509/oids.ts";
import type { PublicKey } from "../x509/public-key.ts";
import { serialOctets } from "../x509/serial.ts";
import { locationExtensions } from "./draft-locations.ts";
import type { IssueDefaults, Policy, Role } from "./policy.ts";

/** What is fixed for every certificate that one issuer makes in one role. */
export interface DraftFrame {
  readonly policy: Policy;
  readonly role: Role;
  /** Absent where the certificate signs itself. */
  readonly issuer?: Certificate;
  /** The algorithm the issuer's key signs with. */
  readonly signatureAlgorithm: AlgorithmIdentifier;
}

/** What differs from one certificate to the next. */
export interface DraftRequest {
  readonly serial: bigint;
  readonly subject: Name;
  readonly publicKey: PublicKey;
  /** Milliseconds since 1970, whole seconds. */
  readonly notBeforeMs: number;
  readonly notAfterMs: number;
}

/** Makes drafts for one frame. */
export type Drafter = (request: DraftRequest) => CertificateDraft;

/** A policy's defaults for a role; throws `policy.cannot-issue` where it has none. */
export function issueDefaults(policy: Policy, role: Role): IssueDefaults {
  const defaults = policy.issue[role];
  if (defaults === undefined)
    throw new SamicertsError({
      kind: "refused",
      code: "policy.cannot-issue",
      message: `the policy "${policy.name}" does not say how a certificate of role ${role} is made`,
      hint: `add issue.${role} to the policy, or choose another with --policy`,
    });
  return defaults;
}

/**
 * Binds a policy's defaults for a role to an issuer, once; what it gives makes one draft a call.
 * Extensions come in RFC 5280's order of sections: SKI and AKI last. Throws `policy.cannot-issue`, `policy.unknown-*`.
 */
export function prepareDrafter(frame: DraftFrame): Drafter {
  const defaults = issueDefaults(frame.policy, frame.role);
  const forRsa = prepareExtensions(defaults, "rsa", frame);
  const forOthers = prepareExtensions(defaults, "other", frame);
  return (request) => {
    const prepared = request.publicKey.kind === "rsa" ? forRsa : forOthers;
    return {
      serial: serialOctets(request.serial),
      signatureAlgorithm: frame.signatureAlgorithm,
      issuer: frame.issuer?.subject ?? request.subject,
      subject: request.subject,
      notBeforeMs: request.notBeforeMs,
      notAfterMs: request.notAfterMs,
      publicKey: request.publicKey.der,
      extensions: fillExtensions(prepared, request.publicKey),
    };
  };
}

/** One extension of all certificates of a frame; `ofOwnKey` where it ends in the identifier of each one's own key. */
interface PreparedExtension {
  readonly der: Uint8Array;
  readonly ofOwnKey: boolean;
}

function prepareExtensions(
  defaults: IssueDefaults,
  key: "rsa" | "other",
  frame: DraftFrame,
): readonly PreparedExtension[] {
  const prepared = fixedExtensions(defaults, key, frame).map((der) => ({ der, ofOwnKey: false }));
  const unknown = new Uint8Array(KEY_ID_OCTETS);
  if (defaults.subjectKeyIdentifier === true)
    prepared.push({ der: encodeSubjectKeyIdentifier(unknown), ofOwnKey: true });
  if (defaults.authorityKeyIdentifier === true) {
    const keyId = frame.issuer === undefined ? unknown : keyIdentifierOf(frame.issuer);
    prepared.push({ der: encodeAuthorityKeyIdentifier(keyId), ofOwnKey: frame.issuer === undefined });
  }
  return prepared;
}

function fillExtensions(prepared: readonly PreparedExtension[], key: PublicKey): readonly Uint8Array[] {
  let keyId: string | undefined;
  return prepared.map(({ der, ofOwnKey }) => {
    if (!ofOwnKey) return der;
    keyId ??= hash("sha1", key.bits, "binary");
    const filled = Buffer.allocUnsafe(der.length);
    filled.set(der);
    filled.write(keyId, der.length - KEY_ID_OCTETS, "binary");
    return filled;
  });
}

function fixedExtensions(
  defaults: IssueDefaults,
  key: "rsa" | "other",
  frame: DraftFrame,
): readonly Uint8Array[] {
  const extensions: Uint8Array[] = [];
  const constraints = defaults.basicConstraints;
  if (constraints !== undefined)
    extensions.push(encodeBasicConstraints(constraints.critical, constraints.ca, constraints.pathLength));
  const usages = [...(defaults.keyUsage ?? []), ...(key === "rsa" ? (defaults.keyUsageRsa ?? []) : [])];
  if (usages.length > 0) extensions.push(encodeKeyUsage(true, keyUsages(usages, frame)));
  if (defaults.extKeyUsage !== undefined && defaults.extKeyUsage.length > 0)
    extensions.push(encodeExtKeyUsage(false, defaults.extKeyUsage.map(purpose)));
  if (defaults.ocspNoCheck === true) extensions.push(encodeExtension(OCSP_OID.noCheck, false, encodeNull()));
  const issuerKeyId = frame.issuer === undefined ? undefined : keyIdentifierOf(frame.issuer);
  const where = `the policy "${frame.policy.name}", issue.${frame.role}`;
  return [...extensions, ...locationExtensions(defaults, issuerKeyId, where)];
}

function keyUsages(names: readonly string[], frame: DraftFrame): readonly KeyUsage[] {
  for (const name of names)
    if (!(KEY_USAGES as readonly string[]).includes(name))
      throw new SamicertsError({
        kind: "input",
        code: "policy.unknown-usage",
        message: `the policy "${frame.policy.name}", issue.${frame.role}.keyUsage: "${name}" is no key usage`,
        hint: `use ${KEY_USAGES.join(", ")}`,
      });
  return KEY_USAGES.filter((usage) => names.includes(usage));
}

function purpose(name: string): string {
  return purposeOid(name) ?? name;
}

/** The octets of a SHA-1. */
const KEY_ID_OCTETS = 20;

/** The key identifier of RFC 5280, 4.2.1.2, method (1): the SHA-1 of the subjectPublicKey's octets. */
export function keyIdentifier(key: PublicKey): Uint8Array {
  return hash("sha1", key.bits, "buffer");
}

/** The identifier a certificate's key goes by: its SKI, or where it has none, the one computed from its key. */
export function keyIdentifierOf(certificate: Certificate): Uint8Array {
  return certificate.known.subjectKeyIdentifier?.keyIdentifier ?? keyIdentifier(certificate.publicKey);
}
