// `samicerts verify` over many certificate files, beside `openssl verify` and what reading and checking alone costs.
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { availableParallelism, tmpdir } from "node:os";
import { join } from "node:path";
import process from "node:process";
import { memoryIssuer, POLICY } from "./issuer.ts";
import { readOptions } from "./options.ts";
import { installMissing, knows, SAMICERTS } from "./programs.ts";
import { rawRate } from "./raw-rate.ts";
import { writeResults } from "./results.ts";
import { summarize } from "./statistics.ts";
import { timedRun } from "./timed-run.ts";

const options = readOptions({ rounds: 5, count: 10_000 });
const FIRST_SERIAL = 100_000;
const GOAL_TIMES_OPENSSL = 3;
const GOAL_TIMES_RAW = 1.5;
const CORES = availableParallelism();
/** The threads that `samicerts verify` works on. */
const THREADS = knows("verify", "--jobs") ? CORES : 1;

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
  const raw = (threads: number): Contender =>
    contender(`reading and checking, ${threads} thread${threads === 1 ? "" : "s"}`, "limit", async () => ({
      rate: await rawRate(
        Array.from({ length: threads }, (_, index) => {
          const share = files.filter((_, turn) => turn % threads === index);
          return {
            work: { kind: "verify", files: share, rootPem },
            atLeastMs: 0,
            atLeastTurns: share.length,
          };
        }),
      ),
    }));
  const ours = contender("samicerts verify", "ours", () =>
    wholeProcess(process.execPath, [SAMICERTS, "verify", "devices", "--root", rootFile, "--policy", POLICY]),
  );
  const limit = raw(THREADS);
  const openssl = isThere() ? [byOpenssl()] : [];
  const contenders = [...openssl, ours, limit, ...(THREADS === CORES ? [] : [raw(CORES)])];
  // The first round brings the files into memory, for all alike.
  for (let round = 0; round <= options.rounds; round++) {
    for (const one of contenders) await measure(one, round > 0);
  }
  report(contenders, ours, limit, openssl[0]);
} finally {
  rmSync(scratch, { recursive: true, force: true });
}

function makeFiles(): { files: string[]; rootPem: string } {
  mkdirSync(directory);
  const issuer = memoryIssuer();
  writeFileSync(rootFile, issuer.rootPem);
  const files = Array.from({ length: options.count }, (_, index) => {
    const serial = FIRST_SERIAL + index;
    const file = join(directory, `${serial}.crt`);
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

function byOpenssl(): Contender {
  // A hundred thousand names are more than a program is given without asking for a larger stack.
  const words = `ulimit -s "$(ulimit -H -s)"; exec openssl verify -CAfile "$0" -- *.crt`;
  return contender("openssl verify", "theirs", () => wholeProcess("sh", ["-c", words, rootFile], directory));
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

function report(
  contenders: readonly Contender[],
  ours: Contender,
  limit: Contender,
  openssl: Contender | undefined,
): void {
  const median = (one: Contender): number => summarize(one.rates).median;
  const count = (value: number): string => Math.round(value).toLocaleString("en");
  const timesRaw = median(limit) / median(ours);
  const threads = `${THREADS} thread${THREADS === 1 ? "" : "s"}`;
  const conclusions = [
    `At most ${GOAL_TIMES_RAW} times the raw cost on the same threads (${threads}) is the goal: ` +
      `${timesRaw.toFixed(2)} times, ${timesRaw <= GOAL_TIMES_RAW ? "met" : "missed"}.`,
  ];
  if (openssl === undefined) conclusions.push("Left out: openssl is not installed.");
  else {
    const times = median(ours) / median(openssl);
    conclusions.push(
      `At least ${GOAL_TIMES_OPENSSL} times one \`openssl verify\` is the goal: ${times.toFixed(2)} times, ` +
        `${times >= GOAL_TIMES_OPENSSL ? "met" : "missed"}.`,
    );
  }
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
      const memory = one.peakBytes === 0 ? "" : `${Math.round(one.peakBytes / 1e6)} MB`;
      return [one.name, ...[middle, least, most].map(count), (middle / median(ours)).toFixed(2), memory];
    }),
    conclusions,
    data: {
      count: options.count,
      threads: THREADS,
      contenders: contenders.map(({ name, rates, peakBytes }) => ({ name, rates, peakBytes })),
    },
    plot: {
      title: "Certificates verified a second",
      subtitle: `${count(options.count)} certificate files; more is better`,
      note: `Medians of ${options.rounds} rounds; dashed: reading and one signature check a file, nothing else.`,
      scale: "linear",
      bars: contenders.map(({ name, kind, rates }) => ({ label: name, kind, ...summarize(rates) })),
    },
  });
}
