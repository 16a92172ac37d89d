import { reasonCode } from "../x509/crl-reason.ts";
import type { IssuerId, RowPlace } from "./ledger.ts";
import type {
  CrlReservation,
  CrlRow,
  PublishedCrl,
  Revocation,
  RevocationOutcome,
  RevocationRequest,
  Revocations,
  RevokedQuery,
  RevokedRow,
} from "./revocation.ts";
import { publishedDetail, releasedDetail, revokedDetail } from "./revocation-event.ts";
import { notHeld, notIssued, revokedAlready, rootNotRevocable } from "./revocation-refusals.ts";
import { note } from "./sqlite-events.ts";
import { findRow } from "./sqlite-find.ts";
import { readRevocation, type StoredRevocation } from "./sqlite-row.ts";
import type { SqliteStore } from "./sqlite-store.ts";

const REVOCATION = "v.reason, v.revoked_ms, v.invalid_from_ms, v.recorded_ms";

const SQL = {
  find: `SELECT c.id, c.name, c.state, c.certificate_sha256, c.spki_sha256 = i.spki_sha256 AS is_root, ${REVOCATION}
    FROM certificates c JOIN issuers i ON i.id = c.issuer LEFT JOIN revocations v ON v.certificate = c.id
    WHERE c.issuer = ? AND c.serial_length = length(?) AND c.serial = ?`,
  revoke: `INSERT INTO revocations (certificate, issuer, reason, revoked_ms, invalid_from_ms, recorded_ms)
    VALUES (?, ?, ?, ?, ?, ?) ON CONFLICT (certificate) DO UPDATE SET reason = excluded.reason,
      revoked_ms = excluded.revoked_ms, invalid_from_ms = excluded.invalid_from_ms, recorded_ms = excluded.recorded_ms`,
  release: "DELETE FROM revocations WHERE certificate = ?",
  page: `SELECT v.certificate, c.serial, ${REVOCATION}
    FROM revocations v INDEXED BY revocations_issuer JOIN certificates c ON c.id = v.certificate
    WHERE v.issuer = ?1 AND v.certificate > ?2 AND (?3 IS NULL OR c.not_after_ms >= ?3 OR v.recorded_ms >= ?3)
    ORDER BY v.certificate LIMIT ?4`,
  count: "SELECT count(*) AS count FROM revocations",
  // An issuer that got a new key has the same name, and it is the name that a CRL's number belongs to.
  reserveCrl: `INSERT INTO crls (issuer, number, reserved_ms)
    SELECT ?1, 1 + max(?2, (SELECT coalesce(max(k.number), 0) FROM crls k WHERE k.issuer IN (
      SELECT o.id FROM issuers o JOIN issuers i ON o.subject = i.subject WHERE i.id = ?1))), ?3`,
  newestCrl: "SELECT max(number) AS number FROM crls WHERE issuer = ?",
  publishCrl: `UPDATE crls SET published_ms = ?, this_update_ms = ?, next_update_ms = ?, entries = ?, sha256 = ?
    WHERE issuer = ? AND number = ?`,
  lastCrl: `SELECT number, published_ms, this_update_ms, next_update_ms, entries, sha256 FROM crls
    WHERE issuer = ? AND published_ms IS NOT NULL ORDER BY number DESC LIMIT 1`,
} as const;

interface StoredSubject extends StoredRevocation {
  readonly id: number;
  readonly name: string;
  readonly state: string;
  readonly certificate_sha256: ArrayBuffer | null;
  readonly is_root: number | null;
}

interface StoredEntry extends StoredRevocation {
  readonly certificate: number;
  readonly serial: string;
}

interface StoredCrl {
  readonly number: number;
  readonly published_ms: number;
  readonly this_update_ms: number;
  readonly next_update_ms: number;
  readonly entries: number;
  readonly sha256: ArrayBuffer;
}

/** What a SQLite ledger knows of what was revoked. */
export class SqliteRevocations implements Revocations {
  private readonly store: SqliteStore;

  constructor(store: SqliteStore) {
    this.store = store;
  }

