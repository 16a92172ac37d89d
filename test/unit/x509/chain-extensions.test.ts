import { describe, expect, it } from "vitest";
import {
  encode,
  encodeBoolean,
  encodeOid,
  encodeSequence,
  encodeSmallInteger,
} from "../../../src/x509/der-writer.ts";
import { encodeExtension, encodeExtKeyUsage } from "../../../src/x509/extension-encode.ts";
import { EXTENSION_OID, purposeOid } from "../../../src/x509/oids.ts";
import { device, judge, line, ROOT, root, said } from "./path-scene.ts";

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
    const policy = (oid: string, ...qualifiers: string[]) =>
      encodeSequence(
        encodeOid(oid),
        encodeSequence(
          ...qualifiers.map((qualifier) =>
            encodeSequence(encodeOid(qualifier), encode(0x16, Buffer.from("http://a/b"))),
          ),
        ),
      );
    const policies = (...qualifiers: string[]) =>
      encodeExtension(
        EXTENSION_OID.certificatePolicies,
        true,
        encodeSequence(...qualifiers.map((qualifier, index) => policy(`1.2.${index}`, qualifier))),
      );
    expect(said({ target: device({ extensions: [policies("1.3.6.1.5.5.7.2.1")] }) })).toEqual([]);
    for (const extension of [
      policies("1.2.3.9"),
      policies("1.3.6.1.5.5.7.2.1", "1.2.3.9"),
      policies("1.2.3.9", "1.3.6.1.5.5.7.2.1"),
      encodeExtension(
        EXTENSION_OID.certificatePolicies,
        true,
        encodeSequence(policy("1.2.3", "1.3.6.1.5.5.7.2.1", "1.2.3.9")),
      ),
    ])
      expect(said({ target: device({ extensions: [extension] }) })).toEqual(["path.unknown-critical Device"]);
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
    // It asks for an explicit policy at once, and that it asks of itself too (RFC 5280, 6.1.5(b)).
    const asks = name === "policyConstraints";
    expect(said({ target: device({ extensions: plain }) })).toEqual(
      asks ? ["path.unsupported-constraint Device"] : [],
    );
  });

  it("is refused in a CA that is itself the target, under a root or trusted", () => {
    for (const extensions of [critical, plain]) {
      const target = line({ extensions });
      expect(said({ target, untrusted: [] })).toEqual(["path.unsupported-constraint Line"]);
      const anchor = root({ extensions });
      expect(said({ target: anchor, anchors: [anchor] })).toEqual(["path.unsupported-constraint Root"]);
    }
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
  const later = encodeExtension(
    EXTENSION_OID.policyConstraints,
    false,
    encodeSequence(encodeSmallInteger(1, 0x80)),
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

  it("in a device counts where it asks at once", () => {
    expect(said({ target: device({ extensions: [later] }) })).toEqual([]);
    const named = [policies("1.2.3")];
    const target = device({ extensions: [constraint, ...named] });
    expect(said({ target, untrusted: [line({ extensions: named })] })).toEqual([]);
    expect(said({ target })).toEqual(["path.unsupported-constraint Device"]);
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
