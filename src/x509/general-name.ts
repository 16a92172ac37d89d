import { MOST_ENTRIES, readList } from "./der-list.ts";
import { type DerReader, derError } from "./der-reader.ts";
import { type Name, readName } from "./name.ts";

/** A GeneralName (RFC 5280, 4.2.1.6). */
export type GeneralName =
  | { readonly type: "rfc822Name" | "dNSName" | "uniformResourceIdentifier"; readonly text: string }
  | { readonly type: "directoryName"; readonly name: Name }
  | { readonly type: "iPAddress"; readonly address: Uint8Array }
  | { readonly type: "registeredID"; readonly oid: string }
  | { readonly type: "otherName"; readonly oid: string; readonly value: Uint8Array }
  | { readonly type: "x400Address" | "ediPartyName"; readonly der: Uint8Array };

/** Reads one GeneralName; `ipLengths` are the octets an address may have. Throws `der.*`. */
export function readGeneralName(
  reader: DerReader,
  what: string,
  ipLengths: readonly number[] = [4, 16],
): GeneralName {
  const offset = reader.offset;
  const tag = reader.peek();
  switch (tag) {
    case 0xa0: {
      const other = reader.enter(tag, what);
      const oid = other.oid(`${what}.type-id`);
      const wrapped = other.enter(0xa0, `${what}.value`);
      const value = wrapped.element(`${what}.value`);
      wrapped.end(what);
      other.end(what);
      return { type: "otherName", oid, value };
    }
    case 0x81:
      return { type: "rfc822Name", text: readIa5(reader, tag, what) };
    case 0x82:
      return { type: "dNSName", text: readIa5(reader, tag, what) };
    case 0xa3:
      return { type: "x400Address", der: reader.element(what) };
    case 0xa4: {
      const explicit = reader.enter(tag, what);
      const name = readName(explicit, what);
      explicit.end(what);
      return { type: "directoryName", name };
    }
    case 0xa5:
      return { type: "ediPartyName", der: reader.element(what) };
    case 0x86:
      return { type: "uniformResourceIdentifier", text: readIa5(reader, tag, what) };
    case 0x87: {
      const address = reader.content(tag, what);
      if (!ipLengths.includes(address.length))
        throw derError(
          "general-name",
          what,
          offset,
          `an IP address of ${address.length} octets is not possible`,
        );
      return { type: "iPAddress", address };
    }
    case 0x88:
      return { type: "registeredID", oid: reader.oid(what, tag) };
    default:
      throw derError("general-name", what, offset, "it is none of the nine forms of a GeneralName");
  }
}

/** Reads the GeneralNames inside a sequence, implicitly tagged or not; at least one and at most `most`. */
export function readGeneralNames(
  sequence: DerReader,
  what: string,
  most: number = MOST_ENTRIES.flat,
): readonly GeneralName[] {
  return readList(sequence, { what, none: "it names nothing", most }, (list) => readGeneralName(list, what));
}

function readIa5(reader: DerReader, tag: number, what: string): string {
  const offset = reader.offset;
  const content = reader.content(tag, what);
  for (const octet of content)
    if (octet > 0x7f) throw derError("charset", what, offset, "an IA5String holds ASCII only");
  return Buffer.from(content.buffer, content.byteOffset, content.length).toString("latin1");
}
