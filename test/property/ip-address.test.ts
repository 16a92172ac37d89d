import { isIP } from "node:net";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { ipVersion } from "../../src/policy/rules/ip-address.ts";

const group = fc.integer({ min: 0, max: 0xffff }).map((value) => value.toString(16));
const almost = fc
  .array(fc.oneof(group, fc.constant(""), fc.ipV4(), fc.constantFrom("10000", "g", "0a")), { maxLength: 10 })
  .map((parts) => parts.join(":"));

describe("an IP address", () => {
  it("is what Node takes for one", () => {
    let versions = 0;
    fc.assert(
      fc.property(fc.oneof(fc.ipV4(), fc.ipV6(), almost, fc.stringMatching(/^[0-9a-f:.]{0,24}$/)), (text) => {
        expect(`${text} ${ipVersion(text)}`).toBe(`${text} ${isIP(text)}`);
        if (ipVersion(text) !== 0) versions++;
      }),
      { numRuns: 5000 },
    );
    expect(versions).toBeGreaterThan(1000);
  });
});
