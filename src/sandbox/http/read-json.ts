import { ApiError } from "../api-error.ts";

/** Levels of objects and arrays within each other; what is written again is gone through by recursion. */
const MOST_LEVELS = 64;

/** Reads a JSON object that a client sent; `what` names it in the error. Throws ApiError 400 where it is none, or too deep. */
export function readJsonObject(text: string, what: string): Readonly<Record<string, unknown>> {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    // Said below.
  }
  if (typeof value !== "object" || value === null || Array.isArray(value))
    throw new ApiError(400, `${what} is not a JSON object`);
  if (isDeeper(value, MOST_LEVELS)) throw new ApiError(400, `${what} has more than ${MOST_LEVELS} levels`);
  return value as Record<string, unknown>;
}

/** What a client sent as a text; empty where it is none: an object may say of itself that it can't become one. */
export function textOf(value: unknown): string {
  return typeof value === "string" ? value : "";
}

function isDeeper(value: unknown, levels: number): boolean {
  if (typeof value !== "object" || value === null) return false;
  return levels === 0 || Object.values(value).some((each) => isDeeper(each, levels - 1));
}
