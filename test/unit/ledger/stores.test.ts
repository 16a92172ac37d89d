import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { memoryLedger } from "../../../src/ledger/memory.ts";
import { openLedger } from "../../../src/ledger/open.ts";
import { describeLedger } from "./contract.ts";

describeLedger("a ledger in a SQLite file", () => {
  const dir = mkdtempSync(join(tmpdir(), "samicerts-ledger-"));
  return {
    open: () => openLedger(join(dir, "samicerts.db")),
    remove: () => rmSync(dir, { recursive: true }),
  };
});

describeLedger("a ledger in memory", () => {
  const store = memoryLedger();
  return { open: () => store.open(), remove: () => undefined };
});
