import { describe, expect, it } from "vitest";
import { memorySource } from "../../../src/x509/byte-source.ts";
import type { Certificate } from "../../../src/x509/certificate.ts";
import { createCrlChecker } from "../../../src/x509/crl-checker.ts";
import type { UsableCrl } from "../../../src/x509/crl-fitness.ts";
import { indexCrl } from "../../../src/x509/crl-index.ts";
import { encode, encodeOctetString, encodeSequence, encodeText } from "../../../src/x509/der-writer.ts";
import {
  encodeAuthorityKeyIdentifier,
  encodeCrlDistributionPoints,
  encodeExtension,
} from "../../../src/x509/extension-encode.ts";
import { CRL_OID } from "../../../src/x509/oids.ts";
import {
  type CrlChoice,
  crlEntry,
  crlNumber,
  deltaIndicator,
  invalidity,
  issuingPoint,
  mintCrl,
  reason,
} from "./crl-scene.ts";
import { commonName, DAY, ECDSA_SHA1, keyIdentifier, mint, NOW, testKey } from "./mint.ts";

const rootKey = testKey();
const lineKey = testKey();
const root = mint({ subject: "Root", key: rootKey, ca: true });
const line = mint({ subject: "Line", issuer: "Root", key: lineKey, by: rootKey, ca: true });
const device = mint({ subject: "Device", issuer: "Root", key: testKey(), by: rootKey });
const lineDevice = mint({ subject: "Device", issuer: "Line", key: testKey(), by: lineKey });
const random = { bytes: (count: number) => Buffer.alloc(count, 0x33) };

function usable(name: string, choice: Partial<CrlChoice> = {}): UsableCrl {
  const source = memorySource(mintCrl({ by: rootKey, ...choice }));
  return { name, source, ...indexCrl(source, name, random) };
}

const rules = (
  crls: readonly UsableCrl[],
  path: readonly Certificate[] = [device, root],
  atMs = NOW,
): string[] =>
  createCrlChecker(
    crls,
    atMs,
  )(path).map(({ rule, severity }) => {
    expect(severity).toBe("error");
    return rule.replace("revocation.", "");
  });
const messages = (crls: readonly UsableCrl[], path: readonly Certificate[] = [device, root]): string[] =>
  createCrlChecker(crls, NOW)(path).map(({ message }) => message);
const on = (certificate: Certificate, ...extensions: Uint8Array[]): Uint8Array =>
  crlEntry(certificate.serial, extensions);

