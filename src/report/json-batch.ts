import type { BatchEvent, BatchResult } from "../actions/batch-order.ts";

/** What `--json` tells of; how many rows are looked through is for people. */
type ToldEvent = Exclude<BatchEvent, { readonly kind: "checked" }>;

/** One line of what `samicerts batch --json` prints; docs/json.md describes it. */
export function batchEventLine(event: ToldEvent): string {
  return line(event.kind, eventMembers(event));
}

/** The last line. */
export function batchSummaryLine(
  { state, batch, issued, issuedNow, ...rest }: BatchResult,
  more: { readonly seconds: number; readonly resume?: string; readonly finishedAt?: string },
): string {
  const { resumed, refused, notGranted, total, output, manifest, rejects } = rest;
  return line("summary", {
    state,
    batch: batch ?? null,
    resumed,
    issued,
    issuedNow,
    refused,
    ...(notGranted === undefined ? {} : { notGranted }),
    total: total ?? null,
    output: output ?? null,
    manifest: manifest ?? null,
    rejects: rejects ?? null,
    seconds: Math.round(more.seconds * 1000) / 1000,
    ...(more.finishedAt === undefined ? {} : { finished: more.finishedAt }),
    ...(more.resume === undefined ? {} : { resume: more.resume }),
  });
}

function eventMembers(event: ToldEvent): object {
  if (event.kind === "begun") {
    const { batch, resumed, total, done } = event;
    return { batch, resumed, total: total ?? null, done };
  }
  if (event.kind === "committed") {
    const { issued, refused, line: last } = event;
    return { issued, refused, line: last };
  }
  if (event.kind === "not-granted") {
    const { row, notGranted } = event;
    return { line: row.line, serial: row.serial.toString(), name: row.name, notGranted };
  }
  const { line: at, row, error } = event;
  const { code, message, hint, findings } = error;
  return {
    line: at,
    serial: row === undefined ? null : row.serial.toString(),
    name: row?.name ?? null,
    error: { code, message, hint, ...(findings.length === 0 ? {} : { findings }) },
  };
}

function line(event: string, members: object): string {
  return `${JSON.stringify({ schema: "samicerts/batch/v1", event, ...members })}\n`;
}
