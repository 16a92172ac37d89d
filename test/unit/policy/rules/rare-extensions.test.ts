import { describe, expect, it } from "vitest";
import { nameOf } from "../../../../fixtures/recipes/build.ts";
import { device, intermediate, OID, root, vendorName } from "../../../../fixtures/recipes/chains.ts";
import {
  encode,
  encodeBoolean,
  encodeOid,
  encodeSequence,
  encodeText,
} from "../../../../src/x509/der-writer.ts";
import { encodeExtension, encodeExtKeyUsage, encodeKeyUsage } from "../../../../src/x509/extension-encode.ts";
import { EXTENSION_OID, type KeyUsage, purposeOid } from "../../../../src/x509/oids.ts";
import { TAG } from "../../../../src/x509/tag.ts";
import { flawsOf } from "./flaws-of.ts";

const ours = root();
const withExtensions = (extensions: Record<string, Uint8Array | undefined>) => [
  device(ours, { extensions }),
  ours,
];

describe("keyUsage's encoding", () => {
  it.each([
    ["one octet, the right unused bits", [7, 0x80], [], []],
    ["nine bits", [7, 0, 0x80], [], []],
    ["no bit at all", [0], [], []],
    ["zero bits at the end", [0, 0x80], ["7 unused bits in the last octet"], []],
    ["some zero bits at the end", [1, 0x06], [], []],
    ["one zero bit at the end", [0, 0x06], ["1 unused bit in the last octet"], []],
    ["an octet of zeros", [0, 0x80, 0], [], ["16 bits, octets 8000"]],
    ["an octet of zeros, unused", [7, 0x80, 0], [], ["9 bits, octets 8000"]],
    ["a tenth bit", [6, 0x80, 0x40], [], ["10 bits, octets 8040"]],
  ])("%s", (_, octets, unused, bits) => {
    const keyUsage = encodeExtension(EXTENSION_OID.keyUsage, true, encode(0x03, Uint8Array.from(octets)));
    const chain = withExtensions({ keyUsage });
    expect(flawsOf("key-usage-encoding", "device", chain).map((flaw) => flaw.expected)).toEqual(unused);
    expect(flawsOf("key-usage-octets", "device", chain).map((flaw) => flaw.actual)).toEqual(bits);
  });
});

describe("key-usage-ext-key-usage-consistent", () => {
  const judge = (usages: readonly KeyUsage[], purposes: readonly string[], more = {}) =>
    flawsOf(
      "key-usage-ext-key-usage-consistent",
      "device",
      withExtensions({
        keyUsage: encodeKeyUsage(true, usages),
        extKeyUsage: encodeExtKeyUsage(
          false,
          purposes.map((name) => purposeOid(name) ?? name),
        ),
        ...more,
      }),
    ).map((flaw) => flaw.message);

  it.each<[KeyUsage[], string[]]>([
    [["digitalSignature"], ["clientAuth"]],
    [["digitalSignature", "keyEncipherment"], ["clientAuth"]],
    [["keyAgreement"], ["clientAuth", "serverAuth"]],
    [
      ["digitalSignature", "nonRepudiation"],
      ["emailProtection", "clientAuth"],
    ],
    [["nonRepudiation"], ["timeStamping", "OCSPSigning"]],
    [["dataEncipherment"], ["anyExtendedKeyUsage"]],
    [
      ["digitalSignature", "dataEncipherment"],
      ["clientAuth", "1.2.3.4"],
    ],
    [[], ["clientAuth"]],
    [["digitalSignature", "keyCertSign"], ["clientAuth"]],
  ])("takes %j for %j", (usages, purposes) => expect(judge(usages, purposes)).toEqual([]));

  it.each<[KeyUsage[], string[], string]>([
    [["keyEncipherment"], ["clientAuth"], "extKeyUsage names clientAuth, for which keyUsage allows nothing"],
    [
      ["digitalSignature", "nonRepudiation"],
      ["serverAuth"],
      "keyUsage has nonRepudiation, which fits no purpose in extKeyUsage",
    ],
    [
      ["keyAgreement"],
      ["1.2.3.4", "codeSigning"],
      "extKeyUsage names codeSigning, for which keyUsage allows nothing",
    ],
    [
      ["digitalSignature", "dataEncipherment"],
      ["emailProtection", "clientAuth"],
      "keyUsage has dataEncipherment, which fits no purpose in extKeyUsage",
    ],
  ])("does not take %j for %j", (usages, purposes, message) =>
    expect(judge(usages, purposes)).toEqual([message]),
  );

  it("has nothing to say where one of the two is missing, or about a CA", () => {
    expect(judge(["keyEncipherment"], ["clientAuth"], { keyUsage: undefined })).toEqual([]);
    expect(judge(["keyEncipherment"], ["clientAuth"], { extKeyUsage: undefined })).toEqual([]);
    const extKeyUsage = encodeExtKeyUsage(false, [purposeOid("clientAuth") as string]);
    const line = intermediate(ours, { extensions: { extKeyUsage } });
    expect(flawsOf("key-usage-ext-key-usage-consistent", "intermediate", [line, ours])).toEqual([]);
  });
});

