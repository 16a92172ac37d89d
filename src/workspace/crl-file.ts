import { constants } from "node:fs";
import type { Files } from "../base/effects.ts";
import { SamicertsError } from "../base/errors.ts";
import { type ByteSource, memorySource } from "../x509/byte-source.ts";
import { looksLikePem, readPem } from "../x509/pem.ts";
import { fileError } from "./file-error.ts";
import { findPemLines, type PemLines, pemLinesSource, type ReadAt } from "./pem-lines.ts";
import { readBounded } from "./read-file.ts";

/** Where the octets of a CRL are: in an open file, of any size, or in memory; another thread can be handed it. */
export type CrlPlace =
  | { readonly fd: number; readonly size: number; readonly lines?: PemLines }
  | { readonly bytes: Uint8Array };

/** One CRL of a file. */
export interface CrlContent {
  /** What it is called in messages. */
  readonly name: string;
  readonly place: CrlPlace;
}

/** The largest file of PEM that is decoded in memory: one with several CRLs, or with lines of various lengths. */
const MAX_PEM: number = 1024 * 1024 * 1024;
/** From so many octets on a file of PEM is not decoded in memory where it need not be. */
const LONG_PEM: number = 1024 * 1024;
/** How much of a file is looked at to tell PEM from DER. */
const FRONT = 4096;
const LABEL = "X509 CRL";

/**
 * Opens the CRLs in a file: one in DER, or a long one in PEM, which is read as it is needed and stays open; or any number
 * in PEM.
 * Throws `io.*`, `pem.*`, and `crl.none` where there is none.
 */
export function openCrlFile(files: Files, path: string): readonly CrlContent[] {
  const opened = openRegular(files, path);
  if (opened === undefined) throw noCrl(path, "it is a directory, a device or a pipe");
  const { fd, size } = opened;
  const front = new Uint8Array(Math.min(FRONT, size));
  const length = files.read(fd, front, 0, front.length, 0);
  if (length > 0 && front[0] === 0x30 && !looksLikePem(front.subarray(0, length)))
    return [{ name: path, place: { fd, size } }];
  const lines = size < LONG_PEM ? undefined : findPemLines(readerOf(files, fd, path), size, LABEL);
  if (lines !== undefined) return [{ name: path, place: { fd, size: lines.octets, lines } }];
  files.close(fd);
  const blocks = readPem(readBounded(files, path, MAX_PEM, "CRLs in PEM"), path);
  const crls = blocks.filter(({ label }) => label === LABEL);
  if (crls.length === 0)
    throw noCrl(
      path,
      blocks.length === 0
        ? "it is neither PEM nor DER"
        : `it holds ${[...new Set(blocks.map(({ label }) => label))].join(", ")}`,
    );
  return crls.map(({ der }, index) => ({
    name: crls.length === 1 ? path : `${path} (CRL ${index + 1})`,
    place: { bytes: der },
  }));
}

/** The octets of a CRL, read a part at a time. Throws `io.failed` where its file got shorter meanwhile. */
export function crlSource(files: Files, { name, place }: CrlContent): ByteSource {
  if ("bytes" in place) return memorySource(place.bytes);
  const read = readerOf(files, place.fd, name);
  if (place.lines !== undefined) return pemLinesSource(read, place.lines, name);
  return { size: place.size, window: (at, length) => ({ bytes: read(at, length), start: 0 }) };
}

/** Reads parts of an open file, always into the same memory; throws `io.failed` where it got shorter. */
function readerOf(files: Files, fd: number, name: string): ReadAt {
  let buffer = Buffer.alloc(0);
  return (at, length) => {
    if (buffer.length < length) buffer = Buffer.alloc(length);
    for (let have = 0; have < length; ) {
      const count = readAt(files, fd, buffer, have, length - have, at + have, name);
      if (count === 0) throw gotShorter(name);
      have += count;
    }
    return buffer.subarray(0, length);
  };
}

function readAt(
  files: Files,
  fd: number,
  into: Uint8Array,
  offset: number,
  length: number,
  position: number,
  name: string,
): number {
  try {
    return files.read(fd, into, offset, length, position);
  } catch (error) {
    throw fileError(error, "read", name);
  }
}

/** Without blocking, as read-file.ts does; undefined for what is no regular file. */
function openRegular(files: Files, path: string): { readonly fd: number; readonly size: number } | undefined {
  try {
    const fd = files.open(path, constants.O_RDONLY | (constants.O_NONBLOCK ?? 0));
    const { kind, size } = files.fstat(fd);
    if (kind === "file") return { fd, size };
    files.close(fd);
    return undefined;
  } catch (error) {
    throw fileError(error, "read", path);
  }
}

function noCrl(path: string, why: string): SamicertsError {
  return new SamicertsError({
    kind: "input",
    code: "crl.none",
    message: `${path} holds no CRL: ${why}`,
    hint: "name a file with a CRL, PEM or DER",
  });
}

function gotShorter(name: string): SamicertsError {
  return new SamicertsError({
    kind: "io",
    code: "io.failed",
    message: `${name} got shorter while it was read`,
    hint: "wait until whoever writes it has ended; CRLs are replaced whole, not written over",
  });
}
