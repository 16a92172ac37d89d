import { type Paint, PLAIN } from "../report/paint.ts";
import type { Host, Sink } from "./host.ts";

/**
 * Whether a stream is coloured: `--no-color` turns it off, then FORCE_COLOR decides, then NO_COLOR,
 * and otherwise whether it is a terminal that can.
 */
export function wantsColour(env: Host["env"], sink: Sink, allowed: boolean): boolean {
  if (!allowed) return false;
  const force = env.FORCE_COLOR;
  if (force !== undefined) return force !== "0" && force !== "false";
  if ((env.NO_COLOR ?? "") !== "" || env.TERM === "dumb") return false;
  return sink.isTerminal;
}

/** The colours for a stream; chalk is loaded only where there are any. */
export async function paintFor(env: Host["env"], sink: Sink, allowed: boolean): Promise<Paint> {
  if (!wantsColour(env, sink, allowed)) return PLAIN;
  return (await import("./chalk-paint.ts")).CHALK_PAINT;
}
