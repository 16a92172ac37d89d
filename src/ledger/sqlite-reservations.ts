import { certificateIssued } from "./event.ts";
import type { IssuedCertificate, IssuerEntry, IssuerId, Reservation, ReservationRequest } from "./ledger.ts";
import {
  checkRequest,
  keyDuplicate,
  renewalDone,
  renewalUnknown,
  reservationLost,
  serialDuplicate,
} from "./refusals.ts";
import type { SqlValue } from "./sqlite-connection.ts";
import { isNotUnique } from "./sqlite-error.ts";
import { note } from "./sqlite-events.ts";
import { findKeyRow, findRow, findStored, findSuccessors, toRow } from "./sqlite-find.ts";
import { checkBounds, claimLine, dropClaim, openLine, reclaimLine } from "./sqlite-lines.ts";
import { SQL } from "./sqlite-statements.ts";
import type { SqliteStore } from "./sqlite-store.ts";
import { isInTheWay, predecessorOf, successionOf } from "./succession.ts";

/** The reservations of a SQLite ledger that are made one by one, and what becomes of them. */
export class SqliteReservations {
  private readonly store: SqliteStore;
  private readonly addIssuer: (issuer: IssuerEntry) => IssuerId;

  constructor(store: SqliteStore, addIssuer: (issuer: IssuerEntry) => IssuerId) {
    this.store = store;
    this.addIssuer = addIssuer;
  }

  /** As Ledger.reserve. */
  reserve(request: ReservationRequest): Reservation {
    checkRequest(request);
    const { store } = this;
    const { issuer, serial, name, spkiSha256, atMs, factoryLine, onlySuccessor } = request;
    const holder = store.holderId();
    checkBounds(store, request);
    const earlier = [this.renewed(request), this.replaced(request)];
    const key = [spkiSha256 ?? null, isElsewhere(request)];
    const values: SqlValue[] = [issuer, serial, name, holder, atMs, ...key, ...earlier];
    const succession = successionOf(request.renews?.serial, request.replaces?.serial);
    const insert = (): boolean => {
      if (factoryLine === undefined && onlySuccessor === undefined)
        return store.run(SQL.reserve, ...values) === 1;
      return store.transaction(() => {
        if (onlySuccessor === true) this.checkUnsucceeded(request);
        if (store.run(SQL.reserve, ...values) !== 1) return false;
        if (factoryLine !== undefined) claimLine(store, request, factoryLine);
        return true;
      });
    };
    // Again where the row in the way was released before it could be looked at.
    for (;;) {
      if (insert()) return { issuer, serial, name, takenOver: false, ...succession };
      const taken = findRow(store, issuer, serial);
      if (taken !== undefined) throw serialDuplicate(taken);
      const sameKey = spkiSha256 === undefined ? undefined : findKeyRow(store, spkiSha256);
      if (sameKey !== undefined) throw keyDuplicate(request, sameKey);
    }
  }

  /** As Ledger.takeOver. */
  takeOver(request: ReservationRequest): Reservation {
    checkRequest(request);
    const { store } = this;
    const { issuer, serial, name, spkiSha256, atMs, factoryLine } = request;
    const stored = findStored(store, issuer, serial);
    if (stored === undefined) throw reservationLost({ serial });
    const row = toRow(store, stored);
    // What belongs to a batch may lie in that batch's output: only the batch itself can tell.
    const ofBatch = stored.batch !== null && stored.batch_finished_ms === null;
    if (!row.abandoned || row.name !== name || ofBatch) throw serialDuplicate(row);
    const holder = store.holderId();
    const key = [spkiSha256 ?? null, isElsewhere(request)];
    const values = [holder, atMs, ...key, issuer, serial, serial, stored.holder];
    const taken = this.unlessKeyExists(request, spkiSha256, () =>
      store.transaction(() => {
        const changed = store.run(SQL.takeOver, ...values);
        if (changed === 1 && factoryLine !== undefined) reclaimLine(store, request, factoryLine);
        return changed;
      }),
    );
    // Somebody else was faster.
    if (taken !== 1) throw serialDuplicate(findRow(store, issuer, serial) ?? row);
    return { issuer, serial, name, takenOver: true, ...successionOf(row.renews, row.replaces) };
  }

