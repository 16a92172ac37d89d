import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { memoryLedger } from "../../../src/ledger/memory.ts";
import { openLedger } from "../../../src/ledger/open.ts";
import { describeBatches } from "./batch-contract.ts";
import { describeLedger, type Store } from "./contract.ts";
import { describeEvents } from "./event-contract.ts";
import { describeLines } from "./line-contract.ts";
import { describeListing } from "./list-contract.ts";
import { describeRevocations } from "./revocation-contract.ts";

function inFile(): Store {
  const dir = mkdtempSync(join(tmpdir(), "samicerts-ledger-"));
  return {
    open: () => openLedger(join(dir, "samicerts.db")),
    remove: () => rmSync(dir, { recursive: true }),
  };
}

function inMemory(): Store {
  const store = memoryLedger();
  return { open: () => store.open(), remove: () => undefined };
}

for (const describeContract of [
  describeLedger,
  describeBatches,
  describeListing,
  describeLines,
  describeEvents,
  describeRevocations,
]) {
  describeContract("a ledger in a SQLite file", inFile);
  describeContract("a ledger in memory", inMemory);
}
