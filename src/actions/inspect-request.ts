import { formatName } from "../x509/name-format.ts";
import { type CertificateRequest, REQUEST_ATTRIBUTE_OID } from "../x509/request.ts";
import { derText } from "./der-text.ts";
import {
  checkSignature,
  describeAlgorithm,
  type KeyFacts,
  keyFacts,
  type SignatureHolds,
} from "./describe-algorithm.ts";
import { type ExtensionSummary, summarizeExtension } from "./describe-extension.ts";
import { sha256Hex } from "./summary.ts";

/** What a request has besides the extensions it asks for, in words. */
export interface AttributeSummary {
  readonly oid: string;
  /** The OID where we have no name. */
  readonly name: string;
  readonly values: readonly string[];
}

/** A certificate request in words. Nothing of it is true before its signature holds. */
export interface InspectedRequest extends KeyFacts {
  readonly source: string;
  readonly subject: string;
  /** Whether it is signed by the key that it is for: the proof that whoever made it has the private key. */
  readonly signature: SignatureHolds;
  readonly signatureAlgorithm: string;
  /** The extensions that it asks for. */
  readonly extensions: readonly ExtensionSummary[];
  readonly attributes: readonly AttributeSummary[];
  /** SHA-256 of the request, lower-case hex. */
  readonly sha256: string;
}

const NAMES: ReadonlyMap<string, string> = new Map([
  [REQUEST_ATTRIBUTE_OID.challengePassword, "challengePassword"],
  ["1.2.840.113549.1.9.2", "unstructuredName"],
  ["1.3.6.1.4.1.311.13.2.3", "microsoftOsVersion"],
  ["1.3.6.1.4.1.311.21.20", "microsoftClient"],
  ["1.3.6.1.4.1.311.13.2.2", "microsoftProvider"],
]);

/** Puts a request into words, and checks its signature. */
export function inspectRequest(source: string, request: CertificateRequest): InspectedRequest {
  const { subject, publicKey, algorithm, info, signature, extensions, attributes } = request;
  return {
    source,
    subject: formatName(subject),
    ...keyFacts(publicKey),
    signature: checkSignature(info, algorithm, signature, publicKey),
    signatureAlgorithm: describeAlgorithm(algorithm),
    extensions: extensions.map(summarizeExtension),
    attributes: attributes.map(({ oid, values }) => ({
      oid,
      name: NAMES.get(oid) ?? oid,
      // It is a secret between the device and the authority, and lands in logs.
      values:
        oid === REQUEST_ATTRIBUTE_OID.challengePassword
          ? ["(not shown)"]
          : values.map((value) => derText(value)?.text ?? Buffer.from(value).toString("hex")),
    })),
    sha256: sha256Hex(request.der),
  };
}
