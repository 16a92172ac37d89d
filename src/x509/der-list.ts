import { type DerReader, derError } from "./der-reader.ts";

/** How many entries a list may have: an entry of two octets may become an object of forty. */
export const MOST_ENTRIES = {
  /** Of a list that stands alone. */
  flat: 2048,
  /** Of a list of lists, and of each of these. */
  outer: 256,
  inner: 32,
} as const;

/** Reads the entries of a list to its end, one at least; `none` says why there has to be one. Throws `der.*`. */
export function readList<T>(
  list: DerReader,
  { what, none, most = MOST_ENTRIES.flat }: { what: string; none: string; most?: number },
  read: (list: DerReader) => T,
): readonly T[] {
  const { offset } = list;
  const entries: T[] = [];
  while (!list.done) {
    if (entries.length === most)
      throw derError("size", what, list.offset, `it has more than the ${most} entries accepted`);
    entries.push(read(list));
  }
  if (entries.length === 0) throw derError("empty", what, offset, none);
  return entries;
}
