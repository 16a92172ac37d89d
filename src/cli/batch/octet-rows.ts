/** Several rows of octets in one piece of memory, so that it is given from thread to thread instead of copied row by row. */
export interface OctetRows {
  readonly bytes: Uint8Array<ArrayBuffer>;
  readonly lengths: readonly number[];
}

/** Puts rows one after the other into memory of their own. */
export function joinRows(rows: readonly Uint8Array[]): OctetRows {
  const lengths = rows.map(({ length }) => length);
  const bytes = new Uint8Array(lengths.reduce((sum, length) => sum + length, 0));
  let at = 0;
  for (const row of rows) {
    bytes.set(row, at);
    at += row.length;
  }
  return { bytes, lengths };
}

/** The rows again, as views. */
export function splitRows({ bytes, lengths }: OctetRows): readonly Uint8Array[] {
  let at = 0;
  return lengths.map((length) => {
    at += length;
    return bytes.subarray(at - length, at);
  });
}
