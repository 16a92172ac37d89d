import { SIGNATURE_ALGORITHMS } from "./algorithms.ts";
import { type ByteSource, piecesOf } from "./byte-source.ts";
import type { Certificate } from "./certificate.ts";
import type { Crl } from "./crl.ts";
import type { IndexedCrl } from "./crl-index.ts";
import { sameBytes } from "./der-reader.ts";
import { extensionName } from "./oids.ts";
import type { PathFlaw } from "./path-finding.ts";
import type { RevocationRuleId } from "./revocation-finding.ts";
import { algorithmLabel, verifySignature } from "./signature.ts";
import { formatTime } from "./time.ts";

/** A CRL that certificates can be looked up in. */
export interface UsableCrl extends IndexedCrl {
  /** What it is called in messages. */
  readonly name: string;
  readonly source: ByteSource;
}

/** So much of a CRL is hashed at once. */
const PIECE = 1024 * 1024;

/** Why a CRL is not to be used. */
export interface Unfitness {
  readonly rule: RevocationRuleId;
  readonly flaw: PathFlaw;
}

/**
 * Why nothing can be learned from a CRL about what `issuer` issued, whose name it has (RFC 5280, 6.3.3); undefined where
 * it is fit. What is not processed (delta and indirect CRLs, those of some reasons only, by a key of their own, with
 * unknown critical extensions) is refused. The signature is looked at last: it costs the most.
 */
export function unfitness(crl: UsableCrl, issuer: Certificate, atMs: number): Unfitness | undefined {
  const find = unfit(crl);
  if (isOtherKeys(crl.crl, issuer))
    return find(
      "revocation.crl-signer",
      "is signed with another key than its issuer's certificate has, which is not processed",
      "a CRL signed with the key that signed the certificate",
      "another authorityKeyIdentifier",
    );
  const unsupported = notProcessed(crl);
  if (unsupported !== undefined)
    return find("revocation.crl-unsupported", unsupported, "a whole CRL of this issuer alone", unsupported);
  return timeProblem(crl, find, atMs) ?? signerProblem(crl, find, issuer);
}

type Find = (rule: RevocationRuleId, message: string, expected: string, actual: string) => Unfitness;

/** Makes an unfitness of a CRL; the message goes on after its name. */
export function unfit({ name }: UsableCrl): Find {
  return (rule, message, expected, actual) => ({
    rule,
    flaw: { message: `its issuer's CRL ${name} ${message}`, expected, actual },
  });
}

function timeProblem({ crl }: UsableCrl, find: Find, atMs: number): Unfitness | undefined {
  const { thisUpdate, nextUpdate } = crl;
  if (nextUpdate === undefined)
    return find(
      "revocation.crl-outdated",
      "does not say when the next one comes, so it may be of any age",
      "nextUpdate",
      "no nextUpdate",
    );
  const expected = `a CRL of ${formatTime(atMs)}`;
  const actual = `from ${formatTime(thisUpdate.epochMs)} to ${formatTime(nextUpdate.epochMs)}`;
  if (atMs > nextUpdate.epochMs)
    return find(
      "revocation.crl-outdated",
      `was to be replaced by ${formatTime(nextUpdate.epochMs)}`,
      expected,
      actual,
    );
  if (atMs < thisUpdate.epochMs)
    return find(
      "revocation.crl-not-yet-valid",
      `is of ${formatTime(thisUpdate.epochMs)}, later than that`,
      expected,
      actual,
    );
  return undefined;
}

function signerProblem(crl: UsableCrl, find: Find, issuer: Certificate): Unfitness | undefined {
  const usages = issuer.known.keyUsage?.usages;
  if (usages !== undefined && !usages.includes("cRLSign"))
    return find(
      "revocation.crl-signer",
      "is by a certificate whose keyUsage does not allow that",
      "keyUsage with cRLSign",
      usages.join(", ") || "no usage",
    );
  const reason = signatureProblem(crl, issuer);
  if (reason === undefined) return undefined;
  return find(
    "revocation.crl-signature",
    `is not to be relied on: ${reason}`,
    "a signature by its issuer's key",
    reason,
  );
}

/** Whether a CRL says that another key than this issuer's has signed it, as after a change of keys. */
function isOtherKeys({ known }: Crl, issuer: Certificate): boolean {
  const wanted = known.authorityKeyIdentifier?.keyIdentifier;
  const offered = issuer.known.subjectKeyIdentifier?.keyIdentifier;
  return wanted !== undefined && offered !== undefined && !sameBytes(wanted, offered);
}

/** What of a CRL is not processed, in words that follow its name. */
function notProcessed({ crl, unknownCritical, otherIssuers, removals }: IndexedCrl): string | undefined {
  const { known } = crl;
  if (known.baseNumber !== undefined) return "is a delta CRL, which is not processed";
  const point = known.issuingDistributionPoint;
  if (point?.indirect === true || otherIssuers) return "is an indirect CRL, which is not processed";
  if (point?.onlySomeReasons === true) return "is of some reasons only, which is not processed";
  if (point?.nameRelativeToIssuer === true)
    return "has a distribution point's name relative to its issuer, which is not processed";
  if (removals) return "takes certificates off, as only a delta CRL may";
  const [unknown] = [...known.unknownCritical, ...unknownCritical];
  if (unknown === undefined) return undefined;
  const name = extensionName(unknown);
  return `calls ${name === undefined ? `the unknown extension ${unknown}` : name} critical, which is not processed`;
}

function signatureProblem({ crl, source }: UsableCrl, issuer: Certificate): string | undefined {
  const { innerAlgorithm: inner, outerAlgorithm: outer, tbs, signature } = crl;
  if (!sameBytes(inner.der, outer.der)) return "the algorithm beside its signature is not the one inside";
  if (SIGNATURE_ALGORITHMS.get(outer.oid)?.hash === "sha1")
    return `${algorithmLabel(outer.oid)} can be forged`;
  const verdict = verifySignature(
    piecesOf(source, tbs.at, tbs.end, PIECE),
    outer,
    signature,
    issuer.publicKey,
  );
  return verdict.ok ? undefined : verdict.reason;
}
