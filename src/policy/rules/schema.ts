type Schema = Readonly<Record<string, unknown>>;

/** The JSON Schema of a rule's parameters: these properties and no others. */
export function parametersSchema(
  properties: Readonly<Record<string, Schema>>,
  required: readonly string[] = [],
): Schema {
  const closed = { type: "object", additionalProperties: false, properties };
  return required.length === 0 ? closed : { ...closed, required };
}

/** A whole number from `minimum` on. */
export function whole(minimum: number, description: string): Schema {
  return { type: "integer", minimum, maximum: Number.MAX_SAFE_INTEGER, description };
}

/** A list of different strings of a format (`key-pattern`, `attribute-type`, ...), one at least. */
export function strings(format: string, description: string): Schema {
  return { type: "array", minItems: 1, uniqueItems: true, items: { type: "string", format }, description };
}

/** A list of different words out of `words`; it may be empty. */
export function someOf(words: readonly string[], description: string): Schema {
  return { type: "array", uniqueItems: true, items: { enum: words }, description };
}

/** One of `words`. */
export function oneOf(words: readonly string[], description: string): Schema {
  return { enum: words, description };
}

/** A regular expression, compiled with the flag `u`. */
export function regex(description: string): Schema {
  return { type: "string", format: "regex", maxLength: 1024, description };
}

/** A day in UTC, such as 2030-12-31. */
export function day(description: string): Schema {
  return { type: "string", format: "date", description };
}
