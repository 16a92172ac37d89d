// `samicerts verify` over many certificate files, beside `openssl verify` and what reading and checking alone costs.
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { availableParallelism, tmpdir } from "node:os";
import { join } from "node:path";
import process from "node:process";
import { memoryIssuer, POLICY } from "./issuer.ts";
import { readOptions } from "./options.ts";
import { installMissing, SAMICERTS } from "./programs.ts";
import { rawRate } from "./raw-rate.ts";
import { type Goal, writeResults } from "./results.ts";
import { summarize } from "./statistics.ts";
import { timedRun } from "./timed-run.ts";

const options = readOptions({ rounds: 3, count: 100_000 });
const FIRST_SERIAL = 100_000;
const GOAL_TIMES_OPENSSL = 3;
const GOAL_TIMES_RAW = 1.5;
/** What memory may grow by where there are ten times as many: the files' names are held. */
const GOAL_GROWTH = 1.25;
const CORES = availableParallelism();

interface Contender {
  readonly name: string;
  readonly kind: "ours" | "theirs" | "limit";
  /** Certificates a second, and the most memory that took where it is a process of its own. */
  readonly run: () => Promise<{ readonly rate: number; readonly peakBytes?: number }>;
  readonly rates: number[];
  peakBytes: number;
}

const scratch = mkdtempSync(join(tmpdir(), "samicerts-verify-"));
const directory = join(scratch, "devices");
const rootFile = join(scratch, "root.crt");
try {
  const { files, rootPem } = makeFiles();
  const openssl = isThere() ? [byOpenssl()] : [];
  const ours = bySamicerts(CORES);
  const limit = byMachine(CORES, files, rootPem);
  const alone = CORES === 1 ? [] : [bySamicerts(1), byMachine(1, files, rootPem)];
  const contenders = [...openssl, ours, limit, ...alone];
  // The first round brings the files into memory, for all alike.
  for (let round = 0; round <= options.rounds; round++) {
    for (const one of contenders) await measure(one, round > 0);
  }
  report(contenders, ours, limit, openssl[0], await peakOfTenth());
} finally {
  rmSync(scratch, { recursive: true, force: true });
}

/** Files in ten directories, all of which are verified, or one. */
function makeFiles(): { files: string[]; rootPem: string } {
  const issuer = memoryIssuer();
  for (let part = 0; part < 10; part++) mkdirSync(join(directory, `${part}`), { recursive: true });
  writeFileSync(rootFile, issuer.rootPem);
  const files = Array.from({ length: options.count }, (_, index) => {
    const serial = FIRST_SERIAL + index;
    const file = join(directory, `${Math.floor((index * 10) / options.count)}`, `${serial}.crt`);
    writeFileSync(file, issuer.issue(BigInt(serial), false).certificate);
    return file;
  });
  return { files, rootPem: issuer.rootPem };
}

function isThere(): boolean {
  const missing = installMissing([{ program: "openssl", package: "openssl" }]);
  for (const { program } of missing) console.log(`skipped: ${program} is not installed`);
  return missing.length === 0;
}

function threads(count: number): string {
  return `${count} thread${count === 1 ? "" : "s"}`;
}

function byMachine(count: number, files: readonly string[], rootPem: string): Contender {
  return contender(`reading and checking, ${threads(count)}`, "limit", async () => ({
    rate: await rawRate(
      Array.from({ length: count }, (_, index) => {
        const share = files.filter((_, turn) => turn % count === index);
        return { work: { kind: "verify", files: share, rootPem }, atLeastMs: 0, atLeastTurns: share.length };
      }),
    ),
  }));
}

function bySamicerts(jobs: number): Contender {
  return contender(`samicerts verify, ${threads(jobs)}`, "ours", () =>
    wholeProcess(process.execPath, verifyWords("devices", jobs)),
  );
}

function verifyWords(path: string, jobs: number): string[] {
  return [SAMICERTS, "verify", path, "--root", rootFile, "--policy", POLICY, "--jobs", `${jobs}`];
}

function byOpenssl(): Contender {
  // A hundred thousand names are more than a program is given without asking for a larger stack.
  const words = `ulimit -s "$(ulimit -H -s)"; exec openssl verify -CAfile "$0" -- */*.crt`;
  return contender("openssl verify", "theirs", () => wholeProcess("sh", ["-c", words, rootFile], directory));
}