describe("attribute-encoding", () => {
  const named = (oid: string, value: Uint8Array) => {
    const rdn = encode(TAG.set, encodeSequence(encodeOid(oid), value));
    const subject = nameOf([[OID.CN, TAG.utf8String, "x"]]);
    const made = device(ours, { subject: { ...subject, der: encodeSequence(rdn) } });
    return flawsOf("attribute-encoding", "device", [made, ours]).map((flaw) => flaw.actual);
  };

  it.each(["2.5.4.3", "2.5.4.10", "2.5.4.11", "2.5.4.8", "2.5.4.7"])(
    "asks for one of DirectoryString's five in %s",
    (oid) => {
      const { utf8String, printableString, teletexString } = TAG;
      for (const tag of [utf8String, printableString, teletexString])
        expect(named(oid, encodeText(tag, "abc"))).toEqual([]);
      expect(named(oid, encode(TAG.bmpString, Uint8Array.of(0, 0x61)))).toEqual([]);
      expect(named(oid, encode(TAG.universalString, Uint8Array.of(0, 0, 0, 0x61)))).toEqual([]);
      expect(named(oid, encodeText(TAG.ia5String, "abc"))).toEqual(['"abc", a IA5String']);
      expect(named(oid, encodeBoolean(true))).toEqual(['"#0101ff", a BOOLEAN']);
      expect(named(oid, encodeSequence())).toEqual(['"#3000", a SEQUENCE']);
    },
  );

  it("leaves types it does not know alone, and PKCS #9's that may be either", () => {
    expect(named("1.2.3.4", encodeBoolean(true))).toEqual([]);
    expect(named("1.2.840.113549.1.9.2", encodeText(TAG.ia5String, "abc"))).toEqual([]);
  });
});

describe("email-in-san", () => {
  const EMAIL = "1.2.840.113549.1.9.1";
  const judge = (addresses: readonly string[], names: readonly Uint8Array[]) =>
    flawsOf("email-in-san", "device", [
      device(ours, {
        subject: nameOf(addresses.map((text) => [EMAIL, TAG.ia5String, text] as const)),
        extensions: {
          subjectAltName: encodeExtension(EXTENSION_OID.subjectAltName, true, encodeSequence(...names)),
        },
      }),
      ours,
    ]);
  const san = (text: string) => encodeText(0x81, text);

  it("compares the domain without case and what is before it with", () => {
    expect(judge(["a@b.example"], [san("a@B.example")])).toEqual([]);
    expect(judge(["a@b.example"], [san("A@b.example")])).toHaveLength(1);
    expect(judge(["a@b.example"], [encodeText(0x82, "a.example")])).toHaveLength(1);
    expect(judge(["a@b.example", "c@d.example"], [san("x@y.example")])).toHaveLength(2);
    expect(
      flawsOf("email-in-san", "device", [device(ours, { subject: vendorName("x", "device") }), ours]),
    ).toEqual([]);
  });
});

describe("where CRLs and issuers are", () => {
  const points = (...list: Uint8Array[]) => ({
    points: encodeExtension(EXTENSION_OID.crlDistributionPoints, false, encodeSequence(...list)),
  });
  const named = (...texts: string[]) =>
    encodeSequence(encode(0xa0, encode(0xa0, ...texts.map((text) => encodeText(0x86, text)))));

  it("takes a point with one address that can be fetched", () => {
    const judge = (...list: Uint8Array[]) =>
      flawsOf("distribution-point-location", "device", withExtensions(points(...list)));
    expect(judge(named("x", "https://a.example/c"), named("LDAP://a.example/c"))).toEqual([]);
    expect(judge(named("http://a.example/c"), named("ftp://a.example/c"))).toHaveLength(1);
    const issuerOnly = encodeSequence(encode(0xa2, encodeText(0x82, "a.example")));
    expect(judge(issuerOnly)).toEqual([]);
    const reasonsOnly = encodeSequence(encode(0x81, Uint8Array.of(1, 0x40)));
    const complete = (...list: Uint8Array[]) =>
      flawsOf("distribution-point-complete", "device", withExtensions(points(...list)));
    expect(complete(issuerOnly)).toEqual([]);
    for (const list of [[reasonsOnly], [issuerOnly, reasonsOnly], [reasonsOnly, issuerOnly]])
      expect(complete(...list)).toHaveLength(1);
  });

  it("asks nothing of an authorityInfoAccess for other things", () => {
    const ocsp = encodeSequence(encodeOid("1.3.6.1.5.5.7.48.1"), encodeText(0x82, "a.example"));
    const aia = encodeExtension(EXTENSION_OID.authorityInfoAccess, false, encodeSequence(ocsp));
    expect(flawsOf("aia-location", "device", withExtensions({ aia }))).toEqual([]);
  });
});

describe("policy notices", () => {
  const TEXT_RULES = [
    "explicit-text-ia5",
    "explicit-text-utf8",
    "explicit-text-control",
    "explicit-text-nfc",
  ];
  const judge = (...notice: Uint8Array[]) => {
    const qualifier = encodeSequence(encodeOid("1.3.6.1.5.5.7.2.2"), ...notice);
    const value = encodeSequence(encodeSequence(encodeOid("1.2.3"), encodeSequence(qualifier)));
    const policies = encodeExtension(EXTENSION_OID.certificatePolicies, false, value);
    return TEXT_RULES.filter((id) => flawsOf(id, "device", withExtensions({ policies })).length > 0);
  };
  const reference = encodeSequence(encodeText(TAG.utf8String, "Ours"), encodeSequence());

  it("are read behind their reference, and passed over where they have no text or make no sense", () => {
    expect(judge(encodeSequence(reference, encodeText(TAG.ia5String, "a\n")))).toEqual([
      "explicit-text-ia5",
      "explicit-text-control",
    ]);
    expect(judge(encodeSequence(reference))).toEqual([]);
    expect(judge(encodeSequence())).toEqual([]);
    expect(judge(encodeBoolean(true))).toEqual([]);
    expect(judge(encodeSequence(encode(TAG.utf8String, Uint8Array.of(0xff))))).toEqual([]);
    // Half a character too many: no text, but no UTF8String either.
    expect(judge(encodeSequence(encode(TAG.bmpString, Uint8Array.of(0, 65, 0))))).toEqual([
      "explicit-text-utf8",
    ]);
  });
});
