// A CRL of a million certificates: made, looked at, and devices checked against it, beside OpenSSL.
import { mkdtempSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import process from "node:process";
import { readOptions } from "./options.ts";
import { installMissing, SAMICERTS } from "./programs.ts";
import { type Goal, writeResults } from "./results.ts";
import { makeRevokedVendor, type RevokedVendor } from "./revoked-vendor.ts";
import { summarize } from "./statistics.ts";
import { settleFiles, timedRun } from "./timed-run.ts";

const options = readOptions({ rounds: 3, count: 1_000_000, devices: 100_000 });
const GOAL_SECONDS = 10;
const GOAL_BYTES = 600e6;
/** OpenSSL goes through the whole CRL for each device. */
const OPENSSL_DEVICES = 100;
/** What a CRL may take of memory while devices are checked, an entry, however many devices there are: its index is 16. */
const GOAL_ENTRY_OCTETS = 100;
/** Two runs of the same command differ by as much. */
const NOISE_BYTES = 32e6;

/** Something that is done, in a process of its own. */
interface Task {
  readonly name: string;
  readonly command: string;
  readonly words: readonly string[];
  readonly walls: number[];
  peakBytes: number;
}

const scratch = mkdtempSync(join(tmpdir(), "samicerts-crl-"));
try {
  const few = Math.ceil(options.devices / 10);
  console.log(`making ${options.count} revoked certificates ...`);
  const vendor = makeRevokedVendor(scratch, [OPENSSL_DEVICES, few, options.devices], options.count);
  const hasOpenssl = installMissing([{ program: "openssl", package: "openssl" }]).length === 0;
  const make = task("samicerts crl", process.execPath, [SAMICERTS, "crl", "--quiet"]);
  await measure(make);
  const tasks = {
    make,
    look: task("samicerts inspect root.crl.der", process.execPath, [SAMICERTS, "inspect", "root.crl.der"]),
    lookPem: task("samicerts inspect root.crl", process.execPath, [SAMICERTS, "inspect", "root.crl"]),
    one: check("1 device", verifyWords(join(`lot-${OPENSSL_DEVICES}`, "100000000.crt"))),
    fewAlone: alone(few),
    manyAlone: alone(options.devices),
    few: check(`${few.toLocaleString("en")} devices`, verifyWords(`lot-${few}`)),
    many: check(`${options.devices.toLocaleString("en")} devices`, verifyWords(`lot-${options.devices}`)),
  };
  const theirs = hasOpenssl ? opensslTasks(vendor) : [];
  for (let round = 0; round < options.rounds; round++)
    for (const one of [...Object.values(tasks), ...theirs]) await measure(one);
  report(tasks, theirs);
} finally {
  rmSync(scratch, { recursive: true, force: true });
}

function task(name: string, command: string, words: readonly string[]): Task {
  return { name, command, words, walls: [], peakBytes: 0 };
}

function check(what: string, words: readonly string[]): Task {
  return task(`samicerts verify --crl, ${what}`, process.execPath, words);
}

/** The same without a CRL: what checking that many devices takes by itself. */
function alone(devices: number): Task {
  const words = [SAMICERTS, "verify", `lot-${devices}`, "--root", "root.crt", "--no-ledger", "--quiet"];
  return task(`samicerts verify, ${devices.toLocaleString("en")} devices`, process.execPath, words);
}

function verifyWords(path: string): readonly string[] {
  return [SAMICERTS, "verify", path, "--crl", "root.crl.der", "--root", "root.crt", "--no-ledger", "--quiet"];
}

/** `openssl ca -gencrl` from an index of as many, and `openssl verify` of the same devices. */
function opensslTasks({ directory, revoked }: RevokedVendor): readonly Task[] {
  const moment = (ms: number): string => `${new Date(ms).toISOString().slice(2, 19).replace(/[-T:]/g, "")}Z`;
  const index = revoked.map(({ serial, revokedMs }) => {
    const hex = serial.toString(16).toUpperCase().padStart(10, "0");
    return `R\t351231235959Z\t${moment(revokedMs)},keyCompromise\t${hex}\tunknown\t/CN=Lost ${serial}\n`;
  });
  writeFileSync(join(directory, "index.txt"), index.join(""));
  writeFileSync(join(directory, "crlnumber"), "01\n");
  const config = ["[ca]", "default_ca = d", "[d]", "database = index.txt", "crlnumber = crlnumber"];
  writeFileSync(
    join(directory, "ca.cnf"),
    [...config, "default_md = sha256", "default_crl_days = 30", ""].join("\n"),
  );
  const gencrl = ["ca", "-config", "ca.cnf", "-gencrl", "-cert", "root.crt", "-keyfile", "root.key"];
  const names = `ulimit -s "$(ulimit -H -s)"; exec openssl verify -crl_check -CAfile root.crt -CRLfile root.crl -- lot-${OPENSSL_DEVICES}/*.crt`;
  return [
    task("openssl ca -gencrl", "openssl", [...gencrl, "-out", "theirs.crl"]),
    task(`openssl verify -crl_check, ${OPENSSL_DEVICES} devices`, "sh", ["-c", names]),
  ];
}

async function measure(one: Task): Promise<void> {
  settleFiles(scratch);
  const { wallMs, peakBytes } = await timedRun(one.command, one.words, { cwd: scratch });
  one.walls.push(wallMs);
  one.peakBytes = Math.max(one.peakBytes, peakBytes);
}

function seconds(one: Task): number {
  return summarize(one.walls).median / 1000;
}

function megabytes(bytes: number): string {
  return `${Math.round(bytes / 1e6)} MB`;
}

type Tasks = Readonly<
  Record<"make" | "look" | "lookPem" | "one" | "fewAlone" | "manyAlone" | "few" | "many", Task>
>;

function goalsOf({ make, few, many, fewAlone, manyAlone }: Tasks): readonly Goal[] {
  const longest = summarize(make.walls).most / 1000;
  const entries = options.count.toLocaleString("en");
  const [fewExtra, manyExtra] = [few.peakBytes - fewAlone.peakBytes, many.peakBytes - manyAlone.peakBytes];
  const allowed = options.count * GOAL_ENTRY_OCTETS + NOISE_BYTES;
  return [
    {
      text: `a CRL of ${entries} entries made in at most ${GOAL_SECONDS} s; the slowest round took ${longest.toFixed(1)} s`,
      met: longest <= GOAL_SECONDS,
    },
    {
      text: `with at most ${megabytes(GOAL_BYTES)} of memory; it took ${megabytes(make.peakBytes)}`,
      met: make.peakBytes <= GOAL_BYTES,
    },
    {
      text:
        `checked against in constant memory: at most ${GOAL_ENTRY_OCTETS} octets an entry, however many devices there ` +
        `are; ${megabytes(fewExtra)} for a tenth of the devices, ${megabytes(manyExtra)} for all, more than without the CRL`,
      met: Math.max(fewExtra, manyExtra) <= allowed,
    },
  ];
}

function report(tasks: Tasks, theirs: readonly Task[]): void {
  const all = [...Object.values(tasks), ...theirs];
  const size = statSync(join(scratch, "root.crl.der")).size;
  const each = ((seconds(tasks.many) - seconds(tasks.one)) / options.devices) * 1e6;
  writeResults({
    name: "crl",
    title: `A CRL of ${options.count.toLocaleString("en")} certificates`,
    method:
      `A ledger with ${options.count.toLocaleString("en")} revoked certificates of a P-256 root, a reason each, every ` +
      `fourth with an invalidity date; ${megabytes(size)} of DER. Whole processes, medians of ${options.rounds} rounds in ` +
      "turn; the files are in memory already. samicerts writes DER and PEM, OpenSSL PEM alone, from its own index.",
    columns: ["", "seconds", "least", "most", "most memory"],
    rows: all.map((one) => {
      const { least, most } = summarize(one.walls);
      const times = [seconds(one), least / 1000, most / 1000].map((value) => value.toFixed(2));
      return [one.name, ...times, megabytes(one.peakBytes)];
    }),
    goals: goalsOf(tasks),
    remarks: [
      `A device more costs ${each.toFixed(0)} us, its own signature and the policy's rules included.`,
      ...(theirs.length === 0 ? ["Left out: openssl is not installed."] : []),
    ],
    data: {
      count: options.count,
      devices: options.devices,
      octets: size,
      tasks: all.map(({ name, walls, peakBytes }) => ({ name, walls, peakBytes })),
    },
  });
}
