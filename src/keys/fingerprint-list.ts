import { hash } from "node:crypto";
import type { Files } from "../base/effects.ts";
import { SamicertsError } from "../base/errors.ts";

/** What a list's file begins with; scripts/key-list.mjs writes such files. */
const MAGIC = "samicerts keys 1";
const COUNT_AT = 16;
const DIGEST_AT = 20;
const HEADER = 32;
/** Every page's digest, in the table between the header and the fingerprints. */
const PAGE_DIGEST = 8;
const FINGERPRINT = 8;
const PAGE_SHIFT = 9;
const PAGE_MASK = (1 << PAGE_SHIFT) - 1;
const PAGE = FINGERPRINT << PAGE_SHIFT;
const MAX_COUNT = 2 ** 24;
/** How this machine has numbers in memory. */
const LITTLE_ENDIAN: boolean = new Uint8Array(Uint32Array.of(1).buffer)[0] === 1;

/**
 * Fingerprints of eight octets in a file: sorted, without repetition, and spread evenly, since they are parts of keys. A
 * look-up works out about where its own must be, and reads the page or two that it comes by; what was read stays. So the
 * first one costs a few small reads, and after some thousands the whole list is in memory. Header, table and every page
 * are checked against their digests as they are read: a damaged list is an error and never an answer.
 *
 * File: `samicerts keys 1`; the count, 4 octets; 12 octets of the SHA-256 of those and the table; the table, for each
 * page of 512 fingerprints 8 octets of its SHA-256; the fingerprints. Numbers are big-endian.
 */
export class FingerprintList {
  readonly #files: Files;
  readonly #path: string;
  readonly #table: Buffer;
  /** Those that were read: of each fingerprint the upper and the lower half, one after the other. */
  readonly #pages: (Uint32Array | undefined)[];
  /** How many there are. */
  readonly count: number;

  /** Opens a list's file; throws `io.key-list` where it is missing, unreadable or not as it should be. */
  constructor(files: Files, path: string) {
    this.#files = files;
    this.#path = path;
    const { count, table } = this.#open();
    this.count = count;
    this.#table = table;
    this.#pages = new Array(pagesOf(count));
  }

  /** Whether the fingerprint, as two unsigned numbers of 32 bits, is on the list; throws `io.key-list`. */
  has(high: number, low: number): boolean {
    let first = 0;
    let last = this.count - 1;
    // Between these is the upper half of whatever is at first, ..., last.
    let least = 0;
    let most = 2 ** 32;
    while (first <= last) {
      const share = most > least ? (high - least) / (most - least) : 0;
      const at = Math.min(last, first + Math.floor(share * (last - first + 1)));
      const page = this.#pages[at >> PAGE_SHIFT] ?? this.#load(at >> PAGE_SHIFT);
      const place = 2 * (at & PAGE_MASK);
      const found = page[place] as number;
      const difference = found - high || (page[place + 1] as number) - low;
      if (difference === 0) return true;
      if (difference < 0) {
        first = at + 1;
        least = found;
      } else {
        last = at - 1;
        most = found;
      }
    }
    return false;
  }

  #open(): { readonly count: number; readonly table: Buffer } {
    return this.#reading((fd) => {
      const header = Buffer.alloc(HEADER);
      this.#fill(fd, header, 0);
      if (header.toString("latin1", 0, COUNT_AT) !== MAGIC)
        throw new Error("it does not begin as such a list");
      const count = header.readUInt32BE(COUNT_AT);
      if (count > MAX_COUNT) throw new Error(`it says that it has ${count} keys`);
      const table = Buffer.alloc(pagesOf(count) * PAGE_DIGEST);
      this.#fill(fd, table, HEADER);
      const digest = hash("sha256", Buffer.concat([header.subarray(0, DIGEST_AT), table]), "buffer");
      if (!header.subarray(DIGEST_AT).equals(digest.subarray(0, HEADER - DIGEST_AT)))
        throw new Error("its header or table is damaged");
      const size = HEADER + table.length + count * FINGERPRINT;
      const actual = this.#files.fstat(fd).size;
      if (actual !== size) throw new Error(`it has ${actual} octets instead of ${size}`);
      return { count, table };
    });
  }

  #load(page: number): Uint32Array {
    const start = HEADER + this.#table.length + page * PAGE;
    const octets = Buffer.allocUnsafeSlow(Math.min(PAGE, this.count * FINGERPRINT - page * PAGE));
    this.#reading((fd) => this.#fill(fd, octets, start));
    const wanted = this.#table.subarray(page * PAGE_DIGEST, (page + 1) * PAGE_DIGEST);
    if (!wanted.equals(hash("sha256", octets, "buffer").subarray(0, PAGE_DIGEST)))
      throw this.#unusable(`it is damaged in octets ${start} and following`);
    if (LITTLE_ENDIAN) octets.swap32();
    const halves = new Uint32Array(octets.buffer, octets.byteOffset, octets.length / 4);
    this.#pages[page] = halves;
    return halves;
  }

  /** The file is open only while it is read from: a list may be held for as long as a process lives. */
  #reading<T>(read: (fd: number) => T): T {
    let fd: number | undefined;
    try {
      fd = this.#files.open(this.#path, "r");
      return read(fd);
    } catch (cause) {
      throw this.#unusable(cause instanceof Error ? cause.message : String(cause), cause);
    } finally {
      if (fd !== undefined) this.#files.close(fd);
    }
  }

  #fill(fd: number, into: Buffer, position: number): void {
    for (let length = 0; length < into.length; ) {
      const count = this.#files.read(fd, into, length, into.length - length, position + length);
      if (count === 0) throw new Error("it ends too early");
      length += count;
    }
  }

  #unusable(why: string, cause?: unknown): SamicertsError {
    return new SamicertsError({
      kind: "io",
      code: "io.key-list",
      message: `${this.#path}, a list of keys to be refused, can't be used: ${why}`,
      hint: "install samicerts again; without its lists no key of their kinds is taken",
      cause,
    });
  }
}

function pagesOf(count: number): number {
  return Math.ceil((count * FINGERPRINT) / PAGE);
}
