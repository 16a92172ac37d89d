import type { Deps } from "../actions/deps.ts";

/** What the sandbox needs of the world, handed in by whoever starts it. */
export type SandboxWorld = Pick<Deps, "clock" | "random" | "generateKey">;
