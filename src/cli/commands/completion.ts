import { BUILTIN_POLICIES } from "../../policy/builtin.ts";
import type { Call, Outcome } from "../command-spec.ts";
import { bashCompletion } from "../completion/bash.ts";
import { fishCompletion } from "../completion/fish.ts";
import { zshCompletion } from "../completion/zsh.ts";
import { EXIT } from "../exit-codes.ts";
import { usageError } from "../usage.ts";

const SHELLS: ReadonlyMap<string, typeof bashCompletion> = new Map([
  ["bash", bashCompletion],
  ["zsh", zshCompletion],
  ["fish", fishCompletion],
]);

/** Prints the completion script of the shell that was named. */
export function run(call: Call): Outcome {
  const [shell = ""] = call.operands;
  const generate = SHELLS.get(shell);
  if (generate === undefined)
    throw usageError("shell", `there is no completion for "${shell}"`, "use bash, zsh or fish");
  return { exitCode: EXIT.done, out: generate(call.commands, [...BUILTIN_POLICIES.keys()]) };
}
