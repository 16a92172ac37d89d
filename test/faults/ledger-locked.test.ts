import { readdirSync } from "node:fs";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { columnsOf } from "../../src/actions/join-columns.ts";
import { openLedger } from "../../src/ledger/open.ts";
import { type Connection, connect } from "../../src/ledger/sqlite-connection.ts";
import { makePlace, type Place, ROOT_NAME, told } from "../stories/command.ts";

/** The command's patience is ten seconds. */
const LONG_MS = 60_000;

let place: Place;
let blocker: Connection | undefined;
beforeEach(() => {
  place = makePlace();
  place.succeed(["root", ROOT_NAME]);
});
afterEach(() => {
  blocker?.close();
  blocker = undefined;
  place.remove();
});

function lock(): Connection {
  blocker = connect(place.at("samicerts.db"), 0);
  blocker.exec("BEGIN IMMEDIATE");
  return blocker;
}

describe("a ledger that is locked for longer than the patience", () => {
  it(
    "is told of with exit code 3, and nothing was made",
    () => {
      lock();
      const { status, stdout, stderr } = place.samicerts(["client", "100000001", "MyAwesomeDevice"]);
      expect({ status, stdout, stderr }).toEqual({
        status: 3,
        stdout: "",
        stderr: told(
          "the ledger samicerts.db is locked by another process",
          "wait until that process has done its work, then run the same command again",
        ),
      });
      expect(readdirSync(place.directory)).not.toContain("devices");
      // Looking is never kept waiting.
      expect(place.succeed(["list", "--json"])).toContain('"certificates": [');
      blocker?.exec("ROLLBACK");
      place.succeed(["client", "100000001", "MyAwesomeDevice"]);
    },
    LONG_MS,
  );

  it("keeps a batch's chunk whole, to be tried again", () => {
    const ledger = openLedger(place.at("samicerts.db"), { busyMs: 20 });
    const [issuer] = ledger.issuers();
    const identity = { inputDigest: "i", output: "/o", policyDigest: "p", atMs: 0 };
    const batch = ledger.openBatch({ issuer: issuer?.id ?? 0, ...identity });
    ledger.reserveChunk(batch, [{ line: 1, serial: "1", name: "a" }], 0);
    const digest = new Uint8Array(32);
    const facts = {
      der: digest,
      certificateSha256: digest,
      spkiSha256: digest,
      notBeforeMs: 0,
      notAfterMs: 1,
    };
    const commit = {
      issued: columnsOf([{ serial: "1", atMs: 0, ...facts }]),
      lastLine: 1,
      outputLength: 9,
      atMs: 0,
    };
    const next = [{ line: 2, serial: "2", name: "b" }];
    lock();
    for (let attempt = 0; attempt < 3; attempt++)
      expect(() => ledger.turnChunk(batch, commit, next, 0)).toThrow(/is locked by another process/);
    expect(ledger.batchProgress(batch.id).issued).toBe(0);
    blocker?.exec("ROLLBACK");
    expect(ledger.turnChunk(batch, commit, next, 0)).toEqual([{ outcome: "reserved", takenOver: false }]);
    expect(ledger.batchProgress(batch.id)).toMatchObject({ issued: 1, outputLength: 9 });
    ledger.close();
  });
});
