import type { CommandModule } from "../command-spec.ts";
import { serveSandbox } from "../sandbox/serve-sandbox.ts";

/** `sandbox`: the local platform itself. */
export const start: CommandModule = { run: serveSandbox };
