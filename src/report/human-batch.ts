import type { BatchResult } from "../actions/batch-order.ts";
import { count, type Field, fieldLines, groupDigits, visible } from "./layout.ts";
import type { Paint } from "./paint.ts";

/** What a person is told of a batch that ended; `seconds` is how long it took, `next` a command to type, as it is. */
export interface BatchEnd {
  readonly result: BatchResult;
  readonly seconds: number;
  /** How an interrupted one goes on; how a finished one is checked. */
  readonly next?: string;
  readonly finishedAt?: string;
}

/** The summary of a batch. */
export function batchText(
  { result, seconds, next, finishedAt }: BatchEnd,
  paint: Paint,
  width: number,
): string {
  const { state, issued, issuedNow, refused, notGranted, output, manifest, rejects, total } = result;
  const fields: Field[] = [];
  if (output !== undefined)
    fields.push(["devices", `${visible(output.path)}: ${groupDigits(issued)} of them`]);
  if (manifest !== undefined && state !== "interrupted")
    fields.push(["manifest", `${visible(manifest.path)}, its signature in ${visible(manifest.signature)}`]);
  if (refused > 0 && state !== "checked")
    fields.push([
      "refused",
      count(refused, "row") + (rejects === undefined ? "" : `, in ${visible(rejects.path)}`),
    ]);
  if (notGranted !== undefined)
    fields.push([
      "not granted",
      notGranted.map(({ item, requests }) => `${visible(item)} of ${count(requests, "request")}`).join(", "),
    ]);
  if (rejects !== undefined && rejects.leftOut > 0)
    fields.push(["left out", `${count(rejects.leftOut, "row")} too long to be copied there`]);
  if (issuedNow > 0)
    fields.push([
      "took",
      `${seconds.toFixed(1)} s, ${groupDigits(Math.round(issuedNow / Math.max(seconds, 0.001)))} a second`,
    ]);
  if (next !== undefined) fields.push([state === "interrupted" ? "to go on" : "to check", [visible(next)]]);
  return `${[heading(result, finishedAt, total, paint), ...fieldLines(fields, 2, width)].join("\n")}\n`;
}

function heading(
  { state, batch, issued, issuedNow, resumed, refused }: BatchResult,
  finishedAt: string | undefined,
  total: number | undefined,
  paint: Paint,
): string {
  if (state === "already")
    return `nothing to do: batch ${batch} was finished${finishedAt === undefined ? "" : ` ${finishedAt}`}`;
  if (state === "checked")
    return `${count(issued, "device")} would be made, ${refused === 0 ? "no row is refused" : `${count(refused, "row")} refused`}; nothing was made`;
  if (state === "interrupted")
    return `${paint.warn("interrupted")}: ${groupDigits(issued)}${total === undefined ? "" : ` of ${groupDigits(total)}`} devices of batch ${batch} are made`;
  const made = `made ${count(issuedNow, "device")}`;
  return resumed
    ? `finished batch ${batch}, which was cut off: ${made}`
    : `${paint.good(made)}: batch ${batch}`;
}
