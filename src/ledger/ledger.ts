import type { SamicertsError } from "../base/errors.ts";
import type {
  Batch,
  BatchId,
  BatchLine,
  BatchProgress,
  BatchRequest,
  BatchRow,
  ChunkCommit,
  ChunkRow,
  RowOutcome,
} from "./batch.ts";
import type { EventEnd, EventNote, EventRow, RecordFault, RecordTally } from "./event.ts";
import type { LineClaim, LineRow } from "./factory-line.ts";
import type { Listed, ListFilter, ListPage } from "./listing.ts";
import type { Revocation, Revocations } from "./revocation.ts";

/**
 * The ledger: which serial each issuer has used, for whom, and the certificate it went into.
 *
 * A certificate passes through it in two steps, so that a serial is never used twice even where the power fails:
 * `reserve` before the signature, `commit` once the files are durable. What a crash leaves between the two is an
 * abandoned reservation. It may stand for nothing, or for a certificate that was signed and written, so it is
 * neither forgotten nor given to the next comer: the serial stays taken, and only a run that asks for the same
 * serial and the same name may `takeOver`, after the process that held it is provably gone. That run looks at the
 * files first, adopts a certificate that it finds there, and signs one only where there is none.
 *
 * Every method is synchronous and durable when it returns. Besides what each says, each throws
 * `ledger.locked`, `ledger.damaged`, `io.no-space`, `io.read-only` or `io.failed` (kind `io`).
 */
