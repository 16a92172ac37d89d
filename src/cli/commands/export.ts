import { exportDevice, exportDevices, placeOfDevice } from "../../actions/export.ts";
import { SamicertsError } from "../../base/errors.ts";
import { encodePkcs12 } from "../../keys/pkcs12.ts";
import { readPkcs8Der } from "../../keys/read-key.ts";
import { SYSTEM_RANDOM } from "../../open-deps.ts";
import { writeCertificate, writeKey } from "../../workspace/durable-write.ts";
import { nodeFiles } from "../../workspace/node-files.ts";
import { readPrivateKeyFile } from "../../workspace/read-file.ts";
import { encodeCertificatesOnly } from "../../x509/certificates-only.ts";
import { writePem } from "../../x509/pem.ts";
import { parseSerial } from "../../x509/serial.ts";
import type { Call, Outcome } from "../command-spec.ts";
import { EXIT } from "../exit-codes.ts";
import { EXPORT_FLAG, MANY_FORMATS, ONE_FORMATS, readOut, refuseUnheard } from "../export-flags.ts";
import { exportMany } from "../export-many.ts";
import { FLAG } from "../flags.ts";
import { openExistingLedger } from "../open-existing-ledger.ts";
import { askTwice, newPassphrase, openingPassphrase } from "../passphrase.ts";
import { choice, usageError } from "../usage.ts";
import { openVendorDirectory } from "../vendor-directory.ts";

const WRITE = { files: nodeFiles, random: SYSTEM_RANDOM };

/** Hands certificates on. */
export function run(call: Call): Outcome {
  const { flags, operands } = call;
  const format = choice("format", flags.text(EXPORT_FLAG.format), [...ONE_FORMATS, ...MANY_FORMATS]) ?? "pem";
  const [serial] = operands;
  const many = MANY_FORMATS.find((each) => each === format);
  if (many === undefined && serial === undefined)
    throw usageError(
      "missing-operand",
      `samicerts export --format ${format} is of one device, and needs its serial`,
      `for example: samicerts export 100000001 --format ${format}`,
    );
  refuseUnheard(flags, format, serial);
  const ledger = openExistingLedger(flags);
  const deps = { workspace: openVendorDirectory(flags), ledger };
  if (many === undefined) {
    try {
      return exportOne(call, format, parseSerial(serial ?? ""), deps);
    } finally {
      ledger.close();
    }
  }
  const line = flags.text(EXPORT_FLAG.line);
  return exportMany(call, many, (filter) => exportDevices(filter, deps, many !== "vdid-csv", line), ledger);
}

type Deps = Parameters<typeof exportDevices>[1];

function exportOne(call: Call, format: string, serial: bigint, deps: Deps): Outcome {
  const { flags } = call;
  const device = exportDevice(serial, flags.text(EXPORT_FLAG.line), deps);
  const ders = [device.der, ...device.above.map(({ der }) => der)];
  const out = readOut(flags);
  if (format === "p12") return exportPkcs12(call, device, ders, deps);
  if (format === "der") {
    if (out === undefined) throw needsOut(format, `${serial}.der`);
    writeCertificate(WRITE, out, device.der);
    return wrote(call, out);
  }
  const text =
    format === "p7b"
      ? writePem("PKCS7", encodeCertificatesOnly(ders))
      : (format === "chain" ? ders : [device.der]).map((der) => writePem("CERTIFICATE", der)).join("");
  if (out === undefined) return { exitCode: EXIT.done, out: text };
  writeCertificate(WRITE, out, Buffer.from(text));
  return wrote(call, out);
}

function exportPkcs12(
  call: Call,
  device: ReturnType<typeof exportDevice>,
  certificates: readonly Uint8Array[],
  deps: Deps,
): Outcome {
  const { flags, host } = call;
  const { row } = device;
  const out = readOut(flags);
  if (out === undefined) throw needsOut("p12", `${row.serial}.p12`);
  if (row.keyElsewhere === true)
    throw new SamicertsError({
      kind: "key",
      code: "export.key-elsewhere",
      message: `the key of serial ${row.serial} is the device's own: there is nothing to put into a PKCS#12 file`,
      hint: "export its certificate alone, with --format chain",
    });
  const path = placeOfDevice(device, deps).paths.key;
  const { bytes, warning } = readPrivateKeyFile(nodeFiles, path, { allowMode: flags.on(FLAG.allowKeyMode) });
  const pkcs8 = readPkcs8Der(bytes, path, openingPassphrase(flags, host));
  const passphrase = newPassphrase(flags, host, "new") ?? askTwice(flags, "new");
  const friendlyName = flags.text(EXPORT_FLAG.friendlyName) ?? row.name;
  const file = Buffer.from(encodePkcs12({ pkcs8, certificates, friendlyName }, passphrase, SYSTEM_RANDOM));
  writeKey(WRITE, out, file);
  pkcs8.fill(0);
  const notes = warning === undefined ? [] : [`${call.notePaint.warn("warning:")} ${warning}`];
  return { ...wrote(call, out), notes };
}

function wrote({ flags }: Call, out: string): Outcome {
  return { exitCode: EXIT.done, out: flags.on(FLAG.quiet) ? "" : `wrote ${out}\n` };
}

function needsOut(format: string, name: string): SamicertsError {
  return usageError("out", `${format} is not text: it goes to a file`, `name it with --out ${name}`);
}
