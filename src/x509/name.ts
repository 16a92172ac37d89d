import { attributeLabel, attributeTypeByOid } from "./attribute-types.ts";
import { compareBytes, DerReader, derError } from "./der-reader.ts";
import { encode, encodeOid, encodeSequence, encodeSetOf } from "./der-writer.ts";
import { misfitError, NOWHERE, nameError } from "./name-error.ts";
import { oidFromContent } from "./oid.ts";
import { findMisfit, isStringTag, readString, stringContent, writePlainString } from "./strings.ts";
import { TAG, tagName } from "./tag.ts";

/** One attribute of a name: its type, the tag its value is written with, and the value. */
export interface NameAttribute {
  readonly oid: string;
  readonly tag: number;
  /** The characters of a string; for any other type `#` and the whole element in lower-case hex (RFC 4514, 2.4). */
  readonly text: string;
}

/** A distinguished name (RFC 5280, 4.1.2.4). */
export interface Name {
  readonly der: Uint8Array;
  /** The RDNs in the order of the encoding, the attributes of each in the order of its SET. */
  readonly rdns: readonly (readonly NameAttribute[])[];
}

/** The OIDs of X.520's attribute types, by their last arc. */
const X520: readonly string[] = Array.from({ length: 128 }, (_, arc) => `2.5.4.${arc}`);

/**
 * Reads one Name of strict DER (RFC 5280, 4.1.2.4), the characters of each string type checked.
 * `what` is what errors call it. Throws `der.*`.
 */
export function readName(reader: DerReader, what: string): Name {
  const { bytes, offset } = reader;
  const sequence = reader.sequence(what);
  const view = asBuffer(bytes);
  const rdns: (readonly NameAttribute[])[] = [];
  for (let at = sequence.start; at < sequence.stop; ) {
    const plain = readPlainRdn(view, at, sequence.stop, what);
    if (plain !== undefined) {
      rdns.push([plain]);
      at += 2 + (view[at + 1] as number);
      continue;
    }
    const walk = new DerReader(bytes, at, sequence.stop, sequence.depth);
    rdns.push(readRdn(walk, view, what));
    at = walk.offset;
  }
  return { der: bytes.subarray(offset, reader.offset), rdns };
}

/**
 * Reads an RDN of the shape that nearly all have, one string of less than 128 octets, without a reader for each level:
 * a name is read for every certificate issued. Gives undefined for every other shape, right or wrong.
 */
function readPlainRdn(bytes: Buffer, at: number, stop: number, what: string): NameAttribute | undefined {
  const length = bytes[at + 1] as number;
  const oidLength = bytes[at + 5] as number;
  const tagAt = at + 6 + oidLength;
  if (
    bytes[at] !== TAG.set ||
    length > 0x7f ||
    at + 2 + length > stop ||
    bytes[at + 2] !== TAG.sequence ||
    bytes[at + 3] !== length - 2 ||
    bytes[at + 4] !== TAG.oid ||
    bytes[tagAt + 1] !== length - 6 - oidLength
  )
    return undefined;
  const tag = bytes[tagAt] as number;
  const oid =
    oidLength === 3 && bytes[at + 6] === 0x55 && bytes[at + 7] === 0x04
      ? X520[bytes[at + 8] as number]
      : oidFromContent(bytes, at + 6, tagAt);
  if (oid === undefined || !isStringTag(tag)) return undefined;
  return { oid, tag, text: readString(bytes, tagAt + 2, at + 2 + length, tag, what) };
}

function readRdn(reader: DerReader, view: Buffer, what: string): readonly NameAttribute[] {
  const set = reader.setOf(what);
  if (set.done) throw derError("empty", what, set.offset, "an RDN has at least one attribute");
  const rdn: NameAttribute[] = [];
  while (!set.done) rdn.push(readAttribute(set.sequence(what), view, what));
  return rdn;
}

function readAttribute(pair: DerReader, view: Buffer, what: string): NameAttribute {
  const oid = pair.oid(what);
  const attribute = readValue(pair, oid, view, what);
  pair.end(what);
  return attribute;
}

function readValue(reader: DerReader, oid: string, view: Buffer, what: string): NameAttribute {
  const tag = reader.peek();
  if (isStringTag(tag)) {
    const { length } = reader.content(tag, what);
    return { oid, tag, text: readString(view, reader.offset - length, reader.offset, tag, what) };
  }
  const start = reader.offset;
  reader.element(what);
  return { oid, tag, text: `#${view.toString("hex", start, reader.offset)}` };
}

/** Makes an attribute of a type and the whole DER element of its value. Throws `der.*`. */
export function decodeAttribute(oid: string, element: Uint8Array, what: string): NameAttribute {
  const view = asBuffer(element);
  const reader = new DerReader(view);
  const attribute = readValue(reader, oid, view, what);
  reader.end(what);
  return attribute;
}

