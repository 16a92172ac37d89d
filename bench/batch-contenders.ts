import { mkdirSync, mkdtempSync } from "node:fs";
import { availableParallelism } from "node:os";
import { join } from "node:path";
import process from "node:process";
import { SAMICERTS, samicerts } from "./programs.ts";
import { rawRate } from "./raw-rate.ts";
import type { Flush, RawWork } from "./raw-steps.ts";
import { firstAndLastTenth, settleFiles, timedRun } from "./timed-run.ts";

/** What one round of a contender gave. */
export interface Round {
  /** Devices a second, the process's start and end included. */
  readonly rate: number;
  readonly peakBytes?: number;
  /** How the rate in the last tenth of the output compares with that in the first. */
  readonly lastToFirst?: number;
}

/** One way of making devices, or a limit of the machine's. */
export interface Contender {
  readonly name: string;
  readonly kind: "ours" | "limit";
  readonly run: () => Promise<Round>;
  readonly rounds: Round[];
}

/** A batch to be run by the command, as its flags say it. */
export interface BatchOrder {
  readonly name: string;
  readonly count: number;
  /** The output's file name in the vendor's directory; a directory where it has no ending. */
  readonly out: string;
  readonly flags: readonly string[];
  /** A list of the devices; a range where absent. */
  readonly list?: string;
}

const LIMIT_MS = 2000;
const THREADS = availableParallelism();

// Nothing is removed between the rounds: ext4 passes over inodes that were freed in the last half minute, one by one, so
// that new files take up to ten times as long after many were removed.

/** `samicerts batch` in a new vendor's directory under `scratch` each time. */
export function byBatch(scratch: string, order: BatchOrder): Contender {
  return contender(order.name, "ours", async () => {
    const vendor = mkdtempSync(join(scratch, "vendor-"));
    if (samicerts(["root", "/C=US/O=MyOrg/CN=Bench"], vendor) !== 0) throw new Error("no root was made");
    const range = ["--count", `${order.count}`, "--serial-from", "100000001", "--name", "Device-{serial}"];
    const words = order.list === undefined ? range : [order.list];
    const out = join(vendor, order.out);
    const settings = order.out.includes(".") ? { cwd: vendor, watch: out } : { cwd: vendor };
    const command = [SAMICERTS, "batch", ...words, "--out", out, ...order.flags];
    settleFiles(vendor);
    const { wallMs, peakBytes, growth } = await timedRun(process.execPath, command, settings);
    const tenths = firstAndLastTenth(growth);
    const rate = (order.count / wallMs) * 1000;
    return { rate, peakBytes, ...(tenths === undefined ? {} : { lastToFirst: tenths.last / tenths.first }) };
  });
}

/** Raw work on as many threads as there are cores. */
export function byMachine(name: string, work: RawWork, atLeastTurns = 0): Contender {
  return contender(name, "limit", async () => ({
    rate: await rawRate(Array.from({ length: THREADS }, () => ({ work, atLeastMs: LIMIT_MS, atLeastTurns }))),
  }));
}

/** What the file system allows: two files a device, in a directory a thread. */
export function byFileSystem(name: string, scratch: string, flush: Flush, threads: number): Contender {
  return contender(name, "limit", async () => {
    const directory = mkdtempSync(join(scratch, "files-"));
    const orders = Array.from({ length: threads }, (_, index) => {
      const own = join(directory, `${index}`);
      mkdirSync(own);
      return {
        work: { kind: "files", directory: own, flush } as const,
        atLeastMs: LIMIT_MS,
        atLeastTurns: 0,
      };
    });
    settleFiles(directory);
    return { rate: await rawRate(orders) };
  });
}

function contender(name: string, kind: Contender["kind"], run: Contender["run"]): Contender {
  return { name, kind, run, rounds: [] };
}
