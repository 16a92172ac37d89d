import { SamicertsError } from "../base/errors.ts";
import { type Finding, hasSeverity } from "../base/finding.ts";
import type { Judge } from "../policy/evaluate.ts";
import { namesDevices } from "../policy/names-devices.ts";
import type { Role } from "../policy/policy.ts";
import { type Certificate, type CertificateDecoder, certificateDecoder } from "../x509/certificate.ts";
import { createPathBuilder, type PathBuilder } from "../x509/chain.ts";
import type { PathCheck } from "../x509/crl-checker.ts";
import { sameBytes } from "../x509/der-reader.ts";
import { compareRecord, type Recorded } from "./certificate-record.ts";
import { judgeKey, type KeyBeside, NO_KEY } from "./key-beside.ts";
import { sha256Hex } from "./summary.ts";
import {
  type CheckedCertificate,
  tellChecked,
  unreadableCertificate,
  type VerifiedCertificate,
} from "./verified-certificate.ts";

/** One file, or standard input, with the certificates it holds. */
export interface VerifySource {
  /** What it is called in messages: a path, or `-`. */
  readonly name: string;
  /** The certificates in the order they come, DER. */
  readonly certificates: readonly Uint8Array[];
  /** The key beside it, where there is one; throws `key.*` where it can't be read. */
  readonly key?: () => KeyBeside;
  /** What is recorded of the first of them, where a manifest or an archive says it. */
  readonly recorded?: Recorded;
}

/** What to verify against; the same for every source of one run. */
export interface VerifyInput {
  /** Trust anchors. */
  readonly anchors: readonly Certificate[];
  /** Further certificates that may stand in a path. */
  readonly untrusted: readonly Certificate[];
  /** Of these, the vendor's own lines and what binds its roots: each is judged as a certificate authority. */
  readonly intermediates?: readonly Certificate[];
  /** The policy's judge; absent for the path alone. */
  readonly judge?: Judge;
  /** The moment, in milliseconds since 1970. */
  readonly atMs: number;
  /** The key purpose, by OID, that every extKeyUsage of the path must allow; absent to ask for none. */
  readonly purpose?: string;
  /** What else to ask of every path: whether anything in it was revoked. */
  readonly pathChecks?: readonly PathCheck[];
  /** The role to judge in; by default a trust anchor is a root, an own line an intermediate, everything else a device. */
  readonly role?: Role;
}

/** Verifies sources one after another against the same anchors, untrusted certificates and policy. */
export interface Verifier {
  /** Every certificate of a source that is not merely part of an earlier one's chain. */
  check(source: VerifySource): readonly CheckedCertificate[];
  /** The same in words. */
  verify(source: VerifySource): readonly VerifiedCertificate[];
}

