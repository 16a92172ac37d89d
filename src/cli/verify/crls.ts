import { randomBytes } from "node:crypto";
import { type CrlContent, type CrlPlace, crlSource, openCrlFile } from "../../workspace/crl-file.ts";
import { nodeFiles } from "../../workspace/node-files.ts";
import type { UsableCrl } from "../../x509/crl-fitness.ts";
import { type IndexedCrl, indexCrl } from "../../x509/crl-index.ts";

/** A CRL that was read and indexed, in a form that a thread can be handed: its file stays open. */
export interface PlannedCrl extends CrlContent {
  readonly indexed: IndexedCrl;
}

/** Opens the CRLs of `--crl` and looks at every entry once; throws `io.*`, `pem.*`, `der.*`, `crl.*`. */
export function openCrls(paths: readonly string[]): readonly PlannedCrl[] {
  return paths
    .flatMap((path) => openCrlFile(nodeFiles, path))
    .map(({ name, place }) => {
      const content = { name, place: shared(place) };
      const random = { bytes: (count: number) => randomBytes(count) };
      return { ...content, indexed: indexCrl(crlSource(nodeFiles, content), name, random) };
    });
}

/** CRLs as certificates are looked up in them, here or in a thread. */
export function usableCrls(crls: readonly PlannedCrl[]): readonly UsableCrl[] {
  return crls.map(({ indexed, ...content }) => ({
    ...indexed,
    name: content.name,
    source: crlSource(nodeFiles, content),
  }));
}

/** What is in memory is put where threads share it. */
function shared(place: CrlPlace): CrlPlace {
  if (!("bytes" in place)) return place;
  const bytes = new Uint8Array(new SharedArrayBuffer(place.bytes.length));
  bytes.set(place.bytes);
  return { bytes };
}
