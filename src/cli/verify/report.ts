import { SamicertsError } from "../../base/errors.ts";
import { errorText } from "../../report/error.ts";
import type { VerifyCounts } from "../../report/verify-run.ts";
import { VerifyCounter } from "../../report/verify-tally.ts";
import type { Call } from "../command-spec.ts";
import type { Progress } from "../progress.ts";
import { type ChunkResult, ERRORS_TOLD } from "./check-chunk.ts";
import { reportFor } from "./format.ts";
import type { VerifyPlan } from "./plan.ts";
import { Spool } from "./spool.ts";

/** A report in the making. */
export interface RunningReport {
  /** The report, as far as results have come; beside a machine's, what is wrong with files goes to stderr. */
  pieces(): AsyncGenerator<string>;
  /** What there is so far: all of it once the pieces are taken. */
  counts(): VerifyCounts;
}

/**
 * Writes a run's report while its results come. Throws `emptiness()` where there was nothing to verify, and for a person
 * the error itself where there is nothing but one file that can't be read.
 */
export function startReport(
  plan: VerifyPlan,
  results: AsyncIterable<ChunkResult>,
  call: Call,
  progress: Progress,
  emptiness: () => SamicertsError,
): RunningReport {
  const { paint, notePaint, host } = call;
  const report = reportFor(plan, { paint, width: host.stdout.columns });
  const counter = new VerifyCounter(plan.run.failOn);
  const spool = report.countsFirst ? new Spool() : undefined;
  let first: SamicertsError | undefined;

  async function* body(): AsyncGenerator<string> {
    let done = 0;
    let told = 0;
    for await (const { weight, tally, told: chunk, errors: more } of results) {
      done += weight;
      progress.report(done);
      const before = counter.counts.total;
      counter.add(tally);
      const { counts } = counter;
      for (const each of more) {
        const error = new SamicertsError(each);
        first ??= error;
        if (plan.format === "human" || told++ >= ERRORS_TOLD) continue;
        progress.end();
        host.stderr.write(errorText(error, notePaint));
      }
      if (counts.total === 0) continue;
      if (before === 0 && spool === undefined) yield report.begin(counts);
      const text = report.add(chunk, counts);
      if (text !== "") yield text;
    }
  }

  async function* pieces(): AsyncGenerator<string> {
    try {
      for await (const piece of body()) {
        if (spool !== undefined) spool.add(piece);
        else {
          progress.end();
          yield piece;
        }
      }
      progress.end();
      const { tally } = counter;
      if (tally.counts.total === 0) throw emptiness();
      if (plan.format === "human" && tally.counts.total === 1 && first !== undefined) throw first;
      if (spool !== undefined) {
        yield report.begin(tally.counts);
        yield* spool.pieces();
      }
      yield report.end(tally);
    } finally {
      spool?.close();
    }
  }

  return { pieces, counts: () => counter.counts };
}