/** A few of an RDN's types: a stranger's may have thousands. */
function labelsOf(rdn: readonly NameAttribute[]): string {
  const labels = rdn.slice(0, 8).map(({ oid }) => attributeLabel(oid).slice(0, 64));
  return `${labels.join(", ")}${rdn.length > labels.length ? ", ..." : ""}`;
}

function asBuffer(bytes: Uint8Array): Buffer {
  return Buffer.isBuffer(bytes) ? bytes : Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length);
}

/**
 * Writes a name: the RDNs in their order, the attributes of each sorted as DER's SET OF, every value with its own tag.
 * Throws `name.charset` for characters that the string type has not and for control characters, `name.empty-value`,
 * `name.duplicate-type` for a type twice in one RDN (X.501, 9.3), `name.syntax` for an empty RDN or a value that is
 * neither a string nor `#` and the hex of one element, and `oid.invalid`.
 */
export function encodeName(rdns: Name["rdns"]): Name {
  const sorted: (readonly NameAttribute[])[] = [];
  const parts: Uint8Array[] = [];
  for (const rdn of rdns) {
    const [first] = rdn;
    if (first === undefined)
      throw nameError("syntax", "an RDN of the name has no attribute", "give each at least one");
    if (rdn.length === 1) {
      sorted.push(rdn);
      parts.push(encodeSingleRdn(first));
      continue;
    }
    if (new Set(rdn.map(({ oid }) => oid)).size < rdn.length)
      throw nameError(
        "duplicate-type",
        `an RDN of the name has an attribute type twice: ${labelsOf(rdn)}`,
        "give each its own RDN: separate them as the other parts of the name are, not with +",
      );
    const encoded = rdn
      .map((attribute) => ({ attribute, der: encodeAttribute(attribute) }))
      .sort((a, b) => compareBytes(a.der, b.der));
    sorted.push(encoded.map(({ attribute }) => attribute));
    parts.push(encodeSetOf(encoded.map(({ der }) => der)));
  }
  return { der: encodeSequence(...parts), rdns: sorted };
}

/** One name of the RDNs of several, in order: what names have in common need not be written again for each. */
export function joinNames(...names: readonly Name[]): Name {
  const rdns: (readonly NameAttribute[])[] = [];
  const parts: Uint8Array[] = [];
  for (const name of names) {
    rdns.push(...name.rdns);
    const length = name.der[1] as number;
    parts.push(name.der.subarray(length < 0x80 ? 2 : 2 + (length & 0x7f)));
  }
  return { der: encodeSequence(...parts), rdns };
}

/** Writes an RDN of one attribute; a short string's in one piece, since a subject is written for every device. */
function encodeSingleRdn(attribute: NameAttribute): Uint8Array {
  const { oid, tag, text } = attribute;
  const type = attributeTypeByOid(oid)?.oidDer;
  if (type === undefined || text === "" || text.length > 96)
    return encode(TAG.set, encodeAttribute(attribute));
  const out = Buffer.allocUnsafe(6 + type.length + text.length);
  out[0] = TAG.set;
  out[1] = out.length - 2;
  out[2] = TAG.sequence;
  out[3] = out.length - 4;
  out.set(type, 4);
  out[4 + type.length] = tag;
  out[5 + type.length] = text.length;
  return writePlainString(tag, text, out, 6 + type.length)
    ? out
    : encode(TAG.set, encodeAttribute(attribute));
}

function encodeAttribute(attribute: NameAttribute): Uint8Array {
  const { oid, tag, text } = attribute;
  const label = attributeLabel(oid);
  if (isStringTag(tag)) {
    if (text === "") throw nameError("empty-value", `${label} is empty`, "give it a value, or leave it out");
    const misfit = findMisfit(tag, text);
    if (misfit !== undefined) throw misfitError(oid, tag, misfit, NOWHERE);
  } else if (!isHexOf(tag, text))
    throw nameError(
      "syntax",
      `the value of ${label} is neither a string nor the hex of one ${tagName(tag)}`,
      "write # and the hex digits of the value's whole DER element",
    );
  return encodeSequence(attributeTypeByOid(oid)?.oidDer ?? encodeOid(oid), encodeValue(attribute));
}

/** Writes an attribute's value as the whole element it is, its characters unchecked. */
export function encodeValue({ tag, text }: NameAttribute): Buffer {
  if (!isStringTag(tag)) return Buffer.from(text.slice(1), "hex");
  return asBuffer(encode(tag, stringContent(tag, text)));
}

/** Tells whether `text` is `#` and the hex of one element of this tag and nothing after it. */
function isHexOf(tag: number, text: string): boolean {
  if (!/^#(?:[0-9A-Fa-f]{2})+$/.test(text)) return false;
  try {
    return decodeAttribute("", Buffer.from(text.slice(1), "hex"), "value").tag === tag;
  } catch {
    return false;
  }
}

/** The values of all attributes of the type `oid`, in the order of the encoding. */
export function attributeValues(name: Name, oid: string): string[] {
  return name.rdns.flatMap((rdn) => rdn.filter((one) => one.oid === oid).map((one) => one.text));
}
