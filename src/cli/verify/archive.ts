import { createReadStream } from "node:fs";
import { SamicertsError } from "../../base/errors.ts";
import { readChunks } from "../../batch-input/read-chunks.ts";
import { outputKind } from "../../batch-output/output-path.ts";
import { TarDecoder } from "../../batch-output/tar-decoder.ts";
import { fileError } from "../../workspace/file-error.ts";
import { nodeFiles } from "../../workspace/node-files.ts";
import { factsOf, isCertificateName, isKeyName, keyName } from "../find-sources.ts";
import { asInput, MAX_CERTIFICATES } from "../sources.ts";
import type { ArchiveMember, BrokenChunk, LinesChunk, MembersChunk, Workload } from "./chunk.ts";

/** Octets that are taken out of a compressed archive at once. */
const CHUNK = 256 * 1024;
/** What a device takes about, by the archive's kind. */
const DEVICE_OCTETS: ReadonlyMap<string, number> = new Map([
  ["tar", 3072],
  ["tar.gz", 1400],
  ["ndjson", 1500],
]);
const LF = 0x0a;

/** A part of an archive, as it is before a manifest has had its say. */
export type ArchiveChunk = MembersChunk | LinesChunk | BrokenChunk;

/** Whether a path names an archive that a batch may have written. */
export function isArchive(path: string): boolean {
  return /\.(tar|tar\.gz|tgz|ndjson|jsonl)$/i.test(path);
}

/** An archive's devices, in its order; throws `io.*` as errors of input where it is not there. */
export function archiveWork(path: string): Workload<ArchiveChunk> {
  const { size: total } = factsOf(path);
  const kind = outputKind(path);
  return {
    total,
    unit: "octets",
    size: Math.floor(total / (DEVICE_OCTETS.get(kind) ?? 1)),
    async *chunks() {
      try {
        yield* kind === "ndjson" ? lines(path) : members(path, kind === "tar" ? plain(path) : unzipped(path));
      } catch (error) {
        if (!(error instanceof SamicertsError)) throw error;
        const { kind, code, message, hint } = asInput(error);
        yield { kind: "broken", weight: 0, source: path, error: { kind, code, message, hint } };
      }
    },
  };
}

/** Octets, and how much of the file they are. */
interface Piece {
  readonly bytes: Uint8Array;
  readonly weight: number;
}

function* plain(path: string): Generator<Piece> {
  for (const bytes of readChunks(nodeFiles, path)) yield { bytes, weight: bytes.length };
}

async function* unzipped(path: string): AsyncGenerator<Piece> {
  const { createGunzip } = process.getBuiltinModule("node:zlib");
  const { pipeline } = process.getBuiltinModule("node:stream");
  const gunzip = createGunzip({ chunkSize: CHUNK });
  // What goes wrong with either is thrown where the other end is read.
  pipeline(createReadStream(path, { highWaterMark: CHUNK }), gunzip, () => undefined);
  let before = 0;
  try {
    for await (const bytes of gunzip as AsyncIterable<Buffer>) {
      const weight = gunzip.bytesWritten - before;
      before = gunzip.bytesWritten;
      yield { bytes, weight };
    }
  } catch (error) {
    const { code, syscall } = error as NodeJS.ErrnoException;
    if (syscall !== undefined) throw fileError(error, "read", path);
    if (code === "Z_BUF_ERROR") throw damaged(path, "cut-off", "is cut off");
    throw damaged(path, "damaged", "is no gzip file, or a damaged one");
  }
}

async function* members(
  path: string,
  pieces: Iterable<Piece> | AsyncIterable<Piece>,
): AsyncGenerator<MembersChunk> {
  const wants = {
    name: (name: string) => isCertificateName(name) || isKeyName(name),
    size: MAX_CERTIFICATES,
  };
  const decoder = new TarDecoder(path, wants);
  const pairing = new Pairing();
  let certificates = 0;
  for await (const { bytes, weight } of pieces) {
    const piece = decoder.take(bytes);
    for (const { name, start, end } of piece.files) pairing.add(name, piece.bytes.subarray(start, end));
    const members = pairing.take();
    certificates += members.length;
    yield { kind: "members", weight, archive: path, members };
  }
  const members = pairing.end();
  yield { kind: "members", weight: 0, archive: path, members };
  decoder.end();
  if (certificates + members.length === 0) throw damaged(path, "empty", "holds no certificate");
}

/** Finds the key beside each certificate: the file before or after it in the archive that has its name. */
class Pairing {
  private whole: ArchiveMember[] = [];
  private last: { readonly name: string; readonly bytes: Uint8Array } | undefined;

  add(name: string, bytes: Uint8Array): void {
    const { last } = this;
    const own = { name, bytes };
    if (last !== undefined && isKeyName(last.name) !== isKeyName(name)) {
      const [key, certificate] = isKeyName(name) ? [own, last] : [last, own];
      if (key.name === keyName(certificate.name)) {
        this.whole.push({ ...certificate, key });
        this.last = undefined;
        return;
      }
    }
    this.settle();
    this.last = own;
  }

  /** What is certain; the last file may yet find its other half in the next piece. */
  take(): readonly ArchiveMember[] {
    const { whole, last } = this;
    this.whole = [];
    // Its own copy: the piece that it is from goes to another thread.
    if (last !== undefined) this.last = { name: last.name, bytes: last.bytes.slice() };
    return whole;
  }

  end(): readonly ArchiveMember[] {
    this.settle();
    return this.take();
  }

  private settle(): void {
    if (this.last !== undefined && !isKeyName(this.last.name)) this.whole.push(this.last);
    this.last = undefined;
  }
}

function* lines(path: string): Generator<LinesChunk> {
  let rest: Buffer = Buffer.alloc(0);
  let first = 1;
  const chunkOf = (bytes: Buffer, weight: number): LinesChunk => {
    const chunk = { kind: "lines", weight, archive: path, text: bytes.toString(), first } as const;
    for (let at = bytes.indexOf(LF); at >= 0; at = bytes.indexOf(LF, at + 1)) first++;
    return chunk;
  };
  for (const bytes of readChunks(nodeFiles, path)) {
    const all = Buffer.concat([rest, bytes]);
    if (all.length > 2 * MAX_CERTIFICATES)
      throw damaged(path, "too-large", `has a line that is too long, ${first}`);
    const end = all.lastIndexOf(LF) + 1;
    rest = Buffer.from(all.subarray(end));
    if (end > 0) yield chunkOf(all.subarray(0, end), bytes.length);
  }
  if (rest.length > 0) yield chunkOf(rest, 0);
  else if (first === 1) throw damaged(path, "empty", "holds no certificate");
}

function damaged(path: string, problem: string, why: string): SamicertsError {
  return new SamicertsError({
    kind: "input",
    code: `archive.${problem}`,
    message: `${path} ${why}`,
    hint: "obtain it again; a batch that was interrupted is finished by the same command that began it",
  });
}
