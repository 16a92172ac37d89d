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

/** An error for a person: the line `error:` and the line `hint:`. */
export function errorText(error: Told, paint: Paint): string {
  return `${paint.bad("error:")} ${visible(error.message)}\n${paint.warn("hint:")} ${visible(error.hint)}\n`;
}

/** An error for a script, which may rely on `code` and `kind`. */
export function errorDocument(error: Told): ErrorDocument {
  const { code, kind, message, hint, findings } = error;
  return { schema: "samicerts/error/v1", error: { code, kind, message, hint, findings } };
}