describe("a path against CRLs", () => {
  it("is fine where each certificate but the anchor is covered, and on none", () => {
    expect(rules([usable("a", { entries: [crlEntry(99n)] })])).toEqual([]);
    expect(
      rules([usable("a"), usable("b", { issuer: "Line", by: lineKey })], [lineDevice, line, root]),
    ).toEqual([]);
    expect(rules([usable("a")], [root])).toEqual([]);
  });

  it("tells of what is revoked, when and why", () => {
    const crl = usable("root.crl", {
      entries: [crlEntry(99n), on(device, reason(1), invalidity(NOW - 9 * DAY))],
    });
    expect(createCrlChecker([crl], NOW)([device, root])).toMatchObject([
      {
        rule: "revocation.revoked",
        severity: "error",
        subject: "/CN=Device",
        message:
          "it was revoked on 2025-12-30T00:00:00Z, reason keyCompromise; not to be relied on since 2025-12-23T00:00:00Z",
        actual: "on root.crl since 2025-12-30T00:00:00Z",
      },
    ]);
    expect(messages([usable("a", { entries: [on(device)] })])).toEqual([
      "it was revoked on 2025-12-30T00:00:00Z, for no reason given",
    ]);
    expect(rules([usable("a", { entries: [on(device, reason(6))] })])).toEqual(["on-hold"]);
  });

  it("looks at every certificate of the path", () => {
    const path = [lineDevice, line, root];
    const own = usable("b", { issuer: "Line", by: lineKey });
    expect(rules([usable("a", { entries: [on(line)] }), own], path)).toEqual(["revoked"]);
    expect(rules([own], path)).toEqual(["no-crl"]);
    expect(rules([usable("a")], path)).toEqual(["no-crl"]);
    expect(rules([], path)).toEqual(["no-crl", "no-crl"]);
    // Nothing is known of what the last one, whose issuer is not there, was issued by.
    expect(rules([own], [lineDevice, line])).toEqual([]);
  });

  it("does not take the same serial number of another issuer for it", () => {
    const stranger = usable("x", { issuer: "Other", entries: [on(device)] });
    expect(rules([usable("a"), stranger])).toEqual([]);
    expect(rules([stranger])).toEqual(["no-crl"]);
  });

  it("wants a CRL of the moment, both ends included", () => {
    const crl = usable("a", { thisUpdateMs: NOW, nextUpdateMs: NOW + DAY });
    expect(rules([crl], [device, root], NOW)).toEqual([]);
    expect(rules([crl], [device, root], NOW + DAY)).toEqual([]);
    expect(rules([crl], [device, root], NOW - 1000)).toEqual(["crl-not-yet-valid"]);
    expect(rules([crl], [device, root], NOW + DAY + 1000)).toEqual(["crl-outdated"]);
    expect(rules([usable("a", { nextUpdateMs: "absent" })])).toEqual(["crl-outdated"]);
  });

  it("wants a signature by the issuer's key, and one that can be relied on", () => {
    expect(rules([usable("a", { breakSignature: true })])).toEqual(["crl-signature"]);
    expect(rules([usable("a", { by: testKey() })])).toEqual(["crl-signature"]);
    expect(messages([usable("a", { algorithm: ECDSA_SHA1.identifier })])).toEqual([
      "its issuer's CRL a is not to be relied on: ecdsa-with-SHA1 can be forged",
    ]);
    expect(messages([usable("a", { outerAlgorithm: ECDSA_SHA1.identifier })])).toEqual([
      "its issuer's CRL a is not to be relied on: the algorithm beside its signature is not the one inside",
    ]);
    const rsa = testKey("rsa", { modulusLength: 2048 });
    const rsaRoot = mint({ subject: "Root", key: rsa, ca: true });
    const rsaDevice = mint({ subject: "Device", issuer: "Root", key: testKey(), by: rsa });
    expect(rules([usable("a", { by: rsa, entries: [on(rsaDevice)] })], [rsaDevice, rsaRoot])).toEqual([
      "revoked",
    ]);
    const ed = testKey("ed25519", {});
    const edRoot = mint({ subject: "Root", key: ed, ca: true });
    expect(rules([usable("a", { by: ed })], [device, edRoot])).toEqual([]);
    expect(rules([usable("a", { by: ed, breakSignature: true })], [device, edRoot])).toEqual([
      "crl-signature",
    ]);
  });

  it("wants an issuer that may sign CRLs", () => {
    const mute = mint({
      subject: "Root",
      key: rootKey,
      ca: true,
      certSign: "absent",
      extensions: [encodeExtension("2.5.29.15", true, Uint8Array.of(3, 2, 2, 4))],
    });
    expect(rules([usable("a")], [device, mute])).toEqual(["crl-signer"]);
    const open = mint({ subject: "Root", key: rootKey, ca: true, certSign: "absent" });
    expect(rules([usable("a")], [device, open])).toEqual([]);
  });

  const unknown = encodeExtension("1.2.3.4", true, encodeOctetString());
  const url = (text: string): Uint8Array => encode(0xa0, encode(0xa0, encodeText(0x86, text)));

  it.each<[string, Partial<CrlChoice>, string]>([
    [
      "a delta CRL",
      { extensions: [crlNumber(2), deltaIndicator(1)] },
      "is a delta CRL, which is not processed",
    ],
    [
      "an indirect CRL",
      { extensions: [issuingPoint(["indirect"])] },
      "is an indirect CRL, which is not processed",
    ],
    [
      "another issuer's entry",
      { entries: [crlEntry(9n, [encodeExtension(CRL_OID.certificateIssuer, true, encodeSequence())])] },
      "is an indirect CRL, which is not processed",
    ],
    [
      "some reasons",
      { extensions: [issuingPoint(["reasons"])] },
      "is of some reasons only, which is not processed",
    ],
    [
      "an unknown critical extension",
      { extensions: [unknown] },
      "calls the unknown extension 1.2.3.4 critical, which is not processed",
    ],
    [
      "an unknown critical extension of an entry",
      { entries: [crlEntry(9n, [unknown])] },
      "calls the unknown extension 1.2.3.4 critical, which is not processed",
    ],
    [
      "a removal",
      { entries: [crlEntry(9n, [reason(8)])] },
      "takes certificates off, as only a delta CRL may",
    ],
    [
      "a name relative to the issuer",
      {
        extensions: [
          issuingPoint(
            [],
            [
              encode(
                0xa0,
                encode(
                  0xa1,
                  encodeSequence(encode(6, Uint8Array.of(85, 4, 3)), encode(12, Uint8Array.of(65))),
                ),
              ),
            ],
          ),
        ],
      },
      "has a distribution point's name relative to its issuer, which is not processed",
    ],
  ])("refuses %s by name, beside a whole one too", (_, choice, message) => {
    const crl = usable("a", choice);
    expect(rules([crl])).toEqual(["crl-unsupported"]);
    expect(messages([crl])).toEqual([`its issuer's CRL a ${message}`]);
    expect(rules([crl, usable("b")])).toEqual(["crl-unsupported"]);
  });

  it("passes over extensions that are not critical", () => {
    const extensions = [crlNumber(1), encodeExtension("1.2.3.4", false, encodeOctetString())];
    expect(rules([usable("a", { extensions, entries: [crlEntry(9n, extensions.slice(1))] })])).toEqual([]);
  });

  it("takes a CRL for what its distribution point says", () => {
    const point = (...given: Parameters<typeof issuingPoint>) =>
      usable("a", { extensions: [issuingPoint(...given)] });
    const ours = usable("b", { issuer: "Line", by: lineKey });
    expect(rules([point(["user"])])).toEqual([]);
    expect(rules([point(["ca"])])).toEqual(["no-crl"]);
    expect(rules([point(["attribute"])])).toEqual(["no-crl"]);
    expect(rules([point(["ca"]), ours], [lineDevice, line, root])).toEqual([]);
    expect(rules([point(["user"]), ours], [lineDevice, line, root])).toEqual(["no-crl"]);
    const named = mint({
      subject: "Device",
      issuer: "Root",
      key: testKey(),
      by: rootKey,
      extensions: [encodeCrlDistributionPoints(["http://x/a.crl"])],
    });
    const about = (text: string): UsableCrl => point([], [url(text)]);
    expect(rules([about("http://x/a.crl")], [named, root])).toEqual([]);
    expect(rules([about("http://x/b.crl")], [named, root])).toEqual(["no-crl"]);
    // One that names no point has its issuer's name as one.
    expect(rules([about("http://x/a.crl")])).toEqual(["no-crl"]);
    const directory = encode(0xa0, encode(0xa0, encode(0xa4, commonName("ROOT").der)));
    expect(rules([point([], [directory])])).toEqual([]);
  });

  it("goes by whichever is fit, and takes a revocation from any of those", () => {
    const bad = usable("bad", { breakSignature: true });
    const old = usable("old", { nextUpdateMs: NOW - 1000 });
    expect(rules([bad, old, usable("good")])).toEqual([]);
    expect(rules([bad, old])).toEqual(["crl-signature", "crl-outdated"]);
    const newer = { thisUpdateMs: NOW - 1000 };
    expect(rules([usable("a", { entries: [on(device, reason(1))] }), usable("b", newer)])).toEqual([
      "revoked",
    ]);
    // What is no longer on hold is not on the newest.
    const held = { entries: [on(device, reason(6))] };
    expect(rules([usable("a", held), usable("b", newer)])).toEqual([]);
    expect(rules([usable("a"), usable("b", { ...newer, ...held })])).toEqual(["on-hold"]);
  });

  it("tells keys of one name apart, as after a change of keys", () => {
    const oldKey = testKey();
    const of = (key: typeof oldKey): Partial<CrlChoice> => ({
      by: key,
      extensions: [encodeAuthorityKeyIdentifier(keyIdentifier(key)), crlNumber(3)],
    });
    expect(
      rules([usable("new", of(rootKey)), usable("old", { ...of(oldKey), entries: [on(device)] })]),
    ).toEqual([]);
    expect(rules([usable("old", of(oldKey))])).toEqual(["crl-signer"]);
  });

  it("works out once what CRLs come to for an issuer", () => {
    const crl = usable("a", { entries: [on(line)] });
    let windows = 0;
    const source = {
      size: crl.source.size,
      window: (at: number, length: number) => {
        windows++;
        return crl.source.window(at, length);
      },
    };
    const check = createCrlChecker([{ ...crl, source }], NOW);
    check([device, root]);
    const first = windows;
    for (let i = 0; i < 10; i++) check([{ ...device }, root]);
    expect(windows).toBe(first);
    expect(check([line, root])[0]).toBe(check([line, root])[0]);
    expect(windows).toBe(first + 1);
  });
});
