import { createPublicKey } from "node:crypto";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { device, root } from "../../../../fixtures/recipes/chains.ts";
import { judgedFor } from "../../../../fixtures/recipes/judged.ts";
import { rsaKey, rsaPublicKey } from "../../../../fixtures/recipes/keys.ts";
import { openJudge } from "../../../../src/open-judge.ts";
import { BUILTIN_POLICY_NAMES } from "../../../../src/policy/builtin.ts";
import { compilePolicy } from "../../../../src/policy/evaluate.ts";
import { loadPolicy } from "../../../../src/policy/load-policy.ts";
import { decodePublicKey } from "../../../../src/x509/public-key.ts";
import { flawsOf, ruleOf } from "./flaws-of.ts";

const FIXTURES = join(import.meta.dirname, "../../../../fixtures/weak-keys");
const VECTORS: { readonly debian: readonly string[]; readonly roca: readonly string[] } = JSON.parse(
  readFileSync(join(FIXTURES, "moduli.json"), "utf8"),
);
const DEBIAN = ["2f77d15a23c1f63e6c23", "b7ead9492dfd921fc4f9"];
const DEBIAN_KEYS = readdirSync(join(FIXTURES, "debian"));
const ours = root();
const chainOf = (modulus: bigint, exponent = 65537n) => [
  device(ours, { key: rsaPublicKey(modulus, exponent) }),
  ours,
];
const vectorOf = (digits: string) => chainOf(BigInt(`0x${digits}`));
const sound = BigInt(`0x${Buffer.from(rsaKey("device", 2048).publicKey.modulus!).toString("hex")}`);

describe("known-weak-key", () => {
  it.each(VECTORS.roca)("finds the ROCA test vector %#", (digits) => {
    expect(flawsOf("known-weak-key", "device", vectorOf(digits))[0]?.message).toContain("ROCA");
  });

  it.each(DEBIAN_KEYS)("finds Debian's %s, under every built-in policy", (name) => {
    const path = join(FIXTURES, "debian", name);
    const der = createPublicKey(readFileSync(path)).export({ type: "spki", format: "der" });
    const chain = [device(ours, { key: decodePublicKey(der) }), ours];
    const [flaw] = flawsOf("known-weak-key", "device", chain);
    expect(flaw).toMatchObject({ actual: "a key on the list of those" });
    const judged = judgedFor(
      chain.map((made) => made.certificate),
      "device",
    );
    for (const policy of BUILTIN_POLICY_NAMES)
      expect(
        openJudge(loadPolicy(policy, () => ""))
          .evaluate(judged)
          .filter(({ rule, severity }) => rule === "known-weak-key" && severity === "error"),
        policy,
      ).toHaveLength(1);
  });

  it.each(VECTORS.debian)("finds the Debian test vector %#, listed or not", (digits) => {
    for (const parameters of [{}, { listed: DEBIAN }])
      expect(flawsOf("known-weak-key", "device", vectorOf(digits), parameters)).toHaveLength(1);
  });

  it.each(VECTORS.debian)("finds vector %# where only the policy's list has it, and only there", (digits) => {
    const judged = judgedFor(
      vectorOf(digits).map((made) => made.certificate),
      "device",
    );
    const flaw = (listed: readonly string[]) =>
      ruleOf("known-weak-key").bind({ listed }, "device", () => false)(judged);
    expect(flaw(DEBIAN)).toMatchObject({ actual: "a modulus that the policy lists" });
    expect(flaw(["00000000000000000000"])).toBeUndefined();
    expect(flaw([])).toBeUndefined();
  });

  it("does not look up a key where it is off", () => {
    const policy = loadPolicy("sami", () => "");
    const off = { ...policy, rules: { ...policy.rules, "known-weak-key": { severity: "off" as const } } };
    const lookUp = (): boolean => {
      throw new Error("looked up");
    };
    const judged = judgedFor(
      vectorOf(VECTORS.debian[0]!).map((made) => made.certificate),
      "device",
    );
    expect(() => compilePolicy(policy, lookUp).evaluate(judged)).toThrow("looked up");
    expect(compilePolicy(off, lookUp).evaluate(judged)).toBeInstanceOf(Array);
  });

  it("is in force in every built-in policy, and lists what a policy file lists", () => {
    const refused = (policy: string, digits: string) =>
      openJudge(loadPolicy(policy, (path) => readFileSync(path, "utf8")))
        .evaluate(
          judgedFor(
            vectorOf(digits).map((made) => made.certificate),
            "device",
          ),
        )
        .filter(({ rule, severity }) => rule === "known-weak-key" && severity === "error").length;
    for (const policy of ["sami", "rfc5280", "aws-iot", "azure-dps", "clearblade", "idevid", "matter"])
      expect(refused(policy, VECTORS.roca[0]!), policy).toBe(1);
    for (const digits of VECTORS.debian) expect(refused(join(FIXTURES, "policy.json"), digits)).toBe(1);
  });
});

describe("rsa-exponent", () => {
  it.each([
    [3n, undefined, 0],
    [3n, 65537, 1],
    [65535n, 65537, 1],
    [65537n, 65537, 0],
    [(1n << 200n) + 1n, 65537, 0],
    [1n << 200n, 65537, 1],
  ])("judges %s with a minimum of %s", (exponent, minimum, flaws) => {
    const parameters = minimum === undefined ? {} : { minimum };
    expect(flawsOf("rsa-exponent", "device", chainOf(sound, exponent), parameters)).toHaveLength(flaws);
  });
});

describe("rsa-modulus", () => {
  it.each([2n, 3n, 5n, 7n, 101n, 743n, 751n])("finds a factor of %s", (factor) => {
    const modulus = (sound / factor) * factor;
    const [flaw] = flawsOf("rsa-modulus", "device", chainOf(modulus));
    const found = BigInt(/multiple of (\d+)/.exec(flaw?.message ?? "")?.[1] ?? 0);
    expect(found > 1n && modulus % found === 0n && found <= factor).toBe(true);
  });

  it("lets a sound modulus pass, and one with a factor of 757", () => {
    expect(flawsOf("rsa-modulus", "device", chainOf(sound))).toEqual([]);
    // 757 times a prime of 2040 bits would do; the product of two larger primes stands for it.
    expect(flawsOf("rsa-modulus", "device", chainOf(757n * 761n))).toEqual([]);
  });
});
