import type { Certificate } from "../x509/certificate.ts";
import { sameBytes } from "../x509/der-reader.ts";
import { formatName } from "../x509/name-format.ts";
import { extensionName } from "../x509/oids.ts";
import type { CertificateRequest } from "../x509/request.ts";
import { summarizeExtension } from "./describe-extension.ts";

/** Something that a request asked for and that is not in the certificate, or is there otherwise. */
export interface NotGranted {
  /** `subject`, an extension's RFC 5280 name, `challengePassword`; the OID where there is no name. */
  readonly item: string;
  /** What was asked for; absent where it is nobody's business. */
  readonly asked?: string;
  /** What the certificate has instead, by the policy; absent where it has none. */
  readonly granted?: string;
}

/** Attributes of requests that have a name (RFC 2985); what is in them is not shown, for one is a password. */
const ATTRIBUTE_NAMES: ReadonlyMap<string, string> = new Map([
  ["1.2.840.113549.1.9.2", "unstructuredName"],
  ["1.2.840.113549.1.9.7", "challengePassword"],
  ["1.2.840.113549.1.9.8", "unstructuredAddress"],
]);

/** Lists what a request asked for and did not get: subject and extensions come from the policy, never from the request. */
export function notGranted(request: CertificateRequest, certificate: Certificate): readonly NotGranted[] {
  const list: NotGranted[] = [];
  if (!sameBytes(request.subject.der, certificate.subject.der) && request.subject.rdns.length > 0)
    list.push({
      item: "subject",
      asked: formatName(request.subject),
      granted: formatName(certificate.subject),
    });
  for (const asked of request.extensions) {
    const there = certificate.extensions.find(({ oid }) => oid === asked.oid);
    if (there?.critical === asked.critical && sameBytes(there.value, asked.value)) continue;
    const say = (critical: boolean, lines: readonly string[]): string =>
      `${critical ? "critical, " : ""}${lines.join("; ")}`;
    list.push({
      item: extensionName(asked.oid) ?? asked.oid,
      asked: say(asked.critical, summarizeExtension(asked).lines),
      ...(there === undefined ? {} : { granted: say(there.critical, summarizeExtension(there).lines) }),
    });
  }
  for (const { oid } of request.attributes) list.push({ item: ATTRIBUTE_NAMES.get(oid) ?? oid });
  return list;
}
