import { resolve } from "node:path";
import { becomeHolder, type Holder, isGone } from "./holder.ts";
import type { Connection, SqlValue, Statement } from "./sqlite-connection.ts";
import { copyError, ledgerError } from "./sqlite-error.ts";
import { SQL } from "./sqlite-statements.ts";

const HASTE_MS = 1000;

/** One open SQLite ledger: its statements, its transactions, and who holds reservations in it. */
export class SqliteStore {
  /** As the caller names it, for messages. */
  readonly path: string;
  /** The same whatever the current directory is later. */
  private readonly file: string;
  private readonly connection: Connection;
  private readonly busyMs: number;
  private readonly statements: Map<string, Statement> = new Map();
  private holder: Holder | undefined;
  private inTransaction = false;

  constructor(path: string, connection: Connection, busyMs: number) {
    this.busyMs = busyMs;
    this.path = path;
    this.file = resolve(path);
    this.connection = connection;
  }

  /** Runs a statement that writes, in a transaction of its own where none is open; gives how many rows it changed. */
  run(sql: string, ...values: readonly SqlValue[]): number {
    // One that had to wait in vain would be in progress for ever: libsql does not reset it. So BEGIN does the waiting.
    if (!this.inTransaction) return this.transaction(() => this.run(sql, ...values));
    return this.tell(() => this.statement(sql).run(values).changes);
  }

  /** Executes a statement that can't be in a transaction. */
  execute(sql: string): void {
    this.tell(() => this.connection.exec(sql));
  }

  /** Executes a statement that writes another file, which a failure is then about. */
  executeInto(path: string, sql: string): void {
    try {
      this.connection.exec(sql);
    } catch (error) {
      throw copyError(error, path);
    }
  }

  /** A statement's first row. */
  get<Row>(sql: string, ...values: readonly SqlValue[]): Row | undefined {
    return this.tell(() => this.statement(sql).get(values)) as Row | undefined;
  }

  /** All rows of a statement. */
  all<Row>(sql: string, ...values: readonly SqlValue[]): readonly Row[] {
    return this.tell(() => this.statement(sql).all(values)) as readonly Row[];
  }

  /** Does `work` in one transaction that has the right to write from its beginning: all of it or nothing. */
  transaction<T>(work: () => T): T {
    this.execute("BEGIN IMMEDIATE");
    this.inTransaction = true;
    try {
      const result = work();
      this.execute("COMMIT");
      return result;
    } catch (error) {
      try {
        this.connection.exec("ROLLBACK");
      } catch {
        // The failure has rolled it back already.
      }
      throw error;
    } finally {
      this.inTransaction = false;
    }
  }

  /** Reads step by step what there is at this moment, whatever others write meanwhile. */
  *asOfNow<T, R>(read: () => Generator<T, R>): Generator<T, R> {
    this.execute("BEGIN");
    try {
      return yield* read();
    } finally {
      this.execute("ROLLBACK");
    }
  }

  /** Does `work` without waiting long for others. */
  inHaste<T>(work: () => T): T {
    this.execute(`PRAGMA busy_timeout = ${Math.min(HASTE_MS, this.busyMs)}`);
    try {
      return work();
    } finally {
      this.execute(`PRAGMA busy_timeout = ${this.busyMs}`);
    }
  }

  /** Does `work` in the transaction that is open, or in one of its own. */
  within<T>(work: () => T): T {
    return this.inTransaction ? work() : this.transaction(work);
  }

  /** Who this process is among the holders; a process that only reads is none. */
  holderId(): string {
    this.holder ??= this.tell(() => becomeHolder(this.file, () => this.newId()));
    return this.holder.id;
  }

  /** Tells whether nobody holds what `holder` held. */
  isGone(holder: string | null): boolean {
    if (holder === null) return true;
    return holder !== this.holder?.id && this.tell(() => isGone(this.file, holder));
  }

  /** Ends it; what this process still holds is abandoned. */
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

  private newId(): string {
    return this.get<{ readonly id: string }>(SQL.newId)?.id ?? "";
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