  revoke(requests: readonly RevocationRequest[], atMs: number): readonly RevocationOutcome[] {
    return this.store.transaction(() => requests.map((request) => this.revokeOne(request, atMs)));
  }

  release(place: RowPlace, atMs: number): Revocation {
    const { store } = this;
    return store.transaction(() => {
      const found = this.find(place);
      const held = found === undefined ? undefined : readRevocation(found);
      if (found === undefined || held?.reason !== "certificateHold") throw notHeld(place, held);
      store.run(SQL.release, found.id);
      this.note("released", place, found, atMs, releasedDetail(held));
      return held;
    });
  }

  page({ issuer, after, limit, keptFromMs }: RevokedQuery): readonly RevokedRow[] {
    const rows = this.store.all<StoredEntry>(SQL.page, issuer, after, keptFromMs ?? null, limit);
    return rows.map((row) => ({
      place: row.certificate,
      serial: row.serial,
      ...(readRevocation(row) as Revocation),
    }));
  }

  count(): number {
    return this.store.get<{ readonly count: number }>(SQL.count)?.count ?? 0;
  }

  reserveCrl(issuer: IssuerId, atMs: number, above = 0): CrlReservation {
    const { store } = this;
    return store.transaction(() => {
      store.run(SQL.reserveCrl, issuer, above, atMs);
      const { number } = store.get<{ readonly number: number }>(SQL.newestCrl, issuer) ?? { number: 0 };
      return { issuer, number };
    });
  }

  publishCrl({ issuer, number }: CrlReservation, crl: PublishedCrl): void {
    const { atMs, thisUpdateMs, nextUpdateMs, entries, sha256 } = crl;
    const { store } = this;
    store.transaction(() => {
      store.run(SQL.publishCrl, atMs, thisUpdateMs, nextUpdateMs, entries, sha256, issuer, number);
      const detail = publishedDetail(number, crl);
      note(store, { kind: "crl-published", atMs, issuer, digest: sha256, detail });
    });
  }

  lastCrl(issuer: IssuerId): CrlRow | undefined {
    const stored = this.store.get<StoredCrl>(SQL.lastCrl, issuer);
    if (stored === undefined) return undefined;
    const { number, published_ms, this_update_ms, next_update_ms, entries, sha256 } = stored;
    return {
      number,
      atMs: published_ms,
      thisUpdateMs: this_update_ms,
      nextUpdateMs: next_update_ms,
      entries,
      sha256: new Uint8Array(sha256),
    };
  }

  private find({ issuer, serial }: RowPlace): StoredSubject | undefined {
    return this.store.get<StoredSubject>(SQL.find, issuer, serial, serial);
  }

  private revokeOne(request: RevocationRequest, atMs: number): RevocationOutcome {
    const { store } = this;
    const { issuer, serial, reason, revokedMs, invalidFromMs } = request;
    const found = this.find(request);
    if (found?.state !== "issued")
      return { outcome: "refused", error: notIssued(request, findRow(store, issuer, serial)) };
    if (found.is_root === 1) return { outcome: "refused", error: rootNotRevocable(request) };
    const revocation = readRevocation(found);
    const isHeld = revocation?.reason === "certificateHold";
    if (revocation !== undefined && (!isHeld || reason === "certificateHold"))
      return { outcome: "refused", error: revokedAlready(request, revocation), revocation };
    store.run(SQL.revoke, found.id, issuer, reasonCode(reason), revokedMs, invalidFromMs ?? null, atMs);
    this.note("revoked", request, found, atMs, revokedDetail(request, isHeld));
    const held = revocation === undefined ? {} : { held: revocation };
    return { outcome: "revoked", name: found.name, ...held };
  }

  private note(
    kind: "revoked" | "released",
    { issuer, serial }: RowPlace,
    { certificate_sha256 }: StoredSubject,
    atMs: number,
    detail: string,
  ): void {
    const digest = certificate_sha256 === null ? {} : { digest: new Uint8Array(certificate_sha256) };
    note(this.store, { kind, atMs, issuer, serial, detail, ...digest });
  }
}