  /** As Ledger.commit. */
  commit(reservation: Reservation, certificate: IssuedCertificate): void {
    const { store } = this;
    const { issuer, serial, name: subject } = reservation;
    const { atMs, spkiSha256, certificateSha256, der, notBeforeMs, notAfterMs } = certificate;
    const columns = [atMs, certificateSha256, notBeforeMs, notAfterMs, spkiSha256];
    const holder = store.holderId();
    this.unlessKeyExists(reservation, spkiSha256, () =>
      store.transaction(() => {
        const values = [...columns, issuer, serial, serial, holder, spkiSha256];
        if (store.run(SQL.commit, ...values) !== 1) throw reservationLost(reservation);
        store.run(SQL.addDer, issuer, serial, serial, der);
        note(store, { ...certificateIssued(reservation), atMs, digest: certificateSha256 });
        openLine(store, reservation, () => this.addIssuer({ subject, spkiSha256, createdMs: atMs }));
      }),
    );
  }

  /** As Ledger.release. */
  release(reservation: Reservation): void {
    if (reservation.takenOver) this.abandon(reservation);
    else
      this.store.transaction(() => {
        dropClaim(this.store, reservation);
        this.giveUp(reservation, SQL.release);
      });
  }

  /** As Ledger.abandon. */
  abandon(reservation: Reservation): void {
    this.giveUp(reservation, SQL.abandon);
  }

  private giveUp(reservation: Reservation, sql: string): void {
    const { issuer, serial } = reservation;
    if (this.store.run(sql, issuer, serial, serial, this.store.holderId()) !== 1)
      throw reservationLost(reservation);
  }

  /** Throws `renewal.done` where something took the place of the same certificate, or is about to. */
  private checkUnsucceeded(request: ReservationRequest): void {
    const earlier = predecessorOf(request);
    if (earlier === undefined) return;
    const all = findSuccessors(this.store, earlier.issuer, earlier.serial);
    const other = all.find((row) => isInTheWay(row, request.issuer));
    if (other !== undefined) throw renewalDone(earlier.serial, other);
  }

  /** The row that a request says it renews; null where it renews none. */
  private renewed(request: ReservationRequest): number | null {
    const { renews } = request;
    if (renews === undefined) return null;
    const earlier = findStored(this.store, renews.issuer, renews.serial);
    const key = earlier?.state === "issued" ? earlier.spki_sha256 : null;
    const same =
      key !== null && request.spkiSha256 !== undefined && Buffer.from(key).equals(request.spkiSha256);
    if (earlier === undefined || !same) throw renewalUnknown(request.serial, renews.serial);
    return earlier.id;
  }

  /** The row that a request says it takes the place of; null where there is none. */
  private replaced({ serial, replaces }: ReservationRequest): number | null {
    if (replaces === undefined) return null;
    const earlier = findStored(this.store, replaces.issuer, replaces.serial);
    if (earlier?.state !== "issued") throw renewalUnknown(serial, replaces.serial);
    return earlier.id;
  }

  private unlessKeyExists<T>(
    subject: { readonly serial: string },
    spkiSha256: Uint8Array | undefined,
    work: () => T,
  ): T {
    try {
      return work();
    } catch (error) {
      if (spkiSha256 !== undefined && error instanceof Error && isNotUnique(error.cause))
        throw keyDuplicate(subject, findKeyRow(this.store, spkiSha256));
      throw error;
    }
  }
}

function isElsewhere(request: ReservationRequest): number {
  return request.keyElsewhere === true ? 1 : 0;
}
