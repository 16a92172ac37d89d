import type { BatchOutput, IssuedPair } from "../actions/batch-output.ts";
import { SamicertsError } from "../base/errors.ts";
import { createDeviceLines } from "./ndjson-encoder.ts";

/** Prints a text; false once nobody reads any more. */
export type Print = (text: string) => boolean;

/** A batch's output as NDJSON down a pipe: gone as soon as it is written, so that no run can continue another. */
export function openStdoutOutput(print: Print): BatchOutput {
  const line = createDeviceLines();
  let length = 0;
  return {
    kind: "stdout",
    path: "-",
    resumable: false,
    fileOf: (serial) => `#${serial}`,
    taken: () => undefined,
    leftover: () => undefined,
    write(devices: readonly IssuedPair[]) {
      const text = devices.map(line).join("");
      if (text !== "" && !print(text)) throw closed();
      length += Buffer.byteLength(text);
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
