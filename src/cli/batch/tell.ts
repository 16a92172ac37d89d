import type { BatchEvent, BatchResult } from "../../actions/batch-order.ts";
import { SamicertsError } from "../../base/errors.ts";
import { shellQuoted } from "../../base/shell-quoted.ts";
import { errorDocument, errorText } from "../../report/error.ts";
import { batchText } from "../../report/human-batch.ts";
import { batchEventLine, batchSummaryLine } from "../../report/json-batch.ts";
import { formatTime } from "../../x509/time.ts";
import { BATCH_FLAG } from "../batch-flags.ts";
import type { Call } from "../command-spec.ts";
import { EXIT, type ExitCode, exitCodeOf } from "../exit-codes.ts";
import { FLAG } from "../flags.ts";
import { NO_PROGRESS, type Progress, startProgress } from "../progress.ts";

/** So many rows that are refused are told of one by one on stderr; --json tells of all. */
const ERRORS_TOLD = 20;

/** What a batch prints, and how it ended. */
export interface ToldBatch {
  readonly pieces: AsyncIterable<string>;
  readonly exitCode: () => ExitCode;
}

/** Tells of a batch while it is made: progress and refused rows on stderr, NDJSON or a summary on stdout. */
export function tellBatch(
  call: Call,
  events: AsyncGenerator<BatchEvent, BatchResult>,
  { printsDevices }: { readonly printsDevices: boolean },
): ToldBatch {
  let exitCode: ExitCode = EXIT.done;
  const json = call.flags.on(BATCH_FLAG.json);
  async function* pieces(): AsyncGenerator<string> {
    const started = performance.now();
    const teller = new Teller(call);
    try {
      for (;;) {
        const step = await events.next();
        if (step.done !== true) {
          teller.tell(step.value);
          if (json && step.value.kind !== "checked") yield batchEventLine(step.value);
          continue;
        }
        teller.end();
        exitCode = exitCodeFor(step.value);
        const text = summary(call, step.value, (performance.now() - started) / 1000, json);
        if (json || (!printsDevices && !call.flags.on(FLAG.quiet))) yield text;
        else if (printsDevices && !call.flags.on(FLAG.quiet)) call.host.stderr.write(text);
        return;
      }
    } catch (error) {
      teller.end();
      // NDJSON stays NDJSON.
      if (!json || !(error instanceof SamicertsError)) throw error;
      exitCode = exitCodeOf(error.kind);
      call.host.stderr.write(errorText(error, call.notePaint));
      yield `${JSON.stringify(errorDocument(error))}\n`;
    } finally {
      // A stream that is not read to its end would keep the process.
      if (call.operands[0] === "-") process.stdin.destroy();
    }
  }
  return { pieces: pieces(), exitCode: () => exitCode };
}

function exitCodeFor({ state, refused }: BatchResult): ExitCode {
  if (state === "interrupted") return EXIT.interrupted;
  return refused > 0 ? EXIT.rowsRefused : EXIT.done;
}

function summary(call: Call, result: BatchResult, seconds: number, json: boolean): string {
  const { state, manifest, finishedMs } = result;
  const resume = state === "interrupted" ? resumingCommand() : undefined;
  const finishedAt = finishedMs === undefined ? undefined : formatTime(finishedMs);
  const extra = {
    seconds,
    ...(finishedAt === undefined ? {} : { finishedAt }),
  };
  if (json) return batchSummaryLine(result, { ...extra, ...(resume === undefined ? {} : { resume }) });
  // What has no device in it can't be verified.
  const check =
    manifest === undefined || result.issued === 0
      ? undefined
      : `samicerts verify --manifest ${shellQuoted(manifest.path)}${directoryFlag(call)}`;
  const next = resume ?? check;
  return batchText(
    { result, ...extra, ...(next === undefined ? {} : { next }) },
    call.paint,
    call.host.stdout.columns,
  );
}

/** The very words that it was called with. */
function resumingCommand(): string {
  return ["samicerts", ...process.argv.slice(2).map(shellQuoted)].join(" ");
}

function directoryFlag({ flags }: Call): string {
  const dir = flags.text(FLAG.dir);
  return dir === undefined ? "" : ` --dir ${shellQuoted(dir)}`;
}

/** Prints on stderr what a person should see while it runs. */
class Teller {
  private readonly call: Call;
  private progress: Progress = NO_PROGRESS;
  private errors = 0;

  constructor(call: Call) {
    this.call = call;
  }

  tell(event: BatchEvent): void {
    const { flags, host, notePaint } = this.call;
    const now = (): number => performance.now();
    if (event.kind === "checked") {
      if (flags.on(FLAG.quiet)) return;
      if (this.progress === NO_PROGRESS)
        this.progress = startProgress(host.stderr, undefined, "rows looked through", now);
      this.progress.report(event.rows);
    } else if (event.kind === "begun") {
      if (flags.on(FLAG.quiet)) return;
      this.progress.end();
      this.progress = startProgress(host.stderr, event.total, "devices", now, event.done);
    } else if (event.kind === "refused") {
      this.errors++;
      if (this.errors > ERRORS_TOLD) return;
      this.progress.end();
      host.stderr.write(errorText(event.error, notePaint));
    } else if (event.kind === "committed") {
      const { issued, refused } = event;
      this.progress.report(issued + refused, refused === 0 ? "" : `, ${refused} refused`);
    }
  }

  end(): void {
    this.progress.end();
    const more = this.errors - ERRORS_TOLD;
    this.errors = 0;
    if (more > 0)
      this.call.host.stderr.write(
        `${more} more rows are refused; --rejects takes them all, --json tells of them\n`,
      );
  }
}
