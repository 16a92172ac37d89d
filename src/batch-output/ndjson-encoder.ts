import type { IssuedPair } from "../actions/batch-output.ts";
import { formatTime } from "../x509/time.ts";
import type { DeviceBody } from "./device-encoder.ts";

/** Writes devices as NDJSON: an object a line, with certificate and key in PEM. */
export function createNdjsonBody(): DeviceBody {
  const line = createDeviceLines();
  let lines: string[] = [];
  return {
    add: (device) => lines.push(line(device)),
    take() {
      const output = octetsOf(lines);
      lines = [];
      return { output };
    },
  };
}

const UTF_8 = new TextEncoder();

/** Lines in UTF-8, in memory of their own: what a Buffer has may be of the pool that small ones share, which can't be given away. */
export function octetsOf(lines: readonly string[]): Uint8Array<ArrayBuffer> {
  return UTF_8.encode(lines.join(""));
}

/** Makes lines of NDJSON, a device each, the line end with it. */
function createDeviceLines(): (device: IssuedPair) => string {
  const time = createTimeText();
  return (device) => {
    const key = device.keyPem === undefined ? "" : `,"key":${pemJson(device.keyPem)}`;
    return (
      `{"serial":"${device.serial}","name":${JSON.stringify(device.name)}` +
      `,"certificate":${pemJson(device.certificatePem)}${key}` +
      `,"sha256":"${device.certificateSha256}","spkiSha256":"${device.spkiSha256}"` +
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
