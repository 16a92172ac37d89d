import { type Html, NOTHING } from "./html.ts";

/** A line to be filled in, with its label, a hint and what is wrong with it. */
export interface FieldParts {
  readonly name: string;
  readonly label: string;
  readonly hint?: string;
  /** What is wrong with what was filled in. */
  readonly error?: string | undefined;
  /** The id of what else tells about it; it is marked as wrong then. */
  readonly describedBy?: string | undefined;
  readonly value?: string | undefined;
  /** Further attributes of the input. */
  readonly input: Readonly<Record<string, string | number | boolean>>;
}

/** Shows it. */
export function Field({ name, label, hint, error, describedBy, value, input }: FieldParts): Html {
  const about = [
    ...(hint === undefined ? [] : [`${name}-hint`]),
    ...(error === undefined ? [] : [`${name}-error`]),
    ...(describedBy === undefined ? [] : [describedBy]),
  ];
  const wrong = error !== undefined || describedBy !== undefined;
  return (
    <div class="field">
      <label for={name}>{label}</label>
      {hint === undefined ? (
        ""
      ) : (
        <p class="hint" id={`${name}-hint`}>
          {hint}
        </p>
      )}
      <FieldError name={name} error={error} />
      <input
        id={name}
        name={name}
        required
        value={value}
        aria-describedby={about.length === 0 ? undefined : about.join(" ")}
        aria-invalid={wrong ? "true" : undefined}
        {...input}
      />
    </div>
  );
}

/** What is wrong with a field, where something is. */
export function FieldError({ name, error }: { name: string; error: string | undefined }): Html {
  return error === undefined ? (
    NOTHING
  ) : (
    <p class="field-error" id={`${name}-error`}>
      {error}
    </p>
  );
}
