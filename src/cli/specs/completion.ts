import type { CommandSpec } from "../command-spec.ts";
import { EXIT } from "../exit-codes.ts";

/** `samicerts completion`. */
export const COMPLETION_SPEC: CommandSpec = {
  name: "completion",
  summary: "print the completion script of a shell",
  operands: [{ name: "shell", summary: "bash, zsh or fish", completes: ["bash", "zsh", "fish"] }],
  flags: [],
  examples: ["source <(samicerts completion bash)", "samicerts completion fish | source"],
  exitCodes: [EXIT.done, EXIT.input],
  load: async () => await import("../commands/completion.ts"),
};
