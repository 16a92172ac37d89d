import type { CommittedLengths } from "../actions/batch-output.ts";
import type { Files } from "../base/effects.ts";
import { SamicertsError } from "../base/errors.ts";
import { errorCode, existsError, fileError } from "../workspace/file-error.ts";
import { AppendFile, quietly } from "./append-file.ts";
import { checkNotAhead } from "./not-ahead.ts";

const MANIFEST_MODE = 0o644;
/** Archives have the devices' keys in them. */
const ARCHIVE_MODE = 0o600;

/** The files of a batch into an archive. */
export interface ArchiveFilesRequest {
  readonly output: string;
  readonly manifest: string;
  /** The manifest's first line, which says whose both files are. */
  readonly header: Uint8Array;
  /** Undefined for a new batch. */
  readonly committed: CommittedLengths | undefined;
  readonly mostUncommitted: number;
}

/** The manifest of a batch, at the first of some places. */
export interface ManifestFileRequest {
  readonly paths: readonly string[];
  /** The first line for a manifest at this path. */
  readonly headerFor: (path: string) => Uint8Array;
  /** The manifest's committed length; absent for a new batch. */
  readonly committed?: number;
  readonly mostUncommitted: number;
}

/**
 * Opens an archive and its manifest, both new or both this batch's own. The archive is made before the manifest, and
 * nothing is put into it before the manifest's header is durable. So an archive beside our manifest is ours, and one
 * without it is ours only where it is empty: nobody else's content is ever cut off.
 * Throws `exists.file`, `output.missing`, `output.damaged`, `output.ahead`, `io.*`.
 */
export function openArchiveFiles(
  files: Files,
  { output, manifest, header, committed, mostUncommitted }: ArchiveFilesRequest,
): { readonly output: AppendFile; readonly manifest: AppendFile } {
  const ours = committed !== undefined && ownership(files, manifest, header) === "ours";
  // Before the archive is cut back.
  if (ours) checkNotAhead(files, manifest, Math.max(committed.manifest, header.length), mostUncommitted);
  const archive = openArchive(files, output, ours, committed);
  try {
    const request = { paths: [manifest], headerFor: () => header, mostUncommitted };
    const opened = openManifestFile(
      files,
      committed === undefined ? request : { ...request, committed: committed.manifest },
    );
    return { output: archive, manifest: opened };
  } catch (error) {
    archive.close();
    // It was made a moment ago and is empty; left there it would be in the way of the next try.
    if (committed === undefined) quietly(() => files.unlink(output));
    throw error;
  }
}

function openArchive(
  files: Files,
  path: string,
  ours: boolean,
  committed: CommittedLengths | undefined,
): AppendFile {
  const length = committed?.output ?? 0;
  if (committed === undefined) return AppendFile.create(files, path, ARCHIVE_MODE);
  if (length > 0) return AppendFile.reopen(files, path, length);
  const size = sizeOf(files, path);
  if (size === undefined) return AppendFile.create(files, path, ARCHIVE_MODE);
  if (!ours && size > 0) throw existsError(path);
  return AppendFile.reopen(files, path, 0);
}

/** Opens a batch's manifest with its header in it; throws as `openArchiveFiles`. */
export function openManifestFile(
  files: Files,
  { paths, headerFor, committed, mostUncommitted }: ManifestFileRequest,
): AppendFile {
  if (committed === undefined) {
    const free = paths.find((path) => sizeOf(files, path) === undefined) ?? (paths.at(-1) as string);
    const file = AppendFile.create(files, free, MANIFEST_MODE);
    try {
      return begin(file, headerFor(free));
    } catch (error) {
      quietly(() => files.unlink(free));
      throw error;
    }
  }
  const states = paths.map((path) => ({ path, state: ownership(files, path, headerFor(path)) }));
  const ours = states.find(({ state }) => state === "ours")?.path;
  if (ours !== undefined) {
    const length = Math.max(committed, headerFor(ours).length);
    checkNotAhead(files, ours, length, mostUncommitted);
    return AppendFile.reopen(files, ours, length);
  }
  if (committed > 0) throw lost(paths);
  const torn = states.find(({ state }) => state === "torn")?.path;
  if (torn !== undefined) return begin(AppendFile.reopen(files, torn, 0), headerFor(torn));
  return openManifestFile(files, { paths, headerFor, mostUncommitted });
}

function begin(file: AppendFile, header: Uint8Array): AppendFile {
  try {
    file.append(header);
    file.flush();
    return file;
  } catch (error) {
    file.close();
    throw error;
  }
}

/**
 * Whose a manifest is: `ours` where it begins with our header, `torn` where it ends within it, as after a crash.
 * Undefined where there is none.
 */
function ownership(files: Files, path: string, header: Uint8Array): "ours" | "torn" | "foreign" | undefined {
  const beginning = Buffer.alloc(header.length);
  let length = 0;
  let fd: number | undefined;
  try {
    if (sizeOf(files, path) === undefined) return undefined;
    fd = files.open(path, "r");
    for (;;) {
      const count = files.read(fd, beginning, length, beginning.length - length);
      if (count === 0) break;
      length += count;
      if (length === beginning.length) break;
    }
  } catch (error) {
    throw fileError(error, "read", path);
  } finally {
    const opened = fd;
    if (opened !== undefined) quietly(() => files.close(opened));
  }
  if (!beginning.subarray(0, length).equals(header.subarray(0, length))) return "foreign";
  return length === header.length ? "ours" : "torn";
}

/** A file's size; undefined where nothing has that name. Throws `exists.file` for what is no file, a link too. */
function sizeOf(files: Files, path: string): number | undefined {
  try {
    const { kind, size } = files.lstat(path);
    if (kind !== "file") throw existsError(path, ", but not as a file");
    return size;
  } catch (error) {
    if (errorCode(error) === "ENOENT") return undefined;
    throw fileError(error, "read", path);
  }
}

function lost(paths: readonly string[]): SamicertsError {
  return new SamicertsError({
    kind: "io",
    code: "output.missing",
    message: `the manifest ${paths.join(" or ")} of this batch is gone`,
    hint: "put it back; samicerts ledger check tells which devices the ledger has",
  });
}
