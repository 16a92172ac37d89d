import { compareBytes, type DerReader, derError, DerReader as Reader, readSequence } from "./der-reader.ts";
import { encode, encodeOid, encodeSequence, encodeSetOf } from "./der-writer.ts";
import { isStringTag, readString, stringContent } from "./strings.ts";
import { TAG } from "./tag.ts";

/** One attribute of a name: its type, the string type it is written in, and its text. */
export interface NameAttribute {
  /** The attribute type's OID: `2.5.4.3`. */
  readonly oid: string;
  /** The value's ASN.1 tag. */
  readonly tag: number;
  /** The text of a string; for any other value `#` and its whole element in hex (RFC 4514, 2.4). */
  readonly text: string;
}

/** An X.501 distinguished name. */
export interface Name {
  /** The whole SEQUENCE. */
  readonly der: Uint8Array;
  /** Its relative distinguished names in order, each with its attributes in DER's order. */
  readonly rdns: readonly (readonly NameAttribute[])[];
}

/** Reads a name (RFC 5280, 4.1.2.4), every string checked against its type; throws `der.*`. */
export function readName(reader: DerReader, what: string): Name {
  const start = reader.offset;
  const sequence = reader.sequence(what);
  const rdns: (readonly NameAttribute[])[] = [];
  while (!sequence.done) rdns.push(readRdn(sequence.enter(TAG.set, what), what));
  return { der: reader.bytes.subarray(start, reader.offset), rdns };
}

/** Reads a name that stands alone; throws `der.*`. */
export function decodeName(der: Uint8Array, what = "name"): Name {
  const reader = new Reader(der);
  const name = readName(reader, what);
  reader.end(what);
  return name;
}

function readRdn(set: DerReader, what: string): readonly NameAttribute[] {
  const start = set.offset;
  const first = readAttribute(set, what);
  if (set.done) return [first];
  const rdn = [first];
  for (let previous = set.bytes.subarray(start, set.offset); !set.done; ) {
    const from = set.offset;
    rdn.push(readAttribute(set, what));
    const element = set.bytes.subarray(from, set.offset);
    if (compareBytes(previous, element) >= 0)
      throw derError("set-order", what, from, "a SET OF is sorted by its encodings");
    previous = element;
  }
  return rdn;
}

function readAttribute(set: DerReader, what: string): NameAttribute {
  const pair = set.sequence(what);
  const oid = pair.oid(what);
  const tag = pair.peek();
  const text = isStringTag(tag)
    ? readText(pair.content(tag, what), tag, what)
    : `#${Buffer.from(pair.element(what)).toString("hex")}`;
  pair.end(what);
  return { oid, tag, text };
}

function readText(content: Uint8Array, tag: number, what: string): string {
  const view = Buffer.from(content.buffer, content.byteOffset, content.length);
  return readString(view, 0, view.length, tag, what);
}

/** Writes a name from its attributes; the attributes of one RDN come out in DER's order (X.690, 11.6). */
export function encodeName(rdns: readonly (readonly NameAttribute[])[]): Name {
  const encoded = rdns.map(encodeRdn);
  return { der: encodeSequence(...encoded.map(({ der }) => der)), rdns: encoded.map(({ rdn }) => rdn) };
}

function encodeRdn(rdn: readonly NameAttribute[]): { der: Uint8Array; rdn: readonly NameAttribute[] } {
  const [only] = rdn;
  if (rdn.length === 1 && only !== undefined) return { der: encode(TAG.set, encodeAttribute(only)), rdn };
  const pairs = rdn.map((attribute) => ({ attribute, der: encodeAttribute(attribute) }));
  pairs.sort((a, b) => compareBytes(a.der, b.der));
  return { der: encodeSetOf(pairs.map(({ der }) => der)), rdn: pairs.map(({ attribute }) => attribute) };
}

function encodeAttribute({ oid, tag, text }: NameAttribute): Uint8Array {
  const value = isStringTag(tag) ? encode(tag, stringContent(tag, text)) : Buffer.from(text.slice(1), "hex");
  return encodeSequence(encodeOid(oid), value);
}

/** Reads one attribute's value from its whole element, as `#` and hex in a text gives it; throws `der.*`. */
export function decodeAttributeValue(oid: string, element: Uint8Array, what: string): NameAttribute {
  const reader = readSequence(encodeSequence(encodeSetOf([encodeSequence(encodeOid(oid), element)])), what);
  return readAttribute(reader.enter(TAG.set, what), what);
}

/** The texts of a name's attributes of one type, in order. */
export function attributeValues(name: Name, oid: string): string[] {
  const texts: string[] = [];
  for (const rdn of name.rdns)
    for (const attribute of rdn) if (attribute.oid === oid) texts.push(attribute.text);
  return texts;
}
