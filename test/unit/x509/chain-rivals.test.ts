import { describe, expect, it } from "vitest";
import { mint, NOW, testKey } from "./mint.ts";
import {
  DEVICE,
  DEVICE_KEY,
  device,
  judge,
  LINE,
  line,
  OTHER_KEY,
  ROOT,
  ROOT_KEY,
  said,
} from "./path-scene.ts";

describe("rival issuers", () => {
  const rivals = Array.from({ length: 6 }, () => line({ key: testKey() }));

  it("are tried until one fits, with and without key identifiers", () => {
    expect(judge({ untrusted: [...rivals, LINE] }).path).toEqual([DEVICE, LINE, ROOT]);
    const target = device({ keyIdentifiers: false });
    expect(judge({ target, untrusted: [...rivals, LINE] }).path).toEqual([target, LINE, ROOT]);
  });

  it("with the same key are tried until one is valid", () => {
    const bad = [
      line({ notAfterMs: NOW - 1000 }),
      line({ ca: false }),
      line({ certSign: false }),
      line({ by: OTHER_KEY }),
    ];
    expect(judge({ untrusted: [...bad, LINE] })).toEqual({
      path: [DEVICE, LINE, ROOT],
      findings: [],
      gaveUp: false,
    });
    expect(
      said({ untrusted: [line({ notAfterMs: NOW - 1000, ca: false }), line({ certSign: false })] }),
    ).toEqual(["path.key-usage Line"]);
  });

  it("may lead through a longer way where the shorter is not valid", () => {
    const upper = mint({ subject: "Upper", issuer: "Root", key: OTHER_KEY, by: ROOT_KEY, ca: true });
    const crossed = line({ issuer: "Upper", by: OTHER_KEY });
    const expired = line({ notAfterMs: NOW - 1000 });
    expect(judge({ untrusted: [expired, crossed, upper] }).path).toEqual([DEVICE, crossed, upper, ROOT]);
  });
});

describe("a tangle of cross-certificates", () => {
  const keys = Array.from({ length: 20 }, () => testKey());
  const tangle = keys.flatMap((key, i) =>
    keys.flatMap((by, j) =>
      i === j ? [] : [mint({ subject: `CA ${i}`, issuer: `CA ${j}`, key, by, ca: true })],
    ),
  );
  const target = mint({ subject: "Device", issuer: "CA 0", key: DEVICE_KEY, by: keys[0] as never });
  const exit = mint({ subject: "CA 19", issuer: "Root", key: keys[19] as never, by: ROOT_KEY, ca: true });

  it("is got through by its one way out", () => {
    const result = judge({ target, untrusted: [...tangle, exit] });
    expect(result.findings).toEqual([]);
    expect(result.path.at(-1)).toBe(ROOT);
    expect(result.path).toHaveLength(4);
  });

  it("without a way out is walked once, or given up at the bound", () => {
    const walked = judge({ target, untrusted: tangle });
    expect(walked.gaveUp).toBe(false);
    expect(walked.findings.map((finding) => finding.rule)).toEqual(["path.no-issuer"]);
    const given = judge({ target, untrusted: tangle, maxSteps: 10 });
    expect(given.gaveUp).toBe(true);
    expect(given.findings.map((finding) => finding.rule)).toEqual(["path.gave-up"]);
    expect(given.findings[0]?.message).toContain("after 1 signature");
  });

  it("of keys that are dear to check is given up the sooner", () => {
    const dear = Array.from({ length: 40 }, () => testKey("ec", { namedCurve: "P-384" }));
    const all = dear.map((key) =>
      mint({ subject: "CA", issuer: "CA", key, ca: true, breakSignature: true, keyIdentifiers: false }),
    );
    const leaf = mint({
      subject: "Device",
      issuer: "CA",
      key: DEVICE_KEY,
      by: DEVICE_KEY,
      keyIdentifiers: false,
    });
    const [first, ...more] = judge({ target: leaf, untrusted: all }).findings.filter(
      ({ rule }) => rule === "path.gave-up",
    );
    expect(more).toEqual([]);
    const signatures = Number(/after (\d+) signature/.exec(first?.message ?? "")?.[1]);
    expect(signatures).toBeGreaterThan(5);
    expect(signatures).toBeLessThan(60);
  });

  it("of one name and twenty keys without identifiers is got through as well", () => {
    const same = keys.flatMap((key, i) =>
      [keys[(i + 1) % 20], keys[(i + 7) % 20]].map((by) =>
        mint({ subject: "CA", issuer: "CA", key, by: by as never, ca: true, keyIdentifiers: false }),
      ),
    );
    const leaf = mint({
      subject: "Device",
      issuer: "CA",
      key: DEVICE_KEY,
      by: keys[3] as never,
      keyIdentifiers: false,
    });
    const out = mint({
      subject: "CA",
      issuer: "Root",
      key: keys[18] as never,
      by: ROOT_KEY,
      ca: true,
      keyIdentifiers: false,
    });
    expect(judge({ target: leaf, untrusted: [...same, out] }).findings).toEqual([]);
  });
});

it("ends a path of more than 32 certificates", () => {
  const keys = Array.from({ length: 40 }, () => testKey());
  const chain = keys
    .slice(1)
    .map((by, i) => mint({ subject: `CA ${i}`, issuer: `CA ${i + 1}`, key: keys[i] as never, by, ca: true }));
  const target = mint({ subject: "Device", issuer: "CA 0", key: DEVICE_KEY, by: keys[0] as never });
  const result = judge({ target, untrusted: chain });
  expect(result.findings.map((finding) => finding.rule)).toEqual(["path.too-long"]);
  expect(result.path).toHaveLength(32);
});
