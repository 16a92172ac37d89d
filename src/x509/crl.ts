import { type AlgorithmIdentifier, readAlgorithm } from "./algorithms.ts";
import type { ByteSource } from "./byte-source.ts";
import { type CrlEntry, type Extent, readEntry, walkEntries } from "./crl-entries.ts";
import { crlError } from "./crl-error.ts";
import { type CrlExtensions, readCrlExtensions } from "./crl-extensions.ts";
import { DerReader, derError, TAG } from "./der-reader.ts";
import { elementSize } from "./der-writer.ts";
import { readExtensionList } from "./extension-list.ts";
import type { Extension } from "./extensions.ts";
import { type Name, readName } from "./name.ts";
import { tagName } from "./tag.ts";
import { readTime, type Time } from "./time.ts";

export type { CrlEntry, Extent } from "./crl-entries.ts";

/** The largest CRL accepted, in octets: a place in it fits 32 bits. */
export const MAX_CRL_SIZE: number = 2 ** 32 - 1;
/** How much of a CRL there may be before and after its entries. */
const MAX_FRONT = 64 * 1024;
const MAX_EXTENSIONS = 1024 * 1024;

/** A CRL, decoded but for its entries (RFC 5280, 5.1). */
export interface Crl {
  readonly version: 1 | 2;
  /** The algorithm inside what is signed, and the one beside the signature. */
  readonly innerAlgorithm: AlgorithmIdentifier;
  readonly outerAlgorithm: AlgorithmIdentifier;
  readonly issuer: Name;
  readonly thisUpdate: Time;
  readonly nextUpdate?: Time;
  readonly extensions: readonly Extension[];
  readonly known: CrlExtensions;
  /** The signature's octets; none where the BIT STRING is not of whole octets. */
  readonly signature: Uint8Array;
  /** Where the to-be-signed part is. */
  readonly tbs: Extent;
  /** Where the entries are; empty where there are none. */
  readonly entries: Extent;
}

/**
 * Decodes a CRL from strict DER in constant memory, however many entries it has; `visit` is given each of them with its
 * place, and what it is given holds until it returns. `what` begins the message of an error.
 * Throws `der.*` where it is not DER, and `crl.*` where it is DER but no CRL of RFC 5280.
 */
export function decodeCrl(
  source: ByteSource,
  what: string,
  visit: (entry: CrlEntry, at: number) => void = () => undefined,
): Crl {
  const crl = decodeCrlFrame(source, what);
  walkEntries(source, crl.entries, crl.version, what, visit);
  return crl;
}

/** Decodes a CRL without looking at its entries; throws as `decodeCrl`. */
export function decodeCrlFrame(source: ByteSource, what: string): Crl {
  if (source.size > MAX_CRL_SIZE)
    throw crlError("size", what, `${source.size} bytes are more than the ${MAX_CRL_SIZE} accepted`);
  const outer = openElement(source, { at: 0, end: source.size }, what);
  if (outer.end !== source.size)
    throw derError("trailing", what, outer.end, `${source.size - outer.end} bytes follow its end`);
  const tbs = openElement(source, outer, `${what}: tbsCertList`);
  const front = readerOf(source, tbs, MAX_FRONT);
  const begin = front.offset;
  const version = readVersion(front, what);
  const innerAlgorithm = copied(readAlgorithm(front, `${what}: signature`));
  const issuer = readOwnName(front, `${what}: issuer`);
  const thisUpdate = readTime(front, `${what}: thisUpdate`);
  const hasNext = front.peek() === TAG.utcTime || front.peek() === TAG.generalizedTime;
  const nextUpdate = hasNext ? readTime(front, `${what}: nextUpdate`) : undefined;
  const hasEntries = front.peek() === TAG.sequence;
  let rest = tbs.at + front.offset - begin;
  let entries: Extent = { at: rest, end: rest };
  if (hasEntries) {
    const list = `${what}: revokedCertificates`;
    entries = openElement(source, { at: rest, end: tbs.end }, list);
    if (entries.at === entries.end)
      throw crlError("empty-list", what, "its list of revoked certificates is empty (RFC 5280, 5.1.2.6)");
    rest = entries.end;
  }
  const { extensions, known } = readExtensions(source, { at: rest, end: tbs.end }, version, what);
  const { outerAlgorithm, signature } = readTail(source, { at: tbs.end, end: outer.end }, what);
  return {
    version,
    innerAlgorithm,
    outerAlgorithm,
    issuer,
    thisUpdate,
    ...(nextUpdate === undefined ? {} : { nextUpdate }),
    extensions,
    known,
    signature,
    tbs: { at: outer.at, end: tbs.end },
    entries,
  };
}

