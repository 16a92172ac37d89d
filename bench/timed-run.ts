import { execFileSync, spawn } from "node:child_process";
import { readFileSync, statSync } from "node:fs";
import process from "node:process";

/** A process that has ended well, and what it took. */
export interface TimedRun {
  readonly wallMs: number;
  /** The most memory it had at once (its own, not its children's), in bytes, to the last tenth of a second. */
  readonly peakBytes: number;
  /** The length of the watched file over time. */
  readonly growth: readonly Length[];
}

/** How long a file was at a moment. */
export interface Length {
  /** Milliseconds since the process was started. */
  readonly ms: number;
  readonly bytes: number;
}

const SAMPLE_MS = 50;
const KEPT_WORDS = 2000;

/** Runs a program to its end; `watch` is a file whose growth is noted. Rejects where the program fails. */
export function timedRun(
  command: string,
  words: readonly string[],
  settings: { readonly cwd?: string; readonly watch?: string } = {},
): Promise<TimedRun> {
  return new Promise((resolve, reject) => {
    const start = process.hrtime.bigint();
    const sinceStart = (): number => Number(process.hrtime.bigint() - start) / 1e6;
    const child = spawn(command, words, { cwd: settings.cwd, stdio: ["ignore", "ignore", "pipe"] });
    const growth: Length[] = [];
    let peakBytes = 0;
    let told = "";
    const sample = (): void => {
      peakBytes = Math.max(peakBytes, peakOf(child.pid));
      const bytes = settings.watch === undefined ? undefined : lengthOf(settings.watch);
      if (bytes !== undefined) growth.push({ ms: sinceStart(), bytes });
    };
    const sampling = setInterval(sample, SAMPLE_MS);
    child.stderr.on("data", (chunk) => {
      told = `${told}${chunk}`.slice(-KEPT_WORDS);
    });
    child.once("error", (error) => {
      clearInterval(sampling);
      reject(error);
    });
    child.once("close", (code) => {
      const wallMs = sinceStart();
      clearInterval(sampling);
      sample();
      if (code === 0) resolve({ wallMs, peakBytes, growth });
      else reject(new Error(`${command} ${words.join(" ").slice(0, 300)} ended with ${code}: ${told}`));
    });
  });
}

/** Has the file system of `directory` write what it still holds, so that the next to be measured does not wait for it. */
export function settleFiles(directory: string): void {
  execFileSync("sync", ["-f", directory]);
}

/**
 * The rate of growth in the first and in the last tenth of what was written, in bytes a second; undefined where the
 * run was too short to tell.
 */
export function firstAndLastTenth(
  growth: readonly Length[],
): { readonly first: number; readonly last: number } | undefined {
  const written = growth.filter(({ bytes }) => bytes > 0);
  const end = written.at(-1)?.bytes ?? 0;
  const begin = written[0]?.bytes ?? 0;
  const firstTenth = written.filter(({ bytes }) => bytes <= begin + (end - begin) * 0.1);
  const grown = written.findIndex(({ bytes }) => bytes === end);
  const lastTenth = written.slice(0, grown + 1).filter(({ bytes }) => bytes >= begin + (end - begin) * 0.9);
  if (firstTenth.length < 10 || lastTenth.length < 10) return undefined;
  const first = slope(firstTenth);
  // It came in so few pieces that none fell into the first tenth.
  return first === 0 ? undefined : { first, last: slope(lastTenth) };
}

function slope(lengths: readonly Length[]): number {
  const [from] = lengths;
  const to = lengths.at(-1);
  if (from === undefined || to === undefined) throw new Error("nothing was written");
  return ((to.bytes - from.bytes) / (to.ms - from.ms)) * 1000;
}

function peakOf(pid: number | undefined): number {
  try {
    const status = readFileSync(`/proc/${pid}/status`, "utf8");
    return Number(/^VmHWM:\s+([0-9]+) kB$/m.exec(status)?.[1] ?? 0) * 1024;
  } catch {
    // It has ended.
    return 0;
  }
}

function lengthOf(path: string): number | undefined {
  return statSync(path, { throwIfNoEntry: false })?.size;
}
