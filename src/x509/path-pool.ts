import type { Finding } from "../base/finding.ts";
import type { Certificate } from "./certificate.ts";
import { sameBytes } from "./der-reader.ts";
import type { Name } from "./name.ts";
import { nameKey, sameName } from "./name-compare.ts";
import { constrainsPolicies } from "./path-allowance.ts";
import { standingFindings } from "./path-checks.ts";
import { createVerifier, type SignatureVerdict, type SignatureVerifier } from "./signature.ts";
import { signatureCost } from "./signature-cost.ts";

/** A certificate that may stand above others in a path, with what is learnt of it once. */
export interface Candidate {
  readonly certificate: Certificate;
  readonly anchor: boolean;
  /** Subject and issuer are the same name (RFC 5280, 6.1). */
  readonly selfIssued: boolean;
  /** Shared by all candidates with the same key. */
  readonly verifier: SignatureVerifier;
  /** What checking a signature by its key costs; see `signatureCost`. */
  readonly signatureCost: number;
  /** What this certificate's own signature was found to be, by the key that was tried. */
  readonly verdicts: WeakMap<SignatureVerifier, SignatureVerdict>;
  /** Findings that hold whatever the path; worked out when first asked for. */
  standing(): readonly Finding[];
}

/** Certificates to build paths from, found by the name they would issue under. */
export interface Pool {
  readonly anchors: readonly Certificate[];
  /** Whether any of them asks for policies; see `constrainsPolicies`. */
  readonly constrained: boolean;
  /** The candidates whose subject is `name` by RFC 5280 (7.1). */
  named(name: Name): readonly Candidate[];
  /** Whether an anchor's subject is `name`. */
  hasAnchor(name: Name): boolean;
  /** The certificates whose subjectKeyIdentifier this is. */
  withKeyIdentifier(keyIdentifier: Uint8Array): readonly Certificate[];
}

/** Makes a pool; a certificate given twice is there once, as an anchor where it is one. `base` is looked up first. */
export function createPool(
  anchors: readonly Certificate[],
  untrusted: readonly Certificate[],
  base?: Pool,
): Pool {
  const seen = new Set<string>();
  const keys = new Map<string, SignatureVerifier>();
  const byName = new Map<string, Candidate[]>();
  const byNameDer = new Map<string, Candidate[]>();
  const anchorNames = new Set(anchors.map(({ subject }) => nameKey(subject)));
  const all: Certificate[] = [];
  for (const [certificate, anchor] of [
    ...anchors.map((certificate) => [certificate, true] as const),
    ...untrusted.map((certificate) => [certificate, false] as const),
  ]) {
    const der = octetKey(certificate.der);
    if (seen.has(der)) continue;
    seen.add(der);
    all.push(certificate);
    const subject = nameKey(certificate.subject);
    const list = byName.get(subject) ?? [];
    byName.set(subject, list);
    byNameDer.set(octetKey(certificate.subject.der), list);
    list.push(createCandidate(certificate, anchor, keys));
  }
  return {
    anchors: base === undefined ? anchors : [...base.anchors, ...anchors],
    constrained: base?.constrained === true || all.some(constrainsPolicies),
    named(name) {
      const mine =
        all.length === 0 ? NONE : (byNameDer.get(octetKey(name.der)) ?? byName.get(nameKey(name)) ?? NONE);
      const theirs = base?.named(name) ?? NONE;
      if (mine.length === 0 || theirs.length === 0) return mine.length === 0 ? theirs : mine;
      const fresh = mine.filter(
        (one) => !theirs.some((other) => sameBytes(one.certificate.der, other.certificate.der)),
      );
      return [...theirs, ...fresh];
    },
    hasAnchor: (name) => anchorNames.has(nameKey(name)) || base?.hasAnchor(name) === true,
    withKeyIdentifier(keyIdentifier) {
      const mine = all.filter((one) => {
        const own = one.known.subjectKeyIdentifier?.keyIdentifier;
        return own !== undefined && sameBytes(own, keyIdentifier);
      });
      return [...(base?.withKeyIdentifier(keyIdentifier) ?? []), ...mine];
    },
  };
}

const NONE: readonly Candidate[] = [];

function createCandidate(
  certificate: Certificate,
  anchor: boolean,
  keys: Map<string, SignatureVerifier>,
): Candidate {
  const spki = octetKey(certificate.publicKey.der);
  const verifier = keys.get(spki) ?? createVerifier(certificate.publicKey);
  keys.set(spki, verifier);
  let standing: readonly Finding[] | undefined;
  return {
    certificate,
    anchor,
    selfIssued: sameName(certificate.subject, certificate.issuer),
    verifier,
    signatureCost: signatureCost(certificate.publicKey),
    verdicts: new WeakMap(),
    standing() {
      standing ??= standingFindings(certificate, anchor ? "anchor" : "issuer");
      return standing;
    },
  };
}

function octetKey(octets: Uint8Array): string {
  return Buffer.from(octets.buffer, octets.byteOffset, octets.length).toString("latin1");
}
