import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { Ledger } from "../../../src/ledger/ledger.ts";
import { MIGRATIONS } from "../../../src/ledger/migrations.ts";
import { openLedger } from "../../../src/ledger/open.ts";
import { type Connection, connectLedger } from "../../../src/ledger/sqlite-connection.ts";
import { caught, certificateOf, issuerOf } from "./contract.ts";

let dir: string;
let path: string;
let ledger: Ledger | undefined;
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), "samicerts-migrations-"));
  path = join(dir, "samicerts.db");
});
afterEach(() => {
  ledger?.close();
  ledger = undefined;
  rmSync(dir, { recursive: true });
});

function open(): Ledger {
  ledger = openLedger(path);
  return ledger;
}

const request = (issuer: number, serial: string) => ({ issuer, serial, name: "n", atMs: 1 });
const ask = (connection: Connection, sql: string): unknown =>
  Object.values(connection.prepare(sql).get([]) as object)[0];

describe("a schema of another version", () => {
  const NEXT = [
    ...MIGRATIONS,
    "ALTER TABLE certificates ADD COLUMN place TEXT",
    "CREATE TABLE places (id INTEGER) STRICT",
  ];

  it("that is older is brought up to date, with what it holds", () => {
    const ledger = openLedger(path);
    const issuer = ledger.addIssuer(issuerOf("root"));
    ledger.commit(ledger.reserve(request(issuer, "1")), certificateOf("1"));
    ledger.close();
    const connection = connectLedger(path, 0, NEXT);
    expect(ask(connection, "PRAGMA user_version")).toBe(NEXT.length);
    expect(ask(connection, "SELECT count(*) FROM certificates WHERE place IS NULL")).toBe(1);
    connection.close();
  });

  it("of the first release is brought up to date", () => {
    const old = connectLedger(path, 0, MIGRATIONS.slice(0, 1));
    old.exec(`INSERT INTO issuers (subject, spki_sha256, created_ms) VALUES ('CN=root', zeroblob(32), 0);
      INSERT INTO certificates (issuer, serial, name, state, reserved_ms) VALUES (1, '1', 'n', 'reserved', 0)`);
    old.close();
    const ledger = open();
    expect(ledger.find(1, "1")).toMatchObject({ name: "n", state: "reserved", abandoned: true });
    expect(ledger.lines()).toEqual([]);
  });

  it("that is older stays as it was where one step fails", () => {
    connectLedger(path, 0).close();
    expect(() => connectLedger(path, 0, [...NEXT, "CREATE TABLE places (id INTEGER)"])).toThrow();
    const connection = connectLedger(path, 0);
    expect(ask(connection, "PRAGMA user_version")).toBe(MIGRATIONS.length);
    expect(ask(connection, "SELECT count(*) FROM sqlite_schema WHERE name = 'places'")).toBe(0);
    connection.close();
  });

  it("that is newer is refused", () => {
    connectLedger(path, 0, NEXT).close();
    const error = caught(() => open());
    expect(error).toMatchObject({ kind: "io", code: "ledger.newer" });
    expect(error.message).toContain(`version ${NEXT.length}`);
  });
});
