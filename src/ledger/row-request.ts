import type { ChunkRow } from "./batch.ts";
import type { StoredRow } from "./sqlite-row.ts";

/** Whether a row asks for what it asked for before; a key that was made for it is nothing that it asks for. */
export function isSame(row: ChunkRow, stored: StoredRow): boolean {
  if (stored.name !== row.name) return false;
  if (row.spkiSha256 === undefined) return stored.key_elsewhere !== 1;
  return stored.spki_sha256 !== null && Buffer.from(stored.spki_sha256).equals(row.spkiSha256);
}

/** Whether a reserved row brings another request than the one that it was reserved with. */
export function isOtherRequest(row: ChunkRow, stored: StoredRow): boolean {
  if (stored.state === "issued" || stored.name !== row.name || stored.key_elsewhere !== 1) return false;
  return row.spkiSha256 !== undefined && !isSame(row, stored);
}
