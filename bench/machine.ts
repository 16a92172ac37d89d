import { readFileSync } from "node:fs";
import { arch, cpus, loadavg, platform } from "node:os";
import process from "node:process";

/** Where a benchmark ran, and how much of it others had meanwhile. */
export interface Machine {
  readonly processor: string;
  readonly cores: number;
  readonly node: string;
  readonly platform: string;
  /** The kernel's one-minute load average when the benchmark began. */
  readonly load: string;
  /** The share of all cores' time that went to processes other than the benchmark's, 0 to 1. */
  readonly othersShare: number;
  /** Whether that was so much that the figures are not to be relied on. */
  readonly underLoad: boolean;
}

// The kernel's own threads, which write what a benchmark leaves to be written, count as others and need a few percent.
const QUIET_SHARE = 0.08;
const TICK_MS = 10;

const LOAD_AT_START = loadavg()[0] ?? 0;
const TICKS_AT_START = machineTicks();

/** Describes the machine and the time from this module's loading until now. */
export function describeMachine(): Machine {
  const processors = cpus();
  const { busy, total } = machineTicks();
  const { user, system } = process.cpuUsage();
  const own = (childrenProcessorMs() + (user + system) / 1000) / TICK_MS;
  const others = (busy - TICKS_AT_START.busy - own) / Math.max(1, total - TICKS_AT_START.total);
  const othersShare = Math.max(0, others);
  return {
    processor: processors[0]?.model.trim() ?? "unknown",
    cores: processors.length,
    node: process.versions.node,
    platform: `${platform()} ${arch()}`,
    load: LOAD_AT_START.toFixed(2),
    othersShare: Number(othersShare.toFixed(3)),
    underLoad: othersShare > QUIET_SHARE,
  };
}

/** Says in one line of Markdown what `machine` is and whether others were busy on it. */
export function tellMachine(machine: Machine): string {
  const { processor, cores, node, platform, load, othersShare, underLoad } = machine;
  const others = `others had ${(othersShare * 100).toFixed(0)} % of it meanwhile`;
  const warning = underLoad ? " **Taken under load: not to be relied on.**" : "";
  return `${processor}, ${cores} cores, Node ${node}, ${platform}; load before ${load}, ${others}.${warning}`;
}

/** Processor time of the children that have ended, in milliseconds; the kernel counts it in steps of 10 ms. */
export function childrenProcessorMs(): number {
  const fields = readFileSync("/proc/self/stat", "utf8").split(") ")[1]?.split(" ") ?? [];
  return (Number(fields[13]) + Number(fields[14])) * TICK_MS;
}

function machineTicks(): { busy: number; total: number } {
  const words = readFileSync("/proc/stat", "utf8").split("\n")[0]?.split(/\s+/).slice(1, 9) ?? [];
  const ticks = words.map(Number);
  const total = ticks.reduce((sum, each) => sum + each, 0);
  const [idle = 0, waiting = 0] = ticks.slice(3);
  return { busy: total - idle - waiting, total };
}