/** Reads the entry at a place that `decodeCrl` gave. */
export function readCrlEntry(source: ByteSource, crl: Crl, at: number, what: string): CrlEntry {
  return readEntry(source, { at, end: crl.entries.end }, crl.version, what);
}

/** Enters the SEQUENCE that an extent begins with; it may be larger than any reader's window. */
function openElement(source: ByteSource, { at, end }: Extent, what: string): Extent {
  const length = Math.min(6, end - at);
  if (length < 2) throw derError("truncated", what, at, "it is missing");
  const { bytes, start } = source.window(at, length);
  const tag = bytes[start] as number;
  if (tag !== TAG.sequence) throw derError("tag", what, at, `expected SEQUENCE, found ${tagName(tag)}`);
  const first = bytes[start + 1] as number;
  const octets = first < 0x80 ? 0 : first & 0x7f;
  if (first === 0x80) throw derError("length", what, at, "indefinite lengths are BER, not DER");
  if (octets > 4) throw derError("length", what, at, `a length of ${octets} octets is out of bounds`);
  if (2 + octets > length) throw derError("truncated", what, at, "the length runs past the end");
  let size = octets === 0 ? first : 0;
  for (let i = 0; i < octets; i++) size = size * 256 + (bytes[start + 2 + i] as number);
  // From 2^24 on the writer's shortest form has six octets, and so has a header of four length octets.
  if (elementSize(size) - size !== 2 + octets)
    throw derError("length", what, at, `the length ${size} is not written in its shortest form`);
  const contentAt = at + 2 + octets;
  if (contentAt + size > end)
    throw derError("truncated", what, at, `it needs ${size} bytes, ${end - contentAt} are left`);
  return { at: contentAt, end: contentAt + size };
}

function readerOf(source: ByteSource, { at, end }: Extent, most: number): DerReader {
  const length = Math.min(most, end - at);
  const { bytes, start } = source.window(at, length);
  return new DerReader(bytes, start, start + length, 1);
}

function readVersion(tbs: DerReader, what: string): 1 | 2 {
  if (tbs.peek() !== TAG.integer) return 1;
  const value = tbs.smallInteger(`${what}: version`);
  if (value !== 1) throw crlError("version", what, `version ${value + 1} does not exist, or is not written`);
  return 2;
}

/** A window holds only until the next: what is kept is copied. */
function copied({ oid, parameters, der }: AlgorithmIdentifier): AlgorithmIdentifier {
  return {
    oid,
    parameters: parameters === undefined ? undefined : Uint8Array.from(parameters),
    der: Uint8Array.from(der),
  };
}

function readOwnName(reader: DerReader, what: string): Name {
  return readName(new DerReader(Uint8Array.from(reader.element(what))), what);
}

function readExtensions(
  source: ByteSource,
  extent: Extent,
  version: 1 | 2,
  what: string,
): Pick<Crl, "extensions" | "known"> {
  const { at, end } = extent;
  if (end - at > MAX_EXTENSIONS) throw crlError("size", what, `${end - at} bytes of extensions`);
  const { bytes, start } = source.window(at, end - at);
  const tbs = new DerReader(Uint8Array.from(bytes.subarray(start, start + end - at)));
  const explicit = tbs.enterOptional(0xa0, `${what}: crlExtensions`);
  tbs.end(`${what}: tbsCertList`);
  if (explicit === undefined) return { extensions: [], known: { unknownCritical: [] } };
  if (version !== 2) throw crlError("version", what, "extensions need version 2, and it is of version 1");
  const list = explicit.sequence(`${what}: crlExtensions`);
  explicit.end(`${what}: crlExtensions`);
  const read = readExtensionList(list, what, crlError);
  return { extensions: read.map(({ extension }) => extension), known: readCrlExtensions(read, what) };
}

function readTail(
  source: ByteSource,
  { at, end }: Extent,
  what: string,
): Pick<Crl, "outerAlgorithm" | "signature"> {
  if (end - at > MAX_FRONT) throw crlError("size", what, `${end - at} bytes of a signature`);
  const reader = readerOf(source, { at, end }, MAX_FRONT);
  const outerAlgorithm = copied(readAlgorithm(reader, `${what}: signatureAlgorithm`));
  const bits = reader.bitString(`${what}: signatureValue`);
  reader.end(what);
  const signature = bits.unusedBits === 0 ? Uint8Array.from(bits.bytes) : new Uint8Array(0);
  return { outerAlgorithm, signature };
}
