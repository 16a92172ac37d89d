import { SamicertsError } from "../base/errors.ts";
import { type Finding, hasSeverity } from "../base/finding.ts";
import type { Judge } from "../policy/evaluate.ts";
import type { Role } from "../policy/policy.ts";
import { type Certificate, decodeCertificate } from "../x509/certificate.ts";
import { createPathBuilder, type PathBuilder } from "../x509/chain.ts";
import { sameBytes } from "../x509/der-reader.ts";
import { formatName } from "../x509/name-format.ts";
import { judgeKey, type KeyBeside } from "./key-beside.ts";
import { type CertificateSummary, sha256Hex, summarize } from "./summary.ts";

/** One file, or standard input, with the certificates it holds. */
export interface VerifySource {
  /** What it is called in messages: a path, or `-`. */
  readonly name: string;
  /** The certificates in the order they come, DER. */
  readonly certificates: readonly Uint8Array[];
  /** The key beside it, where there is one; throws `key.*` where it can't be read. */
  readonly key?: () => KeyBeside;
}

/** What to verify against; the same for every source of one run. */
export interface VerifyInput {
  /** Trust anchors. */
  readonly anchors: readonly Certificate[];
  /** Further certificates that may stand in a path. */
  readonly untrusted: readonly Certificate[];
  /** The policy's judge; absent for the path alone. */
  readonly judge?: Judge;
  /** The moment, in milliseconds since 1970. */
  readonly atMs: number;
  /** The key purpose, by OID, that every extKeyUsage of the path must allow; absent to ask for none. */
  readonly purpose?: string;
  /** The role to judge in; by default a trust anchor is a root and everything else a device. */
  readonly role?: Role;
}

/** The outcome for one certificate; `unreadable` where it could not be decoded at all. */
export type Verdict = "compliant" | "non-compliant" | "unreadable";

/** What was found about one certificate. */
export interface VerifiedCertificate {
  readonly source: string;
  /** Its place in the source, from 0. */
  readonly index: number;
  readonly verdict: Verdict;
  readonly findings: readonly Finding[];
  /** Absent where it could not be decoded. */
  readonly certificate?: CertificateSummary;
  readonly role?: Role;
  /** Subjects from the certificate to its anchor. */
  readonly path: readonly string[];
  /** Whether the key beside it belongs to it; null where there is none. */
  readonly keyMatches: boolean | null;
  /** Why it could not be decoded. */
  readonly error?: SamicertsError;
}

/** Verifies sources one after another against the same anchors, untrusted certificates and policy. */
export interface Verifier {
  /** Every certificate of a source that is not merely part of an earlier one's chain. */
  verify(source: VerifySource): readonly VerifiedCertificate[];
}

/** Prepares a verifier; what it learns of anchors and shared intermediates is worked out once. */
export function createVerifier(input: VerifyInput): Verifier {
  const judgedCas = new Map<Certificate, readonly Finding[]>();
  const createPaths = (untrusted: readonly Certificate[]): PathBuilder =>
    createPathBuilder({
      anchors: input.anchors,
      untrusted,
      ...(input.purpose === undefined ? {} : { purpose: input.purpose }),
    });
  const sharedPaths = createPaths(input.untrusted);
  const shared = new Set<Certificate>([...input.anchors, ...input.untrusted]);

  const judgeIssuers = (path: readonly Certificate[]): Finding[] => {
    const findings: Finding[] = [];
    for (let place = 1; place < path.length; place++) {
      const certificate = path[place] as Certificate;
      const known = judgedCas.get(certificate);
      const found = known ?? judge(certificate, caRole(certificate), path.slice(place));
      if (known === undefined && shared.has(certificate)) judgedCas.set(certificate, found);
      findings.push(...found);
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

  const verifyOne = (certificate: Certificate, paths: PathBuilder) => {
    const anchored = input.anchors.some((anchor) => sameBytes(anchor.der, certificate.der));
    const role = input.role ?? (anchored ? "root" : "device");
    const built = paths.build(certificate, input.atMs);
    const findings = [
      ...built.findings,
      ...judge(certificate, role, built.path),
      ...judgeIssuers(built.path),
    ];
    return { role, path: built.path, findings };
  };

  return {
    verify(source) {
      const entries = source.certificates.map((der, index) => decodeEntry(der, index, source));
      const readable = entries.flatMap((entry) =>
        entry.certificate === undefined ? [] : [entry.certificate],
      );
      // The rest of a bundle may stand in the path of each of its certificates.
      const paths = readable.length > 1 ? createPaths([...input.untrusted, ...readable]) : sharedPaths;
      const inEarlierPath = new Set<string>();
      const results: VerifiedCertificate[] = [];
      for (const entry of entries) {
        const { certificate, index } = entry;
        if (certificate === undefined) {
          results.push(unreadable(source.name, index, entry.error));
          continue;
        }
        if (readable.length > 1 && inEarlierPath.has(sha256Hex(certificate.der))) continue;
        const { role, path, findings } = verifyOne(certificate, paths);
        if (readable.length > 1) for (const { der } of path) inEarlierPath.add(sha256Hex(der));
        const key = index === 0 ? judgeKey(source.key, certificate) : { matches: null, findings: [] };
        const all = [...findings, ...key.findings];
        results.push({
          source: source.name,
          index,
          verdict: hasSeverity(all, "error") ? "non-compliant" : "compliant",
          findings: all,
          certificate: summarize(certificate),
          role,
          path: path.map((member) => formatName(member.subject)),
          keyMatches: key.matches,
        });
      }
      return results;
    },
  };
}

interface Entry {
  readonly index: number;
  readonly certificate?: Certificate;
  readonly error?: SamicertsError;
}

function decodeEntry(der: Uint8Array, index: number, source: VerifySource): Entry {
  const what = source.certificates.length > 1 ? `${source.name} (certificate ${index + 1})` : source.name;
  try {
    return { index, certificate: decodeCertificate(der, what) };
  } catch (error) {
    if (error instanceof SamicertsError) return { index, error };
    throw error;
  }
}

function unreadable(source: string, index: number, error: SamicertsError | undefined): VerifiedCertificate {
  const base = { source, index, verdict: "unreadable", findings: [], path: [], keyMatches: null } as const;
  return error === undefined ? base : { ...base, error };
}

/** A CA that signs itself is a root; one that somebody else signed is a line's. */
function caRole(certificate: Certificate): Role {
  return sameBytes(certificate.issuer.der, certificate.subject.der) ? "root" : "intermediate";
}