export interface Ledger {
  /** What was revoked, and the CRLs that say so. */
  readonly revocations: Revocations;
  /** Makes an issuer known, or finds it again by its key and subject; gives its number here. */
  addIssuer(issuer: IssuerEntry): IssuerId;
  /**
   * Takes a serial for one certificate, once for ever, over all processes that share the ledger.
   * Throws `serial.duplicate` where it is taken (kind `exists`; the message says by whom and since when), and
   * `key.duplicate` where `spkiSha256` is given and another certificate has that key, unless it is renewed here;
   * `renewal.unknown` (kind `input`) where what it renews was not issued, or has another key; `renewal.done` (kind
   * `exists`) with `onlySuccessor`, where that was renewed already, or is being renewed. Throws `serial.outside-line` (kind `input`) where the issuer is a line that may not use the serial; with
   * `factoryLine`, which claims the line's name and serials, `line.duplicate` and `line.serials-taken` (kind `exists`).
   */
  reserve(request: ReservationRequest): Reservation;
  /**
   * Takes over an abandoned reservation of the same serial and name.
   * Look for its files before signing anything. Throws `serial.duplicate` where there is nothing to take over:
   * another name, already issued, a batch's that is not finished, or held by a process that is alive; `ledger.reservation-lost` without such a row.
   * With `factoryLine` the line's serials are as they are asked for now.
   */
  takeOver(request: ReservationRequest): Reservation;
  /**
   * Records the certificate and marks the serial as issued, once its files are durable.
   * Throws `key.duplicate` (kind `exists`) where another certificate has that key, by whichever issuer; and
   * `ledger.reservation-lost` (kind `io`) where the reservation is not this ledger's any more.
   * A line's own certificate makes the line an issuer.
   */
  commit(reservation: Reservation, certificate: IssuedCertificate): void;
  /**
   * Gives a reservation back, where nothing that was signed under it is left anywhere.
   * One that was taken over becomes abandoned again instead of free.
   * Throws `ledger.reservation-lost` where it is not this ledger's any more, or was committed.
   */
  release(reservation: Reservation): void;
  /**
   * Gives a reservation up where something that was signed under it may be left, so that a later run can take it over
   * while this process lives on. Throws `ledger.reservation-lost` as `release` does.
   */
  abandon(reservation: Reservation): void;
  /** What is known of one serial of one issuer; undefined where it is free. */
  find(issuer: IssuerId, serial: string): LedgerRow | undefined;
  /**
   * Whether the certificate of this digest is the one issued under its serial, and neither revoked nor on hold: quicker
   * to be told than all that `find` knows of it.
   */
  stands(issuer: IssuerId, serial: string, certificateSha256: Uint8Array): boolean;
  /** The newest certificate or reservation with that public key, over all issuers. */
  findKey(spkiSha256: Uint8Array): LedgerRow | undefined;
  /**
   * Begins a batch, or continues the one of the same identity that was cut off; a finished one is given back with
   * `finished` set. The batch is this process's until it is finished or the ledger is closed.
   * Throws `batch.busy` (kind `exists`) where a process that is alive has a batch into the same output.
   */
  openBatch(request: BatchRequest): Batch;
  /**
   * Reserves a chunk's serials in one transaction; gives an outcome for each row, in their order.
   * Throws `batch.lost` (kind `io`) where the batch is not this ledger's any more, as the next two do.
   */
  reserveChunk(batch: Batch, rows: readonly ChunkRow[], atMs: number): readonly RowOutcome[];
  /** Commits a chunk in one transaction; throws `key.duplicate`, `ledger.reservation-lost`; then nothing of it is committed. */
  commitChunk(batch: Batch, commit: ChunkCommit): void;
  /** Commits a chunk and reserves the next one's serials in one transaction, with one flush. */
  turnChunk(
    batch: Batch,
    commit: ChunkCommit,
    rows: readonly ChunkRow[],
    atMs: number,
  ): readonly RowOutcome[];
  /** How far a batch has come. */
  batchProgress(batch: BatchId): BatchProgress;
  /** Marks a batch as finished; `summary` is kept for whoever runs the same command again. */
  finishBatch(batch: Batch, summary: string, atMs: number): void;
  /** Gives a batch up so that another run can continue it while this process lives on. */
  leaveBatch(batch: Batch): void;
  /** Every batch, the newest first. */
  batches(): readonly BatchRow[];
  /** What a batch has reserved or issued of its input's lines `from` to `to`, in their order. */
  batchLines(batch: BatchId, from: number, to: number): readonly BatchLine[];
  /** Of these names, those that certificates of this issuer have already: the name and that certificate's serial. */
  findNames(issuer: IssuerId, names: readonly string[]): ReadonlyMap<string, string>;
  /**
   * Why `reserveChunk` would refuse each of these rows as the ledger stands, in their order; undefined for those that it
   * would not. Reserves nothing, and does not compare the rows with each other.
   */
  findRefusals(issuer: IssuerId, rows: readonly ChunkRow[]): readonly (SamicertsError | undefined)[];
  /** One page of the certificates that the filter lets through; throws `list.bad-after` (kind `input`). */
  list(filter: ListFilter, page: ListPage): Listed;
  /** Every factory line, in the order in which they were claimed. */
  lines(): readonly LineRow[];
  /** The certificates and reservations that took the place of this one, with its key or another; the newest last. */
  successors(issuer: IssuerId, serial: string): readonly LedgerRow[];
  /** Every issuer, in the order in which they were made known. */
  issuers(): readonly IssuerRow[];
  /** Adds a line to the record of what was done; a refusal does not wait long for others. */
  note(event: EventNote): void;
  /** The record from the line after `after` on, at most `limit` lines. */
  events(after: number, limit: number): readonly EventRow[];
  /** Where the record ends. */
  eventEnd(): EventEnd;
  /**
   * Finds lines of the record that were altered, removed, put in, moved or cut off, and what no line tells of; `head` is
   * the hash of a line that was the newest once.
   */
  checkRecord(head?: Uint8Array): Generator<RecordFault, RecordTally>;
  /** How many certificates were issued by each batch, and, as undefined, outside of any. */
  countIssued(): ReadonlyMap<BatchId | undefined, number>;
  /** What is wrong with the store itself, in words; empty where nothing is. */
  checkIntegrity(): readonly string[];
  /** Copies the whole ledger as of this moment to a new file, durably; throws `exists.file`, `io.*`. */
  backup(path: string): void;
  /** Ends the use of the ledger; reservations neither committed nor released become abandoned. */
  close(): void;
}

