/** Octets somewhere, of which a part at a time is looked at. */
export interface ByteSource {
  /** How many there are. */
  readonly size: number;
  /** Gives those from `at` on, `length` of them, which are there: in `bytes` from `start` on, until the next call. */
  window(at: number, length: number): ByteWindow;
}

/** A part of a source. */
export interface ByteWindow {
  readonly bytes: Uint8Array;
  readonly start: number;
}

/** Octets in memory as a source. */
export function memorySource(bytes: Uint8Array): ByteSource {
  return { size: bytes.length, window: (start) => ({ bytes, start }) };
}

/** A source's octets from `at` up to `end`, in pieces of at most `most`; each holds until the next is taken. */
export function* piecesOf(
  source: ByteSource,
  at: number,
  end: number,
  most: number,
): Generator<Uint8Array, undefined> {
  for (let from = at; from < end; from += most) {
    const length = Math.min(most, end - from);
    const { bytes, start } = source.window(from, length);
    yield bytes.subarray(start, start + length);
  }
  return undefined;
}
