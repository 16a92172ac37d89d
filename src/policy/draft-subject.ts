import { checkAttribute, findAttributeType, makeAttribute } from "../x509/attribute-value.ts";
import type { Certificate } from "../x509/certificate.ts";
import { encodeName, joinNames, type Name } from "../x509/name.ts";
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
  const before = encodeName(inherited);
  const after = encodeName(given.map(({ type, text }) => [makeAttribute(type, text)]));
  const own = Object.entries(defaults.subject ?? { CN: "{name}" }).map(([type, template]) => ({
    ...findAttributeType(type),
    fill: prepareTemplate(template),
  }));
  return (device) => {
    const rdns = own.map(({ oid, tag, fill }) => [checkAttribute({ oid, tag, text: fill(device) })]);
    return joinNames(before, encodeName(rdns), after);
  };
}

/** A line's name as it is written, and behind it what the policy takes over from the issuer and was not written. */
export function completeSubject(subject: Name, defaults: IssueDefaults, issuer: Certificate): Name {
  const written = new Set(subject.rdns.flat().map(({ oid }) => oid));
  const missing = (defaults.inheritSubject ?? [])
    .map((type) => findAttributeType(type).oid)
    .filter((oid) => !written.has(oid));
  const inherited = issuer.subject.rdns.flat().filter(({ oid }) => missing.includes(oid));
  if (inherited.length === 0) return subject;
  return joinNames(subject, encodeName(inherited.map((attribute) => [attribute])));
}

const PLACEHOLDERS: ReadonlyMap<string, (device: NamedDevice) => string> = new Map([
  ["{name}", (device) => device.name],
  ["{serial}", (device) => device.serial.toString()],
  ["{serialHex}", (device) => formatSerial(device.serial).hex.slice(2)],
]);

function prepareTemplate(template: string): (device: NamedDevice) => string {
  const parts = template.split(/(\{name\}|\{serial\}|\{serialHex\})/);
  const fillers = parts.filter((part) => part !== "").map((part) => PLACEHOLDERS.get(part) ?? (() => part));
  const [only] = fillers;
  if (only !== undefined && fillers.length === 1) return only;
  return (device) => fillers.map((fill) => fill(device)).join("");
}
