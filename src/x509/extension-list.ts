import type { SamicertsError } from "../base/errors.ts";
import { type DerReader, derError } from "./der-reader.ts";
import { decodeExtension } from "./extension-decode.ts";
import type { Extension } from "./extensions.ts";
import { PartMemory, readPart } from "./part-memory.ts";

/** The most extensions accepted in one list. */
const MAX_EXTENSIONS = 256;

/** An extension, with its value where it is one that we read. */
export interface DecodedExtension {
  readonly extension: Extension;
  readonly decoded: ReturnType<typeof decodeExtension>;
}

/** Makes the error for extensions that are DER, but not what RFC 5280 lets them be. */
export type ExtensionFault = (problem: string, what: string, message: string) => SamicertsError;

/**
 * Reads what is in an Extensions (RFC 5280, 4.2): one at least, none twice. `memories` are the caller's own for lists
 * that are much alike, by an extension's place. Throws `der.*`, and what `fault` makes of `duplicate-extension`, `size`
 * and `empty-extensions`.
 */
export function readExtensionList(
  list: DerReader,
  what: string,
  fault: ExtensionFault,
  memories?: PartMemory<DecodedExtension>[],
): readonly DecodedExtension[] {
  const extensions: DecodedExtension[] = [];
  while (!list.done) {
    if (memories !== undefined) memories[extensions.length] ??= new PartMemory();
    const read = readPart(list, what, "extension", readExtension, memories?.[extensions.length]);
    const { oid } = read.extension;
    for (const earlier of extensions)
      if (earlier.extension.oid === oid)
        throw fault("duplicate-extension", what, `extension ${oid} is there twice (RFC 5280, 4.2)`);
    extensions.push(read);
    if (extensions.length > MAX_EXTENSIONS)
      throw fault("size", what, `more than ${MAX_EXTENSIONS} extensions`);
  }
  if (extensions.length === 0)
    throw fault("empty-extensions", what, "the list of extensions is empty (RFC 5280, 4.1.2.9)");
  return extensions;
}

function readExtension(list: DerReader, what: string): DecodedExtension {
  const sequence = list.sequence(what);
  const oid = sequence.oid(`${what}: extnID`);
  const criticalAt = sequence.offset;
  const critical = sequence.peek() === 0x01 && sequence.boolean(`${what}: critical`);
  if (!critical && sequence.offset !== criticalAt)
    throw derError(
      "default",
      `${what}: critical`,
      criticalAt,
      "FALSE is the default and is not written in DER",
    );
  const value = sequence.octetString(`${what}: extnValue`);
  sequence.end(what);
  const extension = { oid, critical, value };
  return { extension, decoded: decodeExtension(extension) };
}
