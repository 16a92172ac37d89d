import { describe, expect, it } from "vitest";
import { algorithmOf, type Made } from "../../../../fixtures/recipes/build.ts";
import { device, intermediate, root, vendorName } from "../../../../fixtures/recipes/chains.ts";
import { rsaKey } from "../../../../fixtures/recipes/keys.ts";
import type { Judged, Rule } from "../../../../src/policy/rule.ts";
import { encodeSequence } from "../../../../src/x509/der-writer.ts";
import { flawsOf, inShort, ruleOf } from "./flaws-of.ts";

const ours = root();
const line = intermediate(ours);
const inner = intermediate(line, { subject: vendorName("MyInnerLine", "ca") });
/** The same authority under the same name, with another key. */
const again = intermediate(line);

/** The flaws of a certificate that is judged without its path. */
function withoutPath(rule: Rule, role: Judged["role"], made: Made, parameters = {}): unknown {
  const { certificate } = made;
  return rule.bind(parameters, role, () => false)({ certificate, role, issuer: ours.certificate, atMs: 0 });
}

describe("chain-intermediates", () => {
  const count = (chain: readonly Made[], parameters: object, role: Judged["role"] = "device"): string[] =>
    inShort(flawsOf("chain-intermediates", role, chain, { ...parameters }));

  it("counts what stands between a device and the anchor", () => {
    expect(count([device(ours), ours], { minimum: 0, maximum: 0 })).toEqual([]);
    expect(count([device(line), line, ours], { maximum: 0 })).toEqual(["no intermediate / 1 intermediate"]);
    expect(count([device(line), line, ours], { minimum: 1, maximum: 1 })).toEqual([]);
    expect(count([device(inner), inner, line, ours], { minimum: 0, maximum: 1 })).toEqual([
      "0 to 1 intermediate / 2 intermediates",
    ]);
    expect(count([device(ours), ours], { minimum: 1, maximum: 1 })).toEqual([
      "1 intermediate / no intermediate",
    ]);
    expect(count([device(inner), inner, line, ours], { minimum: 0 })).toEqual([]);
  });

  it("does not count what is self-issued, as a root that was replaced is", () => {
    const chain = [device(again), again, line, ours];
    expect(count(chain, { minimum: 1, maximum: 1 })).toEqual([]);
    expect(count(chain, { maximum: 0 })).toEqual(["no intermediate / 1 intermediate"]);
  });

  it("takes a device that is its own anchor for one without intermediates", () => {
    expect(count([ours], { maximum: 0 })).toEqual([]);
  });

  it("counts an intermediate itself and those above it, and holds it to the most only", () => {
    expect(count([line, ours], { minimum: 2, maximum: 1 }, "intermediate")).toEqual([]);
    expect(count([line, ours], { maximum: 0 }, "intermediate")).toEqual(["no intermediate / 1 intermediate"]);
    expect(count([inner, line, ours], { maximum: 1 }, "intermediate")).toHaveLength(1);
  });

  it("finds the judged certificate's place in a longer path", () => {
    const path = [device(inner), inner, line, ours].map((made) => made.certificate);
    const flaws = flawsOf("chain-intermediates", "intermediate", [line, ours], { maximum: 1 }, { path });
    expect(flaws).toEqual([]);
  });

  it("without a path has nothing to say of a device, and counts an intermediate as one", () => {
    const rule = ruleOf("chain-intermediates");
    expect(withoutPath(rule, "device", device(line), { maximum: 0 })).toBeUndefined();
    expect(withoutPath(rule, "intermediate", line, { maximum: 1 })).toBeUndefined();
    expect(withoutPath(rule, "intermediate", line, { maximum: 0 })).toBeDefined();
  });
});

describe("chain-signature-family", () => {
  const rsaRoot = root({ key: rsaKey("root", 2048) });
  const pss = algorithmOf("1.2.840.113549.1.1.10", "sha256", encodeSequence());

  it("takes RSA with either padding for one family", () => {
    const mixed = device(rsaRoot, { byHand: { algorithm: pss } });
    expect(flawsOf("chain-signature-family", "device", [mixed, rsaRoot])).toEqual([]);
  });

  it("does not take an algorithm it does not know for a known family", () => {
    const strange = device(ours, { byHand: { algorithm: algorithmOf("1.3.6.1.4.1.55555.9", "sha256") } });
    expect(flawsOf("chain-signature-family", "device", [strange, ours])[0]?.actual).toBe(
      "1.3.6.1.4.1.55555.9 and ecdsa-with-SHA256",
    );
  });

  it("has nothing to say without a path", () => {
    expect(withoutPath(ruleOf("chain-signature-family"), "device", device(rsaRoot))).toBeUndefined();
  });
});
