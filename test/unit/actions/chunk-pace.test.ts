import { expect, it } from "vitest";
import { ChunkPace } from "../../../src/actions/chunk-pace.ts";

const chunksAt = (pace: ChunkPace, everyMs: readonly number[]): number[] => {
  let atMs = 1_000_000;
  return everyMs.map((ms) => {
    atMs += ms;
    pace.committed(atMs);
    return pace.chunk;
  });
};

it("chunks grow while they are quick, up to the largest, and shrink again to the first", () => {
  const pace = new ChunkPace({ chunk: 256, piece: 16, most: 1024 });
  expect(pace.chunk).toBe(256);
  expect(chunksAt(pace, [0, 50, 300, 100, 100, 900])).toEqual([256, 512, 512, 1024, 1024, 1024]);
  expect(chunksAt(pace, [0, 3000, 3000, 3000])).toEqual([1024, 512, 256, 256]);
});

it("a chunk's size is fixed where no other is permitted, and where the clock goes back", () => {
  expect(chunksAt(new ChunkPace({ chunk: 1024, piece: 128 }), [0, 1, 5000])).toEqual([1024, 1024, 1024]);
  expect(chunksAt(new ChunkPace({ chunk: 8, piece: 4, most: 16 }), [0, -500])).toEqual([8, 8]);
});

it("a chunk has sixteen pieces at most", () => {
  const pace = new ChunkPace({ chunk: 256, piece: 16, most: 1024 });
  expect([1, 256, 257, 1024].map((rows) => pace.pieceOf(rows))).toEqual([16, 16, 17, 64]);
});
