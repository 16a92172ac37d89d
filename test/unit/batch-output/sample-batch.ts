import { createHash, randomBytes } from "node:crypto";
import type { BatchFilesRequest, CommittedLengths, IssuedPair } from "../../../src/actions/batch-output.ts";
import type { Files } from "../../../src/base/effects.ts";
import type { OutputDeps } from "../../../src/batch-output/claim-output.ts";
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
    certificateSha256: sha256(`certificate ${n}`),
    spkiSha256: sha256(`spki ${n}`),
    notAfterMs: Date.UTC(2040, 0, 1) + 1000 * (n % 3),
    issuedMs: Date.UTC(2026, 0, 1) + 1,
  };
}

/** So many devices, from the `from`-th on. */
export function devicesOf(count: number, from = 0): readonly IssuedPair[] {
  return Array.from({ length: count }, (_, i) => deviceOf(from + i));
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