/** The most memory that a tenth of the files takes. */
async function peakOfTenth(): Promise<number> {
  const words = verifyWords(join("devices", "0"), CORES);
  return (await timedRun(process.execPath, words, { cwd: scratch })).peakBytes;
}

function contender(name: string, kind: Contender["kind"], run: Contender["run"]): Contender {
  return { name, kind, run, rates: [], peakBytes: 0 };
}

async function wholeProcess(command: string, words: readonly string[], cwd: string = scratch) {
  const { wallMs, peakBytes } = await timedRun(command, words, { cwd });
  return { rate: (options.count / wallMs) * 1000, peakBytes };
}

async function measure(one: Contender, counts: boolean): Promise<void> {
  const { rate, peakBytes = 0 } = await one.run();
  if (!counts) return;
  one.rates.push(rate);
  one.peakBytes = Math.max(one.peakBytes, peakBytes);
}

function median(one: Contender): number {
  return summarize(one.rates).median;
}

function count(value: number): string {
  return Math.round(value).toLocaleString("en");
}

function megabytes(bytes: number): string {
  return `${Math.round(bytes / 1e6)} MB`;
}

function goalsOf(
  ours: Contender,
  limit: Contender,
  openssl: Contender | undefined,
  tenthBytes: number,
): readonly Goal[] {
  const timesRaw = median(limit) / median(ours);
  const growth = ours.peakBytes / tenthBytes;
  const beside =
    openssl === undefined
      ? []
      : [
          {
            text:
              `at least ${GOAL_TIMES_OPENSSL} times the rate of one \`openssl verify\`; ` +
              `it is ${(median(ours) / median(openssl)).toFixed(2)} times`,
            met: median(ours) >= GOAL_TIMES_OPENSSL * median(openssl),
          },
        ];
  return [
    ...beside,
    {
      text:
        `at most ${GOAL_TIMES_RAW} times the cost of reading the files and checking the signatures on the same ` +
        `${threads(CORES)}; it is ${timesRaw.toFixed(2)} times`,
      met: timesRaw <= GOAL_TIMES_RAW,
    },
    {
      text:
        `memory that does not grow with the number of certificates; ${megabytes(tenthBytes)} for ` +
        `${count(options.count / 10)}, ${megabytes(ours.peakBytes)} for ${count(options.count)}`,
      met: growth <= GOAL_GROWTH,
    },
  ];
}

function report(
  contenders: readonly Contender[],
  ours: Contender,
  limit: Contender,
  openssl: Contender | undefined,
  tenthBytes: number,
): void {
  writeResults({
    name: "verify",
    title: "Verifying certificates in files",
    method:
      `${count(options.count)} P-256 device certificates, a PEM file each, in memory already: by \`samicerts verify\` under the ` +
      `whole policy \`${POLICY}\`, by one \`openssl verify\` process, which checks the path alone, and by reading and ` +
      `checking the signature and nothing else; whole processes, medians of ${options.rounds} rounds in turn.`,
    columns: ["", "certificates a second", "least", "most", "times samicerts", "most memory"],
    rows: contenders.map((one) => {
      const { median: middle, least, most } = summarize(one.rates);
      const memory = one.peakBytes === 0 ? "" : megabytes(one.peakBytes);
      return [one.name, ...[middle, least, most].map(count), (middle / median(ours)).toFixed(2), memory];
    }),
    goals: goalsOf(ours, limit, openssl, tenthBytes),
    remarks: openssl === undefined ? ["Left out: openssl is not installed."] : [],
    data: {
      count: options.count,
      threads: CORES,
      tenthBytes,
      contenders: contenders.map(({ name, rates, peakBytes }) => ({ name, rates, peakBytes })),
    },
    plot: {
      title: "Certificates verified a second",
      subtitle: `${count(options.count)} certificate files; more is better`,
      note: `Medians of ${options.rounds} rounds; dashed: reading and one signature check a file, nothing else.`,
      scale: "linear",
      bars: contenders.map((one) => ({
        label: one.name,
        kind: one.kind,
        ...summarize(one.rates),
        ...(one === ours
          ? {
              goal: Math.max(
                median(limit) / GOAL_TIMES_RAW,
                openssl === undefined ? 0 : GOAL_TIMES_OPENSSL * median(openssl),
              ),
            }
          : {}),
      })),
    },
  });
}
