// A process that takes a lock, looks that it is alone, and lets go, over and over; says how often it had the lock.
import { closeSync, openSync, unlinkSync, writeSync } from "node:fs";
import { lockFile } from "../../src/ledger/file-lock.ts";

const [path, rounds] = process.argv.slice(2) as [string, string];

let held = 0;
for (let round = 0; round < Number(rounds); round++) {
  const release = lockFile(path);
  if (release === undefined) continue;
  // Fails where somebody else is between here and the unlink.
  closeSync(openSync(`${path}.inside`, "wx"));
  held++;
  unlinkSync(`${path}.inside`);
  release();
}
writeSync(1, String(held));
