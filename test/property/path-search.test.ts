import fc from "fast-check";
import { expect, it } from "vitest";
import type { Certificate } from "../../src/x509/certificate.ts";
import { buildPath } from "../../src/x509/chain.ts";
import { DAY, mint, NOW, testKey } from "../unit/x509/mint.ts";

const KEYS = Array.from({ length: 3 }, () => testKey());
const DEVICE_KEY = testKey();

/** One CA certificate: who (name and key, both by number), by whom, and what is wrong with it. */
const authority = fc.record({
  name: fc.nat(1),
  key: fc.nat(2),
  issuerName: fc.nat(1),
  issuerKey: fc.nat(2),
  pathLength: fc.option(fc.nat(2), { nil: undefined, freq: 2 }),
  wrong: fc.constantFrom(
    "nothing",
    "nothing",
    "nothing",
    "nothing",
    "expired",
    "no CA",
    "no keyCertSign",
    "signature",
  ),
});
type Authority = typeof authority extends fc.Arbitrary<infer T> ? T : never;

const tangle = fc.record({
  untrusted: fc.array(authority, { maxLength: 9 }),
  anchor: authority,
  issuerName: fc.nat(1),
  issuerKey: fc.nat(2),
  keyIdentifiers: fc.boolean(),
});

const made = new Map<string, Certificate>();
function certificateOf(one: Authority, keyIdentifiers: boolean): Certificate {
  const label = JSON.stringify([one, keyIdentifiers]);
  const known = made.get(label);
  if (known !== undefined) return known;
  const certificate = mint({
    subject: `CA ${one.name}`,
    issuer: `CA ${one.issuerName}`,
    key: KEYS[one.key] as never,
    by: KEYS[one.issuerKey] as never,
    ca: one.wrong !== "no CA",
    certSign: one.wrong !== "no keyCertSign",
    breakSignature: one.wrong === "signature",
    keyIdentifiers,
    ...(one.wrong === "expired" ? { notAfterMs: NOW - DAY / 2 } : {}),
    ...(one.pathLength === undefined || one.wrong === "no CA" ? {} : { pathLength: one.pathLength }),
  });
  made.set(label, certificate);
  return certificate;
}

/** Whether there is a valid path, by trying every one: the meaning of RFC 5280, 6.1, with no thought of cost. */
function someValidPath(all: readonly Authority[], anchor: Authority, name: number, key: number): boolean {
  const able = (one: Authority): boolean => !["expired", "no CA", "no keyCertSign"].includes(one.wrong);
  const climb = (
    issuerName: number,
    issuerKey: number,
    below: readonly Authority[],
    rest: readonly Authority[],
  ): boolean => {
    const counted = below.filter((one) => one.name !== one.issuerName).length;
    const signs = (one: Authority): boolean =>
      one.name === issuerName && one.key === issuerKey && able(one) && (one.pathLength ?? 9) >= counted;
    if (signs(anchor)) return true;
    return rest.some(
      (one) =>
        signs(one) &&
        one.wrong !== "signature" &&
        climb(
          one.issuerName,
          one.issuerKey,
          [...below, one],
          rest.filter((other) => other !== one),
        ),
    );
  };
  return climb(name, key, [], all);
}

it("finds a valid path exactly where trying every path finds one", () => {
  let valid = 0;
  let invalid = 0;
  fc.assert(
    fc.property(tangle, ({ untrusted, anchor, issuerName, issuerKey, keyIdentifiers }) => {
      const expected = someValidPath(untrusted, anchor, issuerName, issuerKey);
      const target = mint({
        subject: "Device",
        issuer: `CA ${issuerName}`,
        key: DEVICE_KEY,
        by: KEYS[issuerKey] as never,
        keyIdentifiers,
      });
      const built = buildPath({
        target,
        anchors: [certificateOf(anchor, keyIdentifiers)],
        untrusted: untrusted.map((one) => certificateOf(one, keyIdentifiers)),
        atMs: NOW,
      });
      expect(built.gaveUp).toBe(false);
      expect(built.findings.length === 0).toBe(expected);
      if (expected) {
        valid++;
        expect(built.path.at(-1)).toBe(certificateOf(anchor, keyIdentifiers));
      } else invalid++;
    }),
    { numRuns: 1500, seed: 20260101 },
  );
  expect(valid).toBeGreaterThan(100);
  expect(invalid).toBeGreaterThan(100);
});
