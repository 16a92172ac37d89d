// What the ledger costs a batch, how large its log gets, and how fast it is listed: the store alone, nothing is signed.
import { randomBytes } from "node:crypto";
import { mkdtempSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import process from "node:process";
import type { ChunkRow } from "../src/ledger/batch.ts";
import type { ListFilter } from "../src/ledger/listing.ts";
import { openLedger } from "../src/ledger/open.ts";
import { readOptions } from "./options.ts";
import { DER_OCTETS, randomColumns, YEAR_MS } from "./random-columns.ts";
import { writeResults } from "./results.ts";
import { summarize } from "./statistics.ts";

const { count: COUNT, chunk: CHUNK } = readOptions({ count: 100_000, chunk: 1024 });
const GOAL_US = 12;
const FIRST_SERIAL = 100_000_000;
const PAGE = 50;
const LIST_ROUNDS = 20;

const directory = mkdtempSync(join(tmpdir(), "samicerts-bench-"));
const path = join(directory, "samicerts.db");
try {
  const ledger = openLedger(path);
  const issuer = ledger.addIssuer({ subject: "CN=Bench", spkiSha256: randomBytes(32), createdMs: 0 });
  const identity = { inputDigest: "bench", output: "/bench", policyDigest: "bench", atMs: 0 };
  const batch = ledger.openBatch({ issuer, ...identity });
  let logOctets = 0;
  let largestRss = 0;
  const tenths: { readonly processorUs: number; readonly wallUs: number }[] = [];
  let pending: readonly ChunkRow[] = [];
  let spent = { processorUs: 0, wallUs: 0 };
  let rowsSpent = 0;
  for (let from = 0; from <= COUNT; from += CHUNK) {
    // What the certificates themselves cost is not the ledger's: made before the clock runs.
    const issued = randomColumns(pending, 2, 0);
    const rows = rowsFrom(from, Math.min(CHUNK, COUNT - from));
    const processorBefore = process.cpuUsage();
    const start = process.hrtime.bigint();
    if (from === 0) ledger.reserveChunk(batch, rows, 1);
    else ledger.turnChunk(batch, { issued, lastLine: from, outputLength: from, atMs: 2 }, rows, 1);
    const { user, system } = process.cpuUsage(processorBefore);
    spent.processorUs += user + system;
    spent.wallUs += Number(process.hrtime.bigint() - start) / 1e3;
    rowsSpent += pending.length;
    pending = rows;
    logOctets = Math.max(logOctets, statSync(`${path}-wal`).size);
    largestRss = Math.max(largestRss, process.memoryUsage.rss());
    if (rowsSpent < COUNT / 10) continue;
    tenths.push({ processorUs: spent.processorUs / rowsSpent, wallUs: spent.wallUs / rowsSpent });
    spent = { processorUs: 0, wallUs: 0 };
    rowsSpent = 0;
  }
  const listings = filters().map(([name, filter]) => ({ name, ms: listMs(filter) }));
  ledger.close();
  report();

  /** The first page, as a person waits for it. */
  function listMs(filter: ListFilter): number {
    const samples: number[] = [];
    for (let round = 0; round < LIST_ROUNDS; round++) {
      const start = process.hrtime.bigint();
      ledger.list(filter, { limit: PAGE });
      samples.push(Number(process.hrtime.bigint() - start) / 1e6);
    }
    return summarize(samples).median;
  }

  function report(): void {
    const mean = (of: "processorUs" | "wallUs"): number =>
      tenths.reduce((sum, tenth) => sum + tenth[of], 0) / tenths.length;
    const [first, last] = [tenths[0], tenths.at(-1)];
    const processorUs = mean("processorUs");
    writeResults({
      name: "ledger",
      title: "What the ledger costs",
      method:
        `${COUNT} devices, reserved and committed with ${DER_OCTETS} octets of certificate each, ` +
        `${CHUNK} a transaction, flushed; first pages of ${PAGE} rows, medians of ${LIST_ROUNDS}.`,
      columns: ["", ""],
      rows: [
        ["processor time a device, reserve and commit", `${processorUs.toFixed(1)} us`],
        [
          "the same, first tenth and last",
          `${first?.processorUs.toFixed(1)} and ${last?.processorUs.toFixed(1)} us`,
        ],
        ["time a device, flushing included", `${mean("wallUs").toFixed(1)} us`],
        ["largest write-ahead log", `${(logOctets / 1e6).toFixed(1)} MB`],
        ["the ledger's file", `${(statSync(path).size / 1e6).toFixed(0)} MB`],
        ["largest memory of the process", `${(largestRss / 1e6).toFixed(0)} MB`],
        ...listings.map(({ name, ms }) => [`list: ${name}`, `${ms.toFixed(2)} ms`]),
      ],
      goals: [
        {
          text:
            `at most ${GOAL_US} us of processor time a device, reserved and committed; ` +
            `it is ${processorUs.toFixed(1)} us`,
          met: processorUs <= GOAL_US,
        },
      ],
      remarks: [
        "The index that keeps every public key unique has the largest part: keys come in no order, and nearly each one " +
          "touches a page of its own, the more so the larger the ledger is.",
      ],
      data: { count: COUNT, chunk: CHUNK, tenths, logOctets, largestRss, listings },
    });
  }
} finally {
  rmSync(directory, { recursive: true, force: true });
}

function rowsFrom(from: number, count: number): ChunkRow[] {
  return Array.from({ length: count }, (_, index) => {
    const serial = String(FIRST_SERIAL + from + index);
    return { line: from + index + 1, serial, name: `MyAwesomeDevice-${serial}` };
  });
}

function filters(): readonly (readonly [name: string, filter: ListFilter])[] {
  const middle = String(FIRST_SERIAL + Math.floor(COUNT / 2));
  return [
    ["everything", {}],
    ["what is reserved (nothing)", { state: "reserved" }],
    ["the batch", { batch: 1 }],
    ["a range of serials", { serialFrom: middle }],
    ["names that begin alike", { name: `MyAwesomeDevice-${middle}` }],
    ["names like a pattern", { name: `MyAwesomeDevice-${middle.slice(0, 5)}*9` }],
    ["what ends soon (nothing)", { expiresFromMs: 0, expiresUntilMs: YEAR_MS }],
    ["what ends, issued, of the batch", { expiresFromMs: 0, state: "issued", batch: 1 }],
  ];
}
