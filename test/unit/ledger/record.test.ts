import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { columnsOf } from "../../../src/actions/join-columns.ts";
import type { EventNote, RecordFault } from "../../../src/ledger/event.ts";
import { CHAIN_START, chainHash } from "../../../src/ledger/event-chain.ts";
import type { Ledger } from "../../../src/ledger/ledger.ts";
import { MIGRATIONS } from "../../../src/ledger/migrations.ts";
import { openLedger } from "../../../src/ledger/open.ts";
import { type Connection, connect, connectLedger } from "../../../src/ledger/sqlite-connection.ts";
import { certificateOf, issuerOf } from "./contract.ts";

/** Whoever may write the file may do this first. */
const UNLOCK = "DROP TRIGGER events_are_kept; DROP TRIGGER events_stay; DROP TRIGGER issued_stays;";

let dir: string;
let path: string;
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), "samicerts-record-"));
  path = join(dir, "samicerts.db");
  use((ledger) => {
    const issuer = ledger.addIssuer(issuerOf("root"));
    for (const serial of ["11", "12"])
      ledger.commit(ledger.reserve({ issuer, serial, name: "n", atMs: 1 }), certificateOf(serial));
    const identity = { issuer, inputDigest: "i", output: "/o", policyDigest: "p", atMs: 2 };
    const batch = ledger.openBatch(identity);
    const rows = Array.from({ length: 5 }, (_, index) => ({
      serial: String(100 + index),
      line: index + 1,
      name: "n",
    }));
    ledger.reserveChunk(batch, rows, 3);
    const issue = (from: number, to: number): void => {
      const issued = rows.slice(from, to).map(({ serial }) => ({ ...certificateOf(serial), serial }));
      ledger.commitChunk(batch, { issued: columnsOf(issued), lastLine: to, outputLength: 0, atMs: 4 });
    };
    issue(0, 3);
    issue(3, 5);
    ledger.finishBatch(batch, "done", 5);
    ledger.note({ kind: "refused", atMs: 6, detail: "no" });
  });
});
afterEach(() => rmSync(dir, { recursive: true }));

function use<T>(work: (ledger: Ledger) => T): T {
  const ledger = openLedger(path);
  try {
    return work(ledger);
  } finally {
    ledger.close();
  }
}

function tamper(work: string | ((connection: Connection) => void)): void {
  const connection = connect(path, 0);
  if (typeof work === "string") connection.exec(work);
  else work(connection);
  connection.close();
}

const check = (head?: Uint8Array): string[] =>
  use((ledger) => {
    const found: RecordFault[] = [...ledger.checkRecord(head)];
    return found.map(({ rule, event }) => (event === undefined ? rule : `${rule} ${event}`));
  });
const headNow = (): Uint8Array => use((ledger) => ledger.eventEnd().last?.hash ?? CHAIN_START);

/** Puts in for all lines from `id` on the hashes that they come to: what somebody does who knows how. */
function rechain(connection: Connection): void {
  let hash = CHAIN_START;
  for (const row of use((ledger) => ledger.events(0, 100))) {
    const { id, hash: _, ...event } = row;
    hash = chainHash(hash, id, event as EventNote);
    connection.prepare("UPDATE events SET hash = ? WHERE id = ?").run([hash, id]);
  }
}

