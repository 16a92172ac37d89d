import { dirname, join } from "node:path";
import type { Recorded } from "../../actions/certificate-record.ts";
import { type ManifestEntry, members } from "../../batch-output/manifest-reader.ts";
import { factsOf } from "../find-sources.ts";
import { usageError } from "../usage.ts";
import { type ArchiveChunk, archiveWork, isArchive } from "./archive.ts";
import type { AbsentChunk, Chunk, FilesChunk, LinesChunk, Workload } from "./chunk.ts";
import { Listing } from "./listing.ts";
import type { Manifest } from "./manifest.ts";

const BY = "the manifest";
/** Files that a thread is given at once. */
const CHUNK = 128;

/**
 * A manifest's devices as they are in its output: beside it, where its header says, or at `place`. Whatever is there
 * besides is part of it too. Throws `io.*` as errors of input where there is nothing.
 */
export function manifestWork(manifest: Manifest, place: string | undefined): Workload {
  const output = place ?? join(dirname(manifest.path), manifest.description.output.path);
  if (factsOf(output).isDirectory())
    return {
      total: manifest.count,
      unit: "files",
      size: manifest.count,
      chunks: () => inDirectory(manifest, output),
    };
  if (!isArchive(output))
    throw usageError(
      "not-an-output",
      `${output} is neither a directory nor an archive that a batch writes`,
      "name the directory, or the .tar, .tar.gz or .ndjson file, that the manifest is of",
    );
  const archive = archiveWork(output);
  return { ...archive, chunks: () => inArchive(manifest, output, archive.chunks()) };
}

function* inDirectory(manifest: Manifest, directory: string): Generator<FilesChunk> {
  const listing = new Listing(directory);
  let sources: FilesChunk["sources"][number][] = [];
  const chunk = (): FilesChunk => {
    const whole = sources;
    sources = [];
    return { kind: "files", weight: whole.length, sources: whole };
  };
  for (const entry of manifest.entries()) {
    sources.push({ ...listing.take(entry.file), recorded: recordOf(entry) });
    if (sources.length >= CHUNK) yield chunk();
  }
  // A directory may have several batches in it, and devices that were made one by one.
  for (const source of listing.left()) {
    sources.push({ ...source, recorded: { by: BY, unlisted: "warning" } });
    if (sources.length >= CHUNK) yield chunk();
  }
  yield chunk();
}

/** An archive is one batch's, and all of it. */
async function* inArchive(
  manifest: Manifest,
  archive: string,
  chunks: Iterable<ArchiveChunk> | AsyncIterable<ArchiveChunk>,
): AsyncGenerator<Chunk> {
  const records = new RecordQueue(manifest.entries());
  for await (const chunk of chunks) {
    if (chunk.kind === "members")
      yield {
        ...chunk,
        members: chunk.members.map((member) => ({ ...member, recorded: records.of(member.name) })),
      };
    else if (chunk.kind === "lines") yield { ...chunk, recorded: recordsOfLines(chunk, records) };
    // Of a batch that made no device the archive is empty as it should be.
    else if (manifest.count > 0 || chunk.error.code !== "archive.empty") yield chunk;
  }
  for (let missing = records.left(CHUNK); missing.length > 0; missing = records.left(CHUNK))
    yield {
      kind: "absent",
      weight: 0,
      by: BY,
      missing: missing.map((record) => ({ source: sourceIn(archive, placeOf(record)), record })),
    } satisfies AbsentChunk;
}

/** In an NDJSON archive a device is found by its serial, whatever the archive is called now. */
function recordsOfLines({ text }: LinesChunk, records: RecordQueue): readonly Recorded[] {
  const lines = text.split("\n");
  if (lines.at(-1) === "") lines.pop();
  return lines.map((line) => {
    const serial = /^\{"serial":"([0-9]+)"/.exec(line)?.[1] ?? members(line)?.["serial"];
    return records.of(`#${serial}`);
  });
}

/** A manifest's records, asked for by place, at best in their order: then hardly any of them is held. */
class RecordQueue {
  private readonly entries: Iterator<ManifestEntry>;
  /** Passed over, and not asked for yet. */
  private readonly passed = new Map<string, ManifestEntry>();

  constructor(entries: Iterator<ManifestEntry>) {
    this.entries = entries;
  }

  /** What is recorded of the device at a place, the first time that it is asked for. */
  of(place: string): Recorded {
    const before = this.passed.get(place);
    if (before !== undefined) {
      this.passed.delete(place);
      return recordOf(before);
    }
    for (let next = this.entries.next(); next.done !== true; next = this.entries.next()) {
      const own = placeOf(next.value);
      if (own === place) return recordOf(next.value);
      this.passed.set(own, next.value);
    }
    return { by: BY };
  }

  /** The next ones, up to `count`, that nobody has asked for. */
  left(count: number): readonly ManifestEntry[] {
    const left: ManifestEntry[] = [];
    for (const [place, entry] of this.passed) {
      if (left.length === count) break;
      left.push(entry);
      this.passed.delete(place);
    }
    while (left.length < count) {
      const next = this.entries.next();
      if (next.done === true) break;
      left.push(next.value);
    }
    return left;
  }
}

/** What a device's place in an archive is called in reports, as where it is there. */
function sourceIn(archive: string, place: string): string {
  return place.startsWith("#") ? archive + place : `${archive}:${place}`;
}

/** Where a device is: in an NDJSON archive its serial behind #, else a path. */
function placeOf({ file }: ManifestEntry): string {
  return file.slice(Math.max(0, file.indexOf("#")));
}

function recordOf({ serial, name, sha256, spkiSha256, notAfter }: ManifestEntry): Recorded {
  return { by: BY, record: { serial, name, sha256, spkiSha256, notAfter } };
}
