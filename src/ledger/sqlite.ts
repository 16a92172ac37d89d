import { resolve } from "node:path";
import { becomeHolder, type Holder, isGone } from "./holder.ts";
import type {
  IssuedCertificate,
  IssuerEntry,
  IssuerId,
  Ledger,
  LedgerRow,
  Reservation,
  ReservationRequest,
} from "./ledger.ts";
import { checkRequest, keyDuplicate, reservationLost, serialDuplicate } from "./refusals.ts";
import { type Connection, connectLedger, type SqlValue, type Statement } from "./sqlite-connection.ts";
import { isNotUnique, ledgerError } from "./sqlite-error.ts";
import { SQL } from "./sqlite-statements.ts";

/**
 * Opens the ledger in the SQLite file `path`, made where it is absent; many processes may have it open at once.
 * `busyMs` is how long to wait for others wherever it is locked.
 * After `close` the file and its write-ahead log are let go when the process ends, or its memory is collected.
 * Nobody else in this process may open and close that file, nor those beside it: that would free SQLite's locks.
 * Throws `ledger.newer`, `ledger.foreign`, `ledger.locked`, `ledger.damaged`, `io.*` (all kind `io`).
 */
export function openSqliteLedger(path: string, busyMs: number): Ledger {
  return new SqliteLedger(path, connectLedger(path, busyMs));
}

interface StoredRow {
  readonly issuer: IssuerId;
  readonly serial: string;
  readonly name: string;
  readonly state: "reserved" | "issued";
  readonly holder: string | null;
  readonly reserved_ms: number;
  readonly issued_ms: number;
  readonly spki_sha256: ArrayBuffer;
  readonly certificate_sha256: ArrayBuffer;
  readonly der: ArrayBuffer;
  readonly not_before_ms: number;
  readonly not_after_ms: number;
}

class SqliteLedger implements Ledger {
  /** As the caller names it, for messages. */
  private readonly path: string;
  /** The same whatever the current directory is later. */
  private readonly file: string;
  private readonly connection: Connection;
  private readonly statements: Map<string, Statement> = new Map();
  private holder: Holder | undefined;

  constructor(path: string, connection: Connection) {
    this.path = path;
    this.file = resolve(path);
    this.connection = connection;
  }

  addIssuer(issuer: IssuerEntry): IssuerId {
    const known = (): { readonly id: IssuerId } | undefined =>
      this.get(SQL.findIssuer, issuer.spkiSha256, issuer.subject) as { id: IssuerId } | undefined;
    const found = known();
    if (found !== undefined) return found.id;
    this.run(SQL.addIssuer, issuer.subject, issuer.spkiSha256, issuer.createdMs);
    return (known() as { id: IssuerId }).id;
  }

  reserve(request: ReservationRequest): Reservation {
    checkRequest(request);
    const { issuer, serial, name, spkiSha256, atMs } = request;
    // Again where the row in the way was released before it could be looked at.
    for (;;) {
      if (this.run(SQL.reserve, issuer, serial, name, this.holderId(), atMs, spkiSha256 ?? null) === 1)
        return { issuer, serial, name, takenOver: false };
      const taken = this.find(issuer, serial);
      if (taken !== undefined) throw serialDuplicate(taken);
      const sameKey = spkiSha256 === undefined ? undefined : this.findKey(spkiSha256);
      if (sameKey !== undefined) throw keyDuplicate(request, sameKey);
    }
  }

  takeOver(request: ReservationRequest): Reservation {
    checkRequest(request);
    const { issuer, serial, name, spkiSha256, atMs } = request;
    const stored = this.get(SQL.find, issuer, serial) as StoredRow | undefined;
    if (stored === undefined) throw reservationLost({ issuer, serial, name, takenOver: true });
    const row = this.toRow(stored);
    if (!row.abandoned || row.name !== name) throw serialDuplicate(row);
    const values = [this.holderId(), atMs, spkiSha256 ?? null, issuer, serial, stored.holder];
    const taken = this.runUnlessKeyExists(request, spkiSha256, SQL.takeOver, ...values);
    // Somebody else was faster.
    if (taken !== 1) throw serialDuplicate(this.find(issuer, serial) ?? row);
    return { issuer, serial, name, takenOver: true };
  }

