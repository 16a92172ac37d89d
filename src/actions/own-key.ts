import { SamicertsError } from "../base/errors.ts";

/**
 * Has what is refused for the key that a device brings say what can be done: the rules name the flag by which samicerts
 * makes another key, and here it makes none. Throws what `work` throws.
 */
export function forOwnKey<T>(work: () => T): T {
  try {
    return work();
  } catch (error) {
    if (!(error instanceof SamicertsError) || error.code !== "policy.refused") throw error;
    if (!error.hint.includes("--key ")) throw error;
    const { kind, code, message, findings } = error;
    const hint =
      "have the device make another key, by a sound generator and of a kind that is taken, and a new request";
    throw new SamicertsError({ kind, code, message, hint, findings, cause: error });
  }
}
