import { resolve } from "node:path";
import Database from "libsql";
import { SamicertsError } from "../base/errors.ts";
import { APPLICATION_ID, MIGRATIONS } from "./migrations.ts";
import { isBusy, ledgerError } from "./sqlite-error.ts";

/** What we use of a SQLite connection; a blob comes back as an ArrayBuffer. */
export interface Connection {
  exec(sql: string): unknown;
  prepare(sql: string): Statement;
  close(): unknown;
}

/** A prepared statement; its values in one array, for a single blob on its own would be taken for named values. */
export interface Statement {
  run(values: readonly SqlValue[]): { readonly changes: number };
  get(values: readonly SqlValue[]): unknown;
  all(values: readonly SqlValue[]): unknown;
}

/** What a statement may be given; a number is a whole one up to 2^53. */
export type SqlValue = string | number | Uint8Array | null;

/**
 * Opens a SQLite file, which is made where it is absent, and waits up to `busyMs` wherever it is locked.
 * Throws the database's own errors.
 */
export function connect(path: string, busyMs: number): Connection {
  // The native part ends the whole process at a NUL, and takes names such as "http:..." or ":memory:" for more than files.
  if (path.includes("\0")) throw new RangeError("a path has no NUL in it");
  return new Database(resolve(path), { timeout: busyMs }) as unknown as Connection;
}

/**
 * Opens the ledger's file and brings it to the present schema: full flushing, a write-ahead log.
 * Throws `ledger.newer`, `ledger.foreign`, and as `ledgerError`.
 */
export function connectLedger(
  path: string,
  busyMs: number,
  migrations: readonly string[] = MIGRATIONS,
): Connection {
  try {
    const connection = connect(path, busyMs);
    connection.exec("PRAGMA synchronous = FULL; PRAGMA fullfsync = ON; PRAGMA foreign_keys = ON");
    connection.exec(`PRAGMA cache_size = -${CACHE_KIB}; PRAGMA wal_autocheckpoint = ${LOG_PAGES}`);
    if (checkedVersion(connection, path, migrations) < migrations.length)
      patiently(busyMs, () => migrate(connection, path, migrations));
    return connection;
  } catch (error) {
    throw ledgerError(error, path);
  }
}

/** The schema's version, 0 for a file that is empty; throws where it is not one that we may write in. */
function checkedVersion(connection: Connection, path: string, migrations: readonly string[]): number {
  // In one statement, and so of one moment: another process may be making it.
  const { version, application, tables } = connection
    .prepare(
      `SELECT user_version AS version, application_id AS application,
         (SELECT count(*) FROM sqlite_schema) AS tables
       FROM pragma_user_version, pragma_application_id`,
    )
    .get([]) as { readonly version: number; readonly application: number; readonly tables: number };
  const isOurs = version === 0 ? tables === 0 : application === APPLICATION_ID;
  if (!isOurs) throw foreign(path);
  if (version > migrations.length) throw newer(path, version, migrations.length);
  return version;
}

/** All steps in one transaction, so that a ledger is never between two versions. */
function migrate(connection: Connection, path: string, migrations: readonly string[]): void {
  connection.exec("PRAGMA journal_mode = WAL");
  connection.exec("BEGIN IMMEDIATE");
  try {
    // Another process may have done it while this one waited for the lock.
    const version = checkedVersion(connection, path, migrations);
    for (const step of migrations.slice(version)) connection.exec(step);
    connection.exec(
      `PRAGMA application_id = ${APPLICATION_ID}; PRAGMA user_version = ${migrations.length}; COMMIT`,
    );
  } catch (error) {
    try {
      connection.exec("ROLLBACK");
    } catch {
      // The failure has rolled it back already.
    }
    throw error;
  }
}

/** Changing to the write-ahead log does not wait for a lock by itself. */
function patiently(busyMs: number, work: () => void): void {
  const pause = new Int32Array(new SharedArrayBuffer(4));
  for (let waited = 0; ; waited += PAUSE_MS) {
    try {
      work();
      return;
    } catch (error) {
      if (!isBusy(error) || waited >= busyMs) throw error;
      Atomics.wait(pause, 0, 0, PAUSE_MS);
    }
  }
}

const PAUSE_MS = 10;
/** Keys come in no order: the more of their index is at hand, the less is read again. */
const CACHE_KIB = 16_384;
/** The write-ahead log is folded in once it has so many pages of 4 KiB: its size does not grow with a batch. */
const LOG_PAGES = 32_000;

function newer(path: string, version: number, known: number): SamicertsError {
  return new SamicertsError({
    kind: "io",
    code: "ledger.newer",
    message: `the ledger ${path} has version ${version}; this samicerts knows versions up to ${known}`,
    hint: "use the samicerts that wrote it, or a newer one",
  });
}

function foreign(path: string): SamicertsError {
  return new SamicertsError({
    kind: "io",
    code: "ledger.foreign",
    message: `${path} is a database of another program, not a ledger`,
    hint: "choose another --dir, or move that file away",
  });
}
