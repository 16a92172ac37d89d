import { existsSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { Ledger } from "../../../src/ledger/ledger.ts";
import { openLedger } from "../../../src/ledger/open.ts";
import { connect } from "../../../src/ledger/sqlite-connection.ts";
import { caught, certificateOf, issuerOf } from "./contract.ts";

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
const holders = (): string[] => readdirSync(dir).filter((name) => name.includes("-holder-"));

describe("who holds a reservation", () => {
  it("is told by a lock file that is there from the first reservation to the end", () => {
    const ledger = open();
    const issuer = ledger.addIssuer(issuerOf("root"));
    expect(holders()).toEqual([]);
    ledger.reserve(request(issuer, "1"));
    ledger.reserve(request(issuer, "2"));
    expect(holders().length).toBe(1);
    const other = open();
    other.reserve(request(issuer, "3"));
    expect(holders().length).toBe(2);
    expect(other.find(issuer, "1")?.abandoned).toBe(false);
    expect(ledger.find(issuer, "3")?.abandoned).toBe(false);
    ledger.close();
    expect(holders().length).toBe(1);
    expect(other.find(issuer, "1")?.abandoned).toBe(true);
    other.close();
    expect(holders()).toEqual([]);
    expect(readdirSync(dir).filter((name) => name.includes("journal"))).toEqual([]);
  });

  it("is gone where its lock file is not locked, and the file goes with it", () => {
    const ledger = open();
    const issuer = ledger.addIssuer(issuerOf("root"));
    ledger.reserve(request(issuer, "1"));
    const gone = "0123456789abcdef";
    const connection = connect(path, 0);
    connection.exec(`UPDATE certificates SET holder = '${gone}'`);
    expect(ledger.find(issuer, "1")?.abandoned).toBe(true);
    writeFileSync(`${path}-holder-${gone}`, "");
    expect(ledger.find(issuer, "1")?.abandoned).toBe(true);
    expect(existsSync(`${path}-holder-${gone}`)).toBe(false);
    expect(
      caught(() => ledger.commit({ ...request(issuer, "1"), takenOver: false }, certificateOf("1"))).code,
    ).toBe("ledger.reservation-lost");
    ledger.commit(ledger.takeOver(request(issuer, "1")), certificateOf("1"));
    connection.close();
  });

  it("sweeps the lock files of those that are gone, and nothing else", () => {
    const kept = ["samicerts.db-holder-", "samicerts.db-holder-xyz", "other.db-holder-0123456789abcdef"];
    for (const name of [
      ...kept,
      "samicerts.db-holder-0123456789abcdef",
      "samicerts.db-holder-aaaaaaaaaaaaaaaa",
    ])
      writeFileSync(join(dir, name), "");
    const ledger = open();
    ledger.reserve(request(ledger.addIssuer(issuerOf("root")), "1"));
    const own = holders().filter((name) => !kept.includes(name));
    expect(own.length).toBe(1);
    expect(own[0]).toMatch(/^samicerts\.db-holder-[0-9a-f]{16}$/);
    expect(holders()).toEqual(expect.arrayContaining(kept));
  });

  it("is nobody who only reads", () => {
    const ledger = open();
    ledger.find(ledger.addIssuer(issuerOf("root")), "1");
    expect(holders()).toEqual([]);
  });
});
