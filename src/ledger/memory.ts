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

/** A ledger in memory that several may open, as they would a file: for measurements and rehearsals, where nothing need last. */
export interface MemoryLedger {
  open(): Ledger;
}

interface Entry {
  readonly issuer: IssuerId;
  readonly serial: string;
  readonly name: string;
  readonly reservedMs: number;
  /** Undefined where it was given up. */
  readonly holder: object | undefined;
  readonly spki: string | undefined;
  readonly certificate?: IssuedCertificate;
}

/** Makes an empty ledger in memory. */
export function memoryLedger(): MemoryLedger {
  const issuers = new Map<string, IssuerId>();
  const rows = new Map<string, Entry>();
  const keys = new Map<string, Entry>();

  const at = (issuer: IssuerId, serial: string): string => `${issuer} ${serial}`;
  const put = (entry: Entry): void => {
    rows.set(at(entry.issuer, entry.serial), entry);
    if (entry.spki !== undefined) keys.set(entry.spki, entry);
  };
  const remove = (entry: Entry): void => {
    rows.delete(at(entry.issuer, entry.serial));
    if (entry.spki !== undefined) keys.delete(entry.spki);
  };
  const toRow = ({ issuer, serial, name, reservedMs, holder, certificate }: Entry): LedgerRow => {
    const row = { issuer, serial, name, reservedMs };
    return certificate === undefined
      ? { ...row, state: "reserved", abandoned: holder === undefined }
      : { ...row, state: "issued", abandoned: false, certificate };
  };
  /** Throws where the key is another row's. */
  const checkKey = (
    row: { readonly issuer: IssuerId; readonly serial: string },
    spki: string | undefined,
  ): void => {
    const other = spki === undefined ? undefined : keys.get(spki);
    if (other !== undefined && at(other.issuer, other.serial) !== at(row.issuer, row.serial))
      throw keyDuplicate(row, toRow(other));
  };

  const open = (): Ledger => {
    const me = {};
    const mine = (reservation: Reservation): Entry => {
      const entry = rows.get(at(reservation.issuer, reservation.serial));
      if (entry?.holder !== me) throw reservationLost(reservation);
      return entry;
    };
    const abandon = (reservation: Reservation): void => put({ ...mine(reservation), holder: undefined });
    return {
      addIssuer({ subject, spkiSha256 }: IssuerEntry): IssuerId {
        const key = `${hex(spkiSha256)} ${subject}`;
        const id = issuers.get(key) ?? issuers.size + 1;
        issuers.set(key, id);
        return id;
      },
      reserve(request: ReservationRequest): Reservation {
        checkRequest(request);
        const { issuer, serial, name, atMs } = request;
        const taken = rows.get(at(issuer, serial));
        if (taken !== undefined) throw serialDuplicate(toRow(taken));
        const spki = request.spkiSha256 === undefined ? undefined : hex(request.spkiSha256);
        checkKey(request, spki);
        put({ issuer, serial, name, reservedMs: atMs, holder: me, spki });
        return { issuer, serial, name, takenOver: false };
      },
      takeOver(request: ReservationRequest): Reservation {
        checkRequest(request);
        const { issuer, serial, name, atMs } = request;
        const reservation = { issuer, serial, name, takenOver: true };
        const entry = rows.get(at(issuer, serial));
        if (entry === undefined) throw reservationLost(reservation);
        const row = toRow(entry);
        if (!row.abandoned || row.name !== name) throw serialDuplicate(row);
        const spki = request.spkiSha256 === undefined ? undefined : hex(request.spkiSha256);
        checkKey(request, spki);
        remove(entry);
        put({ issuer, serial, name, reservedMs: atMs, holder: me, spki });
        return reservation;
      },
      commit(reservation: Reservation, certificate: IssuedCertificate): void {
        const entry = mine(reservation);
        const spki = hex(certificate.spkiSha256);
        checkKey(reservation, spki);
        remove(entry);
        put({ ...entry, holder: undefined, spki, certificate });
      },
      release(reservation: Reservation): void {
        if (reservation.takenOver) abandon(reservation);
        else remove(mine(reservation));
      },
      abandon,
      find(issuer: IssuerId, serial: string): LedgerRow | undefined {
        const entry = rows.get(at(issuer, serial));
        return entry === undefined ? undefined : toRow(entry);
      },
      close(): void {
        for (const entry of rows.values()) if (entry.holder === me) put({ ...entry, holder: undefined });
      },
    };
  };
  return { open };
}

function hex(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString("hex");
}
