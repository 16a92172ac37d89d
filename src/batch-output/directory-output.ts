import { dirname, join } from "node:path";
import type { BatchOutput, EncodedDevices, Leftover } from "../actions/batch-output.ts";
import type { Files } from "../base/effects.ts";
import type { SamicertsError } from "../base/errors.ts";
import { flushDirectory, setMode, writeAll } from "../workspace/durable-write.ts";
import { ensureDirectory } from "../workspace/ensure-directory.ts";
import { errorCode, existsError, fileError } from "../workspace/file-error.ts";
import { type DeviceFiles, type Layout, layOutDevice } from "../workspace/layout.ts";
import { readBounded } from "../workspace/read-file.ts";
import { isThere, quietly } from "./append-file.ts";
import { chainOf, findInTheWay } from "./in-the-way.ts";
import { fileState } from "./torn-file.ts";

const KEY_MODE = 0o600;
const CERTIFICATE_MODE = 0o644;
/** No file that we write is longer, in octets. */
const MAX_FILE = 256 * 1024;
/** From so many files on, flushing the whole file system is cheaper than flushing each. */
const SYNC_FROM = 64;

/** A batch's output into a directory, as `client` fills it: a key and a certificate a device. */
export interface DirectoryRequest {
  readonly path: string;
  readonly layout: Layout;
  /** True where this process has made the directory, so that nobody's files can be in the way. */
  readonly fresh: boolean;
  /** PEM of what each device's chain has after the device; no chains are written where absent. */
  readonly above?: string;
}

/** Opens a directory that is there for a batch's devices; touches nothing. */
export function openDirectoryOutput(files: Files, request: DirectoryRequest): BatchOutput {
  return new DirectoryOutput(files, request);
}

/**
 * Files are made under their own names, for a temporary name for each would cost as much again as the file. So a crash
 * may leave a torn one: only of a serial that this batch had reserved, and `leftover` removes it.
 */
class DirectoryOutput implements BatchOutput {
  readonly kind = "directory";
  readonly path: string;
  readonly resumable: boolean = true;
  /** What a device's file has in front. */
  private readonly prefix: string;
  private readonly files: Files;
  private readonly layout: Layout;
  private readonly fresh: boolean;
  private readonly above: string | undefined;
  /** What was made since the last flush. */
  private pending: string[] = [];
  private readonly pendingDirectories = new Set<string>();
  /** Directories below this one that are there. */
  private readonly known = new Set<string>([""]);
  /** Serials whose key an interrupted run has made. */
  private readonly keysThere = new Set<string>();
  /** Modes that the system gives to a new file as they are asked for, whatever the umask. */
  private readonly trustedModes = new Set<number>();

  constructor(files: Files, { path, layout, fresh, above }: DirectoryRequest) {
    this.files = files;
    this.path = path;
    this.prefix = join(path, "/");
    this.layout = layout;
    this.fresh = fresh;
    this.above = above;
  }

  fileOf(serial: string): string {
    return layOutDevice(this.layout, serial).certificate;
  }

  taken(serial: string): SamicertsError | undefined {
    if (this.fresh) return undefined;
    const { path, layout, above } = this;
    return findInTheWay(this.files, { path, layout, chains: above !== undefined }, serial);
  }

  leftover(serial: string): Leftover | undefined {
    if (this.layout !== "flat") this.moveFromFlat(serial);
    const { key: keyName, certificate: certificateName } = layOutDevice(this.layout, serial);
    const key = this.readWhole(this.prefix + keyName, "PRIVATE KEY");
    const certificate = this.readWhole(this.prefix + certificateName, "CERTIFICATE");
    if (this.above !== undefined)
      this.mendChain(certificateName, key === undefined ? undefined : certificate, this.above);
    if (key === undefined) {
      // A power failure may keep the one and lose the other; without its key a certificate is worth nothing.
      if (certificate !== undefined) this.remove(this.prefix + certificateName);
      return undefined;
    }
    this.keysThere.add(serial);
    return certificate === undefined ? { key } : { key, certificate };
  }

  /** The run that was cut off may not have been told to spread its files. */
  private moveFromFlat(serial: string): void {
    const flat = layOutDevice("flat", serial);
    const names = layOutDevice(this.layout, serial);
    for (const [from, to] of [
      [flat.key, names.key],
      [flat.certificate, names.certificate],
      [chainOf(flat.certificate), chainOf(names.certificate)],
    ] as const) {
      if (!isThere(this.files, this.prefix + from)) continue;
      this.ensure(names);
      if (isThere(this.files, this.prefix + to)) throw existsError(this.prefix + from);
      try {
        this.files.rename(this.prefix + from, this.prefix + to);
      } catch (error) {
        throw fileError(error, "write", this.prefix + to);
      }
      this.pendingDirectories.add(names.directory);
    }
  }

