// A process that uses a ledger, for the tests that need several at once or one that dies. Speaks in lines of text.

import { createHash } from "node:crypto";
import { writeSync } from "node:fs";
import { columnsOf } from "../../src/actions/join-columns.ts";
import { SamicertsError } from "../../src/base/errors.ts";
import type { IssuedCertificate, IssuerId, Ledger } from "../../src/ledger/ledger.ts";
import { openLedger } from "../../src/ledger/open.ts";

const [mode, path, from, count] = process.argv.slice(2) as [string, string, string, string];

const sha256 = (text: string): Uint8Array => createHash("sha256").update(text).digest();
const say = (line: string): void => {
  writeSync(1, `${line}\n`);
};

function certificateOf(serial: string): IssuedCertificate {
  const der = Buffer.from(`certificate ${serial} by ${process.pid}`);
  return {
    der,
    certificateSha256: sha256(der.toString()),
    spkiSha256: sha256(`key of ${serial} by ${process.pid}`),
    notBeforeMs: 0,
    notAfterMs: 1,
    atMs: 0,
  };
}

/** What came of one serial: done, taken by somebody else, or a failure that should not be. */
function attempt(serial: string, action: () => void): void {
  try {
    action();
    say(`done ${serial}`);
  } catch (error) {
    say(error instanceof SamicertsError ? `${error.code} ${serial}` : `broken ${String(error)}`);
  }
}

function serials(): string[] {
  return Array.from({ length: Number(count) }, (_, i) => String(Number(from) + i));
}

const MODES: Readonly<Record<string, (ledger: Ledger, issuer: IssuerId) => void>> = {
  /** Reserves and commits every serial. */
  issue: (ledger, issuer) => {
    for (const serial of serials())
      attempt(serial, () => {
        const reservation = ledger.reserve({ issuer, serial, name: `device ${serial}`, atMs: Date.now() });
        say(`reserved ${serial}`);
        ledger.commit(reservation, certificateOf(serial));
      });
  },
  /** Takes over and commits every serial. */
  "take-over": (ledger, issuer) => {
    for (const serial of serials())
      attempt(serial, () => {
        const request = { issuer, serial, name: `device ${serial}`, atMs: Date.now() };
        ledger.commit(ledger.takeOver(request), certificateOf(serial));
      });
  },
  /** A batch of its own over all serials, in chunks of ten. */
  batch: (ledger, issuer) => {
    const identity = {
      inputDigest: `${from} ${count}`,
      output: `/out-${process.argv[6]}`,
      policyDigest: "p",
      atMs: 0,
    };
    const batch = ledger.openBatch({ issuer, ...identity });
    const rows = serials().map((serial, index) => ({ line: index + 1, serial, name: `device ${serial}` }));
    for (let at = batch.progress.lastLine; at < rows.length; at += 10) {
      const chunk = rows.slice(at, at + 10);
      const outcomes = ledger.reserveChunk(batch, chunk, Date.now());
      const reserved = chunk.filter((_row, index) => outcomes[index]?.outcome === "reserved");
      for (const [index, outcome] of outcomes.entries())
        if (outcome.outcome === "refused") say(`${outcome.error.code} ${chunk[index]?.serial}`);
      const issued = reserved.map(({ serial }) => ({ serial, ...certificateOf(serial) }));
      const lastLine = at + chunk.length;
      const refused = chunk.length - reserved.length;
      ledger.commitChunk(batch, {
        issued: columnsOf(issued),
        refused,
        lastLine,
        outputLength: lastLine * 100,
        atMs: Date.now(),
      });
      for (const { serial } of issued) say(`done ${serial}`);
    }
    ledger.finishBatch(batch, "done", Date.now());
  },
  /** Reserves every serial, commits none, and waits to be killed. */
  hold: (ledger, issuer) => {
    for (const serial of serials())
      ledger.reserve({ issuer, serial, name: `device ${serial}`, atMs: Date.now() });
    say("holding");
    setInterval(() => undefined, 1000);
  },
};

const ledger = openLedger(path, { busyMs: 60_000 });
const issuer = ledger.addIssuer({ subject: "CN=root", spkiSha256: sha256("root"), createdMs: 0 });
MODES[mode]?.(ledger, issuer);
if (mode !== "hold") {
  ledger.close();
  say("end");
}
