import { createHash } from "node:crypto";
import { SamicertsError } from "../base/errors.ts";
import type { AlgorithmIdentifier } from "../x509/algorithms.ts";
import type { Certificate, CertificateDraft } from "../x509/certificate.ts";
import {
  encodeAuthorityKeyIdentifier,
  encodeBasicConstraints,
  encodeExtKeyUsage,
  encodeKeyUsage,
  encodeSubjectKeyIdentifier,
} from "../x509/extension-encode.ts";
import type { Name } from "../x509/name.ts";
import { KEY_USAGES, type KeyUsage, purposeOid } from "../x509/oids.ts";
import type { PublicKey } from "../x509/public-key.ts";
import { serialOctets } from "../x509/serial.ts";
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
  const fixed = fixedExtensions(defaults, "other", frame);
  const fixedRsa = fixedExtensions(defaults, "rsa", frame);
  const issuerKeyId = frame.issuer === undefined ? undefined : keyIdentifierOf(frame.issuer);
  const authority =
    defaults.authorityKeyIdentifier === true && issuerKeyId !== undefined
      ? encodeAuthorityKeyIdentifier(issuerKeyId)
      : undefined;
  return (request) => {
    const extensions = [...(request.publicKey.kind === "rsa" ? fixedRsa : fixed)];
    if (
      defaults.subjectKeyIdentifier === true ||
      (defaults.authorityKeyIdentifier === true && !frame.issuer)
    ) {
      const keyId = keyIdentifier(request.publicKey);
      if (defaults.subjectKeyIdentifier === true) extensions.push(encodeSubjectKeyIdentifier(keyId));
      if (frame.issuer === undefined && defaults.authorityKeyIdentifier === true)
        extensions.push(encodeAuthorityKeyIdentifier(keyId));
    }
    if (authority !== undefined) extensions.push(authority);
    return {
      serial: serialOctets(request.serial),
      signatureAlgorithm: frame.signatureAlgorithm,
      issuer: frame.issuer?.subject ?? request.subject,
      subject: request.subject,
      notBeforeMs: request.notBeforeMs,
      notAfterMs: request.notAfterMs,
      publicKey: request.publicKey.der,
      extensions,
    };
  };
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
  return extensions;
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

/** The key identifier of RFC 5280, 4.2.1.2, method (1): the SHA-1 of the subjectPublicKey's octets. */
export function keyIdentifier(key: PublicKey): Uint8Array {
  return createHash("sha1").update(key.bits).digest();
}

/** The identifier a certificate's key goes by: its SKI, or where it has none, the one computed from its key. */
export function keyIdentifierOf(certificate: Certificate): Uint8Array {
  return certificate.known.subjectKeyIdentifier?.keyIdentifier ?? keyIdentifier(certificate.publicKey);
}
