import type { Side } from "./tally.ts";

/** Why we and a peer differ: by peer, who accepts, and the reason of the one who refuses. */
type Explanation = readonly [peer: RegExp, side: Side, reason: RegExp, why: string];

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
    /^path\.(not-a-ca|expired|not-yet-valid|key-usage)$/,
    "GnuTLS trusts an anchor as it is given, whatever it says of itself; we honour what it says",
  ],
  [
    VERIFIERS,
    "theirs",
    /^path\.unsupported-constraint$/,
    "we process neither names' nor policies' constraints, so we refuse them; OpenSSL and GnuTLS process them",
  ],
  [
    VERIFIERS,
    "theirs",
    /^path\.weak-(key|signature)$/,
    "SP 800-131A: RSA under 2048 bits, curves under 224 and SHA-1; the peer's default level takes them",
  ],
  [
    VERIFIERS,
    "theirs",
    /^path\.unknown-critical$/,
    "a critical extension that the peer knows and we do not process (CRL distribution points)",
  ],
  [
    VERIFIERS,
    "theirs",
    /^path\.purpose$/,
    "extKeyUsages that exclude each other; without a purpose asked for, the peer does not compare them",
  ],
  [
    VERIFIERS,
    "theirs",
    /^path\.algorithm-mismatch$/,
    "the two algorithms of a certificate must be the same (RFC 5280, 4.1.1.2); the peer reads one",
  ],
  [VERIFIERS, "theirs", /^path\.path-length$/, "the peer counts a CA that is the target as no intermediate"],
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
    /^(Unused bits for BitString|Data does not match to \w+ ASN1 schema|End of input reached|Constructed encoding used|Length block 0xFF|\[?UNIVERSAL \d+|Type \[UNIVERSAL)/,
    "damaged where we look no deeper: a name's value that is no string, which `attribute-encoding` refuses, an unknown algorithm's parameters or extension's octets; the peer reads on into them as ASN.1",
  ],
  [
    READERS,
    "ours",
    /^(Wrong input string for conversion|Too big integer|Too few bytes)/,
    "damaged where we look no deeper: an unknown extension's octets, a value that the peer converts or reads as ASN.1 without being asked",
  ],
  [
    /^openssl/,
    "ours",
    /^(invalid CA certificate|permitted subtree violation|excluded subtree violation)$/,
    "another path of rival issuers is sound, and we find it; or the constraint is in the target alone, in which it binds nobody",
  ],
  [/^certtool/, "ours", /issuer is not a CA/, "another path of rival issuers is sound, and we find it"],
  [
    OPENSSL,
    "ours",
    /^(Basic Constraints of CA cert not marked critical|Key usage keyCertSign invalid for non-CA cert)/,
    "an issuing rule, which the policy asks (`basic-constraints-critical`, `key-usage-end-entity`), not the path",
  ],
  [
    OPENSSL,
    "theirs",
    /^path\.not-a-ca$/,
    "an anchor without basicConstraints: OpenSSL takes a self-signed one as a CA by tradition; we ask CA:TRUE of an anchor as of any CA",
  ],
  [
    OPENSSL,
    "theirs",
    /^path\.signature \(the anchor's own\)$/,
    "the target is the anchor itself, and its signature does not hold; OpenSSL does not look at it",
  ],
  [
    VERIFIERS,
    "theirs",
    /^(path\.signature )?path\.unsupported-key$/,
    "DSA, which we refuse by name; the peer takes it",
  ],
  [
    /^(Node|@peculiar)/,
    "differ",
    /^notBefore$/,
    "the year 0000: JavaScript's dates read it as 2000, and @peculiar/x509 as 1900; ours is that of RFC 5280",
  ],
  [
    /^node-forge/,
    "differ",
    /^serial$/,
    "version 1, in which the serial number comes first; what we ask node-forge for is the second part",
  ],
  [
    /^@peculiar/,
    "differ",
    /^signature$/,
    "a signature that is not of whole octets: ours is none, and never holds; the peer drops the bits left over",
  ],
  [
    /^@peculiar/,
    "ours",
    /^(Data does not match to RsaSaPssParams|Zero buffer length)/,
    "damaged where we look no deeper until the signature is checked, or at a value of no octets",
  ],
];

/** The explanations of a disagreement, of all its reasons at once or of each; none where a reason of it has none. */
export function explained(peer: string, side: Side, reason: string): readonly string[] {
  const whole = explanation(peer, side, reason);
  if (whole !== undefined) return [whole];
  const found = reason.split(/ (?=path\.)/).map((one) => explanation(peer, side, one));
  return found.every((one) => one !== undefined) ? [...new Set(found)] : [];
}

function explanation(peer: string, side: Side, reason: string): string | undefined {
  return EXPLANATIONS.find(
    ([who, which, what]) => which === side && who.test(peer) && what.test(reason),
  )?.[3];
}
