import type { Finding } from "../base/finding.ts";
import type { Certificate } from "./certificate.ts";
import { sameBytes } from "./der-reader.ts";
import { formatName } from "./name-format.ts";
import { pathFinding } from "./path-finding.ts";
import type { Pool } from "./path-pool.ts";

/** The finding about a signature that does not hold under the key of the certificate named as its issuer. */
export function signatureFinding(certificate: Certificate, issuer: Certificate, reason: string): Finding {
  const wanted = certificate.known.authorityKeyIdentifier?.keyIdentifier;
  const offered = issuer.known.subjectKeyIdentifier?.keyIdentifier;
  const otherKey = wanted !== undefined && offered !== undefined && !sameBytes(wanted, offered);
  const difference = otherKey
    ? `; it asks for the key ${hex(wanted)}, and ${formatName(issuer.subject)} has the key ${hex(offered)}`
    : "";
  return pathFinding("path.signature", certificate, {
    message: `its signature does not verify: ${reason}${difference}`,
    expected: `a signature by the key of ${formatName(issuer.subject)}`,
    actual: reason,
  });
}

/** The finding about a certificate whose issuer is not among those given, or under a name that is not its issuer's. */
export function missingIssuerFinding(certificate: Certificate, pool: Pool): Finding {
  const issuer = formatName(certificate.issuer);
  const wanted = certificate.known.authorityKeyIdentifier?.keyIdentifier;
  const named = pool
    .named(certificate.issuer)
    .some((one) => !sameBytes(one.certificate.der, certificate.der));
  if (named)
    return pathFinding("path.no-issuer", certificate, {
      message: `the certificates of its issuer, ${issuer}, lead to no trusted root`,
      expected: "a path to a trusted root",
      actual: "certificates that only vouch for each other",
    });
  const holder = wanted === undefined ? undefined : pool.withKeyIdentifier(wanted)[0];
  if (holder !== undefined && !sameBytes(holder.der, certificate.der))
    return pathFinding("path.name-chaining", certificate, {
      message: "its issuer is not the subject of the certificate whose key it asks for",
      expected: `issuer ${formatName(holder.subject)}`,
      actual: issuer === "" ? "an empty issuer" : `issuer ${issuer}`,
    });
  return pathFinding("path.no-issuer", certificate, {
    message: issuer === "" ? "it names no issuer" : `the certificate of its issuer, ${issuer}, was not given`,
    expected: issuer === "" ? "an issuer" : `a certificate with the subject ${issuer}`,
    actual: "none",
  });
}

/** The finding about a path that ends in a self-signed certificate which is no anchor. */
export function untrustedRootFinding(certificate: Certificate, pool: Pool): Finding {
  const anchors = pool.anchors.slice(0, 3).map((anchor) => formatName(anchor.subject));
  const more = pool.anchors.length > 3 ? `, and ${pool.anchors.length - 3} more` : "";
  return pathFinding("path.untrusted-root", certificate, {
    message: "it is self-signed and not among the trusted roots",
    expected: anchors.length === 0 ? "a trusted root" : `a path to ${anchors.join(" or ")}${more}`,
    actual: `${formatName(certificate.subject)}, which nobody said to trust`,
  });
}

/** The finding about a path longer than is followed. */
export function tooLongFinding(certificate: Certificate, limit: number): Finding {
  return pathFinding("path.too-long", certificate, {
    message: `the path to it has ${limit} certificates and does not end there`,
    expected: `at most ${limit} certificates`,
    actual: `more than ${limit}`,
  });
}

/** The finding that says that the search was broken off. */
export function gaveUpFinding(target: Certificate, signatures: number): Finding {
  const ended =
    signatures === 0
      ? "and those before it in its bundle have taken all the time there is"
      : `and the search ended after ${signatures} signature${signatures === 1 ? "" : "s"}`;
  return pathFinding("path.gave-up", target, {
    message: `no valid path was found: there are too many certificates that may have issued it, ${ended}`,
    expected: "certificates of which a few may have issued it",
    actual: "too many possible issuers",
  });
}

function hex(octets: Uint8Array): string {
  return Buffer.from(octets.subarray(0, 32)).toString("hex");
}
