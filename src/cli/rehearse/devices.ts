import { SamicertsError } from "../../base/errors.ts";
import { isTokenKey } from "../../keys/key-address.ts";
import { readPkcs8Der, readPrivateKey } from "../../keys/read-key.ts";
import type { DeviceIdentity } from "../../sandbox/rehearse/device-client.ts";
import { nodeFiles } from "../../workspace/node-files.ts";
import { readPrivateKeyFile } from "../../workspace/read-file.ts";
import type { PairPlace } from "../../workspace/workspace.ts";
import type { Certificate } from "../../x509/certificate.ts";
import { formatName } from "../../x509/name-format.ts";
import { writePem } from "../../x509/pem.ts";
import { sameKey } from "../../x509/same-key.ts";
import { formatSerial, parseSerial, type SerialText } from "../../x509/serial.ts";
import { readAll } from "../anchors.ts";
import type { Call } from "../command-spec.ts";
import { factsOf, keyName, sourcesBelow } from "../find-sources.ts";
import { FLAG } from "../flags.ts";
import { openingPassphrase } from "../passphrase.ts";
import { REHEARSE_FLAG } from "../rehearse-flags.ts";
import { commonName } from "../sandbox/open-sandbox.ts";
import { usageError } from "../usage.ts";
import { openVendorDirectory } from "../vendor-directory.ts";
import { openTokenKey } from "./token-key.ts";

/** A device's files. */
export interface DeviceFiles {
  readonly certificate: string;
  readonly key: string;
  /** With the line above it, where it is of one. */
  readonly chain?: string;
}

/** A device as its firmware has it. */
export interface Device {
  readonly name: string;
  readonly serial: SerialText;
  readonly issuerDn: string;
  /** PEM: its certificate, with those above it. */
  readonly certificate: string;
  /** PKCS#8, PEM, or in a token. */
  readonly key: DeviceIdentity["key"];
}

/** The devices that the operand stands for; throws `usage.*`, `io.*`, `rehearse.no-device`. */
export function findDevices(call: Call): { readonly files: readonly DeviceFiles[]; readonly batch: boolean } {
  const { flags, operands } = call;
  const [operand = ""] = operands;
  const key = flags.text(REHEARSE_FLAG.key);
  // Bare hex is an error whose hint is its 0x form, unless a file is called so.
  if (/^(?:[0-9]+|0x[0-9a-f]+)$/i.test(operand) || (/^[0-9a-f]+$/i.test(operand) && !isThere(operand))) {
    const place = placeOf(call, parseSerial(operand).toString());
    const { certificate, key: own = "", chain } = place.paths;
    const files = { certificate, key: key ?? own };
    return { files: [chain === undefined ? files : { ...files, chain }], batch: false };
  }
  if (!factsOf(operand).isDirectory())
    return { files: [{ certificate: operand, key: key ?? keyName(operand) }], batch: false };
  if (key !== undefined)
    throw usageError(
      "conflict",
      "--key is one device's, and there is a directory of them",
      "leave --key out",
    );
  const found = [...sourcesBelow(operand).paths()].filter(({ keyless }) => !keyless);
  const files = found.map(({ path }) => ({ certificate: path, key: keyName(path) }));
  if (files.length === 0)
    throw usageError(
      "empty-directory",
      `${operand} holds no device with its key`,
      "name a directory with .crt and .key files in it",
    );
  return { files: sample(files, readNumber("sample", flags.text(REHEARSE_FLAG.sample))), batch: true };
}

/** Reads a whole number above zero; throws `usage.number`. */
export function readNumber(name: string, text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  if (/^[1-9][0-9]{0,6}$/.test(text)) return Number(text);
  throw usageError(
    "number",
    `--${name} can't be ${JSON.stringify(text.slice(0, 40))}`,
    `give a whole number, as in --${name} 8`,
  );
}

/** Reads a device's certificate and key, which belong together; throws `io.*`, `key.*`, `token.*`, `certificate.*`. */
export function readDevice(call: Call, files: DeviceFiles): Device {
  const { flags } = call;
  const given = flags.text(REHEARSE_FLAG.key);
  const chain = files.chain === undefined || !isThere(files.chain) ? [] : readAll(files.chain).slice(1);
  const [certificate, ...own] = readAll(files.certificate);
  if (certificate === undefined) throw new Error("a file of certificates without one");
  return {
    name: flags.text(REHEARSE_FLAG.name) ?? commonName(certificate),
    serial: formatSerial(certificate.serial),
    issuerDn: formatName(certificate.issuer),
    certificate: [certificate, ...own, ...chain].map(({ der }) => writePem("CERTIFICATE", der)).join(""),
    key:
      given !== undefined && isTokenKey(given)
        ? openTokenKey(call, given, certificate)
        : readKeyFile(call, files, certificate),
  };
}

function readKeyFile(
  { flags, host, notePaint }: Call,
  files: DeviceFiles,
  { publicKey }: Certificate,
): string {
  const { bytes, warning } = readPrivateKeyFile(nodeFiles, files.key, {
    allowMode: flags.on(FLAG.allowKeyMode),
  });
  if (warning !== undefined) host.stderr.write(`${notePaint.warn("warning:")} ${warning}\n`);
  const pkcs8 = readPkcs8Der(bytes, files.key, openingPassphrase(flags, host));
  if (!sameKey(readPrivateKey(pkcs8, files.key).publicKey, publicKey))
    throw new SamicertsError({
      kind: "key",
      code: "key.mismatched",
      message: `${files.key} is not the key of ${files.certificate}`,
      hint: "name the key that belongs to it with --key",
    });
  return writePem("PRIVATE KEY", pkcs8);
}

/** Evenly spread, so that the same devices are taken the next time. */
function sample<T>(all: readonly T[], count: number | undefined): readonly T[] {
  if (count === undefined || count >= all.length) return all;
  return Array.from({ length: count }, (_, place) => all[Math.floor((place * all.length) / count)] as T);
}

function placeOf({ flags }: Call, serial: string): PairPlace {
  const workspace = openVendorDirectory(flags);
  const places = [
    workspace.device(serial),
    ...workspace.lineNames().map((name) => workspace.line(name).device(serial)),
  ];
  const found = places.find((place) => isThere(place.paths.certificate));
  if (found !== undefined) return found;
  const [first] = places;
  throw new SamicertsError({
    kind: "input",
    code: "rehearse.no-device",
    message: `there is no ${first?.paths.certificate}`,
    hint: `make the device first: samicerts client ${serial} <name>; or name its certificate's file`,
  });
}

function isThere(path: string): boolean {
  try {
    nodeFiles.stat(path);
    return true;
  } catch {
    return false;
  }
}
