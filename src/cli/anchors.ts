import { decodeSingle, readOldRoots } from "../actions/open-issuer.ts";
import { SamicertsError } from "../base/errors.ts";
import { nodeFiles } from "../workspace/node-files.ts";
import type { Workspace } from "../workspace/workspace.ts";
import { type Certificate, decodeCertificate } from "../x509/certificate.ts";
import { noCertificate, readCertificates, sourceName } from "./sources.ts";

/**
 * The trust anchors: those in the files that were named, else the vendor's own root and those that it has replaced.
 * Throws `verify.no-anchor` where there is neither, `io.*`, `pem.*`, `der.*`, `certificate.*`.
 */
export function readAnchors(roots: readonly string[], workspace: Workspace): readonly Certificate[] {
  if (roots.length > 0) return roots.flatMap(readAll);
  const path = workspace.paths.rootCertificate;
  try {
    const root = decodeSingle(workspace.readRootCertificate(), path);
    // Devices of a root that was replaced are the vendor's as they were before.
    return [root, ...readOldRoots(workspace).map((old) => old.root)];
  } catch (error) {
    if (!(error instanceof SamicertsError) || error.code !== "io.missing") throw error;
    throw new SamicertsError({
      kind: "input",
      code: "verify.no-anchor",
      message: `there is no trust anchor: ${path} does not exist`,
      hint: "name the root certificate with --root, or the vendor's directory with --dir",
      cause: error,
    });
  }
}

/** The certificates of the vendor's own lines; one that can't be read is left to whoever needs it. */
export function readLines(workspace: Workspace): readonly Certificate[] {
  return workspace.lineNames().flatMap((name) => {
    const line = workspace.line(name);
    try {
      return [decodeSingle(line.readCertificate(), line.paths.certificate)];
    } catch (error) {
      if (error instanceof SamicertsError) return [];
      throw error;
    }
  });
}

/** What binds the vendor's root to those that it has replaced, both ways. */
export function readBridges(workspace: Workspace): readonly Certificate[] {
  return readOldRoots(workspace).flatMap(({ oldWithNew, newWithOld }) =>
    [oldWithNew, newWithOld].filter((one) => one !== undefined),
  );
}

/** Every certificate in a file, decoded; throws where there is none, or one that can't be. */
export function readAll(path: string): readonly Certificate[] {
  const { certificates } = readCertificates(path, nodeFiles);
  const name = sourceName(path);
  if (certificates.length === 0) throw noCertificate(name, "it is a private key");
  return certificates.map((der) => decodeCertificate(der, name));
}
