import { describe, expect, it } from "vitest";
import { algorithmIdentifier } from "../../../src/x509/algorithms.ts";
import type { Certificate } from "../../../src/x509/certificate.ts";
import { buildPath, createPathBuilder, type PathInput } from "../../../src/x509/chain.ts";
import {
  encode,
  encodeBoolean,
  encodeOid,
  encodeSequence,
  encodeSmallInteger,
} from "../../../src/x509/der-writer.ts";
import { encodeExtension, encodeExtKeyUsage } from "../../../src/x509/extension-encode.ts";
import { EXTENSION_OID, purposeOid } from "../../../src/x509/oids.ts";
import { commonName, DAY, ECDSA_SHA1, type MintInput, mint, NOW, testKey } from "./mint.ts";

const ROOT_KEY = testKey();
const LINE_KEY = testKey();
const DEVICE_KEY = testKey();
const OTHER_KEY = testKey();

const ROOT = mint({ subject: "Root", key: ROOT_KEY, ca: true });
const LINE = mint({ subject: "Line", issuer: "Root", key: LINE_KEY, by: ROOT_KEY, ca: true });
const DEVICE = mint({ subject: "Device", issuer: "Line", key: DEVICE_KEY, by: LINE_KEY });

const root = (input: Partial<MintInput> = {}): Certificate =>
  mint({ subject: "Root", key: ROOT_KEY, ca: true, ...input });
const line = (input: Partial<MintInput> = {}): Certificate =>
  mint({ subject: "Line", issuer: "Root", key: LINE_KEY, by: ROOT_KEY, ca: true, ...input });
const device = (input: Partial<MintInput> = {}): Certificate =>
  mint({ subject: "Device", issuer: "Line", key: DEVICE_KEY, by: LINE_KEY, ...input });

const judge = (input: Partial<PathInput> = {}) =>
  buildPath({ target: DEVICE, anchors: [ROOT], untrusted: [LINE], atMs: NOW, ...input });
/** The findings as `rule subject`. */
const said = (input: Partial<PathInput>): string[] =>
  judge(input).findings.map((finding) => `${finding.rule} ${finding.subject.replace(/^.*CN=/, "")}`);

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

describe("critical extensions", () => {
  const ODD = encodeExtension("1.2.3.4", true, encodeBoolean(true));

  it("refuses an unknown one anywhere, by its number", () => {
    expect(said({ target: device({ extensions: [ODD] }) })).toEqual(["path.unknown-critical Device"]);
    expect(said({ untrusted: [line({ extensions: [ODD] })] })).toEqual(["path.unknown-critical Line"]);
    expect(said({ anchors: [root({ extensions: [ODD] })] })).toEqual(["path.unknown-critical Root"]);
    const [finding] = judge({ target: device({ extensions: [ODD] }) }).findings;
    expect(finding?.message).toContain("1.2.3.4");
    expect(
      said({ target: device({ extensions: [encodeExtension("1.2.3.4", false, encodeBoolean(true))] }) }),
    ).toEqual([]);
  });

  it("refuses a known one that it does not process, by its name", () => {
    const points = encodeSequence(
      encodeSequence(encode(0xa0, encode(0xa0, encode(0x86, Buffer.from("http://a/b"))))),
    );
    const extension = encodeExtension(EXTENSION_OID.crlDistributionPoints, true, points);
    const [finding, ...more] = judge({ target: device({ extensions: [extension] }) }).findings;
    expect(finding?.rule).toBe("path.unknown-critical");
    expect(finding?.message).toContain("crlDistributionPoints");
    expect(more).toEqual([]);
  });

  it("takes a critical certificatePolicies whose qualifiers it understands", () => {
    const policies = (qualifier: string) =>
      encodeExtension(
        EXTENSION_OID.certificatePolicies,
        true,
        encodeSequence(
          encodeSequence(
            encodeOid("1.2.3"),
            encodeSequence(encodeSequence(encodeOid(qualifier), encode(0x16, Buffer.from("http://a/b")))),
          ),
        ),
      );
    expect(said({ target: device({ extensions: [policies("1.3.6.1.5.5.7.2.1")] }) })).toEqual([]);
    expect(said({ target: device({ extensions: [policies("1.2.3.9")] }) })).toEqual([
      "path.unknown-critical Device",
    ]);
  });
});

const subtree = encodeSequence(encode(0xa0, encodeSequence(encode(0x82, Buffer.from("example.com")))));
const CONSTRAINTS = [
  ["nameConstraints", EXTENSION_OID.nameConstraints, subtree],
  [
    "policyMappings",
    EXTENSION_OID.policyMappings,
    encodeSequence(encodeSequence(encodeOid("1.2.3"), encodeOid("1.2.4"))),
  ],
  ["policyConstraints", EXTENSION_OID.policyConstraints, encodeSequence(encodeSmallInteger(0, 0x80))],
  ["inhibitAnyPolicy", EXTENSION_OID.inhibitAnyPolicy, encodeSmallInteger(0)],
] as const;