/** Prepares a verifier; what it learns of anchors and shared intermediates is worked out once. */
export function createVerifier(input: VerifyInput): Verifier {
  const judgedCas = new WeakMap<Certificate, JudgedCa>();
  const createPaths = (untrusted: readonly Certificate[], shareSteps: boolean): PathBuilder =>
    createPathBuilder({
      anchors: input.anchors,
      untrusted,
      shareSteps,
      ...(input.purpose === undefined ? {} : { purpose: input.purpose }),
    });
  const sharedPaths = createPaths(input.untrusted, false);

  const judgeIssuers = (path: readonly Certificate[]): Finding[] => {
    const findings: Finding[] = [];
    for (let place = 1; place < path.length; place++) {
      const certificate = path[place] as Certificate;
      const above = path.slice(place);
      let known = judgedCas.get(certificate);
      if (known === undefined || !isSamePath(known.path, above)) {
        known = { path: above, findings: judge(certificate, caRole(certificate), above) };
        judgedCas.set(certificate, known);
      }
      findings.push(...known.findings);
    }
    return findings;
  };

  const judge = (certificate: Certificate, role: Role, path: readonly Certificate[]): readonly Finding[] => {
    if (input.judge === undefined) return [];
    const issuer = path[1] ?? (role === "root" ? certificate : undefined);
    return input.judge.evaluate({
      certificate,
      role,
      path,
      atMs: input.atMs,
      ...(issuer === undefined ? {} : { issuer }),
    });
  };

  const decode = certificateDecoder();
  const roleOf = (certificate: Certificate): Role => {
    if (input.anchors.some(({ der }) => sameBytes(der, certificate.der))) return "root";
    // An earlier certificate of an authority, which a chain may carry, is as much that authority's.
    const isOwn = (input.intermediates ?? []).some(
      ({ subject, publicKey }) =>
        sameBytes(subject.der, certificate.subject.der) &&
        sameBytes(publicKey.der, certificate.publicKey.der),
    );
    return isOwn ? caRole(certificate) : "device";
  };
  const named = namesDevices(input.judge?.policy);
  const judgeFirst = ({ key, recorded }: VerifySource, certificate: Certificate) => {
    const judged = judgeKey(key, certificate);
    if (recorded === undefined) return judged;
    return { ...judged, findings: [...compareRecord(recorded, certificate, named), ...judged.findings] };
  };

  const checkOne = (certificate: Certificate, paths: PathBuilder) => {
    const role = input.role ?? roleOf(certificate);
    const { path, findings: built } = paths.build(certificate, input.atMs);
    const revoked = input.pathChecks?.flatMap((check) => check(path)) ?? [];
    const findings = revoked.length === 0 ? built : [...built, ...revoked];
    const judged = judge(certificate, role, path);
    const above = judgeIssuers(path);
    // Nearly always there is nothing to be joined.
    if (judged.length + above.length === 0) return { role, path, findings };
    return { role, path, findings: [...findings, ...judged, ...above] };
  };

  const check = (source: VerifySource): readonly CheckedCertificate[] => {
    const entries = source.certificates.map((der, index) => decodeEntry(decode, der, index, source));
    const readable = entries.flatMap((entry) => (entry.error === undefined ? [entry.certificate] : []));
    const bundle = readable.length > 1;
    // The rest of a bundle may stand in the path of each of its certificates.
    const paths = bundle ? createPaths([...input.untrusted, ...readable], true) : sharedPaths;
    const inEarlierPath = new Set<string>();
    const results: CheckedCertificate[] = [];
    for (const { index, certificate, error } of entries) {
      if (error !== undefined) {
        results.push(unreadableCertificate(source.name, index, error));
        continue;
      }
      if (bundle && inEarlierPath.has(sha256Hex(certificate.der))) continue;
      const { role, path, findings } = checkOne(certificate, paths);
      if (bundle) for (const { der } of path) inEarlierPath.add(sha256Hex(der));
      const key = index === 0 ? judgeFirst(source, certificate) : NO_KEY;
      const all = key.findings.length === 0 ? findings : [...findings, ...key.findings];
      const verdict = hasSeverity(all, "error") ? "non-compliant" : "compliant";
      const { name } = source;
      const { matches: keyMatches } = key;
      results.push({ source: name, index, verdict, findings: all, certificate, role, path, keyMatches });
    }
    return results;
  };

  return { check, verify: (source) => check(source).map(tellChecked) };
}

/** What the policy said of a CA, and on which path. */
interface JudgedCa {
  readonly path: readonly Certificate[];
  readonly findings: readonly Finding[];
}

function isSamePath(a: readonly Certificate[], b: readonly Certificate[]): boolean {
  return a.length === b.length && a.every((certificate, place) => certificate === b[place]);
}

type Entry =
  | { readonly index: number; readonly certificate: Certificate; readonly error?: undefined }
  | { readonly index: number; readonly certificate?: undefined; readonly error: SamicertsError };

function decodeEntry(
  decode: CertificateDecoder,
  der: Uint8Array,
  index: number,
  source: VerifySource,
): Entry {
  const what = source.certificates.length > 1 ? `${source.name} (certificate ${index + 1})` : source.name;
  try {
    return { index, certificate: decode(der, what) };
  } catch (error) {
    if (error instanceof SamicertsError) return { index, error };
    throw error;
  }
}

/** A CA that signs itself is a root; one that somebody else signed is a line's. */
function caRole(certificate: Certificate): Role {
  return sameBytes(certificate.issuer.der, certificate.subject.der) ? "root" : "intermediate";
}
