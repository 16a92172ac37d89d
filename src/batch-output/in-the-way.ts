import { join } from "node:path";
import type { Files } from "../base/effects.ts";
import type { SamicertsError } from "../base/errors.ts";
import { existsError } from "../workspace/file-error.ts";
import { type Layout, layOutDevice, readLayout } from "../workspace/layout.ts";
import { isThere } from "./append-file.ts";
import { outputKind } from "./output-path.ts";

/** A directory that devices go into. */
export interface DevicesPlace {
  readonly path: string;
  readonly layout: Layout;
  /** Whether each device has a chain beside its certificate. */
  readonly chains: boolean;
}

/** Tells of the first file that has a name which a device's would have; throws `io.*`. */
export function findInTheWay(
  files: Files,
  { path, layout, chains }: DevicesPlace,
  serial: string,
): SamicertsError | undefined {
  // A device that was issued one by one lies flat, whatever the layout.
  const layouts: readonly Layout[] = layout === "flat" ? ["flat"] : [layout, "flat"];
  for (const each of layouts) {
    const { key, certificate } = layOutDevice(each, serial);
    for (const name of chains ? [key, certificate, chainOf(certificate)] : [key, certificate])
      if (isThere(files, join(path, name))) return existsError(join(path, name));
  }
  return undefined;
}

/**
 * Looks at an output before anything is made of it, that itself included; what it gives tells of a file that is in a
 * device's way, as `BatchOutput.taken` will. Throws `io.*`.
 */
export function lookAtOutput(
  files: Files,
  { path, shard, chains }: { readonly path: string; readonly shard: boolean; readonly chains: boolean },
): (serial: string) => SamicertsError | undefined {
  if (outputKind(path) !== "directory" || !isThere(files, path)) return () => undefined;
  const layout = shard ? "thousands" : readLayout(files, path);
  return (serial) => findInTheWay(files, { path, layout, chains }, serial);
}

/** The name of a chain's file from that of its certificate. */
export function chainOf(certificate: string): string {
  return `${certificate.slice(0, -".crt".length)}.chain.crt`;
}
