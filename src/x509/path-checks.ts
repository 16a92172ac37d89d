import type { Finding } from "../base/finding.ts";
import { curveByName, SIGNATURE_ALGORITHMS } from "./algorithms.ts";
import type { Certificate } from "./certificate.ts";
import { sameBytes } from "./der-reader.ts";
import { pointProblem } from "./ec-point.ts";
import { EXTENSION_OID, extensionName } from "./oids.ts";
import { NO_FINDINGS, type PathRuleId, pathFinding } from "./path-finding.ts";
import { algorithmLabel, keyProblem } from "./signature.ts";
import { formatTime } from "./time.ts";

/** The fewest bits of an RSA modulus and of a curve's field (NIST SP 800-131A, 3). */
const LEAST_RSA_BITS = 2048;
const LEAST_CURVE_BITS = 224;

/** Extensions that path building fully honours, or that ask nothing of it, when they are critical. */
const HONOURED: ReadonlySet<string> = new Set([
  EXTENSION_OID.basicConstraints,
  EXTENSION_OID.keyUsage,
  EXTENSION_OID.extKeyUsage,
  EXTENSION_OID.subjectAltName,
  EXTENSION_OID.issuerAltName,
  EXTENSION_OID.subjectKeyIdentifier,
  EXTENSION_OID.authorityKeyIdentifier,
]);

/** Constraints on what lies below a certificate authority, none of which is processed. */
const CONSTRAINTS: ReadonlySet<string> = new Set([
  EXTENSION_OID.nameConstraints,
  EXTENSION_OID.policyConstraints,
  EXTENSION_OID.policyMappings,
  EXTENSION_OID.inhibitAnyPolicy,
]);

/** Policy qualifiers with a meaning in RFC 5280 (4.2.1.4): a statement's address, and a notice. */
const POLICY_QUALIFIERS: ReadonlySet<string> = new Set(["1.3.6.1.5.5.7.2.1", "1.3.6.1.5.5.7.2.2"]);

/** What a certificate is in the path. */
export type PathPlace = "target" | "issuer" | "anchor";

/** The findings about a certificate in its place that hold at any moment and below any path (RFC 5280, 6.1.3, 6.1.4). */
export function standingFindings(certificate: Certificate, place: PathPlace): readonly Finding[] {
  const findings: Finding[] = [];
  const add = (rule: PathRuleId, message: string, expected: string, actual: string): void => {
    findings.push(pathFinding(rule, certificate, { message, expected, actual }));
  };
  algorithmFindings(certificate, place, add);
  keyFindings(certificate, add);
  extensionFindings(certificate, place, add);
  if (place !== "target") issuerFindings(certificate, add);
  return findings.length === 0 ? NO_FINDINGS : findings;
}

type Add = (rule: PathRuleId, message: string, expected: string, actual: string) => void;

function algorithmFindings(certificate: Certificate, place: PathPlace, add: Add): void {
  const { innerAlgorithm: inner, outerAlgorithm: outer } = certificate;
  if (!sameBytes(inner.der, outer.der))
    add(
      "path.algorithm-mismatch",
      "the algorithm beside the signature is not the one inside what is signed",
      hex(inner.der),
      hex(outer.der),
    );
  // An anchor is trusted as it is given; its own signature protects nothing (SP 800-131A speaks of signatures relied on).
  if (place !== "anchor" && SIGNATURE_ALGORITHMS.get(outer.oid)?.hash === "sha1")
    add(
      "path.weak-signature",
      "it is signed with SHA-1, whose collisions can be made",
      "a signature with SHA-256, SHA-384 or SHA-512",
      algorithmLabel(outer.oid),
    );
}

function keyFindings(certificate: Certificate, add: Add): void {
  const key = certificate.publicKey;
  const problem = keyProblem(key);
  const curveBits = key.kind === "ec" ? (curveByName(key.curve ?? "")?.bits ?? 0) : undefined;
  if (problem !== undefined)
    add(
      problem.kind === "unsupported" ? "path.unsupported-key" : "path.weak-key",
      problem.message,
      "a key of EC, RSA or Ed25519 that is safe to rely on",
      key.label,
    );
  else if (curveBits !== undefined && curveBits < LEAST_CURVE_BITS)
    add(
      "path.weak-key",
      `its key's curve has ${curveBits} bits`,
      `${LEAST_CURVE_BITS} bits or more`,
      key.label,
    );
  else if (key.modulusBits !== undefined && key.modulusBits < LEAST_RSA_BITS)
    add(
      "path.weak-key",
      `its RSA key has ${key.modulusBits} bits`,
      `${LEAST_RSA_BITS} bits or more`,
      key.label,
    );
  const offCurve = problem === undefined ? pointProblem(key) : undefined;
  if (offCurve !== undefined) add("path.invalid-key", offCurve, "a point of its curve", hex(key.bits));
}

