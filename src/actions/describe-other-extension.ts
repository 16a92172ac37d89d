import { SamicertsError } from "../base/errors.ts";
import { reasonOf } from "../x509/crl-reason.ts";
import { DerReader, readSequence } from "../x509/der-reader.ts";
import { CRL_OID, OCSP_OID } from "../x509/oids.ts";
import { serialValue } from "../x509/serial.ts";
import { TAG } from "../x509/tag.ts";
import { formatTime, readTime } from "../x509/time.ts";
import { derText } from "./der-text.ts";

/** An extension that no rule asks for, but that people meet. */
interface OtherExtension {
  readonly name: string;
  /** One line or more; throws `der.*` where the value is not what the name says. */
  readonly describe: (value: Uint8Array) => readonly string[];
}

const OTHERS: ReadonlyMap<string, OtherExtension> = new Map([
  [CRL_OID.cRLNumber, { name: "cRLNumber", describe: describeNumber }],
  [CRL_OID.deltaCRLIndicator, { name: "deltaCRLIndicator", describe: describeNumber }],
  [CRL_OID.reasonCode, { name: "reasonCode", describe: describeReason }],
  [CRL_OID.invalidityDate, { name: "invalidityDate", describe: describeMoment }],
  [CRL_OID.expiredCertsOnCRL, { name: "expiredCertsOnCRL", describe: describeMoment }],
  [OCSP_OID.nonce, { name: "OCSPNonce", describe: describeOctets }],
  [OCSP_OID.noCheck, { name: "OCSPNoCheck", describe: () => ["its own revocation is not asked for"] }],
  ["1.3.6.1.5.5.7.1.24", { name: "TLSFeature", describe: describeFeatures }],
  ["1.3.6.1.4.1.11129.2.4.2", { name: "signedCertificateTimestamps", describe: describeTimestamps }],
  ["1.3.6.1.4.1.11129.2.4.3", { name: "ctPoison", describe: () => ["a precertificate, not to be used"] }],
  ["2.5.29.16", { name: "privateKeyUsagePeriod", describe: describePeriod }],
  ["2.16.840.1.113730.1.1", { name: "netscapeCertType", describe: describeCertType }],
  ["2.16.840.1.113730.1.13", { name: "netscapeComment", describe: describeText }],
  ["1.3.6.1.4.1.311.20.2", { name: "microsoftTemplateName", describe: describeText }],
  ["1.3.6.1.4.1.311.21.7", { name: "microsoftTemplate", describe: describeTemplate }],
]);

/** The name of an extension that no rule asks for; undefined where we have none. */
export function otherExtensionName(oid: string): string | undefined {
  return OTHERS.get(oid)?.name;
}

/** Puts an extension's value into words as far as we know it; its text where it is one, and hex. */
export function describeOtherExtension(oid: string, value: Uint8Array): readonly string[] {
  const text = derText(value);
  const plain = text === undefined ? [hex(value)] : [`"${text.text}" (${text.type})`, hex(value)];
  try {
    return OTHERS.get(oid)?.describe(value) ?? plain;
  } catch (error) {
    if (error instanceof SamicertsError) return [`malformed: ${hex(value)}`];
    throw error;
  }
}

function describeNumber(value: Uint8Array): readonly string[] {
  const reader = new DerReader(value);
  const octets = reader.integer("number");
  reader.end("number");
  return [serialValue(octets).toString()];
}

function describeReason(value: Uint8Array): readonly string[] {
  const reader = new DerReader(value);
  const code = reader.smallInteger("reasonCode", TAG.enumerated);
  reader.end("reasonCode");
  return [reasonOf(code) ?? `reason ${code}`];
}

function describeMoment(value: Uint8Array): readonly string[] {
  const reader = new DerReader(value);
  const { epochMs } = readTime(reader, "moment");
  reader.end("moment");
  return [formatTime(epochMs)];
}

function describeOctets(value: Uint8Array): readonly string[] {
  const reader = new DerReader(value);
  const octets = reader.octetString("value");
  reader.end("value");
  return [hex(octets)];
}

function describeText(value: Uint8Array): readonly string[] {
  return [derText(value)?.text ?? hex(value)];
}

/** RFC 7633: what TLS extensions a server must use; 5 is stapling. */
function describeFeatures(value: Uint8Array): readonly string[] {
  const sequence = readSequence(value, "TLSFeature");
  const features: string[] = [];
  while (!sequence.done) {
    const number = sequence.smallInteger("TLSFeature");
    features.push(
      number === 5 ? "status_request (must staple)" : number === 17 ? "status_request_v2" : String(number),
    );
  }
  return [features.join(", ")];
}

/** RFC 6962, 3.3: a list of timestamps in TLS's encoding, each with its length before it. */
function describeTimestamps(value: Uint8Array): readonly string[] {
  const reader = new DerReader(value);
  const list = Buffer.from(reader.octetString("timestamps"));
  reader.end("timestamps");
  const lines: string[] = [];
  for (let at = 2; at + 2 <= list.length; at += 2 + list.readUInt16BE(at)) {
    const length = list.readUInt16BE(at);
    if (length < 41 || at + 2 + length > list.length) return [`malformed: ${hex(value)}`];
    const log = list.subarray(at + 3, at + 35).toString("base64");
    const whenMs = Number(list.readBigUInt64BE(at + 35));
    lines.push(`${whenMs <= 8.64e15 ? formatTime(whenMs) : `${whenMs} ms`}, log ${log}`);
  }
  return lines;
}

function describePeriod(value: Uint8Array): readonly string[] {
  const sequence = readSequence(value, "privateKeyUsagePeriod");
  const moment = (tag: number, word: string): string[] =>
    sequence.peek() === tag
      ? [`${word} ${Buffer.from(sequence.content(tag, "privateKeyUsagePeriod")).toString("latin1")}`]
      : [];
  const said = [...moment(0x80, "from"), ...moment(0x81, "to")];
  sequence.end("privateKeyUsagePeriod");
  return [said.join(" ")];
}

const CERT_TYPES = [
  "SSL client",
  "SSL server",
  "S/MIME",
  "object signing",
  "reserved",
  "SSL CA",
  "S/MIME CA",
  "object signing CA",
];

function describeCertType(value: Uint8Array): readonly string[] {
  const reader = new DerReader(value);
  const { bytes } = reader.bitString("netscapeCertType");
  reader.end("netscapeCertType");
  const first = bytes[0] ?? 0;
  return [CERT_TYPES.filter((_, bit) => (first & (0x80 >> bit)) !== 0).join(", ") || "(none)"];
}

function describeTemplate(value: Uint8Array): readonly string[] {
  const sequence = readSequence(value, "template");
  const oid = sequence.oid("templateID");
  const major = sequence.done ? undefined : sequence.smallInteger("majorVersion");
  const minor = sequence.done ? undefined : sequence.smallInteger("minorVersion");
  sequence.end("template");
  const version = [major, minor].filter((number) => number !== undefined).join(".");
  return [version === "" ? oid : `${oid}, version ${version}`];
}

function hex(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString("hex");
}
