import type { ChunkRow } from "./batch.ts";
import { DIGEST } from "./issued-columns.ts";

/** Texts as SQLite finds one of many fastest: in octets of one width, with spaces behind. */
export interface TextColumn {
  readonly octets: Uint8Array;
  readonly width: number;
}

/** Puts texts into a column; they are ASCII, and none has a space in it. */
export function inColumn(texts: readonly string[]): TextColumn {
  const width = texts.reduce((most, { length }) => Math.max(most, length), 1);
  return { octets: Buffer.from(texts.map((text) => text.padEnd(width)).join(""), "latin1"), width };
}

/** Where each of some pieces begins, from 1, and how long it is. */
export function placesOf(lengths: Uint32Array): TextColumn {
  const places: string[] = [];
  let at = 1;
  for (const length of lengths) {
    places.push(at.toString(), length.toString());
    at += length;
  }
  return inColumn(places);
}

/** The digests of the keys that rows bring, zeros for those that bring none; null where none does. */
export function keysOf(rows: readonly ChunkRow[]): Uint8Array | null {
  if (rows.every(({ spkiSha256 }) => spkiSha256 === undefined)) return null;
  const none = new Uint8Array(DIGEST);
  return Buffer.concat(rows.map(({ spkiSha256 }) => spkiSha256 ?? none));
}
