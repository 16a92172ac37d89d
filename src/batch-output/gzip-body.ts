import { gzipSync } from "node:zlib";
import type { DeviceBody } from "./device-encoder.ts";

/** Level 1: what is in base64 can be made a quarter smaller and no more, however long one tries. */
const GZIP = { level: 1 };

/** Octets as a gzip member. */
export function gzipMember(octets: Uint8Array): Uint8Array<ArrayBuffer> {
  return new Uint8Array(gzipSync(octets, GZIP));
}

/**
 * Compresses what another body makes, each time as a gzip member of its own: members one after the other are one gzip
 * file (RFC 1952, 2.2), and it can be cut off behind any of them.
 */
export function createGzipBody(inner: DeviceBody): DeviceBody {
  return {
    add: (device, file) => inner.add(device, file),
    take() {
      const { output } = inner.take();
      const packed = output.length === 0 ? output : gzipMember(output);
      // It has keys in it.
      output.fill(0);
      inner.reuse?.(output.buffer);
      return { output: packed };
    },
  };
}
