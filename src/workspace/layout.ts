import { join } from "node:path";
import type { Files } from "../base/effects.ts";
import { SamicertsError } from "../base/errors.ts";
import { type WriteDeps, writeCertificate } from "./durable-write.ts";
import { readBounded } from "./read-file.ts";

/**
 * How a directory of devices is laid out: `flat`, all files in it, or `thousands`, in up to a thousand directories below it,
 * by the serial's thousands (its fourth to sixth digit from the right). A million serials in a row give 2,000 files a
 * directory, and so do a million at random; those that follow each other lie together, so that few directories change.
 */
export type Layout = "flat" | "thousands";

/** Where one device's files lie, from the directory of devices on. */
export interface DeviceFiles {
  readonly certificate: string;
  readonly key: string;
  /** The directory that they are in, from the directory of devices on; empty for that itself. */
  readonly directory: string;
}

const FILE = "layout.json";
const SCHEMA = "samicerts/layout/v1";
const MAX_BYTES = 4096;

/** Lays out one device's files, with slashes whatever the system; `serial` in decimal digits, else RangeError. */
export function layOutDevice(layout: Layout, serial: string): DeviceFiles {
  if (!/^[0-9]{1,49}$/.test(serial)) throw new RangeError(`"${serial}" is not a decimal serial number`);
  const directory = layout === "flat" ? "" : serial.slice(-6, -3).padStart(3, "0");
  const stem = directory === "" ? serial : `${directory}/${serial}`;
  return { certificate: `${stem}.crt`, key: `${stem}.key`, directory };
}

/** The layout that is recorded in a directory of devices; `flat` where there is no record. Throws `output.layout`, `io.*`. */
export function readLayout(files: Files, directory: string): Layout {
  const path = join(directory, FILE);
  let bytes: Uint8Array;
  try {
    bytes = readBounded(files, path, MAX_BYTES, "a layout");
  } catch (error) {
    if (error instanceof SamicertsError && NOTHING_THERE.has(error.code)) return "flat";
    throw error;
  }
  if (Buffer.from(bytes).equals(Buffer.from(text("thousands")))) return "thousands";
  throw new SamicertsError({
    kind: "io",
    code: "output.layout",
    message: `${path} does not say a layout that this samicerts knows`,
    hint: "use the samicerts that wrote it, or a newer one",
  });
}

const NOTHING_THERE: ReadonlySet<string> = new Set(["io.missing", "io.not-a-directory"]);

/** Records that a directory of devices has the layout `thousands`, durably; throws `exists.file`, `io.*`. */
export function recordLayout(deps: WriteDeps, directory: string): void {
  writeCertificate(deps, join(directory, FILE), Buffer.from(text("thousands")));
}

function text(layout: Layout): string {
  return `${JSON.stringify({ schema: SCHEMA, layout })}\n`;
}
