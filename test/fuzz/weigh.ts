import { SamicertsError } from "../../src/base/errors.ts";
import { retainedBy } from "../conformance/retained.ts";
import type { Target } from "./target.ts";

/** An input counts as so many octets at least: what is read of it are objects, however short it is. */
const SMALLEST = 1024;
const LARGE = 64 * 1024;

/** The most octets kept for each octet of input: of the seeds together, and of each of the inputs given. */
export function memoryRatio(target: Target, inputs: readonly Uint8Array[]): number {
  const readable = target.seeds.filter((seed) => kept(target, seed) !== undefined).slice(0, 32);
  const groups = [readable, ...inputs.map((input) => [input])];
  return Math.max(0, ...groups.filter((group) => group.length > 0).map((group) => weigh(target, group)));
}

function weigh(target: Target, inputs: readonly Uint8Array[]): number {
  const octets = inputs.reduce((sum, input) => sum + Math.max(SMALLEST, input.length), 0);
  // What is large is seen above the rest at once.
  const calls = octets > LARGE ? 2 : 100;
  return (
    Math.max(
      0,
      retainedBy(() => inputs.map((input) => kept(target, input)), calls),
    ) / octets
  );
}

function kept(target: Target, input: Uint8Array): unknown {
  try {
    return target.read(input);
  } catch (error) {
    if (error instanceof SamicertsError) return undefined;
    throw error;
  }
}
