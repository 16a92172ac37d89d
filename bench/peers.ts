// Devices a second, by the programs that a vendor may have instead: the same work, files on disk at its end.
import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { availableParallelism, tmpdir } from "node:os";
import { join } from "node:path";
import process from "node:process";
import { readOptions } from "./options.ts";
import { PEERS, type Peer } from "./peer-scripts.ts";
import { installMissing, knows, SAMICERTS, samicerts } from "./programs.ts";
import { writeResults } from "./results.ts";
import { summarize } from "./statistics.ts";
import { settleFiles, timedRun } from "./timed-run.ts";

const options = readOptions({ rounds: 5, devices: 30, batch: 10_000 });
const FIRST_SERIAL = 100_000_001;
const LOOPS = availableParallelism();

interface Contender {
  readonly name: string;
  readonly ours: boolean;
  readonly devices: number;
  /** Makes the devices in a directory, which has root.crt, root.key and the ledger; gives milliseconds. */
  readonly run: (directory: string) => Promise<number>;
  /** Where in that directory the certificates are. */
  readonly certificates: string;
  readonly rates: number[];
  verdict: string;
}

const skipped: string[] = [];
const contenders = [...PEERS.filter(isThere).map(byPeer), byClient(), ...byBatch()];
const scratch = mkdtempSync(join(tmpdir(), "samicerts-peers-"));
try {
  for (let round = 0; round < options.rounds; round++) {
    for (const [index, one] of contenders.entries()) {
      await measure(one, join(scratch, `${round}-${index}`));
    }
  }
  report();
} finally {
  rmSync(scratch, { recursive: true, force: true });
}

function isThere({ name, programs }: Peer): boolean {
  const missing = installMissing(programs);
  for (const each of missing) skip(`${name}: ${each.program} is not installed (Debian: ${each.package})`);
  return missing.length === 0;
}

function skip(line: string): void {
  skipped.push(`Left out: ${line}.`);
  console.log(`skipped: ${line}`);
}

function byPeer(peer: Peer): Contender {
  return contender(peer.name, false, options.devices, ".", (directory) => {
    for (const [name, text] of Object.entries(peer.files)) writeFileSync(join(directory, name), text);
    return inLoops(peer.device, directory);
  });
}

function byClient(): Contender {
  const device = `"${process.execPath}" "${SAMICERTS}" client $s Device-$s`;
  return contender("samicerts client", true, options.devices, "devices", (directory) =>
    inLoops(device, directory),
  );
}

function byBatch(): Contender[] {
  if (!knows("batch")) {
    skip("samicerts batch: there is no such command yet");
    return [];
  }
  const range = ["--count", `${options.batch}`, "--serial-from", `${FIRST_SERIAL}`];
  return [
    contender("samicerts batch", true, options.batch, "devices", async (directory) => {
      const words = [SAMICERTS, "batch", ...range, "--name", "Device-{serial}"];
      return (await timedRun(process.execPath, words, { cwd: directory })).wallMs;
    }),
  ];
}

function contender(
  name: string,
  ours: boolean,
  devices: number,
  certificates: string,
  run: Contender["run"],
): Contender {
  return { name, ours, devices, certificates, run, rates: [], verdict: "" };
}

/** A loop a core at once, each with its share of the serials: nothing that samicerts batch has is denied to others. */
async function inLoops(device: string, directory: string): Promise<number> {
  const loop = `set -e
    s=$((FIRST + $1))
    while [ $s -lt $((FIRST + ${options.devices})) ]; do ${device}
      s=$((s + ${LOOPS}))
    done`.replaceAll("FIRST", `${FIRST_SERIAL}`);
  const runs = Array.from({ length: LOOPS }, (_, index) =>
    timedRun("sh", ["-c", loop, "loop", `${index}`], { cwd: directory }),
  );
  return Math.max(...(await Promise.all(runs)).map(({ wallMs }) => wallMs));
}

async function measure(one: Contender, directory: string): Promise<void> {
  mkdirSync(directory);
  if (samicerts(["root", "/C=US/O=MyOrg/CN=Bench"], directory) !== 0) throw new Error("no root was made");
  if (!one.ours) toSec1(join(directory, "root.key"));
  settleFiles(directory);
  const elapsedMs = await one.run(directory);
  const made = readdirSync(join(directory, one.certificates)).filter(
    (name) => name.endsWith(".crt") && name !== "root.crt",
  );
  if (made.length !== one.devices) throw new Error(`${one.name} made ${made.length}, not ${one.devices}`);
  one.rates.push((one.devices / elapsedMs) * 1000);
  one.verdict = judged(join(directory, one.certificates, made[0] as string), directory);
  rmSync(directory, { recursive: true });
}

/** cfssl of Debian reads no PKCS#8 key of a curve. */
function toSec1(file: string): void {
  execFileSync("openssl", ["ec", "-in", file, "-out", file], { stdio: "ignore" });
}

function judged(file: string, directory: string): string {
  const words = ["verify", file, "--root", "root.crt"];
  if (samicerts(words, directory) !== 0) return "no";
  return samicerts([...words, "--fail-on", "warning"], directory) === 0 ? "yes" : "with warnings";
}

function report(): void {
  const sums = contenders.map((one) => ({ ...one, ...summarize(one.rates) }));
  const best = Math.max(...sums.filter(({ ours }) => !ours).map(({ median }) => median));
  const count = (value: number): string =>
    value.toLocaleString("en", { maximumFractionDigits: value < 100 ? 1 : 0 });
  const times = (value: number): string => (value / best).toFixed(value < best * 10 ? 1 : 0);
  const columns = ["", "devices a second", "least", "most", "times the best other", "compliant with `sami`"];
  const rows = sums.map(({ name, median, least, most, verdict }) => [
    `\`${name}\``,
    ...[median, least, most].map(count),
    times(median),
    verdict,
  ]);
  writeResults({
    name: "peers",
    title: "Devices a second, beside what else could make them",
    method:
      `Each device a P-256 key and a certificate with the extensions of the policy \`sami\`, two files on disk. All but ` +
      `\`samicerts batch\` (${options.batch.toLocaleString("en")} devices) by ${LOOPS} shell loops at once, one a core, ` +
      `${options.devices} devices in all; medians of ${options.rounds} rounds in turn.`,
    columns,
    rows,
    goals: [],
    remarks: [
      "Only samicerts judges each certificate before it is signed, keeps a ledger of serials, and makes files and ledger " +
        "durable (fsync) before it says that they are there; `client` pays for that with each device, `batch` for many at once.",
      ...PEERS.flatMap(({ remark }) => remark ?? []),
      ...skipped,
    ],
    data: sums.map(({ name, devices, rates, verdict }) => ({ name, devices, rates, verdict })),
    plot: {
      title: "Devices a second",
      subtitle: "P-256 key and certificate, two files on disk; logarithmic, more is better",
      note: `Medians of ${options.rounds} rounds; loops run one a core, on ${LOOPS} cores.`,
      scale: "log",
      bars: sums.map(({ name, median, least, most, ours }) => ({
        label: name,
        median,
        least,
        most,
        kind: ours ? "ours" : "theirs",
        ...(ours && median >= 2 * best ? { remark: `(${times(median)} ×)` } : {}),
      })),
    },
  });
}
