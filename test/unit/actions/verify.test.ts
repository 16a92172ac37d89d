import { describe, expect, it } from "vitest";
import { createVerifier, type VerifySource } from "../../../src/actions/verify.ts";
import { SamicertsError } from "../../../src/base/errors.ts";
import { openJudge } from "../../../src/open-judge.ts";
import { loadPolicy } from "../../../src/policy/load-policy.ts";
import type { Certificate } from "../../../src/x509/certificate.ts";
import { encodeExtKeyUsage } from "../../../src/x509/extension-encode.ts";
import { purposeOid } from "../../../src/x509/oids.ts";
import { DAY, mint, NOW, testKey } from "../x509/mint.ts";

const rootKey = testKey();
const lineKey = testKey();
const deviceKey = testKey();
const root = mint({ subject: "root", key: rootKey, ca: true });
const line = mint({ subject: "line", issuer: "root", key: lineKey, by: rootKey, ca: true });
const underRoot = mint({ subject: "device", issuer: "root", key: deviceKey, by: rootKey });
const underLine = mint({ subject: "far device", issuer: "line", key: deviceKey, by: lineKey });
const rfc5280 = openJudge(loadPolicy("rfc5280", () => ""));

const source = (...certificates: readonly Certificate[]): VerifySource => ({
  name: "here.pem",
  certificates: certificates.map(({ der }) => der),
});
const verifier = (untrusted: readonly Certificate[] = []) =>
  createVerifier({ anchors: [root], untrusted, atMs: NOW });

