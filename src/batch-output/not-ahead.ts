import type { Files } from "../base/effects.ts";
import { SamicertsError } from "../base/errors.ts";
import { fileError } from "../workspace/file-error.ts";
import { isThere, quietly } from "./append-file.ts";
import { SIGNATURE_SUFFIX } from "./manifest-format.ts";

const LF = 0x0a;
const PIECE = 64 * 1024;

/**
 * Throws `output.ahead` (kind `io`) where a manifest lists more devices behind its committed length than a run that was
 * cut off can have left: the ledger is a copy from before they were committed. To cut them off would give their serials
 * to other certificates. A batch writes `mostUncommitted` devices at most before it commits them, and signs its manifest
 * when all are. Throws `io.*`.
 */
export function checkNotAhead(files: Files, path: string, committed: number, mostUncommitted: number): void {
  const found = countLines(files, path, committed, mostUncommitted);
  const signed = found > 0 && isThere(files, path + SIGNATURE_SUFFIX);
  if (found <= mostUncommitted && !signed) return;
  throw new SamicertsError({
    kind: "io",
    code: "output.ahead",
    message: `${path} lists ${found > mostUncommitted ? "more than " : ""}${Math.min(found, mostUncommitted)} devices that the ledger does not have: the ledger is older than they are`,
    hint: "put the newest copy of the ledger in its place; nothing was changed, and to go on would use their serials twice",
  });
}

/** The lines that begin at `from` or behind it, counted until they are more than `enough`. */
function countLines(files: Files, path: string, from: number, enough: number): number {
  let fd: number | undefined;
  try {
    fd = files.open(path, "r");
    const piece = Buffer.alloc(PIECE);
    let lines = 0;
    for (let at = from; lines <= enough; ) {
      const count = files.read(fd, piece, 0, PIECE, at);
      if (count === 0) break;
      at += count;
      const octets = piece.subarray(0, count);
      for (let found = octets.indexOf(LF); found >= 0; found = octets.indexOf(LF, found + 1)) lines++;
    }
    return lines;
  } catch (error) {
    throw fileError(error, "read", path);
  } finally {
    const opened = fd;
    if (opened !== undefined) quietly(() => files.close(opened));
  }
}
