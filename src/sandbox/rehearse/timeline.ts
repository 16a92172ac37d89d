import { SamicertsError } from "../../base/errors.ts";
import type { Answer } from "./device-client.ts";

/** One step of a rehearsal that went well. */
export interface Step {
  /** What it is: `register`. */
  readonly step: string;
  /** What was sent, without secrets. */
  readonly sent: string;
  /** What came of it, without secrets. */
  readonly got: string;
  /** What was checked of that. */
  readonly checked: readonly string[];
  /** When it began, in milliseconds since the rehearsal did, and how long it took. */
  readonly atMs: number;
  readonly tookMs: number;
}

/** Notes what was checked; throws `rehearse.failed` where it is not so. */
export type Check = (isSo: boolean, what: string, otherwise?: string) => void;

/** Runs steps one after the other. */
export interface Timeline {
  /** Runs one; `work` gives what came of it. Throws `rehearse.failed` with the step where it fails. */
  run(step: string, sent: string, work: (check: Check) => Promise<string>): Promise<void>;
  readonly steps: readonly Step[];
}

/** Begins a timeline; `now` gives milliseconds, `onStep` is told of each step that is done. */
export function startTimeline(now: () => number, onStep: (step: Step) => void = () => {}): Timeline {
  const begunMs = now();
  const steps: Step[] = [];
  return {
    steps,
    async run(step, sent, work) {
      const fromMs = now();
      const checked: string[] = [];
      const check: Check = (isSo, what, otherwise) => {
        if (!isSo) throw failed(step, sent, otherwise ?? `not so: ${what}`);
        checked.push(what);
      };
      let got: string;
      try {
        got = await work(check);
      } catch (error) {
        if (error instanceof SamicertsError) throw error;
        throw failed(step, sent, (error as Error).message, error);
      }
      const done = { step, sent, got, checked, atMs: round(fromMs - begunMs), tookMs: round(now() - fromMs) };
      steps.push(done);
      onStep(done);
    },
  };
}

/** Checks an answer's status; where it is another, what the platform said is what went wrong. */
export function checkStatus(check: Check, answer: Answer, status: number): void {
  const { error } = (answer.body ?? {}) as { error?: { message?: string } };
  check(
    answer.status === status,
    `status ${status}`,
    `answered ${answer.status}: ${error?.message ?? "no reason given"}`,
  );
}

/** The `data` of an answer, as an object; empty where there is none. */
export function dataOf(answer: Answer): Readonly<Record<string, unknown>> {
  const { data } = (answer.body ?? {}) as { data?: unknown };
  return typeof data === "object" && data !== null ? (data as Record<string, unknown>) : {};
}

/** Whether it is an id, a token or a nonce: 32 characters of hex. */
export function isHex(value: unknown): value is string {
  return typeof value === "string" && /^[0-9a-f]{32}$/.test(value);
}

/** To a tenth of a millisecond. */
function round(ms: number): number {
  return Math.round(ms * 10) / 10;
}

function failed(step: string, sent: string, why: string, cause?: unknown): SamicertsError {
  return new SamicertsError({
    kind: "refused",
    code: "rehearse.failed",
    message: `${step}: ${sent}: ${why}`,
    hint: HINTS[step] ?? "the sandbox's log of refusals tells more",
    cause,
  });
}

const HINTS: Readonly<Record<string, string>> = {
  register:
    "samicerts verify tells what is wrong with a certificate; the sandbox's log tells what it was shown",
  confirm: "the PIN must be entered within 15 minutes; run the command again for another",
};
