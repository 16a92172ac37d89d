import { basename } from "node:path";
import type { IssuedPair } from "../actions/batch-output.ts";
import { formatTime } from "../x509/time.ts";
import type { ArchiveEncoder } from "./archive-output.ts";

/** Writes devices as NDJSON: an object a line, with certificate and key in PEM. `path` is the file's own. */
export function createNdjsonEncoder(path: string): ArchiveEncoder {
  const name = basename(path);
  const line = createDeviceLines();
  return {
    fileOf: (serial) => `${name}#${serial}`,
    encode: (devices) => Buffer.from(devices.map(line).join("")),
    end: () => new Uint8Array(0),
  };
}

/** Makes lines of NDJSON, a device each, the line end with it. */
export function createDeviceLines(): (device: IssuedPair) => string {
  const time = createTimeText();
  return (device) => {
    const key = device.keyPem === undefined ? "" : `,"key":${pemJson(device.keyPem)}`;
    return (
      `{"serial":"${device.serial}","name":${JSON.stringify(device.name)}` +
      `,"certificate":${pemJson(device.certificatePem)}${key}` +
      `,"sha256":"${hex(device.certificateSha256)}","spkiSha256":"${hex(device.spkiSha256)}"` +
      `,"notAfter":"${time(device.notAfterMs)}"}\n`
    );
  };
}

/** Writes times as RFC 3339; the same one twice, as a batch mostly has it, costs nothing. */
export function createTimeText(): (epochMs: number) => string {
  let last = Number.NaN;
  let text = "";
  return (epochMs) => {
    if (epochMs !== last) {
      text = formatTime(epochMs);
      last = epochMs;
    }
    return text;
  };
}

/** PEM has line ends in it, and nothing else that JSON would not take as it is. */
function pemJson(pem: Uint8Array | string): string {
  const text =
    typeof pem === "string" ? pem : Buffer.from(pem.buffer, pem.byteOffset, pem.length).toString("latin1");
  return `"${text.replaceAll("\n", "\\n")}"`;
}

/** Octets in lower-case hex. */
export function hex(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString("hex");
}
