import { createHash } from "node:crypto";
import type { BatchManifest } from "../actions/batch-output.ts";
import type { Files } from "../base/effects.ts";
import { readChunks } from "../batch-input/read-chunks.ts";
import { AppendFile } from "./append-file.ts";
import { SIGNATURE_SUFFIX } from "./manifest-format.ts";

const SIGNATURE_MODE = 0o644;

/** A manifest whose header is written, open for its devices. */
export function openManifestWriter(files: Files, file: AppendFile): BatchManifest {
  const signaturePath = `${file.path}${SIGNATURE_SUFFIX}`;
  return {
    path: file.path,
    signaturePath,
    write(lines) {
      if (lines.length > 0) file.append(lines);
    },
    flush: () => file.flush(),
    finish(signer) {
      file.flush();
      const hash = createHash(signer.hash);
      // As it lies on the disk: what is signed is what can be read.
      for (const chunk of readChunks(files, file.path)) hash.update(chunk);
      // Not under another name first: one that is cut off is written again, for the batch is not finished.
      const signature = AppendFile.anew(files, signaturePath, SIGNATURE_MODE);
      try {
        signature.append(Buffer.from(signer.sign(hash.digest())));
        signature.flush();
      } finally {
        signature.close();
      }
    },
    close: () => file.close(),
  };
}
