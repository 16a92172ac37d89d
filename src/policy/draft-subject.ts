import { findAttributeType, makeAttribute } from "../x509/attribute-value.ts";
import type { Certificate } from "../x509/certificate.ts";
import { encodeName, type Name } from "../x509/name.ts";
import { formatSerial } from "../x509/serial.ts";
import type { IssueDefaults } from "./policy.ts";

/** One attribute given by hand: a type by name or OID, and its text. */
export interface SubjectAttribute {
  readonly type: string;
  readonly text: string;
}

/** Who a subject is made for. */
export interface NamedDevice {
  readonly serial: bigint;
  readonly name: string;
}

/**
 * Binds what all devices of an issuer share of their subject, once; what it gives makes one subject a call:
 * the attributes taken over from the issuer in the issuer's order, then the policy's own, then those given by hand.
 * Throws `name.*` where an attribute's value can't be.
 */
export function prepareDeviceSubject(
  defaults: IssueDefaults,
  issuer: Certificate,
  given: readonly SubjectAttribute[],
): (device: NamedDevice) => Name {
  const inherit = new Set((defaults.inheritSubject ?? []).map((type) => findAttributeType(type).oid));
  const givenOids = new Set(given.map(({ type }) => findAttributeType(type).oid));
  const inherited = issuer.subject.rdns
    .flat()
    .filter(({ oid }) => inherit.has(oid) && !givenOids.has(oid))
    .map((attribute) => [attribute]);
  const templates = Object.entries(defaults.subject ?? { CN: "{name}" });
  const extra = given.map(({ type, text }) => [makeAttribute(type, text)]);
  return (device) => {
    const own = templates.map(([type, template]) => [makeAttribute(type, fill(template, device))]);
    return encodeName([...inherited, ...own, ...extra]);
  };
}

function fill(template: string, device: NamedDevice): string {
  return template.replace(/\{(name|serial|serialHex)\}/g, (_, key: string) => {
    if (key === "name") return device.name;
    return key === "serial" ? device.serial.toString() : formatSerial(device.serial).hex.slice(2);
  });
}
