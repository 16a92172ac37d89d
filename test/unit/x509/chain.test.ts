import { describe, expect, it } from "vitest";
import { algorithmIdentifier } from "../../../src/x509/algorithms.ts";
import type { Certificate } from "../../../src/x509/certificate.ts";
import { createPathBuilder } from "../../../src/x509/chain.ts";
import { encodeSequence } from "../../../src/x509/der-writer.ts";
import { commonName, DAY, ECDSA_SHA1, mint, NOW, testKey } from "./mint.ts";
import {
  DEVICE,
  DEVICE_KEY,
  device,
  judge,
  LINE,
  LINE_KEY,
  line,
  OTHER_KEY,
  ROOT,
  ROOT_KEY,
  root,
  said,
} from "./path-scene.ts";

describe("a path that holds", () => {
  it("goes from the target to the anchor, in whatever order the certificates come", () => {
    const result = judge({ untrusted: [OTHER_LINE, LINE, DEVICE, ROOT] });
    expect(result).toEqual({ path: [DEVICE, LINE, ROOT], findings: [], gaveUp: false });
  });

  it("may be a device under its root", () => {
    const direct = device({ issuer: "Root", by: ROOT_KEY });
    expect(judge({ target: direct, untrusted: [] }).path).toEqual([direct, ROOT]);
    expect(said({ target: direct, untrusted: [] })).toEqual([]);
  });

  it("may end at an anchor that is an intermediate", () => {
    expect(judge({ anchors: [LINE], untrusted: [] })).toEqual({
      path: [DEVICE, LINE],
      findings: [],
      gaveUp: false,
    });
  });

  it("may be the anchor alone", () => {
    expect(judge({ target: ROOT })).toEqual({ path: [ROOT], findings: [], gaveUp: false });
  });

  it("needs no keyUsage in a CA, and no key identifiers", () => {
    const bareRoot = root({ certSign: "absent", keyIdentifiers: false });
    const bareLine = line({ certSign: "absent", keyIdentifiers: false });
    const bareDevice = device({ keyIdentifiers: false, ca: "absent" });
    expect(said({ target: bareDevice, anchors: [bareRoot], untrusted: [bareLine] })).toEqual([]);
  });

  it("does not heed a wrong authority key identifier, which only orders the search", () => {
    const target = device({ authorityKeyIdentifier: Buffer.alloc(20, 7) });
    expect(said({ target })).toEqual([]);
  });

  it("holds in the first and the last second of validity", () => {
    const target = device({ notBeforeMs: NOW, notAfterMs: NOW + 1000 });
    expect(said({ target, atMs: NOW })).toEqual([]);
    expect(said({ target, atMs: NOW + 1000 })).toEqual([]);
    expect(said({ target, atMs: NOW - 1 })).toEqual(["path.not-yet-valid Device"]);
    expect(said({ target, atMs: NOW + 1001 })).toEqual(["path.expired Device"]);
  });

  it("is found for many targets from one builder, each with what came beside it", () => {
    const builder = createPathBuilder({ anchors: [ROOT], untrusted: [] });
    for (let i = 0; i < 3; i++) {
      const target = device({ subject: `Device ${i}` });
      expect(builder.build(target, NOW).findings.map((finding) => finding.rule)).toEqual(["path.no-issuer"]);
      expect(builder.build(target, NOW, [LINE])).toEqual({
        path: [target, LINE, ROOT],
        findings: [],
        gaveUp: false,
      });
    }
  });
});

const OTHER_LINE = mint({ subject: "Line", issuer: "Root", key: OTHER_KEY, by: ROOT_KEY, ca: true });

describe("validity", () => {
  it.each([
    ["the device", { target: device({ notAfterMs: NOW - 1000 }) }, "path.expired Device"],
    ["the line", { untrusted: [line({ notAfterMs: NOW - 1000 })] }, "path.expired Line"],
    ["the root", { anchors: [root({ notAfterMs: NOW - 1000 })] }, "path.expired Root"],
    ["the root as target", { target: root({ notAfterMs: NOW - 1000 }), anchors: [] }, "path.expired Root"],
    ["a line of tomorrow", { untrusted: [line({ notBeforeMs: NOW + DAY / 2 })] }, "path.not-yet-valid Line"],
  ])("refuses %s out of its time", (_, input, finding) => {
    const anchors = "target" in input && "anchors" in input ? [input.target as Certificate] : undefined;
    expect(said({ ...input, ...(anchors === undefined ? {} : { anchors }) })).toEqual([finding]);
  });

  it("tells when it was valid", () => {
    const [finding] = judge({ target: device({ notAfterMs: NOW - 1000 }) }).findings;
    expect(finding).toMatchObject({
      severity: "error",
      message: "it expired on 2025-12-31T23:59:59Z",
      expected: "valid at 2026-01-01T00:00:00Z",
      actual: "valid from 2025-12-31T00:00:00Z to 2025-12-31T23:59:59Z",
      citation: "RFC 5280, 6.1.3(a)(2)",
    });
  });
});

