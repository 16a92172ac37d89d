import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { LeastFirst } from "../../../src/x509/least-first.ts";

describe("LeastFirst", () => {
  it("gives nothing where there is nothing", () => {
    const queue = new LeastFirst<number>((a, b) => a < b);
    expect(queue.take()).toBeUndefined();
    queue.add(1);
    expect(queue.take()).toBe(1);
    expect(queue.take()).toBeUndefined();
  });

  it("gives what it holds in order, equals in the order they came, however adding and taking mix", () => {
    const step = fc.option(fc.nat(5), { nil: undefined });
    fc.assert(
      fc.property(fc.array(step, { minLength: 1, maxLength: 200 }), (steps) => {
        const queue = new LeastFirst<{ cost: number; turn: number }>((a, b) => a.cost < b.cost);
        const held: { cost: number; turn: number }[] = [];
        const least = () => {
          held.sort((a, b) => a.cost - b.cost || a.turn - b.turn);
          return held.shift();
        };
        steps.forEach((cost, turn) => {
          if (cost === undefined) expect(queue.take()).toEqual(least());
          else {
            queue.add({ cost, turn });
            held.push({ cost, turn });
          }
        });
        while (held.length > 0) expect(queue.take()).toEqual(least());
        expect(queue.take()).toBeUndefined();
      }),
    );
  });
});
