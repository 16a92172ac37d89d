import type { LedgerRow } from "./ledger.ts";
import { bookmark, type Order, orderOf, readBookmark } from "./list-order.ts";
import type { Listed, ListedRow, ListFilter, ListPage } from "./listing.ts";
import { type Entry, keyOf, type MemoryState, placeOf } from "./memory-state.ts";

/** As Ledger.list, for a ledger in memory: all is looked at. */
export function listMemory(
  state: MemoryState,
  filter: ListFilter,
  page: ListPage,
  toRow: (entry: Entry) => LedgerRow,
): Listed {
  const order = orderOf(filter);
  const numbered = [...state.rows.values()].map((entry, index) => ({ entry, index }));
  const found = numbered
    .filter(({ entry }) => matches(entry, filter) && isAsRevoked(entry, filter, state))
    .map(({ entry, index }) => ({ entry, at: [entry.issuer, ...placeIn(order, entry, index, state)] }))
    .sort((a, b) => compare(a.at, b.at, order));
  const after = page.after === undefined ? undefined : readBookmark(page.after, order);
  const rest =
    after === undefined
      ? found
      : found.filter(({ at }) => compare(at, [after.issuer, ...after.at], order) > 0);
  const rows = rest.slice(0, Math.max(1, page.limit));
  const last = rows.at(-1);
  return {
    rows: rows.map(({ entry }) => listedRow(entry, toRow(entry), state, page.withDer === true)),
    ...(last !== undefined && rest.length > rows.length
      ? { next: bookmark(order, last.entry.issuer, last.at.slice(1)) }
      : {}),
  };
}

function matches(entry: Entry, filter: ListFilter): boolean {
  const { issuer, state, batch, name, expiresFromMs, expiresUntilMs, serialFrom, serialTo } = filter;
  const { certificate } = entry;
  if (issuer !== undefined && entry.issuer !== issuer) return false;
  if (state !== undefined && (certificate === undefined ? "reserved" : "issued") !== state) return false;
  if (batch !== undefined && entry.batch !== batch) return false;
  if (name !== undefined && !globPattern(name).test(entry.name)) return false;
  if (expiresFromMs !== undefined || expiresUntilMs !== undefined) {
    const end = certificate?.notAfterMs;
    if (end === undefined || end < (expiresFromMs ?? -Infinity) || end > (expiresUntilMs ?? Infinity))
      return false;
  }
  const serial = BigInt(entry.serial);
  if (serialFrom !== undefined && serial < BigInt(serialFrom)) return false;
  return serialTo === undefined || serial <= BigInt(serialTo);
}

function isAsRevoked(entry: Entry, { revoked }: ListFilter, { revocations }: MemoryState): boolean {
  return revoked === undefined || revocations.has(placeOf(entry)) === revoked;
}

/** SQLite's GLOB as a pattern; without wildcards the beginning. */
function globPattern(glob: string): RegExp {
  const parts = glob.match(/\*|\?|\[\^?\]?[^\]]*\]|[\s\S]/gu) ?? [];
  const source = parts.map((part) => {
    if (part === "*") return "[^]*";
    if (part === "?") return "[^]";
    if (part.length > 2 && part.startsWith("[")) return part.replaceAll("\\", "\\\\");
    return part.replace(/[\\^$.*+?()[\]{}|/]/g, "\\$&");
  });
  return new RegExp(`^${source.join("")}${/[*?[]/.test(glob) ? "$" : ""}`, "u");
}

function placeIn(
  order: Order,
  entry: Entry,
  index: number,
  { revocations }: MemoryState,
): readonly (string | number)[] {
  if (order === "revoked") return [revocations.get(placeOf(entry))?.revokedMs ?? 0, index];
  if (order === "line") return [entry.line ?? 0, index];
  if (order === "end") return [entry.certificate?.notAfterMs ?? 0, index];
  if (order === "name") return [entry.name, index];
  return [entry.serial.length, entry.serial];
}

function compare(a: readonly (string | number)[], b: readonly (string | number)[], order: Order): number {
  // Only an order by serial goes issuer by issuer.
  for (let i = order === "serial" || order === "open" ? 0 : 1; i < a.length; i++) {
    const [x, y] = [a[i] ?? 0, b[i] ?? 0];
    if (x === y) continue;
    if (typeof x === "string") return Buffer.compare(Buffer.from(x), Buffer.from(String(y)));
    return Number(x) < Number(y) ? -1 : 1;
  }
  return 0;
}

function listedRow(entry: Entry, row: LedgerRow, state: MemoryState, withDer: boolean): ListedRow {
  const { certificate, issuer, serial, name, reservedMs, abandoned, batch, line, renews, replaces } = {
    certificate: row.certificate,
    ...row,
  };
  return {
    issuer,
    issuerSubject: state.issuers[issuer - 1]?.subject ?? "",
    serial,
    name,
    state: row.state,
    ...(batch === undefined || line === undefined ? {} : { batch, line }),
    ...(renews === undefined ? {} : { renews }),
    ...(replaces === undefined ? {} : { replaces }),
    ...(entry.keyElsewhere === undefined ? {} : { keyElsewhere: entry.keyElsewhere }),
    reservedMs,
    abandoned,
    ...(entry.spki === undefined ? {} : { spkiSha256: entry.spki }),
    ...(certificate === undefined
      ? {}
      : {
          issuedMs: certificate.atMs,
          notBeforeMs: certificate.notBeforeMs,
          notAfterMs: certificate.notAfterMs,
          certificateSha256: keyOf(certificate.certificateSha256),
          ...(row.revocation === undefined ? {} : { revocation: row.revocation }),
          ...(withDer ? { der: certificate.der } : {}),
        }),
  };
}
