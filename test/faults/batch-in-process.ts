import { join } from "node:path";
import type { BatchOrder, BatchResult, StopWatch } from "../../src/actions/batch-order.ts";
import { issueBatch } from "../../src/actions/issue-batch.ts";
import type { Clock, Files } from "../../src/base/effects.ts";
import { openInputFile } from "../../src/batch-input/file-input.ts";
import { openRange } from "../../src/batch-input/range-input.ts";
import { claimOutput } from "../../src/batch-output/claim-output.ts";
import { createTaskRunner } from "../../src/cli/batch/maker.ts";
import { ownThreadMakers } from "../../src/cli/batch/thread-makers.ts";
import { readPrivateKey } from "../../src/keys/read-key.ts";
import { openDeps } from "../../src/open-deps.ts";
import { openJudge } from "../../src/open-judge.ts";
import { builtDefaultPolicy, DEFAULT_POLICY } from "../../src/policy/default-policy.ts";
import { loadPolicy } from "../../src/policy/load-policy.ts";
import { outputDeps } from "../unit/batch-output/sample-batch.ts";

const judge = openJudge(builtDefaultPolicy() ?? loadPolicy(DEFAULT_POLICY, () => ""));
const NEVER: StopWatch = { requested: false, asked: new Promise(() => undefined), end: () => undefined };

/** What a run of a batch differs in. */
export interface InProcess {
  /** The vendor's directory. */
  readonly directory: string;
  readonly out: string;
  /** A CSV's path, or a range. */
  readonly input: string | { readonly count: number; readonly from: number };
  readonly files: Files;
  readonly chunkRows: number;
  readonly order?: Partial<BatchOrder>;
  readonly clock?: Clock;
}

/** Runs a batch to its end in this process, its output through `files`. */
export async function runInProcess(run: InProcess): Promise<BatchResult> {
  const { directory, input, files, chunkRows } = run;
  const deps = openDeps({ dir: directory, ...(run.clock === undefined ? {} : { clock: run.clock }) });
  const order: BatchOrder = {
    judge,
    openInput: async (checkRow) =>
      typeof input === "string"
        ? openInputFile(files, input, { columns: new Set(["csr"]), checkRow })
        : openRange(
            { count: input.count, serialFrom: BigInt(input.from), nameTemplate: "D-{serial}" },
            { checkRow },
          ),
    ...(typeof input === "string" ? {} : { ends: [] }),
    claimOutput: () => claimOutput(outputDeps(files), { path: join(directory, run.out), shard: false }),
    settings: "",
    precheck: true,
    chunkRows,
    ...run.order,
  };
  try {
    const events = issueBatch(order, {
      ...deps,
      startMakers: (approver, _rows, encoding) =>
        ownThreadMakers(createTaskRunner(approver, { checkAll: true, requestsFrom: directory, encoding })),
      readKey: (bytes, file) => readPrivateKey(bytes, file).publicKey,
      watchStop: () => NEVER,
    });
    for (;;) {
      const step = await events.next();
      if (step.done === true) return step.value;
    }
  } finally {
    deps.close();
  }
}
