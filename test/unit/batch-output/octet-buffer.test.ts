import { expect, it } from "vitest";
import { OctetBuffer } from "../../../src/batch-output/octet-buffer.ts";

const fill = (buffer: OctetBuffer, text: string): Buffer<ArrayBuffer> => {
  const { bytes, at } = buffer.reserve(text.length);
  bytes.write(text, at, "latin1");
  return bytes;
};
const textOf = (bytes: Uint8Array): string => Buffer.from(bytes).toString("latin1");

it("gives what was filled, and begins anew", () => {
  const buffer = new OctetBuffer();
  fill(buffer, "one ");
  fill(buffer, "two");
  const first = buffer.take();
  expect(textOf(first)).toBe("one two");
  fill(buffer, "three");
  expect(textOf(buffer.take())).toBe("three");
  expect(buffer.take().length).toBe(0);
  expect(textOf(first)).toBe("one two");
});

it("overwrites what it has held where it moves to larger memory", () => {
  const buffer = new OctetBuffer();
  const before = fill(buffer, "a secret");
  expect(textOf(before)).toContain("a secret");
  const after = fill(buffer, "x".repeat(100_000));
  expect(after).not.toBe(before);
  expect(before.every((octet) => octet === 0)).toBe(true);
  expect(textOf(buffer.take())).toBe(`a secret${"x".repeat(100_000)}`);
});

it("fills memory again that it is given back, unless it is in the middle of other", () => {
  const buffer = new OctetBuffer();
  fill(buffer, "y".repeat(5000));
  const { buffer: memory } = buffer.take();
  buffer.reuse(memory);
  expect(fill(buffer, "again").buffer).toBe(memory);
  buffer.reuse(new ArrayBuffer(10_000));
  expect(fill(buffer, " and again").buffer).toBe(memory);
  expect(textOf(buffer.take())).toBe("again and again");
  buffer.reuse(new ArrayBuffer(2));
  fill(buffer, "longer than that");
  expect(textOf(buffer.take())).toBe("longer than that");
});
