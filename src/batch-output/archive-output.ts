import { gzipSync } from "node:zlib";
import type { BatchOutput, IssuedPair, OutputKind } from "../actions/batch-output.ts";
import type { AppendFile } from "./append-file.ts";

/** How devices become the octets of one file. */
export interface ArchiveEncoder {
  /** Where a device's certificate is in it. */
  fileOf(serial: string): string;
  /** A chunk's octets, in memory that the next call writes over. */
  encode(devices: readonly IssuedPair[]): Uint8Array;
  /** What closes the file. */
  end(): Uint8Array;
}

/** A batch's output into one file that grows by a chunk at a time: what a crash tears is the uncommitted end. */
export class ArchiveOutput implements BatchOutput {
  readonly kind: OutputKind;
  readonly path: string;
  readonly resumable: boolean = true;
  private readonly file: AppendFile;
  private readonly encoder: ArchiveEncoder;

  constructor(kind: OutputKind, path: string, file: AppendFile, encoder: ArchiveEncoder) {
    this.kind = kind;
    this.path = path;
    this.file = file;
    this.encoder = encoder;
  }

  fileOf(serial: string): string {
    return this.encoder.fileOf(serial);
  }

  taken(): undefined {
    return undefined;
  }

  leftover(): undefined {
    return undefined;
  }

  write(devices: readonly IssuedPair[]): void {
    if (devices.length > 0) this.file.append(this.encoder.encode(devices));
  }

  flush(): number {
    return this.file.flush();
  }

  finish(): void {
    const end = this.encoder.end();
    if (end.length > 0) this.file.append(end);
    this.file.flush();
  }

  close(): void {
    this.file.close();
  }
}

/** Level 1: what is in base64 can be made a quarter smaller and no more, however long one tries. */
const GZIP = { level: 1 };

/**
 * Compresses what another encoder makes, each chunk as a gzip member of its own: members one after the other are one
 * gzip file (RFC 1952, 2.2), and it can be cut off behind any of them.
 */
export function createGzipEncoder(inner: ArchiveEncoder): ArchiveEncoder {
  return {
    fileOf: inner.fileOf,
    encode: (devices) => gzipSync(inner.encode(devices), GZIP),
    end: () => gzipSync(inner.end(), GZIP),
  };
}
