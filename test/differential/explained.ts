/** Why we and a peer differ: by peer, who accepts, and the reason of the one who refuses. */
type Explanation = readonly [peer: RegExp, side: "ours" | "theirs", reason: RegExp, why: string];

const OPENSSL = /^openssl/;
const VERIFIERS = /verify/;
const READERS = /^(Node|node-forge|@peculiar)/;

const EXPLANATIONS: readonly Explanation[] = [
  [
    OPENSSL,
    "ours",
    /^certificate has expired$/,
    "the last second is within the validity (RFC 5280, 4.1.2.5); OpenSSL counts it out",
  ],
  [
    OPENSSL,
    "ours",
    /^unable to get local issuer/,
    "a key identifier that fits no issuer only orders our search; `authority-key-identifier-matches` refuses it",
  ],
  [
    OPENSSL,
    "ours",
    /^(Missing (Authority|Subject) Key Identifier|CA cert does not include key usage)/,
    "an issuing rule, which the policy asks (`subject-key-identifier`, `authority-key-identifier`, `key-usage-ca`), not the path",
  ],
  [
    OPENSSL,
    "ours",
    /^Path length invalid for non-CA/,
    "an issuing rule, which the policy asks (`path-length-place`)",
  ],
  [
    /^certtool/,
    "ours",
    /key usage|expired|not activated|constraint|purpose/i,
    "GnuTLS asks it of a CA that path validation leaves to the policy",
  ],
  [
    /^certtool/,
    "ours",
    /issuer is unknown/,
    "a key identifier that fits no issuer only orders our search; `authority-key-identifier-matches` refuses it",
  ],
  [
    /^certtool/,
    "theirs",
    /path\.(not-a-ca|expired|not-yet-valid|key-usage|signature)/,
    "GnuTLS trusts an anchor as it is given, whatever it says of itself; we honour what it says",
  ],
  [
    VERIFIERS,
    "theirs",
    /path\.unsupported-constraint/,
    "we process neither names' nor policies' constraints, so we refuse them; OpenSSL and GnuTLS process them",
  ],
  [
    VERIFIERS,
    "theirs",
    /path\.weak-(key|signature)/,
    "SP 800-131A: RSA under 2048 bits, curves under 224 and SHA-1; the peer's default level takes them",
  ],
  [
    VERIFIERS,
    "theirs",
    /path\.unknown-critical/,
    "a critical extension that the peer knows and we do not process (CRL distribution points)",
  ],
  [
    VERIFIERS,
    "theirs",
    /path\.purpose/,
    "extKeyUsages that exclude each other; without a purpose asked for, the peer does not compare them",
  ],
  [
    VERIFIERS,
    "theirs",
    /path\.algorithm-mismatch/,
    "the two algorithms of a certificate must be the same (RFC 5280, 4.1.1.2); the peer reads one",
  ],
  [VERIFIERS, "theirs", /path\.path-length/, "the peer counts a CA that is the target as no intermediate"],
  [
    /./,
    "theirs",
    /^(der|certificate)\./,
    "damaged: our reader is strict DER and RFC 5280's structure, the peer's is lenient, or reads ASN.1 alone",
  ],
  [
    /^Node/,
    "ours",
    /no start line/,
    "damaged: a name's value that is no string, which our reader keeps and `attribute-encoding` refuses; OpenSSL reads none",
  ],
  [
    /^@peculiar/,
    "ours",
    /^(Unused bits for BitString|Data does not match to \w+ ASN1 schema)/,
    "damaged: a name's value that is no string, which our reader keeps and `attribute-encoding` refuses; the peer reads it as ASN.1",
  ],
  [
    READERS,
    "ours",
    /^(Wrong input string for conversion|Too big integer|Too few bytes)/,
    "damaged where we look no deeper: an unknown extension's octets, a value that the peer converts or reads as ASN.1 without being asked",
  ],
];

/** The explanation of a class of disagreement, where there is one. */
export function explained(peer: string, side: "ours" | "theirs", reason: string): string | undefined {
  return EXPLANATIONS.find(
    ([who, which, what]) => which === side && who.test(peer) && what.test(reason),
  )?.[3];
}
