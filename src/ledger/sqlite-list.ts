import type { CertificateState } from "./ledger.ts";
import { bookmark, type Order, orderOf, readBookmark } from "./list-order.ts";
import type { Listed, ListedRow, ListFilter, ListPage } from "./listing.ts";
import type { SqlValue } from "./sqlite-connection.ts";
import { readRevocation, type StoredRow } from "./sqlite-row.ts";
import { COLUMNS, JOINED, SQL } from "./sqlite-statements.ts";
import type { SqliteStore } from "./sqlite-store.ts";

/** The order of rows: where they are taken from, by the index that has it, and the columns that tell where a page ended. */
const WAYS: Readonly<Record<Order, { readonly from: string; readonly columns: readonly string[] }>> = {
  serial: by("certificates_serial", "serial_length", "serial"),
  open: by("certificates_open", "serial_length", "serial"),
  line: by("certificates_batch", "line", "id"),
  end: by("certificates_end", "not_after_ms", "id"),
  name: by("certificates_name", "name", "id"),
  revoked: {
    from: `revocations w INDEXED BY revocations_time CROSS JOIN certificates c ON c.id = w.certificate ${JOINED}`,
    columns: ["w.revoked_ms", "w.certificate"],
  },
};

function by(index: string, ...columns: readonly string[]): (typeof WAYS)[Order] {
  const from = `certificates c INDEXED BY ${index} ${JOINED}`;
  return { from, columns: columns.map((column) => `c.${column}`) };
}

interface Query {
  readonly where: string[];
  readonly values: SqlValue[];
}

/** As Ledger.list: every page is a search of its own, so a long listing holds nobody up. */
export function listRows(store: SqliteStore, filter: ListFilter, page: ListPage): Listed {
  const order = orderOf(filter);
  const after = page.after === undefined ? undefined : readBookmark(page.after, order);
  const subjects = new Map(
    store
      .all<{ readonly id: number; readonly subject: string }>(SQL.issuers)
      .map(({ id, subject }) => [id, subject]),
  );
  // By serial, one issuer after the other: an issuer's serials lie together.
  const byIssuer = order === "serial" || order === "open";
  const issuers = byIssuer ? [...subjects.keys()] : [undefined];
  const limit = Math.max(1, page.limit);
  const stored: StoredRow[] = [];
  for (const issuer of issuers) {
    if (issuer !== undefined && filter.issuer !== undefined && issuer !== filter.issuer) continue;
    if (issuer !== undefined && after !== undefined && issuer < after.issuer) continue;
    const from = issuer === undefined || issuer === after?.issuer ? after?.at : undefined;
    const query = conditions(order, filter, issuer, from);
    const sql = statement(order, query.where, page.withDer === true);
    stored.push(...store.all<StoredRow>(sql, ...query.values, limit + 1 - stored.length));
    if (stored.length > limit) break;
  }
  const rows = stored.slice(0, limit);
  const last = rows.at(-1);
  const gone = new Map<string | null, boolean>();
  const isGone = (holder: string | null): boolean => {
    const known = gone.get(holder) ?? store.isGone(holder);
    gone.set(holder, known);
    return known;
  };
  return {
    rows: rows.map((row) => listedRow(row, subjects.get(row.issuer) ?? "", isGone)),
    ...(stored.length > limit && last !== undefined
      ? { next: bookmark(order, last.issuer, place(order, last)) }
      : {}),
  };
}

function place(order: Order, row: StoredRow): readonly (string | number)[] {
  if (order === "line") return [row.line ?? 0, row.id];
  if (order === "end") return [row.not_after_ms ?? 0, row.id];
  if (order === "name") return [row.name, row.id];
  if (order === "revoked") return [row.revoked_ms ?? 0, row.id];
  return [row.serial.length, row.serial];
}

function statement(order: Order, where: readonly string[], withDer: boolean): string {
  const { from, columns } = WAYS[order];
  return `SELECT ${COLUMNS}${withDer ? ", d.der" : ""}
    FROM ${from}
    ${withDer ? "LEFT JOIN certificate_der d ON d.certificate = c.id" : ""}
    WHERE ${where.join(" AND ")} ORDER BY ${columns.join(", ")} LIMIT ?`;
}

