import { createHash, randomBytes } from "node:crypto";
import type {
  BatchFiles,
  BatchFilesRequest,
  BatchOutput,
  CommittedLengths,
  DeviceEncoder,
  EncodedDevices,
  IssuedPair,
} from "../../../src/actions/batch-output.ts";
import type { Files } from "../../../src/base/effects.ts";
import type { OutputDeps } from "../../../src/batch-output/claim-output.ts";
import { createDeviceEncoder } from "../../../src/batch-output/device-encoder.ts";
import { lockFile } from "../../../src/ledger/file-lock.ts";
import { nodeFiles } from "../../../src/workspace/node-files.ts";
import { writePem } from "../../../src/x509/pem.ts";

const sha256 = (text: string): Buffer => createHash("sha256").update(text).digest();

/** A device as an output takes it; the same number gives the same device, of various lengths. */
export function deviceOf(n: number): IssuedPair {
  const filling = (length: number, of: string) =>
    Buffer.concat(
      Array.from({ length: Math.ceil(length / 32) }, (_, i) => sha256(`${of} ${n} ${i}`)),
    ).subarray(0, length);
  return {
    serial: String(99_999 + n),
    name: `Device "${n}" é`,
    keyPem: writePem("PRIVATE KEY", filling(100 + (n % 60), "key")),
    certificatePem: Buffer.from(writePem("CERTIFICATE", filling(500 + 7 * (n % 50), "certificate"))),
    certificateSha256: sha256(`certificate ${n}`).toString("hex"),
    spkiSha256: sha256(`spki ${n}`).toString("hex"),
    notAfterMs: Date.UTC(2040, 0, 1) + 1000 * (n % 3),
    issuedMs: Date.UTC(2026, 0, 1) + 1,
  };
}

/** So many devices, from the `from`-th on. */
export function devicesOf(count: number, from = 0): readonly IssuedPair[] {
  return Array.from({ length: count }, (_, i) => deviceOf(from + i));
}

/** Devices as an output takes them. */
export function encodeAll(encoder: DeviceEncoder, devices: readonly IssuedPair[]): EncodedDevices {
  for (const device of devices) encoder.add(device);
  return encoder.take();
}

/** Gives devices to a directory's output. */
export function putDevices(output: BatchOutput, devices: readonly IssuedPair[]): void {
  const encoder = createDeviceEncoder({ kind: "directory", sharded: false, name: "" });
  output.write(
    devices.map(({ serial }) => serial),
    encodeAll(encoder, devices),
  );
}

/** Writes devices to a batch's output, but for those that it has already, and all of them to its manifest. */
export function writeDevices(
  { output, manifest, encoder }: BatchFiles,
  devices: readonly IssuedPair[],
  there: ReadonlySet<IssuedPair> = new Set(),
): void {
  const missing = devices.filter((device) => !there.has(device));
  output.write(
    missing.map(({ serial }) => serial),
    encodeAll(encoder, missing),
  );
  manifest?.write(encodeAll(encoder, devices).manifest);
}

/** What a batch opens its files with. */
export function requestOf(batch: string, committed?: CommittedLengths): BatchFilesRequest {
  return {
    batch,
    mostUncommitted: 9,
    header: {
      batch,
      input: "0".repeat(64),
      policy: "sami",
      policyDigest: "1".repeat(64),
      issuer: "CN=root",
      issuerSpkiSha256: "2".repeat(64),
      createdMs: Date.UTC(2026, 0, 1),
    },
    ...(committed === undefined ? {} : { committed }),
  };
}

/** The world, with this file system; nothing is printed. */
export function outputDeps(files: Files = nodeFiles): OutputDeps {
  return { files, random: { bytes: (count) => randomBytes(count) }, lock: lockFile, print: () => true };
}
