import type { ChainCase } from "./cases.ts";

const ISSUER = ["path.no-issuer", "path.name-chaining", "path.untrusted-root"];
const CONSTRAINT = ["path.unsupported-constraint"];
const WEAK = ["path.weak-signature", "path.weak-key"];

/**
 * What the authors' words stand for among our rules: the reasons they give in `judge.why`, BoringSSL's error texts,
 * and, where a suite gives a chapter only, its case's own name. An entry that ends in a dot fits every code that begins so.
 */
const REASONS: readonly (readonly [RegExp, readonly string[]])[] = [
  [/^signature$|VerifySignedData failed/, ["path.signature", ...ISSUER]],
  [/Unacceptable signature algorithm|DEPRECATED_CRYPTO/, ["path.signature", ...WEAK]],
  [
    /Couldn't parse SubjectPublicKeyInfo|forbidden-dsa|explicit-curve/,
    ["path.unsupported-key", "path.signature", "der."],
  ],
  [/Unacceptable public key|RSA modulus too small|forbidden-weak-rsa|forbidden-p192/, ["path.weak-key"]],
  [
    /^validity$|rfc5280::validity|INVALID_REASON_EXPIRED|Time is (?:after|before)/,
    ["path.expired", "path.not-yet-valid"],
  ],
  [/^name-chaining$|subject does not match issuer|ee-empty-issuer/, ISSUER],
  [/ica-ku-keycertsign/, [...ISSUER, "path.key-usage"]],
  [/not a trust anchor|untrusted-root|intermediate-cycle/, ISSUER],
  [
    /^basic-constraints$|Basic Constraints|NOT_A_CA|MISSING_BASIC_CONSTRAINTS|without-ca-bit|anchor is no CA|NetscapeCA|TestVerify-forgery/,
    ["path.not-a-ca", "path.path-length", "der."],
  ],
  [/^key-usage$|keyCertSign bit|inconsistent-ca-extensions/, ["path.key-usage"]],
  [/^pathlen$|max_path_length/, ["path.path-length"]],
  [/nameConstraints|NAME_CONSTRAINTS|name constraints|nc-dos/, [...CONSTRAINT, "der."]],
  [/critical policy extension/, CONSTRAINT],
  [/No valid policy/, CONSTRAINT],
  [/Unconsumed critical extension|unknown-critical-extension/, ["path.unknown-critical"]],
  [/extended key usage|BAD_EKU|::eku|ServerGatedCrypto/, ["path.purpose"]],
  [/duplicate-extensions/, ["certificate.duplicate-extension"]],
  [/mismatching-signature-algorithm/, ["path.algorithm-mismatch"]],
  [/InvalidExtensions/, ["der.", "certificate."]],
];

/** Tells whether one of `reasons` is the one that the case's authors give. */
export function fitsAuthors(one: ChainCase, reasons: readonly string[]): boolean {
  const words = [...one.judge.why, one.expected_errors ?? "", one.boringssl_errors ?? ""].filter(
    (text) => text !== "",
  );
  const said = wanted(words);
  const asked = said.length > 0 ? said : wanted([one.id]);
  return asked.some((want) =>
    reasons.some((reason) => (want.endsWith(".") ? reason.startsWith(want) : reason === want)),
  );
}

function wanted(words: readonly string[]): readonly string[] {
  return REASONS.flatMap(([pattern, rules]) => (words.some((word) => pattern.test(word)) ? rules : []));
}
