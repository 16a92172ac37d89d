import type { BatchInput, RejectedRow } from "../actions/batch-row.ts";
import type { Files } from "../base/effects.ts";
import { existsError } from "../workspace/file-error.ts";
import { AppendFile, isThere } from "./append-file.ts";

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
}

/**
 * Opens a file for an input's rejected rows (0644); it is made with the first of them, so that there is none where no
 * row is rejected. With `again`, for a batch that goes on, one that is there is begun anew: tell it every row again.
 * Throws `exists.file` at once where something is there, `io.*`.
 */
export function openRejectsFile(
  files: Files,
  path: string,
  input: Pick<BatchInput, "format" | "header">,
  again = false,
): RejectsFile {
  if (isThere(files, path)) {
    if (!again) throw existsError(path);
    // Emptied now, or what an earlier run rejected would look like this one's.
    AppendFile.reopen(files, path, 0).close();
  }
  return new Rejects(files, path, input);
}

class Rejects implements RejectsFile {
  readonly path: string;
  leftOut = 0;
  private readonly files: Files;
  private readonly input: Pick<BatchInput, "format" | "header">;
  private file: AppendFile | undefined;
  private buffered: Uint8Array[] = [];
  private length = 0;

  constructor(files: Files, path: string, input: Pick<BatchInput, "format" | "header">) {
    this.files = files;
    this.path = path;
    this.input = input;
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
    const { file } = this;
    if (file === undefined) return;
    try {
      this.drain();
      file.flush();
    } finally {
      file.close();
    }
  }

  private begin(): void {
    if (this.file !== undefined) return;
    this.file = AppendFile.anew(this.files, this.path, MODE);
    const header = this.input.format === "range" ? "serial,name" : this.input.header;
    if (header !== undefined) this.buffer(Buffer.from(`${header}\n`));
  }

  private buffer(bytes: Uint8Array): void {
    this.buffered.push(bytes);
    this.length += bytes.length;
  }

  private drain(): void {
    this.file?.append(Buffer.concat(this.buffered));
    this.buffered = [];
    this.length = 0;
  }
}

function rangeRecord(row: { readonly serial: bigint; readonly name: string } | undefined): string {
  if (row === undefined) throw new RangeError("a rejected row has a text, or is one of a range");
  return `${row.serial},"${row.name.replaceAll('"', '""')}"`;
}
