import { SamicertsError } from "../base/errors.ts";

/** The longest record that is read, in octets; a longer one is refused as a row. */
export const MAX_RECORD: number = 64 * 1024;

/** An error of a batch's input (kind `input`, code `input.<problem>`). */
export function inputError(problem: string, message: string, hint: string): SamicertsError {
  return new SamicertsError({ kind: "input", code: `input.${problem}`, message, hint });
}

/** The same error with the input's name and the line in front, as an editor can jump to. */
export function atLine(name: string, line: number, error: SamicertsError): SamicertsError {
  // Changed and not made anew: a file may have nothing but wrong rows.
  error.message = `${name}:${line}: ${error.message}`;
  return error;
}
