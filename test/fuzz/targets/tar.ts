import { createDeviceEncoder } from "../../../src/batch-output/device-encoder.ts";
import { TarDecoder } from "../../../src/batch-output/tar-decoder.ts";
import { TAR_END } from "../../../src/batch-output/tar-encoder.ts";
import { devicesOf, encodeAll } from "../../unit/batch-output/sample-batch.ts";
import { mutateBytes } from "../mutate-bytes.ts";
import type { CreateTarget } from "../target.ts";
import { tarEnd, tarFile } from "./tar-files.ts";

/** A batch's archives, in pieces. */
export const createTar: CreateTarget = () => ({
  name: "tar",
  seeds: [
    batch(1),
    batch(7),
    Buffer.concat([
      tarFile("devices/1.crt", Buffer.alloc(700, 1)),
      tarFile("devices/1.key", Buffer.alloc(200, 2)),
      tarEnd(),
    ]),
    Buffer.concat([
      tarFile("././@LongLink", Buffer.from(`${"d/".repeat(80)}1.crt\0`), "L"),
      tarFile("x", Buffer.alloc(10)),
      tarEnd(),
    ]),
    Buffer.concat([
      tarFile("PaxHeaders/1", Buffer.from("21 path=devices/2.crt\n13 size=5000\n"), "x"),
      tarFile("x.crt", Buffer.alloc(5000)),
      tarEnd(),
    ]),
  ],
  // A header that was changed has its checksum made anew most times, or nothing behind it would be read.
  mutate: (input, other, random) => {
    const changed = Buffer.from(mutateBytes(input, other, random));
    if (random.below(4) !== 0)
      for (let at = 0; at + 512 <= changed.length; at += 512)
        if (random.below(2) === 0) mend(changed.subarray(at, at + 512));
    return changed;
  },
  read: (input) => {
    const decoder = new TarDecoder("some.tar", { name: (name) => name.endsWith(".crt"), size: 1 << 20 });
    let files = 0;
    const piece = 100 + (input.length % 7) * 400;
    for (let at = 0; at < input.length; at += piece)
      files += decoder.take(input.subarray(at, at + piece)).files.length;
    decoder.end();
    return files;
  },
  large: (octets) => [
    Buffer.concat([...Array(Math.floor(octets / 1024)).fill(tarFile("a.crt", Buffer.alloc(100))), tarEnd()]),
    Buffer.concat([tarFile("a.key", Buffer.alloc(octets)), tarEnd()]),
    Buffer.concat([tarFile("p", Buffer.from("11 a=bcdef\n".repeat(5000)), "x"), tarEnd()]),
  ],
});

function batch(from: number): Uint8Array {
  const encoder = createDeviceEncoder({ kind: "tar", sharded: false, name: "" });
  return Buffer.concat([encodeAll(encoder, devicesOf(2, from)).output, TAR_END]);
}

function mend(header: Buffer): void {
  if (header.every((octet) => octet === 0)) return;
  header.fill(0x20, 148, 156);
  const sum = header.reduce((all, octet) => all + octet, 0);
  header.write(`${sum.toString(8).padStart(6, "0")}\0 `, 148, "latin1");
}
