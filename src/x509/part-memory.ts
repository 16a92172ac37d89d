import { DerReader } from "./der-reader.ts";

/** After so many elements that differ from the one remembered, another is remembered in its place. */
const PATIENCE = 32;

/**
 * Remembers one element that was decoded, for certificates that share a part octet for octet: equal octets stand for
 * equal values, so they are compared instead of decoded again. What it holds is its own copy, and nobody else's to change.
 */
export class PartMemory<T> {
  private octets: Uint8Array | undefined;
  private value: T | undefined;
  private misses = PATIENCE;

  /** Reads the next element of `reader` by `decode`, or recalls its value; `part` is what errors call it in `what`. */
  read(reader: DerReader, what: string, part: string, decode: (reader: DerReader, what: string) => T): T {
    if (this.octets !== undefined && reader.stepOver(this.octets)) {
      this.misses = 0;
      return this.value as T;
    }
    const start = reader.offset;
    const value = decode(reader, `${what}: ${part}`);
    if (++this.misses > PATIENCE) {
      // The bytes read from are the caller's, who may write over them.
      const octets = Buffer.from(reader.bytes.subarray(start, reader.offset));
      this.value = decode(new DerReader(octets), part);
      this.octets = octets;
      this.misses = 0;
    }
    return value;
  }
}

/** Reads the next element, which errors call `part` of `what`, or recalls it. */
export function readPart<T>(
  reader: DerReader,
  what: string,
  part: string,
  read: (reader: DerReader, what: string) => T,
  memory: PartMemory<T> | undefined,
): T {
  return memory === undefined ? read(reader, `${what}: ${part}`) : memory.read(reader, what, part, read);
}
