import {
  chmodSync,
  chownSync,
  copyFileSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { ledgerExists } from "../../../src/ledger/exists.ts";
import type { Ledger } from "../../../src/ledger/ledger.ts";
import { APPLICATION_ID, MIGRATIONS } from "../../../src/ledger/migrations.ts";
import { openLedger } from "../../../src/ledger/open.ts";
import { type Connection, connect, connectLedger } from "../../../src/ledger/sqlite-connection.ts";
import { ledgerError } from "../../../src/ledger/sqlite-error.ts";
import { nodeFiles } from "../../../src/workspace/node-files.ts";
import { caught, certificateOf, issuerOf } from "./contract.ts";

const NOBODY = 65_534;

let dir: string;
let path: string;
const ledgers: Ledger[] = [];
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), "samicerts-sqlite-"));
  path = join(dir, "samicerts.db");
});
afterEach(() => {
  for (const ledger of ledgers.splice(0)) ledger.close();
  rmSync(dir, { recursive: true });
});

function open(busyMs?: number): Ledger {
  const ledger = openLedger(path, busyMs === undefined ? {} : { busyMs });
  ledgers.push(ledger);
  return ledger;
}

const request = (issuer: number, serial: string) => ({ issuer, serial, name: "n", atMs: 1 });
const ask = (connection: Connection, sql: string): unknown =>
  Object.values(connection.prepare(sql).get([]) as object)[0];
const holders = (): string[] => readdirSync(dir).filter((name) => name.includes("-holder-"));

describe("the ledger's file", () => {
  it("is made at the present version, with a write-ahead log and full flushing", () => {
    const connection = connectLedger(path, 0);
    expect(ask(connection, "PRAGMA user_version")).toBe(MIGRATIONS.length);
    expect(ask(connection, "PRAGMA application_id")).toBe(APPLICATION_ID);
    expect(ask(connection, "PRAGMA journal_mode")).toBe("wal");
    expect(ask(connection, "PRAGMA synchronous")).toBe(2);
    expect(ask(connection, "PRAGMA foreign_keys")).toBe(1);
    expect(ask(connection, "PRAGMA integrity_check")).toBe("ok");
    connection.close();
    const again = connectLedger(path, 0);
    expect(ask(again, "PRAGMA journal_mode")).toBe("wal");
    expect(ask(again, "PRAGMA synchronous")).toBe(2);
    again.close();
  });

  it("is there once it is made, and not before", () => {
    expect(ledgerExists(nodeFiles, path)).toBe(false);
    writeFileSync(path, "");
    expect(ledgerExists(nodeFiles, path)).toBe(false);
    open();
    expect(ledgerExists(nodeFiles, path)).toBe(true);
    expect(ledgerExists(nodeFiles, join(path, "x"))).toBe(true);
  });

  it.each([":memory:", "file:x.db?mode=memory", "http:host", "libsql:host", "-x.db", "a b'c;.db", "ü.db"])(
    "is a file by whatever name: %s",
    (name) => {
      const before = process.cwd();
      process.chdir(dir);
      try {
        const ledger = openLedger(name);
        ledger.reserve(request(ledger.addIssuer(issuerOf("root")), "1"));
        ledger.close();
      } finally {
        process.chdir(before);
      }
      expect(statSync(join(dir, name)).size).toBeGreaterThan(0);
    },
  );

  it("stays where it was opened when the process goes elsewhere", () => {
    const before = process.cwd();
    process.chdir(dir);
    const ledger = openLedger("samicerts.db");
    ledgers.push(ledger);
    process.chdir(before);
    ledger.reserve(request(ledger.addIssuer(issuerOf("root")), "1"));
    expect(holders().length).toBe(1);
  });

  it("has no NUL in its name", () => {
    expect(() => openLedger(join(dir, "a\0b"))).toThrow(RangeError);
    expect(readdirSync(dir)).toEqual([]);
  });

  it("keeps two rows of one serial or one key out by itself", () => {
    const connection = connectLedger(path, 0);
    connection.exec("INSERT INTO issuers (subject, spki_sha256, created_ms) VALUES ('s', zeroblob(32), 0)");
    const insert = (serial: string, key: string): void => {
      connection.exec(
        `INSERT INTO certificates (issuer, serial, name, state, reserved_ms, spki_sha256)
         VALUES (1, '${serial}', 'n', 'reserved', 0, ${key})`,
      );
    };
    insert("1", "zeroblob(32)");
    expect(() => insert("1", "randomblob(32)")).toThrow(/UNIQUE.*serial/);
    expect(() => insert("2", "zeroblob(32)")).toThrow(/UNIQUE.*certificates_key/);
    for (const wrong of ["", "0", "01", "-1", "1x"])
      expect(() => insert(wrong, "randomblob(32)")).toThrow(/CHECK/);
    expect(() => insert("3", "randomblob(31)")).toThrow(/CHECK/);
    expect(() => connection.exec("UPDATE certificates SET state = 'issued'")).toThrow(/CHECK/);
    expect(() => connection.exec("UPDATE certificates SET issuer = 2")).toThrow(/FOREIGN KEY/);
    connection.close();
  });

  it("is whole in its one file once it is closed, so that a copy of that is a backup", () => {
    const ledger = openLedger(path);
    const issuer = ledger.addIssuer(issuerOf("root"));
    ledger.commit(ledger.reserve(request(issuer, "1")), certificateOf("1"));
    ledger.close();
    copyFileSync(path, join(dir, "backup.db"));
    path = join(dir, "backup.db");
    expect(open().find(issuer, "1")?.certificate).toEqual(certificateOf("1"));
  });

  it("never forgets an issued certificate", () => {
    const ledger = open();
    ledger.commit(ledger.reserve(request(ledger.addIssuer(issuerOf("root")), "1")), certificateOf("1"));
    const connection = connect(path, 0);
    expect(() => connection.exec("DELETE FROM certificates")).toThrow(/never forgotten/);
    connection.close();
  });
});

