import type { IssuerId, RowPlace } from "./ledger.ts";
import type { MemoryRows } from "./memory-rows.ts";
import { keyOf, type MemoryState, noteInMemory, placeOf } from "./memory-state.ts";
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

/** What a ledger in memory knows of what was revoked. */
export class MemoryRevocations implements Revocations {
  private readonly state: MemoryState;
  private readonly rows: MemoryRows;

  constructor(rows: MemoryRows) {
    this.state = rows.state;
    this.rows = rows;
  }

  revoke(requests: readonly RevocationRequest[], atMs: number): readonly RevocationOutcome[] {
    return requests.map((request) => this.revokeOne(request, atMs));
  }

  release(place: RowPlace, atMs: number): Revocation {
    const held = this.state.revocations.get(placeOf(place));
    if (held?.reason !== "certificateHold") throw notHeld(place, held);
    this.state.revocations.delete(placeOf(place));
    this.note("released", place, atMs, releasedDetail(held));
    return held;
  }

  page({ issuer, after, limit, keptFromMs }: RevokedQuery): readonly RevokedRow[] {
    const all = [...this.state.rows.values()].flatMap((entry, index) => {
      const revocation = this.state.revocations.get(placeOf(entry));
      return revocation === undefined ? [] : [{ entry, place: index + 1, revocation }];
    });
    return all
      .filter(({ entry, place, revocation }) => {
        const isKept =
          keptFromMs === undefined ||
          (entry.certificate?.notAfterMs ?? 0) >= keptFromMs ||
          revocation.recordedMs >= keptFromMs;
        return entry.issuer === issuer && place > after && isKept;
      })
      .slice(0, limit)
      .map(({ entry, place, revocation }) => ({ place, serial: entry.serial, ...revocation }));
  }

  count(): number {
    return this.state.revocations.size;
  }

  reserveCrl(issuer: IssuerId, _atMs: number, above = 0): CrlReservation {
    const { crls, issuers } = this.state;
    const nameOf = (id: IssuerId): string | undefined => issuers[id - 1]?.subject;
    const taken = crls.filter((crl) => nameOf(crl.issuer) === nameOf(issuer)).map(({ number }) => number);
    const number = 1 + Math.max(above, 0, ...taken);
    crls.push({ issuer, number });
    return { issuer, number };
  }

  publishCrl({ issuer, number }: CrlReservation, crl: PublishedCrl): void {
    const found = this.state.crls.find((one) => one.issuer === issuer && one.number === number);
    if (found !== undefined) found.published = crl;
    const { atMs, sha256: digest } = crl;
    const detail = publishedDetail(number, crl);
    noteInMemory(this.state, { kind: "crl-published", atMs, issuer, digest, detail });
  }

  lastCrl(issuer: IssuerId): CrlRow | undefined {
    const { crls } = this.state;
    const last = crls.findLast((one) => one.issuer === issuer && one.published !== undefined);
    return last?.published === undefined ? undefined : { number: last.number, ...last.published };
  }

  private revokeOne(request: RevocationRequest, atMs: number): RevocationOutcome {
    const { issuer, serial, reason, revokedMs, invalidFromMs } = request;
    const entry = this.rows.entry(issuer, serial);
    if (entry?.certificate === undefined)
      return {
        outcome: "refused",
        error: notIssued(request, entry === undefined ? undefined : this.rows.toRow(entry)),
      };
    if (entry.spki === keyOf(this.state.issuers[issuer - 1]?.spkiSha256))
      return { outcome: "refused", error: rootNotRevocable(request) };
    const revocation = this.state.revocations.get(placeOf(request));
    const isHeld = revocation?.reason === "certificateHold";
    if (revocation !== undefined && (!isHeld || reason === "certificateHold"))
      return { outcome: "refused", error: revokedAlready(request, revocation), revocation };
    const invalid = invalidFromMs === undefined ? {} : { invalidFromMs };
    this.state.revocations.set(placeOf(request), { reason, revokedMs, ...invalid, recordedMs: atMs });
    this.note("revoked", request, atMs, revokedDetail(request, isHeld));
    const held = revocation === undefined ? {} : { held: revocation };
    return { outcome: "revoked", name: entry.name, ...held };
  }

  private note(
    kind: "revoked" | "released",
    { issuer, serial }: RowPlace,
    atMs: number,
    detail: string,
  ): void {
    const sha256 = this.rows.entry(issuer, serial)?.certificate?.certificateSha256;
    const digest = sha256 === undefined ? {} : { digest: sha256 };
    noteInMemory(this.state, { kind, atMs, issuer, serial, detail, ...digest });
  }
}