  commit(reservation: Reservation, certificate: IssuedCertificate): void {
    const { atMs, spkiSha256, certificateSha256, der, notBeforeMs, notAfterMs } = certificate;
    const changed = this.runUnlessKeyExists(
      reservation,
      spkiSha256,
      SQL.commit,
      atMs,
      spkiSha256,
      certificateSha256,
      der,
      notBeforeMs,
      notAfterMs,
      reservation.issuer,
      reservation.serial,
      this.holderId(),
    );
    if (changed !== 1) throw reservationLost(reservation);
  }

  release(reservation: Reservation): void {
    this.giveUp(reservation, reservation.takenOver ? SQL.abandon : SQL.release);
  }

  abandon(reservation: Reservation): void {
    this.giveUp(reservation, SQL.abandon);
  }

  private giveUp(reservation: Reservation, sql: string): void {
    if (this.run(sql, reservation.issuer, reservation.serial, this.holderId()) !== 1)
      throw reservationLost(reservation);
  }

  find(issuer: IssuerId, serial: string): LedgerRow | undefined {
    const stored = this.get(SQL.find, issuer, serial) as StoredRow | undefined;
    return stored === undefined ? undefined : this.toRow(stored);
  }

  private findKey(spkiSha256: Uint8Array): LedgerRow | undefined {
    const stored = this.get(SQL.findKey, spkiSha256) as StoredRow | undefined;
    return stored === undefined ? undefined : this.toRow(stored);
  }

  close(): void {
    this.holder?.leave();
    this.holder = undefined;
    this.statements.clear();
    try {
      // A copy of the one file is then a copy of the ledger, however the process ends. Waits for nobody.
      this.connection.exec("PRAGMA wal_checkpoint(PASSIVE)");
    } catch {
      // It is as durable in the log.
    }
    this.connection.close();
  }

  private toRow(stored: StoredRow): LedgerRow {
    const { issuer, serial, name, state } = stored;
    const row = { issuer, serial, name, state, reservedMs: stored.reserved_ms };
    if (state === "reserved") return { ...row, abandoned: this.isAbandoned(stored.holder) };
    const certificate: IssuedCertificate = {
      der: new Uint8Array(stored.der),
      certificateSha256: new Uint8Array(stored.certificate_sha256),
      spkiSha256: new Uint8Array(stored.spki_sha256),
      notBeforeMs: stored.not_before_ms,
      notAfterMs: stored.not_after_ms,
      atMs: stored.issued_ms,
    };
    return { ...row, abandoned: false, certificate };
  }

  private isAbandoned(holder: string | null): boolean {
    if (holder === null) return true;
    return holder !== this.holder?.id && this.tell(() => isGone(this.file, holder));
  }

  /** A process that only reads is no holder. */
  private holderId(): string {
    this.holder ??= this.tell(() => becomeHolder(this.file, () => this.newId()));
    return this.holder.id;
  }

  private newId(): string {
    return (this.get(SQL.newId) as { readonly id: string }).id;
  }

  private run(sql: string, ...values: readonly SqlValue[]): number {
    return this.tell(() => this.statement(sql).run(values).changes);
  }

  private runUnlessKeyExists(
    subject: { readonly serial: string },
    spkiSha256: Uint8Array | undefined,
    sql: string,
    ...values: readonly SqlValue[]
  ): number {
    try {
      return this.statement(sql).run(values).changes;
    } catch (error) {
      if (spkiSha256 !== undefined && isNotUnique(error))
        throw keyDuplicate(subject, this.findKey(spkiSha256));
      throw ledgerError(error, this.path);
    }
  }

  private get(sql: string, ...values: readonly SqlValue[]): unknown {
    return this.tell(() => this.statement(sql).get(values));
  }

  private tell<T>(action: () => T): T {
    try {
      return action();
    } catch (error) {
      throw ledgerError(error, this.path);
    }
  }

  private statement(sql: string): Statement {
    const known = this.statements.get(sql);
    if (known !== undefined) return known;
    const statement = this.connection.prepare(sql);
    this.statements.set(sql, statement);
    return statement;
  }
}