describe("verify", () => {
  it("takes a device under a root that is trusted, and says by which path", () => {
    const [result, ...more] = verifier().verify(source(underRoot));
    expect(more).toEqual([]);
    expect(result).toMatchObject({ verdict: "compliant", role: "device", path: ["/CN=device", "/CN=root"] });
  });

  it("finds the intermediate among those given, and in the bundle itself", () => {
    expect(verifier().verify(source(underLine))[0]?.verdict).toBe("non-compliant");
    expect(verifier([line]).verify(source(underLine))[0]?.verdict).toBe("compliant");
    const results = verifier().verify(source(underLine, line));
    expect(results.map(({ verdict, index }) => [verdict, index])).toEqual([["compliant", 0]]);
  });

  it("judges every certificate of a bundle that is not in the first one's chain", () => {
    const stranger = mint({ subject: "stranger", key: testKey() });
    const results = verifier().verify(source(underRoot, root, stranger, underLine, line));
    expect(results.map(({ index, verdict }) => [index, verdict])).toEqual([
      [0, "compliant"],
      [2, "non-compliant"],
      [3, "compliant"],
    ]);
  });

  it("judges a trusted root as a root and anything else as a device, a CA too", () => {
    const judging = createVerifier({ anchors: [root], untrusted: [], atMs: NOW, judge: rfc5280 });
    expect(judging.verify(source(root))[0]).toMatchObject({ role: "root", verdict: "compliant" });
    const [asDevice] = judging.verify(source(line));
    expect(asDevice).toMatchObject({ role: "device", verdict: "non-compliant" });
    expect(asDevice?.findings.map(({ rule }) => rule)).toContain("basic-constraints");
    const asked = createVerifier({
      anchors: [root],
      untrusted: [],
      atMs: NOW,
      judge: rfc5280,
      role: "intermediate",
    });
    expect(asked.verify(source(line))[0]).toMatchObject({ role: "intermediate", verdict: "compliant" });
  });

  it("judges the issuers of the path too", () => {
    const bare = mint({
      subject: "bare",
      issuer: "root",
      key: lineKey,
      by: rootKey,
      ca: true,
      keyIdentifiers: false,
    });
    const device = mint({ subject: "device", issuer: "bare", key: deviceKey, by: lineKey });
    const judging = createVerifier({ anchors: [root], untrusted: [bare], atMs: NOW, judge: rfc5280 });
    const [result] = judging.verify(source(device));
    const about = result?.findings
      .filter(({ severity }) => severity === "error")
      .map(({ subject }) => subject);
    expect(about).toContain("/CN=bare");
    // Again, and from what was learnt the first time.
    expect(judging.verify(source(device))[0]?.findings).toEqual(result?.findings);
  });

  it("says of what can't be decoded why, and judges the rest of the file", () => {
    const results = verifier().verify({
      name: "here.pem",
      certificates: [underRoot.der.subarray(0, 100), underRoot.der],
    });
    expect(results.map(({ verdict }) => verdict)).toEqual(["unreadable", "compliant"]);
    expect(results[0]?.error).toBeInstanceOf(SamicertsError);
    expect(results[0]?.error?.message).toContain("here.pem (certificate 1)");
  });

  it("tells whether the key beside it is its own", () => {
    const beside = (publicKey = deviceKey.publicKey) => ({
      ...source(underRoot),
      key: () => ({ name: "here.key", publicKey }),
    });
    expect(verifier().verify(beside())[0]).toMatchObject({ verdict: "compliant", keyMatches: true });
    const [wrong] = verifier().verify(beside(rootKey.publicKey));
    expect(wrong).toMatchObject({ verdict: "non-compliant", keyMatches: false });
    expect(wrong?.findings.map(({ rule }) => rule)).toEqual(["key.match"]);
    expect(verifier().verify(source(underRoot))[0]?.keyMatches).toBeNull();
  });

  it("goes through a bundle of many without going through all of it for each", () => {
    const many = Array.from({ length: 300 }, (_, n) => mint({ subject: `lone ${n}`, key: deviceKey }));
    const results = verifier().verify(source(...many));
    expect(results).toHaveLength(300);
    expect(results.every(({ verdict }) => verdict === "non-compliant")).toBe(true);
  });

  it("judges a CA anew where it stands under another issuer", () => {
    const upperKey = testKey();
    const forPurpose = (name: string) => ({
      extensions: [encodeExtKeyUsage(false, [purposeOid(name) as string])],
    });
    const upper = (name: string, days: number) =>
      mint({
        subject: "upper",
        issuer: "root",
        key: upperKey,
        by: rootKey,
        ca: true,
        notAfterMs: NOW + days * DAY,
        ...forPurpose(name),
      });
    const untrusted = [
      upper("clientAuth", 1),
      upper("serverAuth", 0.5),
      mint({ subject: "line", issuer: "upper", key: lineKey, by: upperKey, ca: true }),
    ];
    const device = (name: string) =>
      mint({
        subject: `for ${name}`,
        issuer: "line",
        key: deviceKey,
        by: lineKey,
        notAfterMs: NOW + DAY / 4,
        ...forPurpose(name),
      });
    const judging = createVerifier({ anchors: [root], untrusted, atMs: NOW, judge: rfc5280 });
    const rules = (name: string) =>
      judging
        .verify(source(device(name)))[0]
        ?.findings.filter(({ subject }) => subject === "/CN=line")
        .map(({ rule }) => rule);
    expect(rules("clientAuth")).not.toContain("validity-within-issuer");
    expect(rules("serverAuth")).toContain("validity-within-issuer");
    expect(rules("clientAuth")).not.toContain("validity-within-issuer");
  });

  it("spends a bounded time on a stranger's bundle, however its certificates are entangled", () => {
    const keys = Array.from({ length: 60 }, () => testKey());
    const tangle = (by: (n: number) => (typeof keys)[number]) =>
      keys.map((key, n) =>
        mint({ subject: "X", issuer: "X", key, by: by(n), ca: true, keyIdentifiers: false }),
      );
    const tired = (certificates: readonly Certificate[], verify = verifier()) =>
      verify
        .verify(source(...certificates))
        .flatMap(({ findings }) => findings.filter(({ rule }) => rule === "path.gave-up"))
        .map(({ message }) => message);
    const never = tangle(() => deviceKey);
    const signatures = tired(never).map((message) => Number(/after (\d+) signature/.exec(message)?.[1]));
    expect(signatures.length).toBeGreaterThan(30);
    expect(signatures.reduce((sum, count) => sum + count, 0)).toBeLessThan(500 + 60 * 10);
    // What is sound and comes first is not given up for the others.
    expect(verifier().verify(source(underLine, line, ...never))[0]?.verdict).toBe("compliant");
    // One by one they are not in each other's way.
    const alone = verifier(never);
    expect(never.flatMap((one) => tired([one], alone))).toEqual([]);
    // Of one key, where there is nothing to check but much to look at.
    const crowd = Array.from({ length: 550 }, () =>
      mint({ subject: "X", issuer: "X", key: rootKey, by: deviceKey, ca: true, keyIdentifiers: false }),
    );
    expect(
      tired(crowd).filter((message) => message.includes("those before it in its bundle")).length,
    ).toBeGreaterThan(200);
  });

  it("gives up nothing in a bundle of many devices of one root", () => {
    const many = Array.from({ length: 120 }, (_, n) =>
      mint({ subject: `device ${n}`, issuer: "line", key: deviceKey, by: lineKey }),
    );
    const results = verifier([line]).verify(source(...many));
    expect(results.filter(({ verdict }) => verdict === "compliant")).toHaveLength(120);
  });

  it("finds the same whatever it verified before", () => {
    const kinds = [
      underRoot,
      underLine,
      mint({ subject: "late", issuer: "root", key: deviceKey, by: rootKey, notAfterMs: NOW - 1000 }),
      mint({ subject: "forged", issuer: "root", key: lineKey, by: rootKey, breakSignature: true }),
      mint({ subject: "bare", issuer: "root", key: deviceKey, by: rootKey, keyIdentifiers: false }),
      mint({ subject: "own", key: deviceKey }),
      root,
    ];
    const damaged = kinds.map(({ der }, n) => {
      const copy = Uint8Array.from(der);
      copy[200 + n] = (copy[200 + n] as number) ^ 0x21;
      return copy;
    });
    const sources = [...kinds.map(({ der }) => der), ...damaged].map((der, n) => ({
      name: `${n}.pem`,
      certificates: [der],
    }));
    const judging = () => createVerifier({ anchors: [root], untrusted: [line], atMs: NOW, judge: rfc5280 });
    const fresh = sources.map((one) => judging().verify(one));
    const seasoned = judging();
    // Long enough for what it remembers to change again and again.
    for (let round = 0; round < 40; round++)
      for (const [n, one] of sources.entries())
        if ((n + round) % 3 !== 0) expect(seasoned.verify(one)).toEqual(fresh[n]);
  });
});
