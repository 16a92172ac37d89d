import type { X509Certificate } from "node:crypto";
import type * as peculiar from "@peculiar/x509";
import type forge from "node-forge";
import type { Certificate } from "../../src/x509/certificate.ts";

/** What a reader says of a certificate, by the name of the part; what it does not tell is left out. */
export type Fields = Readonly<Record<string, string>>;

const hex = (bytes: Uint8Array | ArrayBuffer | string): string =>
  Buffer.from(bytes as Uint8Array).toString("hex");

/** Hexadecimal digits as a number: peers pad serial numbers, or leave the padding out, each in its own way. */
const unsigned = (digits: string): string => (digits === "" ? "" : BigInt(`0x${digits}`).toString(16));

/** As OpenSSL writes an INTEGER: a sign, and the digits of its value. */
function signed(octets: Uint8Array): string {
  const value = BigInt.asIntN(octets.length * 8, BigInt(`0x${hex(octets)}`));
  return value.toString(16);
}

/** What our reader says. */
export function ourFields(one: Certificate): Fields {
  const { basicConstraints, extKeyUsage } = one.known;
  return {
    serial: unsigned(hex(one.serial)),
    "serial's value": signed(one.serial),
    notBefore: String(one.notBefore.epochMs),
    notAfter: String(one.notAfter.epochMs),
    key: hex(one.publicKey.der),
    extensions: one.extensions.map(({ oid, critical }) => `${oid}${critical ? "!" : ""}`).join(" "),
    ca: String(basicConstraints?.ca === true),
    purposes: (extKeyUsage?.purposes ?? []).join(" "),
    signature: hex(one.signature),
  };
}

/** What Node's X509Certificate says, with OpenSSL's reader. */
export function nodeFields(one: X509Certificate): Fields {
  return {
    "serial's value": one.serialNumber.toLowerCase().replace(/^(-?)0+(?=.)/, "$1"),
    notBefore: String(Date.parse(one.validFrom)),
    notAfter: String(Date.parse(one.validTo)),
    purposes: (one.keyUsage ?? []).join(" "),
  };
}

/** What @peculiar/x509 says. */
export function peculiarFields(one: peculiar.X509Certificate): Fields {
  return {
    serial: unsigned(one.serialNumber),
    notBefore: String(one.notBefore.getTime()),
    notAfter: String(one.notAfter.getTime()),
    key: hex(one.publicKey.rawData),
    extensions: one.extensions.map(({ type, critical }) => `${type}${critical ? "!" : ""}`).join(" "),
    signature: hex(one.signature),
  };
}

/** What node-forge's ASN.1 says, where a certificate of version 3 has it. */
export function forgeFields(one: forge.asn1.Asn1): Fields {
  const at = (node: forge.asn1.Asn1, place: number): forge.asn1.Asn1 =>
    (node.value as forge.asn1.Asn1[])[place] as forge.asn1.Asn1;
  const tbs = at(one, 0);
  const octets = Buffer.from(at(tbs, 1).value as string, "latin1");
  return { serial: unsigned(hex(octets)) };
}

/** The names of the parts that both tell of and tell differently. */
export function differing(ours: Fields, theirs: Fields): readonly string[] {
  return Object.keys(theirs).filter((name) => theirs[name] !== ours[name]);
}
