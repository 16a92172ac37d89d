import { mkdirSync, rmSync } from "node:fs";
import { extname, join } from "node:path";
import type { ExportedDevice } from "../actions/export.ts";
import { SamicertsError } from "../base/errors.ts";
import type { Ledger } from "../ledger/ledger.ts";
import type { ListFilter } from "../ledger/listing.ts";
import { SYSTEM_RANDOM } from "../open-deps.ts";
import { count } from "../report/layout.ts";
import { PLATFORM_FILES, type PlatformDevice, type PlatformFile } from "../report/platform-files.ts";
import { writeCertificate } from "../workspace/durable-write.ts";
import { existsError, fileError } from "../workspace/file-error.ts";
import { nodeFiles } from "../workspace/node-files.ts";
import { writePieces } from "../workspace/write-pieces.ts";
import { certificateDecoder } from "../x509/certificate.ts";
import { attributeValues } from "../x509/name.ts";
import { writePem } from "../x509/pem.ts";
import { formatSerial, parseSerial } from "../x509/serial.ts";
import type { Call, Outcome } from "./command-spec.ts";
import { EXIT } from "./exit-codes.ts";
import { readOut } from "./export-flags.ts";
import type { Flags } from "./flag-values.ts";
import { FLAG } from "./flags.ts";
import { LIST_FLAG } from "./list-flags.ts";
import { usageError } from "./usage.ts";

const NONE = "no device is exported: none that was issued, and not revoked, fits what was asked for";
const COMMON_NAME = "2.5.4.3";

/** Writes what a platform imports, of all devices or of those that the flags name; closes the ledger at the end. */
export function exportMany(
  call: Call,
  format: string,
  devices: (filter: ListFilter) => Iterable<ExportedDevice>,
  ledger: Ledger,
): Outcome {
  const { flags } = call;
  const filter = readFilter(call);
  const out = readOut(flags);
  const file = PLATFORM_FILES.get(format);
  if (file === undefined) return closing(ledger, () => exportMatter(flags, out, devices(filter)));
  const rows = platformDevices(devices(filter));
  if (out === undefined) {
    const first = rows.next();
    const notes = first.done === true ? [`${call.notePaint.warn("warning:")} ${NONE}`] : [];
    return { exitCode: EXIT.done, out: toStdout(file, putBack(first, rows), ledger), notes };
  }
  return closing(ledger, () => {
    const { files, total } = writeFiles(file, rows, out);
    const said = `wrote ${files.join(", ")}: ${count(total, "device")}\n`;
    return { exitCode: EXIT.done, out: flags.on(FLAG.quiet) ? "" : said };
  });
}

function closing<T>(ledger: Ledger, work: () => T): T {
  try {
    return work();
  } finally {
    ledger.close();
  }
}

function* platformDevices(devices: Iterable<ExportedDevice>): Generator<PlatformDevice> {
  const decode = certificateDecoder();
  const issuers = new Map<Uint8Array, string>();
  for (const { row, der, above } of devices) {
    const [issuer] = above;
    const known = issuer === undefined ? undefined : issuers.get(issuer.der);
    const issuerPem = issuer === undefined ? undefined : (known ?? writePem("CERTIFICATE", issuer.der));
    if (issuer !== undefined && issuerPem !== undefined) issuers.set(issuer.der, issuerPem);
    // Worked out where a format asks for it: there may be a million.
    yield {
      get serialHex() {
        return formatSerial(BigInt(row.serial)).hex.slice(2);
      },
      get commonName() {
        return attributeValues(decode(der).subject, COMMON_NAME)[0] ?? row.name;
      },
      get pem() {
        return writePem("CERTIFICATE", der);
      },
      get base64() {
        return Buffer.from(der).toString("base64");
      },
      ...(issuerPem === undefined ? {} : { issuerPem }),
    };
  }
}

/** What was drawn to see whether there is any comes first again. */
function* putBack<T>(first: IteratorResult<T, void>, rest: Iterable<T>): Generator<T> {
  if (first.done === true) return;
  yield first.value;
  yield* rest;
}