function conditions(
  order: Order,
  filter: ListFilter,
  issuer: number | undefined,
  after: readonly (string | number)[] | undefined,
): Query {
  const query: Query = { where: [], values: [] };
  const add = (condition: string, ...values: SqlValue[]): void => {
    query.where.push(condition);
    query.values.push(...values);
  };
  const { state, revoked, batch, name, expiresFromMs, expiresUntilMs, serialFrom, serialTo } = filter;
  if (order === "open") add("c.state <> 'issued'");
  if (order === "end") add("c.not_after_ms IS NOT NULL");
  if (issuer !== undefined) add("c.issuer = ?", issuer);
  else if (filter.issuer !== undefined) add("c.issuer = ?", filter.issuer);
  if (state !== undefined) add("c.state = ?", state);
  if (revoked !== undefined) add(`v.certificate IS ${revoked ? "NOT " : ""}NULL`);
  if (batch !== undefined) add("c.batch = ?", batch);
  if (name !== undefined) addName(add, name);
  if (expiresFromMs !== undefined) add("c.not_after_ms >= ?", expiresFromMs);
  if (expiresUntilMs !== undefined) add("c.not_after_ms <= ?", expiresUntilMs);
  const serial = "(c.serial_length, c.serial)";
  if (serialFrom !== undefined) add(`${serial} >= (?, ?)`, serialFrom.length, serialFrom);
  if (serialTo !== undefined) add(`${serial} <= (?, ?)`, serialTo.length, serialTo);
  if (after !== undefined) {
    add(`(${WAYS[order].columns.join(", ")}) > (?, ?)`, ...after);
  }
  if (query.where.length === 0) add("true");
  return query;
}

/** A name's beginning is a range of the index; what is left of a glob is looked at in that range only. */
function addName(add: (condition: string, ...values: SqlValue[]) => void, name: string): void {
  const [beginning = ""] = name.split(/[*?[]/, 1);
  if (beginning !== "") add("c.name >= ?", beginning);
  const end = nextText(beginning);
  if (end !== undefined) add("c.name < ?", end);
  if (beginning !== name) add("c.name GLOB ?", name);
}

/** The least text that is greater than all that begin with `text`, in the order of code points. */
function nextText(text: string): string | undefined {
  const points = [...text];
  for (;;) {
    const last = points.pop()?.codePointAt(0);
    if (last === undefined) return undefined;
    // Surrogates are no characters of their own.
    if (last < 0x10ffff) return points.join("") + String.fromCodePoint(last === 0xd7ff ? 0xe000 : last + 1);
  }
}

function listedRow(
  stored: StoredRow,
  issuerSubject: string,
  isGone: (holder: string | null) => boolean,
): ListedRow {
  const state: CertificateState = stored.state;
  const { issuer, serial, name, batch, line, renews, replaces } = stored;
  const revocation = readRevocation(stored);
  return {
    issuer,
    issuerSubject,
    serial,
    name,
    state,
    ...(batch === null || line === null ? {} : { batch, line }),
    ...(renews === null ? {} : { renews }),
    ...(replaces === null ? {} : { replaces }),
    ...(stored.key_elsewhere === 1 ? { keyElsewhere: true as const } : {}),
    reservedMs: stored.reserved_ms,
    abandoned: state === "reserved" && isGone(stored.holder),
    ...(stored.issued_ms === null ? {} : { issuedMs: stored.issued_ms }),
    ...(stored.not_before_ms === null ? {} : { notBeforeMs: stored.not_before_ms }),
    ...(stored.not_after_ms === null ? {} : { notAfterMs: stored.not_after_ms }),
    ...(stored.certificate_sha256 === null ? {} : { certificateSha256: hex(stored.certificate_sha256) }),
    ...(stored.spki_sha256 === null ? {} : { spkiSha256: hex(stored.spki_sha256) }),
    ...(revocation === undefined ? {} : { revocation }),
    ...(stored.der === null || stored.der === undefined ? {} : { der: new Uint8Array(stored.der) }),
  };
}

function hex(bytes: ArrayBuffer): string {
  return Buffer.from(bytes).toString("hex");
}
