import { basename, dirname, relative, resolve } from "node:path";
import type {
  BatchFiles,
  BatchFilesRequest,
  BatchOutput,
  DeviceEncoding,
  OutputClaim,
  OutputKind,
} from "../actions/batch-output.ts";
import type { Files, Lock, Random } from "../base/effects.ts";
import { SamicertsError } from "../base/errors.ts";
import { ensureDirectory } from "../workspace/ensure-directory.ts";
import { errorCode, existsError, fileError } from "../workspace/file-error.ts";
import { type Layout, readLayout, recordLayout } from "../workspace/layout.ts";
import { type AppendFile, checkDirectoryOf, isThere } from "./append-file.ts";
import { ArchiveOutput } from "./archive-output.ts";
import { createDeviceEncoder, createFileOf } from "./device-encoder.ts";
import { openDirectoryOutput } from "./directory-output.ts";
import { gzipMember } from "./gzip-body.ts";
import { headerLine } from "./manifest-format.ts";
import { openManifestWriter } from "./manifest-writer.ts";
import { openArchiveFiles, openManifestFile } from "./open-files.ts";
import { lockPath, manifestPaths, outputKind } from "./output-path.ts";
import { openStdoutOutput, type Print } from "./stdout-output.ts";
import { TAR_END } from "./tar-encoder.ts";

/** What a batch's output needs of the world. */
export interface OutputDeps {
  readonly files: Files;
  readonly random: Random;
  readonly lock: Lock;
  /** Prints to standard output. */
  readonly print: Print;
}

/** Where a batch is to go. */
export interface OutputRequest {
  /** A directory, a path that ends in `.tar`, `.tar.gz` or `.ndjson`, or `-` for standard output. */
  readonly path: string;
  /** Spreads the files over a thousand directories (see `Layout`); a directory that is laid out so already stays so. */
  readonly shard: boolean;
}

type ArchiveKind = Exclude<OutputKind, "directory" | "stdout">;

/**
 * Holds an output for one batch of this process; a directory is made where it is absent.
 * Throws `exists.busy` where another process has it, `output.unknown-format`, and `io.*`.
 */
export function claimOutput(deps: OutputDeps, { path, shard }: OutputRequest): OutputClaim {
  const kind = outputKind(path);
  if (kind === "stdout") return claimStdout(deps, path);
  const fresh = kind === "directory" && makeDirectory(deps.files, path);
  const release = deps.lock(lockPath(kind, path));
  if (release === undefined) throw busy(path);
  try {
    const encoding = encodingOf(deps.files, kind, { path, shard });
    return {
      identity: resolve(path),
      encoding,
      checkFree: () => checkFree(deps.files, kind, path),
      open: (request) =>
        kind === "directory"
          ? openDirectoryFiles(deps, { path, fresh, encoding }, request)
          : openArchive(deps, { kind, path, encoding }, request),
      release,
    };
  } catch (error) {
    release();
    throw error;
  }
}

function encodingOf(
  files: Files,
  kind: Exclude<OutputKind, "stdout">,
  { path, shard }: OutputRequest,
): DeviceEncoding {
  if (kind !== "directory") return { kind, sharded: shard, name: kind === "ndjson" ? basename(path) : "" };
  return { kind, sharded: shard || readLayout(files, path) === "thousands", name: "" };
}

/** A directory may have others' devices in it, and has a place for every batch's manifest. */
function checkFree(files: Files, kind: OutputKind, path: string): void {
  if (kind === "directory") return;
  // The lock is where the path leads to in words: `there/../line.tar` has one also where nothing is there.
  checkDirectoryOf(files, path);
  for (const name of [path, ...manifestPaths(kind, path, "")])
    if (isThere(files, name)) throw existsError(name);
}

function claimStdout({ print }: OutputDeps, path: string): OutputClaim {
  const encoding: DeviceEncoding = { kind: "stdout", sharded: false, name: "" };
  const output = openStdoutOutput(print, createFileOf(encoding));
  return {
    identity: path,
    encoding,
    checkFree() {},
    open: () => ({ output, encoder: createDeviceEncoder(encoding) }),
    release() {},
  };
}

/** Makes a directory where it is absent, and tells whether it was. */
function makeDirectory(files: Files, path: string): boolean {
  let absent = false;
  try {
    files.stat(path);
  } catch (error) {
    if (errorCode(error) !== "ENOENT") throw fileError(error, "write", path);
    absent = true;
  }
  ensureDirectory(files, path);
  return absent;
}

function openDirectoryFiles(
  deps: OutputDeps,
  { path, fresh, encoding }: { path: string; fresh: boolean; encoding: DeviceEncoding },
  request: BatchFilesRequest,
): BatchFiles {
  const layout: Layout = encoding.sharded ? "thousands" : "flat";
  if (encoding.sharded && readLayout(deps.files, path) === "flat") recordLayout(deps, path);
  const { committed, above, mostUncommitted } = request;
  const place = { path, layout, fresh };
  const output = openDirectoryOutput(deps.files, above === undefined ? place : { ...place, above });
  const paths = manifestPaths("directory", path, request.batch);
  const file = openManifestFile(deps.files, {
    paths,
    headerFor: (manifest) => header(request, "directory", path, manifest),
    mostUncommitted,
    ...(committed === undefined ? {} : { committed: committed.manifest }),
  });
  return withManifest(deps.files, output, file, encoding);
}

function openArchive(
  deps: OutputDeps,
  { kind, path, encoding }: { kind: ArchiveKind; path: string; encoding: DeviceEncoding },
  request: BatchFilesRequest,
): BatchFiles {
  const [manifest = ""] = manifestPaths(kind, path, request.batch);
  const files = openArchiveFiles(deps.files, {
    output: path,
    manifest,
    header: header(request, kind, path, manifest),
    committed: request.committed,
    mostUncommitted: request.mostUncommitted,
  });
  const archive = { kind, path, fileOf: createFileOf(encoding), end: endOf(kind) };
  return withManifest(deps.files, new ArchiveOutput(archive, files.output), files.manifest, encoding);
}

function endOf(kind: OutputKind): Uint8Array {
  if (kind === "ndjson") return new Uint8Array(0);
  return kind === "tar" ? TAR_END : gzipMember(TAR_END);
}

function withManifest(
  files: Files,
  output: BatchOutput,
  file: AppendFile,
  encoding: DeviceEncoding,
): BatchFiles {
  return {
    output,
    manifest: openManifestWriter(files, file),
    encoder: createDeviceEncoder(encoding),
  };
}

function header(request: BatchFilesRequest, kind: OutputKind, path: string, manifest: string): Buffer {
  const from = relative(resolve(dirname(manifest)), resolve(path))
    .split("\\")
    .join("/");
  return Buffer.from(headerLine(request.header, { kind, path: from === "" ? "." : from }));
}

function busy(path: string): SamicertsError {
  return new SamicertsError({
    kind: "exists",
    code: "exists.busy",
    message: `another batch is writing to ${path} at this moment`,
    hint: "wait until it is done, or choose another --out",
  });
}
