import { SamicertsError } from "../base/errors.ts";
import { nearestWord } from "../base/nearest.ts";
import { inputError, MAX_RECORD } from "./input-error.ts";
import { type JsonMember, readFlatObject } from "./json-object.ts";
import type { LineSink } from "./line-splitter.ts";
import { isBlankLine, isShort, notUtf8, recordTooLong, withoutCr } from "./record-text.ts";
import { COLUMNS, type Column, type RecordSink, type RowTexts } from "./row-texts.ts";

/** Keys whose value may be a number. */
const NUMERIC: ReadonlySet<Column> = new Set(["serial", "days"]);
const KEYS: readonly string[] = COLUMNS;
const SHOWN = 40;

/**
 * Makes records of the lines of NDJSON, one object a line: the keys are the columns of a CSV, each once. `null` is the
 * same as a key that is not there. Whatever a line has, the next one begins a new record.
 */
export class JsonRecords implements LineSink {
  private readonly sink: RecordSink;
  /** The beginning of a line that is too long. */
  private long: string | undefined;

  constructor(sink: RecordSink) {
    this.sink = sink;
  }

  line(text: string, line: number, bytes?: Uint8Array): void {
    const raw = withoutCr(this.long ?? text);
    const tooLong = this.long !== undefined || !isShort(text);
    this.long = undefined;
    if (tooLong) {
      this.sink.bad({ line, raw: raw.slice(0, MAX_RECORD), truncated: true, error: recordTooLong() });
      return;
    }
    if (bytes !== undefined) {
      this.sink.bad({ line, raw, rawBytes: Buffer.from(bytes), error: notUtf8() });
      return;
    }
    if (isBlankLine(raw)) return;
    let texts: RowTexts;
    try {
      texts = readTexts(raw);
    } catch (error) {
      if (!(error instanceof SamicertsError)) throw error;
      this.sink.bad({ line, raw, error });
      return;
    }
    this.sink.record(texts, raw, line);
  }

  part(text: string): void {
    this.long ??= text.slice(0, MAX_RECORD);
  }

  /** Ends the input. */
  end(): void {}
}

function readTexts(record: string): RowTexts {
  const texts: (string | undefined)[] = new Array(COLUMNS.length);
  const seen = new Set<string>();
  for (const member of readFlatObject(record)) {
    const index = KEYS.indexOf(member.key);
    if (index < 0) throw unknownKey(member.key);
    if (seen.has(member.key))
      throw inputError("duplicate-key", `the key "${member.key}" is there twice`, "keep one of the two");
    seen.add(member.key);
    texts[index] = textOf(member, COLUMNS[index] as Column);
  }
  return texts;
}

function textOf({ key, text, type }: JsonMember, column: Column): string | undefined {
  if (type === "null") return undefined;
  if (type === "string" || (type === "number" && NUMERIC.has(column))) return text;
  throw inputError(
    "wrong-type",
    `the value of "${key}" is the ${type} ${text.length > SHOWN ? `${text.slice(0, SHOWN)}...` : text}`,
    `write it as a string: "${key}":"..."`,
  );
}

function unknownKey(key: string): SamicertsError {
  const shown = JSON.stringify(key.length > SHOWN ? `${key.slice(0, SHOWN)}...` : key);
  const near = nearestWord(key, COLUMNS);
  return inputError(
    "unknown-key",
    `the key ${shown} is unknown`,
    near === undefined ? `the keys are ${COLUMNS.join(", ")}` : `did you mean ${near}?`,
  );
}
