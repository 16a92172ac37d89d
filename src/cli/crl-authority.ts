import type { Authority } from "../actions/find-authority.ts";
import { CRL_FLAG } from "./crl-flags.ts";
import type { Flags } from "./flag-values.ts";
import { usageError } from "./usage.ts";

/** Reads `--line` and `--old-root`: whose CRL, or whose answers; throws `usage.*`. */
export function readAuthority(flags: Flags): Authority {
  const line = flags.text(CRL_FLAG.line);
  const old = flags.text(CRL_FLAG.oldRoot);
  if (line !== undefined && old !== undefined)
    throw usageError("conflict", "--line and --old-root can't be given together", "keep one of them");
  if (old === undefined) return line === undefined ? {} : { line };
  if (/^[1-9][0-9]{0,5}$/.test(old)) return { oldRoot: Number(old) };
  throw usageError(
    "number",
    `--old-root can't be ${JSON.stringify(old.slice(0, 40))}`,
    "give its number, as in --old-root 1 for the one in old-roots/1",
  );
}
