import { SamicertsError } from "../base/errors.ts";
import type { ByteSource } from "./byte-source.ts";
import { crlError } from "./crl-error.ts";
import { type EntryExtensions, NO_ENTRY_EXTENSIONS, readEntryExtensions } from "./crl-extensions.ts";
import { DerReader, TAG } from "./der-reader.ts";
import { readExtensionList } from "./extension-list.ts";
import { PartMemory } from "./part-memory.ts";
import { readTime, type Time } from "./time.ts";

/** A part of a source. */
export interface Extent {
  readonly at: number;
  readonly end: number;
}

/** One revoked certificate (RFC 5280, 5.3). */
export interface CrlEntry extends EntryExtensions {
  /** The serial number's INTEGER octets, two's complement. */
  readonly serial: Uint8Array;
  /** Milliseconds since 1970. */
  readonly revokedMs: number;
}

/** So much of the entries is looked at at once. */
const WINDOW = 256 * 1024;
/** The largest entry accepted, in octets. */
const MAX_ENTRY = 64 * 1024;
/** The longest serial number accepted, as in certificates. */
const MAX_SERIAL = 256;

/** Decodes one entry after the other, the next one of `reader`. */
type EntryDecoder = (reader: DerReader, what: string) => CrlEntry;

/** Gives every entry of a CRL to `visit` with its place; throws `der.*` and `crl.*`, with the entry's number. */
export function walkEntries(
  source: ByteSource,
  { at, end }: Extent,
  version: 1 | 2,
  what: string,
  visit: (entry: CrlEntry, at: number) => void,
): void {
  const decode = entryDecoder(version);
  let count = 0;
  for (let from = at; from < end; ) {
    const length = Math.min(WINDOW, end - from);
    const { bytes, start } = source.window(from, length);
    const stop = start + length;
    const base = from - start;
    let place = start;
    for (let size = sizeAt(bytes, place, stop); size !== undefined; size = sizeAt(bytes, place, stop)) {
      if (size > MAX_ENTRY) throw crlError("size", what, `entry ${count + 1} has ${size} bytes`);
      if (place + size > stop) break;
      visit(decodeNth(decode, new DerReader(bytes, place, stop, 2), what, count++), base + place);
      place += size;
    }
    // What does not fit where nothing more will come is told of by the strict reader.
    if (place < stop && from + length === end)
      decodeNth(decode, new DerReader(bytes, place, stop, 2), what, count);
    from = base + place;
  }
}

/** Reads the entry that begins at `at`. */
export function readEntry(source: ByteSource, { at, end }: Extent, version: 1 | 2, what: string): CrlEntry {
  const length = Math.min(MAX_ENTRY, end - at);
  const { bytes, start } = source.window(at, length);
  return entryDecoder(version)(new DerReader(bytes, start, start + length, 2), what);
}

function decodeNth(decode: EntryDecoder, reader: DerReader, what: string, index: number): CrlEntry {
  try {
    return decode(reader, what);
  } catch (error) {
    if (!(error instanceof SamicertsError)) throw error;
    const { kind, code, hint, message } = error;
    const told = message.startsWith(what) ? message.slice(what.length) : `: ${message}`;
    throw new SamicertsError({ kind, code, hint, message: `${what}: entry ${index + 1}${told}` });
  }
}

function entryDecoder(version: 1 | 2): EntryDecoder {
  const times = new PartMemory<Time>();
  const extensions = new PartMemory<EntryExtensions>();
  return (reader, what) => {
    const entry = reader.sequence(what);
    const serial = entry.integer(`${what}: userCertificate`);
    if (serial.length > MAX_SERIAL)
      throw crlError("size", what, `a serial number of ${serial.length} octets`);
    const { epochMs: revokedMs } = times.read(entry, what, "revocationDate", readTime);
    if (entry.done) return { serial, revokedMs, ...NO_ENTRY_EXTENSIONS };
    if (version !== 2)
      throw crlError("version", what, "extensions need version 2, and the CRL is of version 1");
    const said = extensions.read(entry, what, "crlEntryExtensions", readExtensions);
    entry.end(what);
    return { serial, revokedMs, ...said };
  };
}

function readExtensions(entry: DerReader, what: string): EntryExtensions {
  const list = entry.sequence(what);
  return readEntryExtensions(readExtensionList(list, what, crlError), what);
}

/** The octets of the element that begins at `at`, as its header says; undefined where the header is cut off. */
function sizeAt(bytes: Uint8Array, at: number, stop: number): number | undefined {
  if (at + 2 > stop) return undefined;
  const first = bytes[at + 1] as number;
  if (bytes[at] !== TAG.sequence || first < 0x80) return 2 + (first < 0x80 ? first : 0);
  const octets = first & 0x7f;
  // The strict reader refuses these.
  if (octets === 0 || octets > 4) return 2;
  if (at + 2 + octets > stop) return undefined;
  let length = 0;
  for (let i = 0; i < octets; i++) length = length * 256 + (bytes[at + 2 + i] as number);
  return 2 + octets + length;
}
