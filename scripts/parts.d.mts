/** See parts.mjs. */
export const PARTS: Readonly<Record<string, readonly string[]>>;
/** See parts.mjs. */
export const ON_CALL: Readonly<Record<string, readonly string[]>>;
/** See parts.mjs. */
export const WORKERS: Readonly<Record<string, string>>;
