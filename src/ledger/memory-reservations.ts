import { certificateIssued, type EventNote } from "./event.ts";
import type { IssuedCertificate, IssuerEntry, IssuerId, Reservation, ReservationRequest } from "./ledger.ts";
import { checkMemoryBounds, claimMemoryLine, dropMemoryLine, openMemoryLine } from "./memory-lines.ts";
import type { MemoryRows } from "./memory-rows.ts";
import { keyOf, removeEntry } from "./memory-state.ts";
import { checkRequest, renewalDone, renewalUnknown, reservationLost, serialDuplicate } from "./refusals.ts";
import { isInTheWay, predecessorOf, successionOf } from "./succession.ts";

/** What the reservations need of the ledger that they are in. */
interface Around {
  readonly addIssuer: (issuer: IssuerEntry) => IssuerId;
  readonly note: (event: EventNote) => void;
  readonly isUnfinished: (batch: number) => boolean;
}

/** The reservations of a ledger in memory that are made one by one, and what becomes of them. */
export class MemoryReservations {
  private readonly rows: MemoryRows;
  private readonly around: Around;

  constructor(rows: MemoryRows, around: Around) {
    this.rows = rows;
    this.around = around;
  }

  /** As Ledger.reserve. */
  reserve(request: ReservationRequest): Reservation {
    checkRequest(request);
    const { rows } = this;
    const { issuer, serial, name, atMs, spkiSha256, keyElsewhere, renews, replaces, factoryLine } = request;
    checkMemoryBounds(rows.state, request);
    const earlier = renews === undefined ? undefined : rows.entry(renews.issuer, renews.serial);
    if (renews !== undefined && (earlier?.certificate === undefined || earlier.spki !== keyOf(spkiSha256)))
      throw renewalUnknown(serial, renews.serial);
    const other = replaces === undefined ? undefined : rows.entry(replaces.issuer, replaces.serial);
    if (replaces !== undefined && other?.certificate === undefined)
      throw renewalUnknown(serial, replaces.serial);
    const taken = rows.entry(issuer, serial);
    if (taken !== undefined) throw serialDuplicate(rows.toRow(taken));
    const spki = spkiSha256 === undefined ? undefined : keyOf(spkiSha256);
    if (renews === undefined) rows.checkKey(request, spki);
    if (request.onlySuccessor === true) this.checkUnsucceeded(request);
    if (factoryLine !== undefined) claimMemoryLine(rows.state, request, factoryLine);
    const elsewhere = keyElsewhere === undefined ? {} : { keyElsewhere };
    const held = { holder: rows.me, spki, renews, replaces, ...elsewhere };
    rows.put({ issuer, serial, name, reservedMs: atMs, ...held });
    return { issuer, serial, name, takenOver: false, ...successionOf(renews?.serial, replaces?.serial) };
  }

  private checkUnsucceeded(request: ReservationRequest): void {
    const earlier = predecessorOf(request);
    if (earlier === undefined) return;
    const other = this.rows.successors(earlier).find((row) => isInTheWay(row, request.issuer));
    if (other !== undefined) throw renewalDone(earlier.serial, other);
  }

  /** As Ledger.takeOver. */
  takeOver(request: ReservationRequest): Reservation {
    checkRequest(request);
    const { rows } = this;
    const { issuer, serial, name, atMs, spkiSha256, keyElsewhere, factoryLine } = request;
    const entry = rows.entry(issuer, serial);
    if (entry === undefined) throw reservationLost({ serial });
    const row = rows.toRow(entry);
    const ofBatch = entry.batch !== undefined && this.around.isUnfinished(entry.batch);
    if (!row.abandoned || row.name !== name || ofBatch) throw serialDuplicate(row);
    const spki = spkiSha256 === undefined ? undefined : keyOf(spkiSha256);
    if (entry.renews === undefined) rows.checkKey(request, spki);
    if (factoryLine !== undefined) claimMemoryLine(rows.state, request, factoryLine);
    const { renews, replaces } = entry;
    const elsewhere = keyElsewhere === undefined ? {} : { keyElsewhere };
    const held = { holder: rows.me, spki, renews, replaces, ...elsewhere };
    rows.put({ issuer, serial, name, reservedMs: atMs, ...held });
    return { issuer, serial, name, takenOver: true, ...successionOf(renews?.serial, replaces?.serial) };
  }

  /** As Ledger.commit. */
  commit(reservation: Reservation, certificate: IssuedCertificate): void {
    const { rows } = this;
    const entry = rows.mine(reservation);
    const { spkiSha256, atMs } = certificate;
    const spki = keyOf(spkiSha256);
    if (entry.renews === undefined) rows.checkKey(reservation, spki);
    else if (entry.spki !== spki) throw reservationLost(reservation);
    rows.put({ ...entry, holder: undefined, spki, certificate });
    this.around.note({ ...certificateIssued(reservation), atMs, digest: certificate.certificateSha256 });
    const issuer = { subject: reservation.name, spkiSha256, createdMs: atMs };
    openMemoryLine(rows.state, reservation, () => this.around.addIssuer(issuer));
  }

  /** As Ledger.release. */
  release(reservation: Reservation): void {
    const { rows } = this;
    if (reservation.takenOver) {
      this.abandon(reservation);
      return;
    }
    const entry = rows.mine(reservation);
    dropMemoryLine(rows.state, reservation);
    removeEntry(rows.state, entry);
  }

  /** As Ledger.abandon. */
  abandon(reservation: Reservation): void {
    this.rows.put({ ...this.rows.mine(reservation), holder: undefined });
  }
}