describe("issuers", () => {
  it.each([
    ["without basicConstraints", line({ ca: "absent" }), ["path.not-a-ca Line"]],
    ["with CA:FALSE", line({ ca: false }), ["path.not-a-ca Line"]],
    ["without keyCertSign", line({ certSign: false }), ["path.key-usage Line"]],
  ])("refuses an issuer %s", (_, issuer, findings) => {
    expect(said({ untrusted: [issuer] })).toEqual(findings);
  });

  it.each([
    ["without basicConstraints", root({ ca: "absent" }), ["path.not-a-ca Root"]],
    ["with CA:FALSE", root({ ca: false }), ["path.not-a-ca Root"]],
    ["without keyCertSign", root({ certSign: false }), ["path.key-usage Root"]],
  ])("refuses an anchor %s as an issuer", (_, anchor, findings) => {
    expect(said({ anchors: [anchor] })).toEqual(findings);
  });

  it("respects path lengths, the target not counted", () => {
    expect(said({ anchors: [root({ pathLength: 1 })] })).toEqual([]);
    expect(said({ anchors: [root({ pathLength: 0 })] })).toEqual(["path.path-length Root"]);
    expect(said({ untrusted: [line({ pathLength: 0 })] })).toEqual([]);
    const ca = mint({ subject: "CA", issuer: "Line", key: DEVICE_KEY, by: LINE_KEY, ca: true });
    expect(said({ target: ca, untrusted: [line({ pathLength: 0 })] })).toEqual([]);
  });

  it("does not count self-issued intermediates", () => {
    const rollover = mint({ subject: "Line", issuer: "Line", key: OTHER_KEY, by: LINE_KEY, ca: true });
    const target = device({ by: OTHER_KEY });
    const input = {
      target,
      anchors: [root({ pathLength: 1 })],
      untrusted: [line({ pathLength: 0 }), rollover],
    };
    expect(judge(input).path).toEqual([target, rollover, input.untrusted[0], input.anchors[0]]);
    expect(said(input)).toEqual([]);
    expect(said({ ...input, anchors: [root({ pathLength: 0 })] })).toEqual(["path.path-length Root"]);
  });
});

describe("algorithms and keys", () => {
  it("refuses an algorithm beside the signature that is not the one inside", () => {
    const outerAlgorithm = algorithmIdentifier("1.2.840.10045.4.3.3");
    expect(said({ target: device({ outerAlgorithm }) })).toContain("path.algorithm-mismatch Device");
    expect(said({ anchors: [root({ outerAlgorithm })] })).toEqual(["path.algorithm-mismatch Root"]);
  });

  it("refuses SHA-1, but not in an anchor's own signature", () => {
    expect(said({ target: device({ algorithm: ECDSA_SHA1 }) })).toEqual(["path.weak-signature Device"]);
    expect(said({ untrusted: [line({ algorithm: ECDSA_SHA1 })] })).toEqual(["path.weak-signature Line"]);
    const old = root({ algorithm: ECDSA_SHA1 });
    expect(said({ anchors: [old] })).toEqual([]);
    expect(said({ target: old, anchors: [old] })).toEqual([]);
  });

  it.each([
    ["RSA of 1024 bits", testKey("rsa", { modulusLength: 1024 }), "path.weak-key"],
    ["a curve of 192 bits", testKey("ec", { namedCurve: "prime192v1" }), "path.weak-key"],
    ["a curve without a name here", testKey("ec", { namedCurve: "sect233k1" }), "path.unsupported-key"],
    ["Ed448", testKey("ed448", {}), "path.unsupported-key"],
  ])("refuses %s in the target", (_, key, rule) => {
    expect(said({ target: device({ key }) })).toEqual([`${rule} Device`]);
  });

  it.each([
    ["RSA of 2048 bits", testKey("rsa", { modulusLength: 2048 })],
    ["Ed25519", testKey("ed25519", {})],
    ["P-521", testKey("ec", { namedCurve: "P-521" })],
  ])("takes %s in the target", (_, key) => {
    expect(said({ target: device({ key }) })).toEqual([]);
  });
});

