import type { BatchInput, RejectedRow } from "../actions/batch-row.ts";
import type { Files } from "../base/effects.ts";
import { SamicertsError } from "../base/errors.ts";
import { existsError, fileError } from "../workspace/file-error.ts";
import { AppendFile, checkDirectoryOf, isThere, quietly } from "./append-file.ts";

const MODE = 0o644;
/** So many octets are written at once. */
const FULL = 64 * 1024;

/** A file of rejected rows, in the input's own format, so that it can be mended and run again. */
export interface RejectsFile {
  readonly path: string;
  /**
   * Takes a rejected row. `row` is what it said where it has no text of its own, as in a range. A record that is too long
   * is left out: its beginning alone would not be what was given.
   */
  write(rejected: RejectedRow, row?: { readonly serial: bigint; readonly name: string }): void;
  /** How many rows were left out. */
  readonly leftOut: number;
  /** Writes what is left, durably; throws `io.*`. */
  finish(): void;
  /** The same for a batch that ends before it has told every row: an earlier run may have written more. */
  leave(): void;
}

/**
 * Opens a file for an input's rejected rows (0644); it is made with the first of them, so that there is none where no
 * row is rejected. With `again`, for a batch that goes on and has rejected rows before, one that is there is gone on
 * with: tell it every row again.
 * Throws `exists.file` at once where something is there, or where it turns out to be another file: it is written behind
 * what is there and never over it. Throws `io.*`.
 */
export function openRejectsFile(
  files: Files,
  path: string,
  input: Pick<BatchInput, "format" | "header">,
  again = false,
): RejectsFile {
  if (!isThere(files, path)) {
    // Else it would be found out with the first rejected row, perhaps the last of a million.
    checkDirectoryOf(files, path);
    return new Rejects(files, path, input);
  }
  if (!again) throw taken(path);
  return new Rejects(files, path, input, openWritten(files, path));
}

function taken(path: string): SamicertsError {
  const { kind, code, message } = existsError(path);
  return new SamicertsError({
    kind,
    code,
    message,
    hint: "name another file with --rejects, or move this one away",
  });
}

class Rejects implements RejectsFile {
  readonly path: string;
  leftOut = 0;
  private readonly files: Files;
  private readonly input: Pick<BatchInput, "format" | "header">;
  private file: AppendFile | undefined;
  /** What an earlier run has written, as far as it was not told again yet. */
  private written: Written | undefined;
  private begun = false;
  private buffered: Uint8Array[] = [];
  private length = 0;

  constructor(files: Files, path: string, input: Pick<BatchInput, "format" | "header">, written?: Written) {
    this.files = files;
    this.path = path;
    this.input = input;
    this.written = written;
  }

  write(rejected: RejectedRow, row?: { readonly serial: bigint; readonly name: string }): void {
    if (rejected.truncated === true) {
      this.leftOut++;
      return;
    }
    const record = rejected.rawBytes ?? Buffer.from(rejected.raw ?? rangeRecord(row));
    this.begin();
    this.buffer(record);
    this.buffer(Buffer.from("\n"));
    if (this.length >= FULL) this.drain();
  }

  finish(): void {
    this.drain();
    if (this.written !== undefined) throw notTheseRows(this.path);
    this.end();
  }

  leave(): void {
    this.drain();
    this.written?.close();
    this.end();
  }

  private end(): void {
    const { file } = this;
    if (file === undefined) return;
    try {
      file.flush();
    } finally {
      file.close();
    }
  }

  private begin(): void {
    if (this.begun) return;
    this.begun = true;
    const header = this.input.format === "range" ? "serial,name" : this.input.header;
    if (header !== undefined) this.buffer(Buffer.from(`${header}\n`));
  }

  private buffer(bytes: Uint8Array): void {
    this.buffered.push(bytes);
    this.length += bytes.length;
  }

  private drain(): void {
    let bytes: Uint8Array = Buffer.concat(this.buffered);
    this.buffered = [];
    this.length = 0;
    if (this.written !== undefined) bytes = this.beyond(this.written, bytes);
    if (bytes.length === 0) return;
    this.file ??= AppendFile.create(this.files, this.path, MODE);
    this.file.append(bytes);
  }

  /** What of the bytes lies behind what was written before; throws where that is something else. */
  private beyond(written: Written, bytes: Uint8Array): Uint8Array {
    const same = Math.min(written.left, bytes.length);
    if (!written.isNext(bytes.subarray(0, same))) throw notTheseRows(this.path);
    if (written.left > 0) return bytes.subarray(same);
    written.close();
    this.written = undefined;
    this.file = AppendFile.reopen(this.files, this.path, written.size);
    return bytes.subarray(same);
  }
}

/** A file as an earlier run has left it, compared piece by piece. */
interface Written {
  readonly size: number;
  /** Octets not compared yet. */
  readonly left: number;
  /** Compares the next octets; throws `io.*`. */
  isNext(bytes: Uint8Array): boolean;
  close(): void;
}

function openWritten(files: Files, path: string): Written {
  let fd: number | undefined;
  try {
    const { kind } = files.lstat(path);
    if (kind !== "file") throw existsError(path, ", but not as a file");
    fd = files.open(path, "r");
    const { size } = files.fstat(fd);
    return writtenOf(files, path, fd, size);
  } catch (error) {
    const opened = fd;
    if (opened !== undefined) quietly(() => files.close(opened));
    throw fileError(error, "read", path);
  }
}

function writtenOf(files: Files, path: string, fd: number, size: number): Written {
  let compared = 0;
  return {
    size,
    get left() {
      return size - compared;
    },
    isNext(bytes) {
      const there = Buffer.alloc(bytes.length);
      try {
        for (let at = 0; at < there.length; ) {
          const count = files.read(fd, there, at, there.length - at, compared + at);
          if (count === 0) return false;
          at += count;
        }
      } catch (error) {
        throw fileError(error, "read", path);
      }
      compared += bytes.length;
      return there.equals(bytes);
    },
    close: () => quietly(() => files.close(fd)),
  };
}

function notTheseRows(path: string): SamicertsError {
  return existsError(path, ", and has something else in it than the rows that this batch refuses");
}

function rangeRecord(row: { readonly serial: bigint; readonly name: string } | undefined): string {
  if (row === undefined) throw new RangeError("a rejected row has a text, or is one of a range");
  return `${row.serial},"${row.name.replaceAll('"', '""')}"`;
}
