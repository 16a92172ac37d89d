import { resolve } from "node:path";
import type { BatchDeps, BatchEvent, BatchOrder, BatchResult } from "../../actions/batch-order.ts";
import { issueBatch } from "../../actions/issue-batch.ts";
import { claimOutput } from "../../batch-output/claim-output.ts";
import { lookAtOutput } from "../../batch-output/in-the-way.ts";
import { manifestPaths, outputKind } from "../../batch-output/output-path.ts";
import { openRejectsFile } from "../../batch-output/rejects-file.ts";
import { readPrivateKey } from "../../keys/read-key.ts";
import { lockFile } from "../../ledger/file-lock.ts";
import { type OpenDeps, SYSTEM_RANDOM } from "../../open-deps.ts";
import { openJudge } from "../../open-judge.ts";
import { policyInForce } from "../../open-policy.ts";
import { nodeFiles } from "../../workspace/node-files.ts";
import { parseKeySpec } from "../../x509/algorithms.ts";
import { endsOf, openSource, readCount, readSource, requestsFrom } from "../batch/read-flags.ts";
import { startMakers } from "../batch/start-makers.ts";
import { watchSignals } from "../batch/stop-watch.ts";
import { tellBatch } from "../batch/tell.ts";
import { BATCH_FLAG } from "../batch-flags.ts";
import type { Call, Outcome } from "../command-spec.ts";
import type { Flags } from "../flag-values.ts";
import { FLAG } from "../flags.ts";
import { LINE_FLAG } from "../line-flags.ts";
import { readAttribute } from "../read-attribute.ts";
import { STDIN } from "../read-input.ts";
import { readValidity } from "../span.ts";
import { usageError } from "../usage.ts";
import { openIssuingDeps } from "../wire.ts";

const MOST_JOBS = 256;

/** Makes the devices of a list or of a range of serials. */
export function run(call: Call): Outcome {
  const { flags } = call;
  const source = readSource(call);
  const jobs = readJobs(flags);
  const maxErrors = readCount(flags, BATCH_FLAG.maxErrors, 0);
  const notes: string[] = [];
  const deps = openIssuingDeps(call, (warning) =>
    notes.push(`${call.notePaint.warn("warning:")} ${warning}`),
  );
  const { workspace } = deps;
  const line = flags.text(LINE_FLAG);
  const devices = line === undefined ? workspace.paths.devices : workspace.line(line).paths.devices;
  const out = flags.text(BATCH_FLAG.out) ?? devices;
  const shard = flags.on(BATCH_FLAG.shard);
  checkOut(out, flags);
  const rejects = flags.text(BATCH_FLAG.rejects);
  if (rejects !== undefined) checkRejects(rejects, out);
  const validity = readValidity(flags, deps.clock.now());
  const key = flags.text(FLAG.key);
  const ends = endsOf(source);
  const order: BatchOrder = {
    judge: openJudge(policyInForce(flags.text(FLAG.policy), workspace)),
    subject: flags.all(FLAG.attribute).map(readAttribute),
    ...(line === undefined ? {} : { line }),
    ...(key === undefined ? {} : { key: parseKeySpec(key) }),
    ...(validity === undefined ? {} : { validity }),
    openInput: async (checkRow) => await openSource(source, checkRow),
    ...(ends === undefined ? {} : { ends }),
    lookAtOutput: () => lookAtOutput(nodeFiles, { path: out, shard, chains: line !== undefined }),
    claimOutput: () =>
      claimOutput(
        {
          files: nodeFiles,
          random: SYSTEM_RANDOM,
          lock: lockFile,
          print: (text) => call.host.stdout.write(text),
        },
        { path: out, shard },
      ),
    ...(rejects === undefined
      ? {}
      : { openRejects: (input, again) => openRejectsFile(nodeFiles, rejects, input, again) }),
    settings: settingsOf(flags),
    precheck: !flags.on(BATCH_FLAG.noPrecheck),
    ...(maxErrors === undefined ? {} : { maxErrors }),
    dryRun: flags.on(BATCH_FLAG.dryRun),
  };
  const batchDeps: BatchDeps = {
    ...deps,
    startMakers: (approver, rows, encoding) =>
      startMakers(approver, rows, order, {
        checkAll: flags.on(BATCH_FLAG.checkAll),
        requestsFrom: requestsFrom(source),
        encoding,
        ...(jobs === undefined ? {} : { jobs }),
      }),
    readKey: (bytes, file) => readPrivateKey(bytes, file).publicKey,
    watchStop: watchSignals,
  };
  const told = tellBatch(call, begin(order, batchDeps, deps), { printsDevices: out === "-" });
  return { exitCode: told.exitCode, out: told.pieces, notes };
}

/** Runs it, and lets go of everything afterwards, come what may. */
async function* begin(
  order: BatchOrder,
  batchDeps: BatchDeps,
  deps: OpenDeps,
): AsyncGenerator<BatchEvent, BatchResult> {
  try {
    return yield* issueBatch(order, batchDeps);
  } finally {
    deps.close();
  }
}

/** What, beside input, output, issuer and policy, makes it this batch: words that are the same when it is typed again. */
function settingsOf(flags: Flags): string {
  const named = [FLAG.key, FLAG.days, FLAG.validity, FLAG.notBefore, FLAG.notAfter].flatMap((flag) => {
    const value = flags.text(flag);
    return value === undefined ? [] : [[flag.name, value]];
  });
  const attributes = flags.all(FLAG.attribute).map((value) => [FLAG.attribute.name, value]);
  return named.length + attributes.length === 0 ? "" : JSON.stringify([...named, ...attributes]);
}

function readJobs(flags: Flags): number | undefined {
  const jobs = readCount(flags, BATCH_FLAG.jobs);
  if (jobs === undefined || jobs <= MOST_JOBS) return jobs;
  throw usageError("number", `--jobs can't be ${jobs}`, `give the number of threads, 1 to ${MOST_JOBS}`);
}

function checkOut(out: string, flags: Flags): void {
  outputKind(out);
  if (out !== "-" || !flags.on(BATCH_FLAG.json)) return;
  throw usageError(
    "conflict",
    "--json and --out - both print on standard output",
    "leave --json out: the devices come as NDJSON; or name a file with --out",
  );
}

function checkRejects(rejects: string, out: string): void {
  if (rejects === STDIN)
    throw usageError(
      "value",
      "--rejects can't be -: what was made is told on standard output",
      "name a file, as in --rejects rejects.csv",
    );
  const taken = [out, ...manifestPaths(outputKind(out), out, "")].find(
    (path) => resolve(path) === resolve(rejects),
  );
  if (taken === undefined) return;
  throw usageError(
    "conflict",
    `--rejects names ${rejects}, which is for what is made`,
    "name another file, as in --rejects rejects.csv",
  );
}