describe("what leads nowhere", () => {
  it("says that the issuer is missing, and how to name it", () => {
    const [finding, ...more] = judge({ untrusted: [] }).findings;
    expect(finding?.rule).toBe("path.no-issuer");
    expect(finding?.message).toContain("Line");
    expect(finding?.hint).toContain("--untrusted");
    expect(more).toEqual([]);
    expect(said({ anchors: [] })).toEqual(["path.no-issuer Line"]);
    expect(judge({ anchors: [] }).path).toEqual([DEVICE, LINE]);
  });

  it("says that the root is not trusted", () => {
    const stranger = mint({ subject: "Stranger", key: OTHER_KEY, ca: true });
    const target = mint({ subject: "Device", issuer: "Stranger", key: DEVICE_KEY, by: OTHER_KEY });
    expect(said({ target, untrusted: [stranger] })).toEqual(["path.untrusted-root Stranger"]);
    expect(said({ target: stranger })).toEqual(["path.untrusted-root Stranger"]);
    expect(said({ target: stranger, anchors: [] })).toEqual(["path.untrusted-root Stranger"]);
  });

  it("says so too where the stranger took the root's name", () => {
    const fake = mint({ subject: "Root", key: OTHER_KEY, ca: true });
    const target = mint({ subject: "Device", issuer: "Root", key: DEVICE_KEY, by: OTHER_KEY });
    expect(said({ target, untrusted: [fake] })).toEqual(["path.untrusted-root Root"]);
    expect(said({ target, untrusted: [] })).toEqual(["path.signature Device"]);
    const [finding] = judge({ target, untrusted: [] }).findings;
    expect(finding?.message).toContain("asks for the key");
  });

  it("says that a self-issued certificate with another's signature has no issuer", () => {
    const target = mint({ subject: "Device", key: DEVICE_KEY, by: OTHER_KEY });
    expect(said({ target })).toEqual(["path.no-issuer Device"]);
  });

  it("says that the issuer is named otherwise than the key's holder", () => {
    const target = device({ issuer: "Lime" });
    const [finding, ...more] = judge({ target }).findings;
    expect(finding?.rule).toBe("path.name-chaining");
    expect(finding?.expected).toContain("Line");
    expect(finding?.actual).toContain("Lime");
    expect(more).toEqual([]);
  });

  it("says that certificates only vouch for each other", () => {
    const a = mint({ subject: "A", issuer: "B", key: LINE_KEY, by: OTHER_KEY, ca: true });
    const b = mint({ subject: "B", issuer: "A", key: OTHER_KEY, by: LINE_KEY, ca: true });
    const target = device({ issuer: "A" });
    const result = judge({ target, untrusted: [a, b] });
    expect(result.findings.map((finding) => finding.rule)).toEqual(["path.no-issuer"]);
    expect(result.findings[0]?.actual).toBe("certificates that only vouch for each other");
    expect(result.gaveUp).toBe(false);
  });
});

describe("signatures", () => {
  it("refuses a changed target, intermediate, and target that is an anchor", () => {
    expect(said({ target: device({ breakSignature: true }) })).toEqual(["path.signature Device"]);
    expect(said({ untrusted: [line({ breakSignature: true })] })).toEqual(["path.signature Line"]);
    const broken = root({ breakSignature: true });
    expect(said({ target: broken, anchors: [broken] })).toEqual(["path.signature Root"]);
  });

  it("refuses a signature by another key, whatever else is given", () => {
    const target = device({ by: OTHER_KEY });
    expect(said({ target })).toEqual(["path.signature Device"]);
  });
});

describe("names", () => {
  it("that differ in case, runs of spaces and string type are the same (RFC 5280, 7.1)", () => {
    const upper = mint({
      subject: commonName("LINE  A", 0x13),
      issuer: commonName("root", 0x13),
      key: LINE_KEY,
      by: ROOT_KEY,
      ca: true,
    });
    const target = device({ issuer: " line a " });
    expect(said({ target, untrusted: [upper] })).toEqual([]);
  });

  it("that are empty are nobody's", () => {
    const target = device({
      issuer: { der: encodeSequence(), rdns: [] },
      keyIdentifiers: false,
    });
    const [finding] = judge({ target }).findings;
    expect(finding).toMatchObject({ rule: "path.no-issuer", message: "it names no issuer" });
  });
});
