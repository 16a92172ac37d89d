import type { BatchOutput } from "../actions/batch-output.ts";
import { SamicertsError } from "../base/errors.ts";

/** Prints a text; false once nobody reads any more. */
export type Print = (text: string) => boolean;

/** A batch's output as NDJSON down a pipe: gone as soon as it is written, so that no run can continue another. */
export function openStdoutOutput(print: Print, fileOf: (serial: string) => string): BatchOutput {
  let length = 0;
  return {
    kind: "stdout",
    path: "-",
    resumable: false,
    fileOf,
    taken: () => undefined,
    leftover: () => undefined,
    write(_serials, { output }) {
      if (
        output.length > 0 &&
        !print(Buffer.from(output.buffer, output.byteOffset, output.length).toString())
      )
        throw closed();
      length += output.length;
    },
    flush: () => length,
    finish() {},
    close() {},
  };
}

function closed(): SamicertsError {
  return new SamicertsError({
    kind: "io",
    code: "output.closed",
    message: "whoever read standard output has stopped reading",
    hint: "keep what was read; write to a file with --out to be able to continue",
  });
}
