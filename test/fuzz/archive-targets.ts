import { createManifestLines, headerLine } from "../../src/batch-output/manifest-format.ts";
import { readManifestEntry, readManifestHeader } from "../../src/batch-output/manifest-reader.ts";
import { TarDecoder } from "../../src/batch-output/tar-decoder.ts";
import { createTarEncoder } from "../../src/batch-output/tar-encoder.ts";
import { devicesOf, requestOf } from "../unit/batch-output/sample-batch.ts";
import { mutateBytes } from "./mutate-bytes.ts";
import { mutateText, type Words } from "./mutate-text.ts";
import type { Target } from "./target.ts";

const MANIFEST_WORDS: Words = [
  '"serial":"1"',
  '"file":"../x"',
  '"notAfter":"9999-12-31T23:59:59Z"',
  '"schema":"samicerts/manifest/v1"',
  '"output":{"kind":"tar","path":""}',
  "{",
  "}",
  "[",
  "null",
  ",",
  "1e999",
  '"\\ud800"',
  "0".repeat(64),
];

function archive(from: number): Uint8Array {
  const encoder = createTarEncoder("flat");
  return Buffer.concat([Uint8Array.from(encoder.encode(devicesOf(2, from))), encoder.end()]);
}

/** What reads a batch's archives and manifests. */
export const ARCHIVE_TARGETS: readonly Target[] = [
  {
    name: "tar",
    seeds: [archive(1), archive(7)],
    mutate: mutateBytes,
    read: (input) => {
      const decoder = new TarDecoder("some.tar", { name: (name) => name.includes("."), size: 4096 });
      const half = input.length >> 1;
      const files = [input.subarray(0, half), input.subarray(half)].flatMap(
        (piece) => decoder.take(piece).files,
      );
      decoder.end();
      return files.length;
    },
  },
  {
    name: "manifest",
    seeds: [
      headerLine(requestOf("1").header, { kind: "tar", path: "line.tar" }),
      ...devicesOf(3).map((device) => createManifestLines()(device, `devices/${device.serial}.crt`)),
    ].map((line) => Buffer.from(line)),
    mutate: (input, other, random) =>
      random.below(4) === 0 ? mutateBytes(input, other, random) : mutateText(input, MANIFEST_WORDS, random),
    read: (input) => {
      const line = Buffer.from(input).toString();
      return line.includes("schema") ? readManifestHeader(line, "m") : readManifestEntry(line, "m", 2);
    },
  },
];
