import type { IssuedPair, ManifestHeader, OutputKind } from "../actions/batch-output.ts";
import { formatTime } from "../x509/time.ts";
import { createTimeText } from "./ndjson-encoder.ts";

/** What a manifest is called, behind the name of the output that it lists. */
export const MANIFEST_SUFFIX = ".manifest.ndjson";

/** What a manifest's signature file has behind the manifest's name. */
export const SIGNATURE_SUFFIX = ".sig";

/** What the first line of a manifest says it is. */
export const MANIFEST_SCHEMA = "samicerts/manifest/v1";

/** Where the devices of a manifest are: `path` from the manifest's own directory on, with slashes. */
export interface ManifestOutput {
  readonly kind: OutputKind;
  readonly path: string;
}

/** A manifest's first line, its line end with it: always the same for the same batch, so that it tells whose it is. */
export function headerLine(header: ManifestHeader, output: ManifestOutput): string {
  const { createdMs, ...rest } = header;
  return `${JSON.stringify({ schema: MANIFEST_SCHEMA, ...rest, created: formatTime(createdMs), output })}\n`;
}

/** Makes a manifest's lines, a device each, the line end with it; `file` is where its certificate is in the output. */
export function createManifestLines(): (device: IssuedPair, file: string) => string {
  const time = createTimeText();
  return (device, file) =>
    `{"serial":"${device.serial}","name":${JSON.stringify(device.name)},"file":${JSON.stringify(file)}` +
    `,"sha256":"${device.certificateSha256}","spkiSha256":"${device.spkiSha256}"` +
    `,"notAfter":"${time(device.notAfterMs)}"}\n`;
}
