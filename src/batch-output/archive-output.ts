import type { BatchOutput, EncodedDevices, OutputKind } from "../actions/batch-output.ts";
import type { AppendFile } from "./append-file.ts";

/** What an archive is, beside its file. */
export interface Archive {
  readonly kind: OutputKind;
  readonly path: string;
  /** Where a device's certificate is in it. */
  readonly fileOf: (serial: string) => string;
  /** What closes it. */
  readonly end: Uint8Array;
}

/** A batch's output into one file that grows by a chunk at a time: what a crash tears is the uncommitted end. */
export class ArchiveOutput implements BatchOutput {
  readonly kind: OutputKind;
  readonly path: string;
  readonly resumable: boolean = true;
  private readonly archive: Archive;
  private readonly file: AppendFile;

  constructor(archive: Archive, file: AppendFile) {
    this.archive = archive;
    ({ kind: this.kind, path: this.path } = archive);
    this.file = file;
  }

  fileOf(serial: string): string {
    return this.archive.fileOf(serial);
  }

  taken(): undefined {
    return undefined;
  }

  leftover(): undefined {
    return undefined;
  }

  write(_serials: readonly string[], { output }: EncodedDevices): void {
    if (output.length > 0) this.file.append(output);
  }

  flush(): number {
    return this.file.flush();
  }

  finish(): void {
    if (this.archive.end.length > 0) this.file.append(this.archive.end);
    this.file.flush();
  }

  close(): void {
    this.file.close();
  }
}