function* toStdout(file: PlatformFile, devices: Iterable<PlatformDevice>, ledger: Ledger): Generator<string> {
  try {
    let rows = 0;
    yield file.header;
    for (const device of devices) {
      if (++rows > (file.most ?? Number.POSITIVE_INFINITY))
        throw usageError(
          "out",
          `there are more than the ${file.most} devices that one file may have`,
          "name a file with --out: the others are called like it, with -2, -3 and so on",
        );
      yield file.row(device);
    }
  } finally {
    ledger.close();
  }
}

/** Writes as many files as it takes: `list.csv`, `list-2.csv`, and so on. */
function writeFiles(
  file: PlatformFile,
  devices: Iterable<PlatformDevice>,
  out: string,
): { readonly files: readonly string[]; readonly total: number } {
  const all = devices[Symbol.iterator]();
  const files: string[] = [];
  let total = 0;
  let next = all.next();
  const extension = extname(out);
  do {
    const path =
      files.length === 0
        ? out
        : `${out.slice(0, out.length - extension.length)}-${files.length + 1}${extension}`;
    writePieces(
      nodeFiles,
      path,
      (function* () {
        yield file.header;
        for (let rows = 0; next.done !== true && rows < (file.most ?? Number.POSITIVE_INFINITY); rows++) {
          yield file.row(next.value);
          total++;
          next = all.next();
        }
      })(),
    );
    files.push(path);
  } while (next.done !== true);
  return { files, total };
}

/** PAA, PAI and DAC as DER, in a new directory: `paa.der`, `pai.der` (`pai-2.der`, ...), `<serial>.der`. */
function exportMatter(flags: Flags, out: string | undefined, devices: Iterable<ExportedDevice>): Outcome {
  if (out === undefined)
    throw usageError("out", "a set for Matter is a directory of DER files", "name a new one with --out");
  try {
    mkdirSync(out, { mode: 0o755 });
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "EEXIST") throw existsError(out);
    throw fileError(error, "write", out);
  }
  try {
    return fillMatter(flags, out, devices);
  } catch (error) {
    // A part of a set is in the way of the whole of it.
    rmSync(out, { recursive: true, force: true });
    throw error;
  }
}

function fillMatter(flags: Flags, out: string, devices: Iterable<ExportedDevice>): Outcome {
  const write = (name: string, der: Uint8Array): void =>
    writeCertificate({ files: nodeFiles, random: SYSTEM_RANDOM }, join(out, name), der);
  const authorities = new Map<string, string>();
  let total = 0;
  for (const { row, der, above } of devices) {
    const [pai, paa] = above;
    if (pai === undefined || paa === undefined)
      throw new SamicertsError({
        kind: "input",
        code: "export.no-intermediate",
        message: `serial ${row.serial} was issued by a root itself: Matter wants PAA, PAI and DAC`,
        hint: "issue under a line, with --policy matter; or leave it out with --line or --batch",
      });
    for (const [kind, authority] of [
      ["paa", paa],
      ["pai", pai],
    ] as const) {
      const id = Buffer.from(authority.der).toString("base64");
      if (authorities.has(id)) continue;
      const earlier = [...authorities.values()].filter((name) => name.startsWith(kind)).length;
      const name = earlier === 0 ? `${kind}.der` : `${kind}-${earlier + 1}.der`;
      write(name, authority.der);
      authorities.set(id, name);
    }
    write(`${row.serial}.der`, der);
    total++;
  }
  const said = `wrote ${[...authorities.values()].join(", ")} and ${count(total, "device")} to ${out}\n`;
  return { exitCode: EXIT.done, out: flags.on(FLAG.quiet) ? "" : said };
}

function readFilter({ flags, operands }: Call): ListFilter {
  const [serial] = operands;
  const batch = flags.text(LIST_FLAG.batch);
  const name = flags.text(LIST_FLAG.name);
  const from = serial ?? flags.text(LIST_FLAG.from);
  const to = serial ?? flags.text(LIST_FLAG.to);
  if (batch !== undefined && !/^[1-9][0-9]{0,14}$/.test(batch))
    throw usageError(
      "number",
      `--batch can't be "${batch}"`,
      "write a whole number from 1 on, as in --batch 1",
    );
  return {
    ...(batch === undefined ? {} : { batch: Number(batch) }),
    ...(name === undefined ? {} : { name }),
    ...(from === undefined ? {} : { serialFrom: parseSerial(from).toString() }),
    ...(to === undefined ? {} : { serialTo: parseSerial(to).toString() }),
  };
}