describe("the record of a ledger in a file", () => {
  it("is found whole as it is, and goes on where it was", () => {
    expect(check()).toEqual([]);
    const head = headNow();
    use((ledger) => ledger.note({ kind: "refused", atMs: 7, detail: "again" }));
    expect(check(head)).toEqual([]);
    expect(check(CHAIN_START)).toEqual(["audit.head-unknown"]);
    use((ledger) => {
      const reading = ledger.checkRecord();
      const other = openLedger(path);
      other.note({ kind: "refused", atMs: 8, detail: "meanwhile" });
      other.close();
      expect([...reading]).toEqual([]);
    });
  });

  it.each([
    ["a line altered", "UPDATE events SET detail = 'yes' WHERE id = 8", ["audit.altered 8"]],
    ["a line's moment", "UPDATE events SET at_ms = at_ms + 1 WHERE id = 2", ["audit.altered 2"]],
    [
      "a line's hash",
      "UPDATE events SET hash = zeroblob(32) WHERE id = 4",
      ["audit.altered 4", "audit.altered 5"],
    ],
    ["a line without hash", "UPDATE events SET hash = NULL WHERE id = 4", ["audit.unchained 4"]],
    ["a line removed", "DELETE FROM events WHERE id = 4", ["audit.removed 5"]],
    ["several", "DELETE FROM events WHERE id BETWEEN 4 AND 6", ["audit.removed 7", "audit.unrecorded"]],
    ["the first", "DELETE FROM events WHERE id = 1", ["audit.removed 2", "audit.unrecorded"]],
    ["the last", "DELETE FROM events WHERE id = 8", ["audit.cut-off"]],
    [
      "all of them",
      "DELETE FROM events",
      ["audit.cut-off", "audit.unrecorded", "audit.unrecorded", "audit.unrecorded", "audit.unrecorded"],
    ],
    [
      "two that changed places",
      "UPDATE events SET id = 99 WHERE id = 2; UPDATE events SET id = 2 WHERE id = 3; UPDATE events SET id = 3 WHERE id = 99",
      ["audit.altered 2", "audit.altered 3", "audit.altered 4"],
    ],
    [
      "the last ones, and the count of them",
      "DELETE FROM events WHERE id > 6; UPDATE sqlite_sequence SET seq = 6 WHERE name = 'events'",
      ["audit.unrecorded"],
    ],
    [
      "a line put in",
      "INSERT INTO events (at_ms, kind, issuer, serial, digest) VALUES (9, 'issued', 1, '77', zeroblob(32))",
      ["audit.unchained 9", "audit.contradicted 9"],
    ],
    [
      "a certificate altered",
      "UPDATE certificates SET certificate_sha256 = zeroblob(32) WHERE serial = '12'",
      ["audit.contradicted 3", "audit.unrecorded"],
    ],
    [
      "a batch's certificate altered",
      "UPDATE certificates SET certificate_sha256 = zeroblob(32) WHERE serial = '104'",
      ["audit.contradicted 6"],
    ],
    [
      "a batch's certificate removed",
      "PRAGMA foreign_keys = OFF; DELETE FROM certificates WHERE serial = '101'",
      ["audit.contradicted 5", "audit.contradicted 6"],
    ],
    [
      "a certificate put in",
      `INSERT INTO certificates (issuer, serial, name, state, reserved_ms, issued_ms, spki_sha256, certificate_sha256,
         not_before_ms, not_after_ms) VALUES (1, '13', 'x', 'issued', 0, 0, randomblob(32), randomblob(32), 0, 0)`,
      ["audit.unrecorded"],
    ],
    [
      "an issuer put in",
      "INSERT INTO issuers (subject, spki_sha256, created_ms) VALUES ('CN=x', randomblob(32), 0)",
      ["audit.unrecorded"],
    ],
  ])("finds %s", (_, sql, found) => {
    tamper(`${UNLOCK} ${sql}`);
    expect(check()).toEqual(found);
  });

  it("misses for ever what was removed at its end, though it goes on", () => {
    tamper(`${UNLOCK} DELETE FROM events WHERE id = 8`);
    use((ledger) => ledger.note({ kind: "refused", atMs: 7, detail: "later" }));
    expect(check()).toEqual(["audit.removed 9"]);
  });

  it("finds with a head that was kept elsewhere what is done by whoever knows how", () => {
    const head = headNow();
    tamper((connection) => {
      connection.exec(`${UNLOCK} UPDATE events SET detail = 'yes' WHERE id = 8`);
      rechain(connection);
    });
    expect(check()).toEqual([]);
    expect(check(head)).toEqual(["audit.head-unknown"]);
    tamper("DELETE FROM events WHERE id = 8; UPDATE sqlite_sequence SET seq = 7 WHERE name = 'events'");
    expect(check()).toEqual([]);
    expect(check(head)).toEqual(["audit.head-unknown"]);
  });

  it("goes on from the lines of an older ledger, which have no hash", () => {
    rmSync(path);
    const old = connectLedger(path, 0, MIGRATIONS.slice(0, 1));
    old.exec(`INSERT INTO issuers (subject, spki_sha256, created_ms) VALUES ('CN=root', zeroblob(32), 0);
      INSERT INTO events (at_ms, kind, issuer) VALUES (0, 'issuer-added', 1);
      INSERT INTO events (at_ms, kind, detail) VALUES (1, 'refused', 'old')`);
    old.close();
    expect(check()).toEqual([]);
    use((ledger) => ledger.note({ kind: "refused", atMs: 7, detail: "new" }));
    use((ledger) => ledger.note({ kind: "refused", atMs: 7, detail: "newer" }));
    expect(check(headNow())).toEqual([]);
    tamper(`${UNLOCK} UPDATE events SET detail = 'OLD' WHERE id = 2`);
    expect(check()).toEqual(["audit.altered 3"]);
  });
});
