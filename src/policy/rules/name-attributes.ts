import { attributeTypeByName, attributeTypeByOid } from "../../x509/attribute-types.ts";
import type { Name, NameAttribute } from "../../x509/name.ts";

/** An attribute type as a policy names it, with its OID. */
export interface NamedType {
  readonly name: string;
  readonly oid: string;
}

/** Finds the type that a policy names by short name or dotted OID. */
export function namedType(text: string): NamedType {
  const oid = attributeTypeByName(text)?.oid ?? text;
  return { name: attributeName(oid), oid };
}

/** An attribute type in words: its short name, or its OID where it has none. */
export function attributeName(oid: string): string {
  return attributeTypeByOid(oid)?.short ?? oid;
}

/** The `index`-th attribute of a type in a name, counted from 0 as written; undefined past the last. */
export function nthAttribute(name: Name, oid: string, index = 0): NameAttribute | undefined {
  let seen = 0;
  for (const rdn of name.rdns) {
    for (const attribute of rdn) if (attribute.oid === oid && seen++ === index) return attribute;
  }
  return undefined;
}

/** How many attributes of a type a name has. */
export function countAttributes(name: Name, oid: string): number {
  let count = 0;
  for (const rdn of name.rdns) for (const attribute of rdn) if (attribute.oid === oid) count++;
  return count;
}

/** Tells whether two names have the same values of a type, in the same order. */
export function sameValues(a: Name, b: Name, oid: string): boolean {
  for (let index = 0; ; index++) {
    const one = nthAttribute(a, oid, index);
    if (one?.text !== nthAttribute(b, oid, index)?.text) return false;
    if (one === undefined) return true;
  }
}

/** The texts of a type's values, for a message. */
export function valuesOf(name: Name, oid: string): string[] {
  return name.rdns.flatMap((rdn) =>
    rdn.filter((attribute) => attribute.oid === oid).map((found) => found.text),
  );
}

/** A text's length in characters (code points). */
export function characterCount(text: string): number {
  let count = text.length;
  for (let i = 0; i < text.length; i++) {
    const unit = text.charCodeAt(i);
    // A low surrogate only continues the character before it.
    if (unit >= 0xdc00 && unit < 0xe000) count--;
  }
  return count;
}
