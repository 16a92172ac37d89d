import { describe, expect, it } from "vitest";
import { SamicertsError } from "../../../src/base/errors.ts";
import {
  encode,
  encodeNull,
  encodeOctetString,
  encodeOid,
  encodeSequence,
  encodeText,
} from "../../../src/x509/der-writer.ts";
import { encodeExtension } from "../../../src/x509/extension-encode.ts";
import { decodeOcspRequest } from "../../../src/x509/ocsp-request.ts";
import { OCSP_OID } from "../../../src/x509/oids.ts";
import { mint, testKey } from "./mint.ts";
import { certId, mintRequest, nonce, type RequestChoice } from "./ocsp-scene.ts";

const issuer = mint({ subject: "Root", key: testKey(), ca: true });
const id = certId(issuer, 5);

function codeOf(der: Uint8Array): string {
  try {
    decodeOcspRequest(der);
    return "fine";
  } catch (error) {
    if (!(error instanceof SamicertsError)) throw error;
    return error.code;
  }
}

describe("decodeOcspRequest", () => {
  it("reads what RFC 6960 has", () => {
    const other = certId(issuer, 300, "sha256");
    const request = decodeOcspRequest(
      mintRequest({
        ids: [id, other],
        requestor: encodeText(0x82, "device"),
        extensions: [nonce(Uint8Array.of(1, 2, 3))],
        singleExtensions: [encodeExtension("1.2.3.4", false, encodeNull())],
        signature: encodeSequence(),
      }),
    );
    expect(request.nonce).toEqual(Buffer.from([4, 3, 1, 2, 3]));
    expect(request.ids.map(({ der }) => Buffer.from(der))).toEqual([Buffer.from(id), Buffer.from(other)]);
    expect(request.ids.map(({ serial }) => [...serial])).toEqual([[5], [1, 44]]);
    expect(request.ids.map(({ hash }) => hash)).toEqual(["1.3.14.3.2.26", "2.16.840.1.101.3.4.2.1"]);
    expect(request.ids[0]?.issuerNameHash.length).toBe(20);
    expect(decodeOcspRequest(mintRequest({ ids: [id] }))).not.toHaveProperty("nonce");
  });

  it("takes the hash without parameters too", () => {
    const bare = encodeSequence(
      encodeSequence(encodeOid("1.3.14.3.2.26")),
      encodeOctetString(new Uint8Array(20)),
      encodeOctetString(new Uint8Array(20)),
      Uint8Array.of(2, 1, 5),
    );
    expect(decodeOcspRequest(mintRequest({ ids: [bare] })).ids.length).toBe(1);
  });

  const critical = encodeExtension("1.2.3.4", true, encodeNull());
  const withParameters = encodeSequence(
    encodeSequence(encodeOid("1.3.14.3.2.26"), Uint8Array.of(2, 1, 1)),
    encodeOctetString(new Uint8Array(20)),
    encodeOctetString(new Uint8Array(20)),
    Uint8Array.of(2, 1, 5),
  );

  it.each<[string, RequestChoice, string]>([
    ["nothing asked about", { ids: [] }, "ocsp.empty"],
    ["too many", { ids: Array.from({ length: 65 }, () => id) }, "ocsp.size"],
    ["an unknown critical extension", { ids: [id], extensions: [critical] }, "ocsp.critical"],
    ["one of a certificate", { ids: [id], singleExtensions: [critical] }, "ocsp.critical"],
    ["a nonce of nothing", { ids: [id], extensions: [nonce(new Uint8Array(0))] }, "ocsp.nonce"],
    ["a nonce of 129 octets", { ids: [id], extensions: [nonce(new Uint8Array(129))] }, "ocsp.nonce"],
    [
      "a nonce that is no OCTET STRING",
      { ids: [id], extensions: [encodeExtension(OCSP_OID.nonce, false, Uint8Array.of(1, 2, 3))] },
      "der.truncated",
    ],
    [
      "two nonces",
      { ids: [id], extensions: [nonce(Uint8Array.of(1)), nonce(Uint8Array.of(2))] },
      "ocsp.duplicate-extension",
    ],
    ["no extensions in the list", { ids: [id], extensions: [] }, "ocsp.empty-extensions"],
    ["version 1 written out", { ids: [id], version: 0 }, "der.default"],
    ["a hash with parameters", { ids: [withParameters] }, "ocsp.hash"],
    ["a serial of 257 octets", { ids: [idWithSerial(Buffer.alloc(257, 1))] }, "ocsp.size"],
    ["a serial that is not minimal", { ids: [idWithSerial(Uint8Array.of(0, 1))] }, "der.integer"],
  ])("refuses %s", (_, choice, code) => {
    const found = codeOf(mintRequest(choice));
    expect(found === "der.tag" && code === "der.truncated" ? code : found).toBe(code);
  });

  it("takes a nonce of 1 and of 128 octets", () => {
    for (const length of [1, 32, 128])
      expect(codeOf(mintRequest({ ids: [id], extensions: [nonce(new Uint8Array(length))] }))).toBe("fine");
  });

  it("refuses what is cut off, followed by something, or too large", () => {
    const der = mintRequest({ ids: [id], extensions: [nonce(Uint8Array.of(1))] });
    for (let length = 0; length < der.length; length++)
      expect(codeOf(der.subarray(0, length))).toMatch(/^der\./);
    expect(codeOf(Buffer.concat([der, Uint8Array.of(0)]))).toBe("der.trailing");
    expect(codeOf(new Uint8Array(16 * 1024 + 1))).toBe("ocsp.size");
  });
});

function idWithSerial(serial: Uint8Array): Uint8Array {
  return encodeSequence(
    encodeSequence(encodeOid("1.3.14.3.2.26"), encodeNull()),
    encodeOctetString(new Uint8Array(20)),
    encodeOctetString(new Uint8Array(20)),
    encode(2, serial),
  );
}