  write(serials: readonly string[], { output, lengths }: EncodedDevices): void {
    let end = 0;
    const next = (place: number): Uint8Array => {
      const start = end;
      end += lengths?.[place] ?? 0;
      return output.subarray(start, end);
    };
    try {
      for (const [index, serial] of serials.entries()) {
        const keyPem = next(2 * index);
        const certificatePem = next(2 * index + 1);
        const names = layOutDevice(this.layout, serial);
        this.ensure(names);
        // The key first: a key alone can still be given a certificate.
        if (keyPem.length > 0 && !this.keysThere.has(serial)) this.create(names.key, keyPem, KEY_MODE);
        this.create(names.certificate, certificatePem, CERTIFICATE_MODE);
        if (this.above !== undefined) this.createChain(names.certificate, certificatePem, this.above);
        this.pendingDirectories.add(names.directory);
      }
    } catch (error) {
      this.undo();
      throw error;
    }
  }

  flush(): number {
    const { files, pending } = this;
    if (pending.length === 0) return 0;
    try {
      if (pending.length < SYNC_FROM || !files.syncFileSystem(this.path)) this.flushEach();
    } catch (error) {
      this.undo();
      throw fileError(error, "write", this.path);
    }
    this.pending = [];
    this.pendingDirectories.clear();
    return 0;
  }

  finish(): void {
    this.flush();
  }

  close(): void {}

  private flushEach(): void {
    for (const path of this.pending) {
      const fd = this.files.open(path, "r+");
      try {
        this.files.fsync(fd);
      } finally {
        this.files.close(fd);
      }
    }
    for (const directory of this.pendingDirectories) flushDirectory(this.files, this.prefix + directory);
  }

  private ensure({ directory }: DeviceFiles): void {
    if (this.known.has(directory)) return;
    ensureDirectory(this.files, this.prefix + directory);
    this.known.add(directory);
  }

  private createChain(certificate: string, pem: Uint8Array | string, above: string): void {
    const own = typeof pem === "string" ? Buffer.from(pem, "latin1") : pem;
    this.create(chainOf(certificate), Buffer.concat([own, Buffer.from(above, "latin1")]), CERTIFICATE_MODE);
  }

  /** A chain says nothing that the certificate does not: it is written anew, or goes with its certificate. */
  private mendChain(name: string, certificate: Uint8Array | undefined, above: string): void {
    const path = this.prefix + chainOf(name);
    if (isThere(this.files, path)) {
      try {
        if (this.files.lstat(path).kind !== "file") throw existsError(path, ", but not as a file");
      } catch (error) {
        throw fileError(error, "read", path);
      }
      const begin = Buffer.from("-----BEGIN CERTIFICATE-----\n");
      const there = Buffer.from(readBounded(this.files, path, MAX_FILE, "a chain"));
      const beginning = there.subarray(0, begin.length);
      const isOurs =
        begin.equals(beginning) || beginning.every((octet, at) => octet === 0 || octet === begin[at]);
      if (!isOurs) throw existsError(path, " and is not what this batch was writing");
      this.remove(path);
    }
    if (certificate === undefined) return;
    this.createChain(name, certificate, above);
    this.pendingDirectories.add(dirname(name) === "." ? "" : dirname(name));
  }

  private create(name: string, content: Uint8Array | string, mode: number): void {
    const path = this.prefix + name;
    const { files } = this;
    let fd: number;
    try {
      fd = files.open(path, "wx", mode);
    } catch (error) {
      throw errorCode(error) === "EEXIST" ? existsError(path) : fileError(error, "write", path);
    }
    this.pending.push(path);
    try {
      try {
        if (!this.trustedModes.has(mode)) this.establishMode(fd, mode);
        writeAll(files, fd, typeof content === "string" ? Buffer.from(content, "latin1") : content);
      } finally {
        files.close(fd);
      }
    } catch (error) {
      throw fileError(error, "write", path);
    }
  }

  /** Sets the mode where the umask has changed it; where it has not, it will not for the files to come either. */
  private establishMode(fd: number, mode: number): void {
    if ((this.files.fstat(fd).mode & 0o777) === mode) this.trustedModes.add(mode);
    else setMode(this.files, fd, mode);
  }

  /** A whole file's octets; undefined where there is none, or a torn one, which is removed. */
  private readWhole(path: string, label: string): Uint8Array | undefined {
    if (!isThere(this.files, path)) return undefined;
    try {
      if (this.files.lstat(path).kind !== "file") throw existsError(path, ", but not as a file");
    } catch (error) {
      throw fileError(error, "read", path);
    }
    const bytes = readBounded(
      this.files,
      path,
      MAX_FILE,
      label === "CERTIFICATE" ? "a certificate" : "a private key",
    );
    const state = fileState(bytes, label);
    if (state === "foreign") throw existsError(path, " and is not what this batch was writing");
    if (state === "whole") return bytes;
    this.remove(path);
    return undefined;
  }

  private remove(path: string): void {
    try {
      this.files.unlink(path);
    } catch (error) {
      throw fileError(error, "write", path);
    }
  }

  /** Removes what was made since the last flush: it is not committed. What can't be removed, the next run looks at. */
  private undo(): void {
    for (const path of this.pending.reverse()) quietly(() => this.files.unlink(path));
    this.pending = [];
  }
}
