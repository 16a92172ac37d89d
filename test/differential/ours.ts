import { SamicertsError } from "../../src/base/errors.ts";
import type { Finding } from "../../src/base/finding.ts";
import type { Fields } from "./fields.ts";
import type { Answer, Reading } from "./peers.ts";

/** What our reader says, or the code of its error. */
export function refusal(read: () => Fields): Reading {
  try {
    return { fields: read() };
  } catch (error) {
    if (!(error instanceof SamicertsError)) throw error;
    return { refused: error.code };
  }
}

/** The rules of what was found, each once, or the code of the error that came first; empty where we accept. */
export function rulesOf(judge: () => readonly Finding[]): Answer {
  try {
    return [...new Set(judge().map(({ rule }) => rule))].sort().join(" ");
  } catch (error) {
    if (!(error instanceof SamicertsError)) throw error;
    return error.code;
  }
}
