import { existsSync } from "node:fs";
import { SamicertsError } from "../../base/errors.ts";
import { SIGNATURE_SUFFIX } from "../../batch-output/manifest-format.ts";
import { readManifestEntry, readManifestHeader } from "../../batch-output/manifest-reader.ts";
import type { InspectedManifest } from "../../report/human-inspect-others.ts";
import { linesOf } from "../verify/manifest.ts";

/** So many devices are shown. */
const SHOWN = 5;

/** Reads a batch's manifest, every line of it, without looking at its signature; throws `manifest.*`, `io.*`. */
export function inspectManifest(path: string): InspectedManifest {
  let header: ReturnType<typeof readManifestHeader> | undefined;
  const first: InspectedManifest["first"][number][] = [];
  let number = 0;
  for (const line of linesOf(path)) {
    number++;
    if (header === undefined) {
      header = readManifestHeader(line, path);
      continue;
    }
    const { serial, name, notAfter } = readManifestEntry(line, path, number);
    if (first.length < SHOWN) first.push({ serial, name, notAfter });
  }
  if (header === undefined)
    throw new SamicertsError({
      kind: "input",
      code: "manifest.unknown",
      message: `${path} is no manifest: it has no whole line`,
      hint: "obtain it again, with its signature",
    });
  const signatureBeside = existsSync(`${path}${SIGNATURE_SUFFIX}`);
  return { source: path, ...header, devices: number - 1, first, signatureBeside };
}