/** An issuer's number within one ledger. */
export type IssuerId = number;

/** An issuer as it is made known to the ledger. */
export interface IssuerEntry {
  /** The subject DN in words. */
  readonly subject: string;
  /** SHA-256 of its SubjectPublicKeyInfo. */
  readonly spkiSha256: Uint8Array;
  /** Milliseconds since 1970. */
  readonly createdMs: number;
}

/** Where a certificate is in the ledger. */
export interface RowPlace {
  readonly issuer: IssuerId;
  /** In decimal digits. */
  readonly serial: string;
}

/** What a reservation is asked for. */
export interface ReservationRequest {
  readonly issuer: IssuerId;
  /** The serial number in decimal digits. */
  readonly serial: string;
  /** Who the certificate is for. */
  readonly name: string;
  /** SHA-256 of the SubjectPublicKeyInfo to be certified, to have a key that was used before refused now. */
  readonly spkiSha256?: Uint8Array;
  /** An earlier certificate whose public key this one has too; `spkiSha256` is given then. */
  readonly renews?: RowPlace;
  /** An earlier certificate of the same device, whose key was another. */
  readonly replaces?: RowPlace;
  /** Refuses where another certificate, or a reservation, has taken the place of the earlier one already. */
  readonly onlySuccessor?: true;
  /** The line whose own certificate it is for. */
  readonly factoryLine?: LineClaim;
  /** The device keeps its key to itself: only its certificate is ours. */
  readonly keyElsewhere?: true;
  /** Milliseconds since 1970. */
  readonly atMs: number;
}

/** A serial held for one certificate by this process. */
export interface Reservation {
  readonly issuer: IssuerId;
  readonly serial: string;
  readonly name: string;
  /** True where an earlier run was cut off with it, and its files may exist. */
  readonly takenOver: boolean;
  /** The serial of the earlier certificate whose place it takes, and whether it has the same key. */
  readonly succeeds?: { readonly serial: string; readonly sameKey: boolean };
}

/** What is recorded of a certificate that was issued. */
export interface IssuedCertificate {
  readonly der: Uint8Array;
  /** SHA-256 of `der`. */
  readonly certificateSha256: Uint8Array;
  /** SHA-256 of its SubjectPublicKeyInfo. */
  readonly spkiSha256: Uint8Array;
  /** Milliseconds since 1970, as are the others. */
  readonly notBeforeMs: number;
  readonly notAfterMs: number;
  /** When it was issued. */
  readonly atMs: number;
}

/** An issuer as the ledger knows it. */
export interface IssuerRow extends IssuerEntry {
  readonly id: IssuerId;
}

/** What a serial has come to. */
export type CertificateState = "reserved" | "issued";

/** One serial of one issuer, as the ledger knows it. */
export interface LedgerRow {
  readonly issuer: IssuerId;
  readonly serial: string;
  readonly name: string;
  readonly state: CertificateState;
  /** Reserved by a process that is gone without having committed or released. */
  readonly abandoned: boolean;
  /** Milliseconds since 1970. */
  readonly reservedMs: number;
  /** The batch that it belongs to, and the row's place in that batch's input. */
  readonly batch?: BatchId;
  readonly line?: number;
  /** Reserved by a batch that was finished without it. */
  readonly batchFinished?: true;
  /** The serial of the earlier certificate that this one renews. */
  readonly renews?: string;
  /** The serial of the earlier certificate that this one takes the place of, with another key. */
  readonly replaces?: string;
  /** The device keeps its key to itself. */
  readonly keyElsewhere?: true;
  /** Present where it is issued. */
  readonly certificate?: IssuedCertificate;
  /** Present where it is revoked or on hold. */
  readonly revocation?: Revocation;
}
