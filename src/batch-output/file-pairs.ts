import type { DeviceBody } from "./device-encoder.ts";
import { OctetBuffer } from "./octet-buffer.ts";

/** Puts each device's key, where it has one, and certificate one after the other, for a directory to make files of. */
export function createFilePairs(): DeviceBody {
  const buffer = new OctetBuffer();
  let lengths: number[] = [];
  const put = (content: Uint8Array | string): void => {
    const { bytes, at } = buffer.reserve(content.length);
    if (typeof content === "string") bytes.write(content, at, "latin1");
    else bytes.set(content, at);
  };
  return {
    add({ keyPem = "", certificatePem }) {
      put(keyPem);
      put(certificatePem);
      lengths.push(keyPem.length, certificatePem.length);
    },
    take() {
      const taken = Uint32Array.from(lengths);
      lengths = [];
      return { output: buffer.take(), lengths: taken };
    },
    reuse: (memory) => buffer.reuse(memory),
  };
}