function extensionFindings(certificate: Certificate, place: PathPlace, add: Add): void {
  const ca = place !== "target" || certificate.known.basicConstraints?.ca === true;
  for (const { oid, critical } of certificate.extensions) {
    if (HONOURED.has(oid)) continue;
    const name = extensionName(oid) ?? oid;
    if (CONSTRAINTS.has(oid)) {
      // A policyConstraints that is not critical may be met whatever it says; path-allowance.ts judges it with the path.
      if (critical || (ca && oid !== EXTENSION_OID.policyConstraints))
        add(
          "path.unsupported-constraint",
          `it carries ${name}, which samicerts does not process and so refuses`,
          `no ${name}`,
          critical ? `${name}, critical` : name,
        );
      continue;
    }
    if (!critical || (oid === EXTENSION_OID.certificatePolicies && policiesUnderstood(certificate))) continue;
    add(
      "path.unknown-critical",
      extensionName(oid) === undefined
        ? `it carries the unknown extension ${oid} and calls it critical`
        : `it calls ${name} critical, which path building does not process`,
      "no critical extension but those of RFC 5280 that are processed",
      name === oid ? oid : `${name} (${oid})`,
    );
  }
}

/** Whether a critical certificatePolicies is understood with its qualifiers, as RFC 5280 (4.2.1.4) asks. */
function policiesUnderstood(certificate: Certificate): boolean {
  const policies = certificate.known.certificatePolicies?.policies ?? [];
  return policies.every((policy) =>
    policy.qualifiers.every((qualifier) => POLICY_QUALIFIERS.has(qualifier.oid)),
  );
}

function issuerFindings(certificate: Certificate, add: Add): void {
  const { basicConstraints, keyUsage } = certificate.known;
  const expected = "version 3 with basicConstraints CA:TRUE";
  if (certificate.version !== 3)
    add(
      "path.not-a-ca",
      "it issues certificates but is not of version 3",
      expected,
      `version ${certificate.version}`,
    );
  else if (basicConstraints === undefined)
    add(
      "path.not-a-ca",
      "it issues certificates but has no basicConstraints",
      expected,
      "no basicConstraints",
    );
  else if (!basicConstraints.ca)
    add("path.not-a-ca", "it issues certificates but says that it is no CA", expected, "CA:FALSE");
  if (keyUsage !== undefined && !keyUsage.usages.includes("keyCertSign"))
    add(
      "path.key-usage",
      "it issues certificates but its keyUsage does not allow that",
      "keyUsage with keyCertSign, or none",
      keyUsage.usages.join(", ") || "no usage",
    );
}

/** The finding about a certificate's validity at a moment, both ends included (RFC 5280, 4.1.2.5). */
export function validityFinding(certificate: Certificate, atMs: number): Finding | undefined {
  const { notBefore, notAfter } = certificate;
  const judged =
    atMs < notBefore.epochMs ? "path.not-yet-valid" : atMs > notAfter.epochMs ? "path.expired" : undefined;
  if (judged === undefined) return undefined;
  const expired = judged === "path.expired";
  return pathFinding(judged, certificate, {
    message: expired
      ? `it expired on ${formatTime(notAfter.epochMs)}`
      : `it is not valid before ${formatTime(notBefore.epochMs)}`,
    expected: `valid at ${formatTime(atMs)}`,
    actual: `valid from ${formatTime(notBefore.epochMs)} to ${formatTime(notAfter.epochMs)}`,
  });
}

/**
 * The finding about a CA's pathLenConstraint (RFC 5280, 4.2.1.9).
 * `below` counts the intermediates between it and the target, the self-issued left out.
 */
export function pathLengthFinding(certificate: Certificate, below: number): Finding | undefined {
  const limit = certificate.known.basicConstraints?.pathLength;
  if (limit === undefined || below <= limit) return undefined;
  return pathFinding("path.path-length", certificate, {
    message: `it allows ${limit} intermediate certificates below it, and here are ${below}`,
    expected: `at most ${limit}`,
    actual: String(below),
  });
}

function hex(octets: Uint8Array): string {
  return Buffer.from(octets.subarray(0, 64)).toString("hex");
}
