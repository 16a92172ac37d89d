import { createHash } from "node:crypto";
import { existsSync } from "node:fs";
import { checkManifestIssuer, checkManifestSignature } from "../../actions/check-manifest.ts";
import { SIGNATURE_LABEL } from "../../actions/sign-manifest.ts";
import { SamicertsError } from "../../base/errors.ts";
import { LineSplitter } from "../../batch-input/line-splitter.ts";
import { readChunks } from "../../batch-input/read-chunks.ts";
import { MANIFEST_SUFFIX, SIGNATURE_SUFFIX } from "../../batch-output/manifest-format.ts";
import {
  type ManifestDescription,
  type ManifestEntry,
  readManifestEntry,
  readManifestHeader,
} from "../../batch-output/manifest-reader.ts";
import { nodeFiles } from "../../workspace/node-files.ts";
import { readBounded } from "../../workspace/read-file.ts";
import type { Certificate } from "../../x509/certificate.ts";
import { type DetachedSignature, readDetachedSignature } from "../../x509/cms-signature.ts";
import { sameBytes } from "../../x509/der-reader.ts";
import { readPem } from "../../x509/pem.ts";
import { factsOf } from "../find-sources.ts";
import { asInput } from "../sources.ts";

/** The most octets of a signature's file. */
const MAX_SIGNATURE = 1024 * 1024;
const LF = 0x0a;

/** Whom a manifest is to be signed by, and when. */
export interface ManifestTrust {
  readonly anchors: readonly Certificate[];
  readonly untrusted: readonly Certificate[];
  readonly atMs: number;
}

/** A manifest whose signature holds. */
export interface Manifest {
  readonly path: string;
  readonly description: ManifestDescription;
  readonly signer: Certificate;
  /** How many devices it has. */
  readonly count: number;
  /** Its devices in their order; throws `manifest.changed` where it is not any more what was checked. */
  entries(): Generator<ManifestEntry>;
}

/**
 * Opens a manifest and checks its signature, which is in the file beside it; nothing of it is believed before.
 * Throws `manifest.*`, `cms.*`, `pem.*`, `der.*`, and `io.*` as errors of input.
 */
export function openManifest(path: string, trust: ManifestTrust): Manifest {
  const signaturePath = `${path}${SIGNATURE_SUFFIX}`;
  // Before its signature: a name that is typed wrong has none either.
  factsOf(path);
  const signature = asErrorOfInput(() => readSignature(signaturePath));
  const { digest, lines } = asErrorOfInput(() => digestOf(path, signature.hash));
  const signer = checkManifestSignature({ path, signaturePath, signature, digest, ...trust });
  const [first = ""] = linesOf(path);
  const description = readManifestHeader(first, path);
  checkManifestIssuer(path, description.issuerSpkiSha256, signer);
  return {
    path,
    description,
    signer,
    count: lines - 1,
    *entries() {
      const hash = createHash(signature.hash);
      let number = 0;
      for (const line of linesOf(path, (chunk) => hash.update(chunk)))
        if (++number > 1) yield readManifestEntry(line, path, number);
      // What was believed while it was read is what was checked.
      if (!sameBytes(hash.digest(), digest)) throw changedMeanwhile(path);
    },
  };
}

function readSignature(path: string): DetachedSignature {
  const blocks = readPem(readSignatureFile(path), path);
  const [block] = blocks;
  if (block !== undefined && blocks.length === 1 && block.label === SIGNATURE_LABEL)
    return readDetachedSignature(block.der, path);
  throw noSignature(
    `${path} holds ${blocks.length === 0 ? "no signature" : "something else than one signature"}`,
    "obtain it again from where the batch left it: one PEM block, BEGIN CMS",
  );
}

function readSignatureFile(path: string): Uint8Array {
  try {
    return readBounded(nodeFiles, path, MAX_SIGNATURE, "a signature");
  } catch (error) {
    if (!(error instanceof SamicertsError) || error.code !== "io.missing") throw error;
    const manifest = path.slice(0, -SIGNATURE_SUFFIX.length);
    throw noSignature(
      `the manifest is not signed: ${path} does not exist`,
      existsSync(`${manifest}${MANIFEST_SUFFIX}`)
        ? `did you mean ${manifest}${MANIFEST_SUFFIX}?`
        : "a batch signs its manifest at its end: one that was interrupted is finished by the same command",
    );
  }
}

function noSignature(message: string, hint: string): SamicertsError {
  return new SamicertsError({ kind: "input", code: "manifest.no-signature", message, hint });
}

function digestOf(path: string, algorithm: string): { readonly digest: Uint8Array; readonly lines: number } {
  const hash = createHash(algorithm);
  let lines = 0;
  for (const chunk of readChunks(nodeFiles, path)) {
    hash.update(chunk);
    for (let at = chunk.indexOf(LF); at >= 0; at = chunk.indexOf(LF, at + 1)) lines++;
  }
  return { digest: hash.digest(), lines };
}

/** A file's lines; `see` is shown the octets they are of. Throws `io.*`. */
export function* linesOf(
  path: string,
  see: (chunk: Uint8Array) => void = () => undefined,
): Generator<string> {
  let lines: string[] = [];
  const splitter = new LineSplitter({
    line: (text) => void lines.push(text),
    // Longer than any line of a manifest: whatever it is, it won't be read as one.
    part: () => undefined,
  });
  for (const chunk of readChunks(nodeFiles, path)) {
    see(chunk);
    splitter.feed(chunk);
    const whole = lines;
    lines = [];
    yield* whole;
  }
  splitter.end();
  yield* lines;
}

function changedMeanwhile(path: string): SamicertsError {
  return new SamicertsError({
    kind: "refused",
    code: "manifest.changed",
    message: `${path} was changed while it was read`,
    hint: "run the command again once nobody writes to it",
  });
}

/** A manifest that can't be read is like a certificate that can't be. */
function asErrorOfInput<T>(read: () => T): T {
  try {
    return read();
  } catch (error) {
    throw error instanceof SamicertsError ? asInput(error) : error;
  }
}