describe.each(CONSTRAINTS)("%s", (name, oid, value) => {
  const critical = [encodeExtension(oid, true, value)];
  const plain = [encodeExtension(oid, false, value)];

  it("is refused in a CA, critical or not, by name", () => {
    for (const extensions of [critical, plain]) {
      expect(said({ untrusted: [line({ extensions })] })).toEqual(["path.unsupported-constraint Line"]);
      expect(said({ anchors: [root({ extensions })] })).toEqual(["path.unsupported-constraint Root"]);
      const [finding] = judge({ untrusted: [line({ extensions })] }).findings;
      expect(finding?.message).toContain(name);
      expect(finding?.hint).toContain("does not process it");
    }
  });

  it("is refused in a device when critical, and ignored when not", () => {
    expect(said({ target: device({ extensions: critical }) })).toEqual([
      "path.unsupported-constraint Device",
    ]);
    expect(said({ target: device({ extensions: plain }) })).toEqual([]);
  });
});

describe("a policyConstraints that is not critical", () => {
  const constraint = encodeExtension(
    EXTENSION_OID.policyConstraints,
    false,
    encodeSequence(encodeSmallInteger(0, 0x80)),
  );
  const policies = (...oids: string[]) =>
    encodeExtension(
      EXTENSION_OID.certificatePolicies,
      false,
      encodeSequence(...oids.map((oid) => encodeSequence(encodeOid(oid)))),
    );
  const path = (ofDevice: string[], ofLine: string[]) => ({
    target: device({ extensions: ofDevice.length === 0 ? [] : [policies(...ofDevice)] }),
    untrusted: [line({ extensions: [constraint, ...(ofLine.length === 0 ? [] : [policies(...ofLine)])] })],
  });
  const ANY = "2.5.29.32.0";

  it.each([
    ["the same policy", ["1.2.3"], ["1.2.3"]],
    ["one policy in common", ["1.2.9", "1.2.3"], ["1.2.3", "1.2.8"]],
    ["any policy above", ["1.2.3"], [ANY]],
    ["any policy below", [ANY], ["1.2.3"]],
    ["any policy throughout", [ANY], [ANY]],
  ])("is met by %s", (_, ofDevice, ofLine) => {
    expect(said(path(ofDevice, ofLine))).toEqual([]);
  });

  it.each([
    ["no policy below", [], ["1.2.3"]],
    ["no policy above", ["1.2.3"], []],
    ["different policies", ["1.2.3"], ["1.2.4"]],
  ])("is not met by %s", (_, ofDevice, ofLine) => {
    expect(said(path(ofDevice, ofLine))).toEqual(["path.unsupported-constraint Line"]);
  });

  it("does not depend on the anchor's policies", () => {
    expect(
      said({ ...path(["1.2.3"], ["1.2.3"]), anchors: [root({ extensions: [policies("1.2.4")] })] }),
    ).toEqual([]);
  });
});

describe("purposes", () => {
  const CLIENT = purposeOid("clientAuth") as string;
  const SERVER = purposeOid("serverAuth") as string;
  const eku = (...purposes: string[]) => ({ extensions: [encodeExtKeyUsage(false, purposes)] });

  it("must be allowed by every extKeyUsage where one is asked for", () => {
    expect(said({ purpose: CLIENT })).toEqual([]);
    expect(
      said({ purpose: CLIENT, target: device(eku(CLIENT)), untrusted: [line(eku(SERVER, CLIENT))] }),
    ).toEqual([]);
    expect(said({ purpose: CLIENT, target: device(eku("2.5.29.37.0")) })).toEqual([]);
    expect(said({ purpose: CLIENT, target: device(eku(SERVER)) })).toEqual(["path.purpose Device"]);
    expect(said({ purpose: CLIENT, untrusted: [line(eku(SERVER))] })).toEqual(["path.purpose Line"]);
    expect(said({ purpose: CLIENT, anchors: [root(eku(SERVER))] })).toEqual(["path.purpose Root"]);
    const trusted = root(eku(SERVER));
    expect(said({ purpose: CLIENT, target: trusted, anchors: [trusted] })).toEqual(["path.purpose Root"]);
  });

  it("must not exclude each other where none is asked for", () => {
    expect(said({ target: device(eku(CLIENT)), untrusted: [line(eku(SERVER))] })).toEqual([
      "path.purpose Line",
    ]);
    expect(said({ target: device(eku(CLIENT, SERVER)), untrusted: [line(eku(SERVER))] })).toEqual([]);
    expect(said({ target: device(eku(CLIENT)), untrusted: [line(eku("2.5.29.37.0"))] })).toEqual([]);
    expect(said({ target: device(eku(CLIENT)), untrusted: [line(eku("1.2.3.4"))] })).toEqual([]);
    expect(said({ target: device(eku(CLIENT)), anchors: [root(eku(SERVER))] })).toEqual([
      "path.purpose Root",
    ]);
  });

  it("that one rival issuer excludes may be allowed by another", () => {
    const narrow = line(eku(SERVER));
    const wide = line(eku(CLIENT));
    const target = device(eku(CLIENT));
    expect(judge({ target, untrusted: [narrow, wide] })).toEqual({
      path: [target, wide, ROOT],
      findings: [],
      gaveUp: false,
    });
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
    expect(given.findings[0]?.message).toContain("after 10 signatures");
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
