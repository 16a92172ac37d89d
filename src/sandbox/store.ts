import { resolve } from "node:path";
import Database from "libsql";
import { SamicertsError } from "../base/errors.ts";
import { APPLICATION_ID, MIGRATIONS } from "./schema.ts";

/** What a statement may be given. */
export type StoreValue = string | number | null;

/**
 * The sandbox's state: SQL with its values. What was written is durable when the call returns, or where it is within
 * `within`, when that returns.
 */
export interface Store {
  get<T>(sql: string, ...values: readonly StoreValue[]): T | undefined;
  all<T>(sql: string, ...values: readonly StoreValue[]): readonly T[];
  /** Gives how many rows it changed. */
  run(sql: string, ...values: readonly StoreValue[]): number;
  /** Runs `work` as one transaction: all of it is kept, or where it throws nothing. */
  within<T>(work: () => T): T;
  /** A number that changes whenever another process has written. */
  version(): number;
  close(): void;
}

/** What we use of libsql. */
interface Connection {
  exec(sql: string): unknown;
  prepare(sql: string): Statement;
  close(): unknown;
}

interface Statement {
  run(values: readonly StoreValue[]): { readonly changes: number };
  get(values: readonly StoreValue[]): unknown;
  all(values: readonly StoreValue[]): unknown;
}

const BUSY_MS = 5000;

/**
 * Opens the state in a SQLite file, made where it is absent, or in memory where no file is named.
 * Throws `sandbox.foreign-state`, `sandbox.newer-state`, `sandbox.state` (all kind `io`).
 */
export function openStore(path: string | undefined): Store {
  try {
    const connection = new Database(path === undefined ? ":memory:" : resolve(path), {
      timeout: BUSY_MS,
    }) as unknown as Connection;
    const setUp =
      "PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA fullfsync = ON; PRAGMA foreign_keys = ON";
    const version = checkVersion(connection, path ?? "the state");
    connection.exec(setUp);
    if (version < MIGRATIONS.length) migrate(connection, path ?? "the state");
    return new SqliteStore(connection);
  } catch (error) {
    if (error instanceof SamicertsError) throw error;
    throw stateError(
      "state",
      `could not open ${path}: ${(error as Error).message}`,
      "check the path and the disk",
      error,
    );
  }
}

class SqliteStore implements Store {
  private readonly connection: Connection;
  private readonly prepared = new Map<string, Statement>();
  private inside = false;

  constructor(connection: Connection) {
    this.connection = connection;
  }

  get<T>(sql: string, ...values: readonly StoreValue[]): T | undefined {
    return this.statement(sql).get(values) as T | undefined;
  }

  all<T>(sql: string, ...values: readonly StoreValue[]): readonly T[] {
    return this.statement(sql).all(values) as readonly T[];
  }

  run(sql: string, ...values: readonly StoreValue[]): number {
    return this.statement(sql).run(values).changes;
  }

  within<T>(work: () => T): T {
    if (this.inside) return work();
    this.connection.exec("BEGIN IMMEDIATE");
    this.inside = true;
    try {
      const result = work();
      this.connection.exec("COMMIT");
      return result;
    } catch (error) {
      try {
        this.connection.exec("ROLLBACK");
      } catch {
        // The failure has rolled it back already.
      }
      throw error;
    } finally {
      this.inside = false;
    }
  }

  version(): number {
    return (
      this.get<{ readonly data_version: number }>("SELECT data_version FROM pragma_data_version")
        ?.data_version ?? 0
    );
  }

  close(): void {
    this.prepared.clear();
    this.connection.close();
  }

  private statement(sql: string): Statement {
    const known = this.prepared.get(sql);
    if (known !== undefined) return known;
    const made = this.connection.prepare(sql);
    this.prepared.set(sql, made);
    return made;
  }
}

function checkVersion(connection: Connection, path: string): number {
  const { version, application, tables } = connection
    .prepare(
      `SELECT user_version AS version, application_id AS application,
         (SELECT count(*) FROM sqlite_schema) AS tables
       FROM pragma_user_version, pragma_application_id`,
    )
    .get([]) as { readonly version: number; readonly application: number; readonly tables: number };
  if (version === 0 ? tables > 0 : application !== APPLICATION_ID)
    throw stateError(
      "foreign-state",
      `${path} is a database of another program, not a sandbox's state`,
      "name another file with --state",
    );
  if (version > MIGRATIONS.length)
    throw stateError(
      "newer-state",
      `${path} has version ${version}; this samicerts knows versions up to ${MIGRATIONS.length}`,
      "use the samicerts that wrote it, or a newer one",
    );
  return version;
}

function migrate(connection: Connection, path: string): void {
  connection.exec("BEGIN IMMEDIATE");
  for (const step of MIGRATIONS.slice(checkVersion(connection, path))) connection.exec(step);
  connection.exec(
    `PRAGMA application_id = ${APPLICATION_ID}; PRAGMA user_version = ${MIGRATIONS.length}; COMMIT`,
  );
}

function stateError(code: string, message: string, hint: string, cause?: unknown): SamicertsError {
  return new SamicertsError({ kind: "io", code: `sandbox.${code}`, message, hint, cause });
}
