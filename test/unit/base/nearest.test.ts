import { describe, expect, it } from "vitest";
import { nearestWord } from "../../../src/base/nearest.ts";

describe("nearestWord", () => {
  const known = ["key-usage", "key-usage-critical", "key-algorithm", "serial-octets"];
  it.each([
    ["key-usag", "key-usage"],
    ["Key-Usage", "key-usage"],
    ["keyusage", "key-usage"],
    ["key-algorithms", "key-algorithm"],
    ["serial-octet", "serial-octets"],
    ["nothing-like-it", undefined],
    ["", undefined],
    ["k".repeat(65), undefined],
  ])("finds for %j %j", (word, expected) => {
    expect(nearestWord(word, known)).toBe(expected);
  });
});
