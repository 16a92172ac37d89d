import { usageError } from "./usage.ts";

/** Reads `type=value`; whether there is such a type and what it may hold is the name's business. */
export function readAttribute(typed: string): { readonly type: string; readonly text: string } {
  const at = typed.indexOf("=");
  if (at <= 0)
    throw usageError(
      "attribute",
      `--attribute ${JSON.stringify(typed)} is not type=value`,
      "for example: --attribute matterPid=8000",
    );
  return { type: typed.slice(0, at), text: typed.slice(at + 1) };
}
