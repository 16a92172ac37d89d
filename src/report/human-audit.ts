import type { AuditEvent, AuditFault, AuditTally } from "../actions/audit.ts";
import { serialText } from "./human-verify.ts";
import { count, fieldLines, padTo, visible } from "./layout.ts";
import type { Paint } from "./paint.ts";
import { shortName } from "./subject.ts";

/** The longest kind of event: those after it begin in one column. */
const KIND_COLUMNS = 14;

/** The record for a person, a line each, in pieces. */
export function* auditText(events: Iterable<AuditEvent>, paint: Paint): Generator<string> {
  let any = false;
  for (const event of events) {
    any = true;
    const kind = padTo(event.kind, KIND_COLUMNS);
    const colour = event.kind.endsWith("refused") ? paint.warn : (text: string) => text;
    yield `${padTo(String(event.id), 6)}  ${event.at}  ${colour(kind)}  ${whatOf(event)}`.trimEnd();
    yield "\n";
  }
  if (!any) yield "nothing was recorded that is so\n";
}

/** What an event is about, in the fewest words that tell it. */
function whatOf({ kind, serial, batch, issuer, detail }: AuditEvent): string {
  if (kind === "refused") return visible(detail ?? "");
  const parts = [
    ...(serial === undefined ? [] : [visible(serialText(serial))]),
    ...(batch === undefined ? [] : [`batch ${batch}`]),
    ...(issuer === undefined || kind === "issuer-added" ? [] : [`by ${visible(shortName(issuer))}`]),
    ...(detail === undefined ? [] : [visible(kind === "batch-finished" ? manifestIn(detail) : detail)]),
  ];
  return parts.join("  ");
}

/** Of how a batch ended, which is kept as JSON, what tells a person where to look: its manifest. */
function manifestIn(detail: string): string {
  try {
    const { path } = JSON.parse(detail).manifest;
    if (typeof path === "string") return `its manifest is ${path}`;
  } catch {
    // Of another version of samicerts; as it is, then.
  }
  return detail;
}

/** What was found wrong with the record, and at the end how much was looked at and where it ends. */
export function* auditVerifyText(
  found: Generator<AuditFault, AuditTally>,
  style: { readonly paint: Paint; readonly quiet: boolean; readonly width: number },
): Generator<string> {
  const { paint, quiet, width } = style;
  let wrong = 0;
  for (let step = found.next(); ; step = found.next()) {
    if (step.done === true) {
      if (!quiet) yield* summary(step.value, wrong, paint, width);
      return;
    }
    wrong++;
    const { rule, message, hint } = step.value;
    const fields = fieldLines([["to do", visible(hint)]], 2, width);
    yield `${[`${paint.bad(rule)}  ${visible(message)}`, ...fields].join("\n")}\n`;
  }
}

function* summary(
  { events, last }: AuditTally,
  wrong: number,
  paint: Paint,
  width: number,
): Generator<string> {
  const lines = count(events, "line");
  if (wrong > 0) {
    yield `${paint.bad(count(wrong, "fault"))} in a record of ${lines}\n`;
    return;
  }
  yield `${paint.good("the record is whole")}: ${lines}, each chained to the one before\n`;
  if (last?.hash === undefined) return;
  const head = Buffer.from(last.hash).toString("hex");
  yield `${fieldLines([["head", head]], 2, width).join("\n")}\n`;
}
