import { describe, expect, it } from "vitest";
import { linePaths } from "../../../src/sandbox/portal/chart.tsx";
import { distanceText } from "../../../src/sandbox/portal/moment.ts";
import { reasonParts } from "../../../src/sandbox/portal/refusal-words.ts";
import { numbersIn, numberText, numericSeries } from "../../../src/sandbox/portal/series.ts";

describe("the numbers in what a device sends", () => {
  it("are found in fields within fields; what is no number is none", () => {
    const data = { a: 1, b: { c: -2.5, d: { e: 3 } }, f: "4", g: [5], h: null, i: true };
    expect([...numbersIn(data)]).toEqual([
      ["a", 1],
      ["b.c", -2.5],
      ["b.d.e", 3],
    ]);
    for (const none of ["data payload", 7, null, [1, 2]]) expect(numbersIn(none).size).toBe(0);
  });

  it("are as few as can be drawn, however many there are and however deep", () => {
    const many = Object.fromEntries(Array.from({ length: 1000 }, (_, each) => [`f${each}`, each]));
    expect(numbersIn(many).size).toBe(12);
    const deep = JSON.parse(`${'{"a":'.repeat(1000)}1${"}".repeat(1000)}`);
    expect(numbersIn(deep).size).toBe(0);
    const names = JSON.parse('{"__proto__": 1, "constructor": 2, "toString": 3}');
    expect(numericSeries([{ ts: 0, data: names }]).map(({ name }) => name)).toEqual([
      "__proto__",
      "constructor",
      "toString",
    ]);
  });

  it("go by the device's own time, whatever order they came in", () => {
    const [series] = numericSeries([
      { ts: 2, data: { t: 5 } },
      { ts: 3, data: { t: 9 } },
      { ts: 1, data: { t: 7 } },
    ]);
    expect(series).toMatchObject({ newest: 9, least: 5, most: 9 });
    expect(series?.points.map(({ ms }) => ms)).toEqual([1, 2, 3]);
  });

  it("are written as people read them", () => {
    expect([0, -0.5, 1234567.891, 21.0005, 1e21, 1e-9].map(numberText)).toEqual([
      "0",
      "-0.5",
      "1,234,567.891",
      "21.001",
      "1.000e+21",
      "1.000e-9",
    ]);
  });
});

describe("a line", () => {
  const at = (...values: readonly (readonly [number, number])[]) =>
    linePaths(values.map(([ms, value]) => ({ ms, value })));

  it("goes from the first moment to the last, least at the bottom and most at the top", () => {
    expect(at([0, 10], [50, 20], [100, 15])).toEqual({
      line: "M6 82L160 6L314 44",
      area: "M6 82L160 6L314 44L314 88L6 88Z",
      dot: "M314 44h0",
    });
  });

  it("is level where there is one value, or always the same", () => {
    expect(at([5, 3]).line).toBe("M6 44L314 44");
    expect(at([0, 3], [1, 3]).line).toBe("M6 44L314 44");
    expect(at()).toEqual({ line: "", area: "", dot: "" });
  });

  it("is drawn between the greatest numbers that there are", () => {
    expect(at([0, -Number.MAX_VALUE], [1, Number.MAX_VALUE]).line).toBe("M6 82L314 6");
  });
});

it("says how far a moment is away", () => {
  const day = 86_400_000;
  const words = [3650, 800, 400, 91, 45, 1, 0.5, -0.5, -1, -700].map((days) => distanceText(days * day, 0));
  expect(words).toEqual([
    "in about 10 years",
    "in about 2 years",
    "in about 13 months",
    "in about 3 months",
    "in 45 days",
    "in 1 day",
    "in less than a day",
    "less than a day ago",
    "1 day ago",
    "about 23 months ago",
  ]);
});

it("tells a reason from the rule that gave it", () => {
  expect(reasonParts({ reason: "expired: expected a, found b [path.expired]" })).toEqual({
    words: "expired: expected a, found b",
    rule: "path.expired",
  });
  expect(reasonParts({ reason: "the token [x y] is unknown" })).toEqual({
    words: "the token [x y] is unknown",
  });
});
