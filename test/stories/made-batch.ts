import { createHash, type KeyObject } from "node:crypto";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import type { IssuedPair } from "../../src/actions/batch-output.ts";
import { createManifestSigner } from "../../src/actions/sign-manifest.ts";
import { claimOutput } from "../../src/batch-output/claim-output.ts";
import { softwareSigner } from "../../src/keys/software-signer.ts";
import type { Certificate } from "../../src/x509/certificate.ts";
import { writePem } from "../../src/x509/pem.ts";
import { outputDeps, writeDevices } from "../unit/batch-output/sample-batch.ts";
import { DAY, mint, NOW, type TestKey, testKey } from "../unit/x509/mint.ts";

const sha256 = (bytes: Uint8Array): Buffer => createHash("sha256").update(bytes).digest();
const pkcs8 = (key: KeyObject): string => key.export({ type: "pkcs8", format: "pem" }).toString();

/** A root and its key, for batches that are made without the command. */
export interface BatchRoot {
  readonly certificate: Certificate;
  readonly key: TestKey;
}

/** Makes a root, its certificate in root.crt of `directory`. */
export function makeRoot(directory: string, name = "root"): BatchRoot {
  const key = testKey();
  const certificate = mint({ subject: name, key, ca: true, notAfterMs: NOW + 100 * DAY });
  writeFileSync(join(directory, `${name}.crt`), writePem("CERTIFICATE", certificate.der));
  return { certificate, key };
}

/** Makes so many devices of a root, all with the same key, of serials as `mint` counts them. */
export function makeDevices(root: BatchRoot, count: number, key: TestKey = testKey()): IssuedPair[] {
  const keyPem = pkcs8(key.privateKey);
  return Array.from({ length: count }, (_, n) => {
    const name = `Device ${n}`;
    const { der, serial } = mint({
      subject: name,
      issuer: root.certificate.subject,
      key,
      by: root.key,
      notAfterMs: NOW + 10 * DAY,
    });
    return {
      serial: BigInt(`0x${Buffer.from(serial).toString("hex")}`).toString(),
      name,
      keyPem,
      certificatePem: writePem("CERTIFICATE", der),
      certificateSha256: sha256(der).toString("hex"),
      spkiSha256: sha256(key.publicKey.der).toString("hex"),
      notAfterMs: NOW + 10 * DAY,
      issuedMs: NOW,
    };
  });
}

/** Writes a finished batch of these devices to `path`, its manifest signed by the root; gives the manifest's path. */
export function writeBatch(path: string, root: BatchRoot, devices: readonly IssuedPair[]): string {
  const claim = claimOutput(outputDeps(), { path, shard: false });
  const header = {
    batch: "7",
    input: "0".repeat(64),
    policy: "rfc5280",
    policyDigest: "1".repeat(64),
    issuer: "/CN=root",
    issuerSpkiSha256: sha256(root.key.publicKey.der).toString("hex"),
    createdMs: NOW,
  };
  const opened = claim.open({ batch: "7", mostUncommitted: 100, header });
  const { output, manifest } = opened;
  const signer = softwareSigner(root.key.publicKey, () => root.key.privateKey);
  for (let from = 0; from < devices.length; from += 100) {
    const chunk = devices.slice(from, from + 100);
    writeDevices(opened, chunk);
    output.flush();
    manifest?.flush();
  }
  output.finish();
  manifest?.finish(createManifestSigner({ signer, certificate: root.certificate }, NOW));
  output.close();
  manifest?.close();
  claim.release();
  return manifest?.path ?? "";
}
