import { SamicertsError } from "../base/errors.ts";
import { readSequence } from "../x509/der-reader.ts";
import type { GeneralName } from "../x509/general-name.ts";
import { formatName } from "../x509/name-format.ts";
import { derText } from "./der-text.ts";

/** What is put into an otherName, by its type's OID. */
const OTHER_NAMES: ReadonlyMap<string, { readonly name: string; describe(value: Uint8Array): string }> =
  new Map([
    // IEEE 802.1AR: which module a device is (RFC 4108, 5).
    ["1.3.6.1.5.5.7.8.4", { name: "hardwareModuleName", describe: describeModule }],
    ["1.3.6.1.4.1.311.20.2.3", { name: "userPrincipalName", describe: describeText }],
    ["1.3.6.1.5.5.7.8.5", { name: "xmppAddr", describe: describeText }],
    ["1.3.6.1.5.5.7.8.7", { name: "SRV", describe: describeText }],
    ["1.3.6.1.5.5.7.8.9", { name: "smtpUTF8Mailbox", describe: describeText }],
  ]);

/** Puts a GeneralName into words: `DNS:example.com`, as OpenSSL writes them. */
export function describeGeneralName(name: GeneralName): string {
  switch (name.type) {
    case "rfc822Name":
      return `email:${name.text}`;
    case "dNSName":
      return `DNS:${name.text}`;
    case "uniformResourceIdentifier":
      return `URI:${name.text}`;
    case "directoryName":
      return `DirName:${formatName(name.name)}`;
    case "iPAddress":
      return `IP:${describeAddress(name.address)}`;
    case "registeredID":
      return `RID:${name.oid}`;
    case "otherName":
      return describeOther(name.oid, name.value);
    default:
      return `${name.type}:${hex(name.der)}`;
  }
}

function describeOther(oid: string, value: Uint8Array): string {
  const known = OTHER_NAMES.get(oid);
  const raw = `otherName:${oid}:${hex(value)}`;
  if (known === undefined) return raw;
  try {
    return `${known.name}:${known.describe(value)}`;
  } catch (error) {
    // What it is called it is not.
    if (error instanceof SamicertsError) return raw;
    throw error;
  }
}

function describeText(value: Uint8Array): string {
  return derText(value)?.text ?? hex(value);
}

function describeModule(value: Uint8Array): string {
  const sequence = readSequence(value, "hardwareModuleName");
  const type = sequence.oid("hwType");
  const serial = sequence.octetString("hwSerialNum");
  sequence.end("hardwareModuleName");
  return `type ${type}, serial ${hex(serial)}`;
}

function describeAddress(address: Uint8Array): string {
  if (address.length === 8 || address.length === 32) {
    const half = address.length / 2;
    return `${describeAddress(address.subarray(0, half))}/${describeAddress(address.subarray(half))}`;
  }
  if (address.length === 4) return address.join(".");
  const groups: string[] = [];
  for (let at = 0; at < address.length; at += 2)
    groups.push((((address[at] as number) << 8) | (address[at + 1] as number)).toString(16));
  return groups.join(":");
}

function hex(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString("hex");
}
