import type { CertificateRecord, Recorded } from "../../actions/certificate-record.ts";
import type { ErrorParts } from "../../base/errors.ts";
import type { SourcePath } from "../find-sources.ts";

/** What a thread is given at once: plain data. */
export type Chunk = FilesChunk | MembersChunk | LinesChunk | AbsentChunk | BrokenChunk;

interface Weighed {
  /** How much of the work it is, in the workload's unit. */
  readonly weight: number;
}

/** Files to be read. */
export interface FilesChunk extends Weighed {
  readonly kind: "files";
  readonly sources: readonly (SourcePath & { readonly recorded?: Recorded })[];
}

/** A file of an archive, with the key that lies beside it. */
export interface ArchiveMember {
  readonly name: string;
  readonly bytes: Uint8Array;
  readonly key?: { readonly name: string; readonly bytes: Uint8Array };
  readonly recorded?: Recorded;
}

/** Files of an archive. */
export interface MembersChunk extends Weighed {
  readonly kind: "members";
  readonly archive: string;
  readonly members: readonly ArchiveMember[];
}

/** Whole lines of an NDJSON archive. */
export interface LinesChunk extends Weighed {
  readonly kind: "lines";
  readonly archive: string;
  readonly text: string;
  /** The number of the first one, from 1. */
  readonly first: number;
  /** What a manifest says of each; absent where there is none. */
  readonly recorded?: readonly Recorded[];
}

/** Devices that are recorded and not there. */
export interface AbsentChunk extends Weighed {
  readonly kind: "absent";
  readonly by: string;
  readonly missing: readonly { readonly source: string; readonly record: CertificateRecord }[];
}

/** What could not be read to its end. */
export interface BrokenChunk extends Weighed {
  readonly kind: "broken";
  readonly source: string;
  readonly error: Pick<ErrorParts, "kind" | "code" | "message" | "hint">;
}

/** All that is to be verified, in order. */
export interface Workload<C extends Chunk = Chunk> {
  readonly total: number;
  /** What `total` and the chunks' weights count: files, or an archive's octets. */
  readonly unit: "files" | "octets";
  /** About how many certificates there are. */
  readonly size: number;
  chunks(): Iterable<C> | AsyncIterable<C>;
}
