import type { AuditFault, AuditLines, AuditTally } from "../actions/audit.ts";

/** The `samicerts/audit/v1` document, in pieces; docs/json.md describes it. */
export function* auditJson(lines: AuditLines): Generator<string> {
  yield '{\n  "schema": "samicerts/audit/v1",\n  "events": [';
  let separator = "\n";
  for (const event of lines.events) {
    yield `${separator}    ${JSON.stringify(event)}`;
    separator = ",\n";
  }
  yield `${separator === "\n" ? "]" : "\n  ]"},\n  "next": ${JSON.stringify(lines.next() ?? null)}\n}\n`;
}

/** The `samicerts/audit-verify/v1` document, in pieces. */
export function* auditVerifyJson(found: Generator<AuditFault, AuditTally>): Generator<string> {
  yield '{\n  "schema": "samicerts/audit-verify/v1",\n  "faults": [';
  let separator = "\n";
  for (let step = found.next(); ; step = found.next()) {
    if (step.done === true) {
      const { events, last } = step.value;
      yield `${separator === "\n" ? "]" : "\n  ]"},\n  "whole": ${separator === "\n"},\n`;
      yield `  "events": ${events},\n  "head": ${JSON.stringify(headOf(last?.hash))}\n}\n`;
      return;
    }
    yield `${separator}    ${JSON.stringify(step.value)}`;
    separator = ",\n";
  }
}

/** The `samicerts/audit-head/v1` document. */
export function auditHeadJson(last: AuditTally["last"]): string {
  const document = { schema: "samicerts/audit-head/v1", id: last?.id ?? 0, head: headOf(last?.hash) };
  return `${JSON.stringify(document, null, 2)}\n`;
}

function headOf(hash: Uint8Array | undefined): string | null {
  return hash === undefined ? null : Buffer.from(hash).toString("hex");
}
