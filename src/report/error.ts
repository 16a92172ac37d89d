import type { Finding } from "../base/finding.ts";
import { visible } from "./layout.ts";
import type { Paint } from "./paint.ts";

/** What is told of an error: a SamicertsError is one. */
export interface Told {
  readonly kind: string;
  readonly code: string;
  readonly message: string;
  readonly hint: string;
  readonly findings: readonly Finding[];
}

/** The `error` member of a `samicerts/error/v1` document. */
export interface ErrorDocument {
  readonly schema: "samicerts/error/v1";
  readonly error: Told;
}

/**
 * An error for a person: the line `error:` and the line `hint:`; where several findings caused it,
 * each has a line of its own in between.
 */
export function errorText(error: Told, paint: Paint): string {
  const lines = [`${paint.bad("error:")} ${visible(error.message)}`];
  if (error.findings.length > 1)
    for (const finding of error.findings)
      lines.push(`  ${paint.strong(visible(finding.rule))}: ${visible(finding.message)}`);
  lines.push(`${paint.warn("hint:")} ${visible(error.hint)}`);
  return `${lines.join("\n")}\n`;
}

/** An error for a script, which may rely on `code` and `kind`. */
export function errorDocument(error: Told): ErrorDocument {
  const { code, kind, message, hint, findings } = error;
  return { schema: "samicerts/error/v1", error: { code, kind, message, hint, findings } };
}