describe("what is no ledger", () => {
  it("is refused where it is another program's database", () => {
    const connection = connect(path, 0);
    connection.exec("CREATE TABLE theirs (x)");
    connection.close();
    expect(caught(() => open())).toMatchObject({ kind: "io", code: "ledger.foreign" });
    const versioned = connect(path, 0);
    versioned.exec("PRAGMA user_version = 1");
    versioned.close();
    expect(caught(() => open())).toMatchObject({ kind: "io", code: "ledger.foreign" });
    const left = connect(path, 0);
    expect(ask(left, "SELECT count(*) FROM sqlite_schema")).toBe(1);
    expect(ask(left, "PRAGMA journal_mode")).toBe("delete");
    left.close();
  });

  it("is refused where it is no database", () => {
    writeFileSync(path, "CN=MyDevAuthority\n".repeat(100));
    expect(caught(() => open())).toMatchObject({ kind: "io", code: "ledger.damaged" });
    expect(statSync(path).size).toBe(1800);
  });

  it("is refused where it is damaged inside", () => {
    const ledger = openLedger(path);
    ledger.addIssuer(issuerOf("root"));
    ledger.close();
    const connection = connect(path, 0);
    connection.exec("PRAGMA wal_checkpoint(TRUNCATE)");
    connection.exec(
      "PRAGMA writable_schema = ON; UPDATE sqlite_schema SET rootpage = 9999 WHERE name = 'certificates'",
    );
    connection.close();
    expect(caught(() => open())).toMatchObject({ kind: "io", code: "ledger.damaged" });
  });

  it("is a directory, or lies in none", () => {
    mkdirSync(path);
    expect(caught(() => open())).toMatchObject({ kind: "io", code: "io.is-a-directory" });
    path = join(dir, "no/samicerts.db");
    expect(caught(() => open())).toMatchObject({ kind: "io", code: "io.missing" });
    path = "/proc/samicerts.db";
    expect(caught(() => open())).toMatchObject({ kind: "io", code: "io.read-only" });
  });
});

describe("a ledger that can't be used now", () => {
  it("says that it is locked, for whatever it was asked", () => {
    const ledger = open(30);
    const issuer = ledger.addIssuer(issuerOf("root"));
    const reservation = ledger.reserve(request(issuer, "1"));
    const blocker = connect(path, 0);
    blocker.exec("BEGIN IMMEDIATE");
    const asked = [
      () => ledger.reserve(request(issuer, "2")),
      () => ledger.commit(reservation, certificateOf("1")),
      () => ledger.release(reservation),
      () => ledger.addIssuer(issuerOf("another")),
    ];
    for (const action of asked) {
      const error = caught(action);
      expect(error).toMatchObject({ kind: "io", code: "ledger.locked" });
      expect(error.message).toContain(path);
      expect(error.hint).toContain("wait");
    }
    // Reading goes on.
    expect(ledger.find(issuer, "1")?.state).toBe("reserved");
    blocker.exec("COMMIT");
    ledger.commit(reservation, certificateOf("1"));
    blocker.close();
  });

  it("says that it is locked where it is not even made yet", () => {
    const blocker = connect(path, 0);
    blocker.exec("BEGIN EXCLUSIVE");
    expect(caught(() => open(30))).toMatchObject({ kind: "io", code: "ledger.locked" });
    blocker.exec("ROLLBACK");
    blocker.close();
    open(30);
  });

  it("says that there is no space, or no leave to write", () => {
    const connection = connectLedger(path, 0);
    const failing = (sql: string): unknown => {
      try {
        connection.exec(sql);
      } catch (error) {
        return ledgerError(error, path);
      }
      throw new Error("it did not fail");
    };
    connection.exec("PRAGMA max_page_count = 1");
    expect(failing("CREATE TABLE big AS SELECT randomblob(1000000)")).toMatchObject({
      kind: "io",
      code: "io.no-space",
    });
    connection.exec("PRAGMA query_only = ON");
    expect(failing("CREATE TABLE t (x)")).toMatchObject({ kind: "io", code: "io.read-only" });
    connection.close();
  });

  it("says that the directory may not be written in", () => {
    chmodSync(dir, 0o500);
    // Modes are nothing to root, so it is somebody else for a while.
    const isRoot = process.geteuid?.() === 0;
    if (isRoot) {
      chownSync(dir, NOBODY, NOBODY);
      process.seteuid?.(NOBODY);
    }
    try {
      expect(caught(() => open())).toMatchObject({ kind: "io", code: "io.read-only" });
    } finally {
      if (isRoot) process.seteuid?.(0);
      chmodSync(dir, 0o700);
    }
  });
});
