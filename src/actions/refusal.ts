import { SamicertsError } from "../base/errors.ts";
import type { Deps } from "./deps.ts";

/** What was asked for and may be refused. */
export interface Asked {
  /** The command's word: `client`. */
  readonly what: string;
  /** In decimal digits. */
  readonly serial?: string;
  readonly name?: string;
}

/** What recording a refusal needs of the world. */
export type RefusalDeps = Pick<Deps, "clock" | "existingLedger">;

/** Errors of other kinds that are refusals too: what was asked for can be done, and is not. */
const REFUSALS: ReadonlySet<string> = new Set(["serial.outside-line", "renewal.unknown"]);

/**
 * Does `work`, and where it is refused, by the policy or for what is there already, has the ledger record that, if there
 * is one that can be written; whatever becomes of that, the refusal goes on.
 */
export function recordingRefusal<T>(deps: RefusalDeps, asked: Asked, work: () => T): T {
  try {
    return work();
  } catch (error) {
    if (error instanceof SamicertsError && isRefusal(error)) noteRefusal(deps, asked, error);
    throw error;
  }
}

function isRefusal({ kind, code }: SamicertsError): boolean {
  return kind === "refused" || kind === "exists" || REFUSALS.has(code);
}

function noteRefusal(deps: RefusalDeps, { what, serial, name }: Asked, error: SamicertsError): void {
  const words = [what, ...(serial === undefined ? [] : [serial])];
  if (name !== undefined) words.push(JSON.stringify(name));
  try {
    deps.existingLedger()?.note({
      kind: "refused",
      atMs: deps.clock.now(),
      ...(serial === undefined ? {} : { serial }),
      detail: `${words.join(" ")}: ${error.code}: ${error.message}`,
    });
  } catch {
    // The refusal itself is what must be said.
  }
}
