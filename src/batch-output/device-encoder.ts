import type { DeviceEncoder, DeviceEncoding, EncodedDevices, IssuedPair } from "../actions/batch-output.ts";
import { layOutDevice } from "../workspace/layout.ts";
import { createFilePairs } from "./file-pairs.ts";
import { createGzipBody } from "./gzip-body.ts";
import { createManifestLines } from "./manifest-format.ts";
import { createNdjsonBody, octetsOf } from "./ndjson-encoder.ts";
import { createTarBody } from "./tar-encoder.ts";

/** The octets of devices in one kind of output. */
export interface DeviceBody {
  /** `file` is where the device's certificate is in the output. */
  add(device: IssuedPair, file: string): void;
  /** What was added since the last time. */
  take(): Pick<EncodedDevices, "output" | "lengths">;
  /** As `DeviceEncoder.reuse`; absent where memory is not filled but made. */
  reuse?(memory: ArrayBuffer): void;
}

/** The directory that devices are in when an archive is taken apart: where the vendor's own lie. */
const ARCHIVE_DIRECTORY = "devices";

/** Binds an output's kind; what it gives writes devices for it, and their lines in the manifest, in any thread. */
export function createDeviceEncoder(encoding: DeviceEncoding): DeviceEncoder {
  const body = createBody(encoding.kind);
  const fileOf = createFileOf(encoding);
  const line = encoding.kind === "stdout" ? undefined : createManifestLines();
  let lines: string[] = [];
  return {
    add(device) {
      const file = fileOf(device.serial);
      body.add(device, file);
      if (line !== undefined) lines.push(line(device, file));
    },
    take() {
      const manifest = octetsOf(lines);
      lines = [];
      return { ...body.take(), manifest };
    },
    reuse: (memory) => body.reuse?.(memory),
  };
}

/** Tells where a device's certificate is in an output, as a manifest says it. */
export function createFileOf({ kind, sharded, name }: DeviceEncoding): (serial: string) => string {
  if (kind === "ndjson" || kind === "stdout") return (serial) => `${name}#${serial}`;
  const layout = sharded ? "thousands" : "flat";
  const prefix = kind === "directory" ? "" : `${ARCHIVE_DIRECTORY}/`;
  return (serial) => prefix + layOutDevice(layout, serial).certificate;
}

function createBody(kind: DeviceEncoding["kind"]): DeviceBody {
  if (kind === "directory") return createFilePairs();
  if (kind === "tar") return createTarBody();
  if (kind === "tar.gz") return createGzipBody(createTarBody());
  return createNdjsonBody();
}
