import { dirname } from "node:path";
import type { BatchInput, BatchRow } from "../../actions/batch-row.ts";
import { openInputFile } from "../../batch-input/file-input.ts";
import { openRange, type Range } from "../../batch-input/range-input.ts";
import { openInputStream } from "../../batch-input/stream-input.ts";
import { nodeFiles } from "../../workspace/node-files.ts";
import { parseSerial } from "../../x509/serial.ts";
import { BATCH_FLAG } from "../batch-flags.ts";
import type { Call } from "../command-spec.ts";
import type { Flags } from "../flag-values.ts";
import type { FlagSpec } from "../flags.ts";
import { STDIN } from "../read-input.ts";
import { usageError } from "../usage.ts";

/** Where a batch's rows come from, as the command line says it. */
export type BatchSource =
  | { readonly kind: "range"; readonly range: Range }
  | { readonly kind: "file"; readonly path: string }
  | { readonly kind: "stream" };

/** Reads what the rows are; throws `usage.*`, `serial.*`. */
export function readSource({ flags, operands }: Pick<Call, "flags" | "operands">): BatchSource {
  const [path] = operands;
  const count = readCount(flags, BATCH_FLAG.count);
  const from = flags.text(BATCH_FLAG.serialFrom);
  const name = flags.text(BATCH_FLAG.name);
  const rangeFlags = [BATCH_FLAG.count, BATCH_FLAG.serialFrom, BATCH_FLAG.name];
  const given = rangeFlags.find((flag) => flags.text(flag) !== undefined);
  if (path !== undefined && given !== undefined)
    throw usageError(
      "conflict",
      `--${given.name} is for a range of serials, and there is a file: ${path}`,
      `leave the file out, or --${given.name}`,
    );
  if (path !== undefined) return path === STDIN ? { kind: "stream" } : { kind: "file", path };
  const missing = rangeFlags.filter((flag) => flags.text(flag) === undefined).map((flag) => `--${flag.name}`);
  if (count === undefined || from === undefined || name === undefined)
    throw usageError(
      "missing-operand",
      given === undefined
        ? "samicerts batch needs to know which devices"
        : `a range needs --count, --serial-from and --name: ${missing.join(" and ")} ${missing.length === 1 ? "is" : "are"} missing`,
      "name a file, as in samicerts batch devices.csv; or give --count 1000 --serial-from 100000000 --name 'Device-{serial}'",
    );
  return { kind: "range", range: { count, serialFrom: parseSerial(from), nameTemplate: name } };
}

/** Opens the input; `checkRow` throws for a row that can't be issued. */
export async function openSource(
  source: BatchSource,
  checkRow: (row: BatchRow) => void,
): Promise<BatchInput> {
  const options = { columns: COLUMNS, checkRow };
  if (source.kind === "range") return openRange(source.range, options);
  if (source.kind === "file") return openInputFile(nodeFiles, source.path, options);
  return await openInputStream(process.stdin, options);
}

const COLUMNS = new Set(["csr"] as const);

/** Where the paths of requests begin: where the input is. */
export function requestsFrom(source: BatchSource): string {
  return source.kind === "file" ? dirname(source.path) : ".";
}

/** A range's first and last device. */
export function endsOf(source: BatchSource): readonly Pick<BatchRow, "serial" | "name">[] | undefined {
  if (source.kind !== "range") return undefined;
  const { count, serialFrom, nameTemplate } = source.range;
  const places = count > 1 ? [1, count] : [1];
  return places.map((n) => {
    const serial = serialFrom + BigInt(n - 1);
    const name = nameTemplate
      .replaceAll("{serial}", serial.toString())
      .replaceAll("{serialHex}", serial.toString(16))
      .replaceAll("{n}", n.toString());
    return { serial, name };
  });
}

/** Reads a whole number; throws `usage.number`. */
export function readCount(flags: Flags, flag: FlagSpec, least = 1): number | undefined {
  const given = flags.text(flag);
  if (given === undefined) return undefined;
  if (/^[0-9]{1,10}$/.test(given) && Number(given) >= least) return Number(given);
  throw usageError(
    "number",
    `--${flag.name} can't be ${JSON.stringify(given)}`,
    `write a whole number from ${least} on, as in --${flag.name} ${flag === BATCH_FLAG.count ? 1000 : 8}`,
  );
}
