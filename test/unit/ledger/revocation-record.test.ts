import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { Ledger } from "../../../src/ledger/ledger.ts";
import { openLedger } from "../../../src/ledger/open.ts";
import { connect } from "../../../src/ledger/sqlite-connection.ts";
import { certificateOf, issuerOf } from "./contract.ts";

/** Whoever may write the file may do this first. */
const UNLOCK = "DROP TRIGGER revoked_is_kept; DROP TRIGGER revoked_stays; DROP TRIGGER crls_stay;";

let dir: string;
let path: string;
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), "samicerts-revoked-"));
  path = join(dir, "samicerts.db");
  use((ledger) => {
    const issuer = ledger.addIssuer(issuerOf("root"));
    for (const serial of ["11", "12", "13"])
      ledger.commit(ledger.reserve({ issuer, serial, name: "n", atMs: 1 }), certificateOf(serial));
    const revoke = (serial: string, reason: "keyCompromise" | "certificateHold"): void => {
      ledger.revocations.revoke([{ issuer, serial, reason, revokedMs: 5000 }], 6000);
    };
    revoke("11", "keyCompromise");
    revoke("12", "certificateHold");
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

function tamper(sql: string): void {
  const connection = connect(path, 0);
  try {
    connection.exec(sql);
  } finally {
    connection.close();
  }
}

const check = (): string[] =>
  use((ledger) =>
    [...ledger.checkRecord()].map(({ rule, event }) => (event === undefined ? rule : `${rule} ${event}`)),
  );

const ID = (serial: string): string => `(SELECT id FROM certificates WHERE serial = '${serial}')`;

describe("the record of revocations", () => {
  it("is found whole as it is", () => {
    expect(check()).toEqual([]);
  });

  it.each([
    [
      "a revocation taken back",
      `DELETE FROM revocations WHERE certificate = ${ID("11")}`,
      "audit.contradicted 5",
    ],
    ["a hold taken back", `DELETE FROM revocations WHERE certificate = ${ID("12")}`, "audit.contradicted 6"],
    [
      "a reason altered",
      `UPDATE revocations SET reason = 6 WHERE certificate = ${ID("11")}`,
      "audit.contradicted 5",
    ],
    ["a date altered", `UPDATE revocations SET revoked_ms = 9000 WHERE reason = 1`, "audit.contradicted 5"],
    [
      "a revocation put in",
      `INSERT INTO revocations (certificate, issuer, reason, revoked_ms, recorded_ms) VALUES (${ID("13")}, 1, 1, 5000, 5000)`,
      "audit.unrecorded",
    ],
    [
      "a hold turned into a revocation",
      "UPDATE revocations SET reason = 1 WHERE reason = 6",
      "audit.contradicted 6",
    ],
  ])("shows %s", (_, sql, fault) => {
    tamper(`${UNLOCK} ${sql}`);
    expect(check()).toEqual([fault]);
  });

  it.each([
    "DELETE FROM revocations WHERE reason = 1",
    "UPDATE revocations SET reason = 6 WHERE reason = 1",
    "UPDATE revocations SET revoked_ms = 0 WHERE reason = 1",
  ])("does not let a slip do that: %s", (sql) => {
    expect(() => tamper(sql)).toThrow(/revoked/);
    expect(check()).toEqual([]);
  });

  it("keeps the number and the facts of a CRL", () => {
    use(({ revocations }) => {
      const facts = { atMs: 1, thisUpdateMs: 1, nextUpdateMs: 2, entries: 0, sha256: new Uint8Array(32) };
      revocations.publishCrl(revocations.reserveCrl(1, 1), facts);
    });
    expect(() => tamper("DELETE FROM crls")).toThrow(/never forgotten/);
    expect(() => tamper("UPDATE crls SET entries = 7")).toThrow(/never changed/);
  });
});
