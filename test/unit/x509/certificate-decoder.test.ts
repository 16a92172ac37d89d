import { describe, expect, it } from "vitest";
import { certificateDecoder, decodeCertificate } from "../../../src/x509/certificate.ts";
import { joinNames } from "../../../src/x509/name.ts";
import { parseName } from "../../../src/x509/name-syntax.ts";
import { DAY, mint, NOW, testKey } from "./mint.ts";

const root = testKey();
const device = (index: number, extra: Partial<Parameters<typeof mint>[0]> = {}): Uint8Array =>
  mint({
    subject: `device ${index}`,
    issuer: "root",
    key: index % 2 === 0 ? EC : RSA,
    by: root,
    ca: false,
    notAfterMs: NOW + (1 + (index % 3)) * DAY,
    ...extra,
  }).der;
const EC = testKey();
const RSA = testKey("rsa", { modulusLength: 2048 });

describe("a decoder that remembers", () => {
  it("decodes certificates that share some parts, and differ in others, as one that does not", () => {
    const decode = certificateDecoder();
    const made = Array.from({ length: 100 }, (_, index) =>
      device(index, index % 7 === 0 ? { issuer: "another root", ca: true, pathLength: index } : {}),
    );
    for (const der of made) expect(decode(der, "it")).toEqual(decodeCertificate(der, "it"));
  });

  it("keeps its own copy of what it remembers", () => {
    const decode = certificateDecoder();
    const first = Buffer.from(device(0));
    decode(first);
    first.fill(0x41);
    const second = device(2);
    expect(decode(second)).toEqual(decodeCertificate(second));
  });

  it("refuses what the other refuses, in the same words, however often it saw it right", () => {
    const decode = certificateDecoder();
    const whole = device(0);
    for (let i = 0; i < 3; i++) decode(whole);
    let refused = 0;
    for (let at = 0; at < whole.length; at++) {
      for (const change of [0x01, 0x80, 0xff]) {
        const damaged = Buffer.from(whole);
        damaged[at] = (damaged[at] as number) ^ change;
        const wanted = outcome(() => decodeCertificate(damaged, "it"));
        expect(outcome(() => decode(damaged, "it"))).toEqual(wanted);
        if (typeof wanted === "string") refused++;
      }
    }
    expect(refused).toBeGreaterThan(100);
    expect(decode(whole)).toEqual(decodeCertificate(whole));
  });
});

function outcome(decode: () => unknown): unknown {
  try {
    return decode();
  } catch (error) {
    return String(error);
  }
}

describe("joining names", () => {
  it("gives the name of all their RDNs", () => {
    const long = `/OU=${"x".repeat(60)}/O=${"y".repeat(60)}/C=US`;
    const parts = ["/C=US/O=MyOrg", long, "/CN=Lamp+UID=7"];
    expect(joinNames(...parts.map(parseName))).toEqual(parseName(parts.join("")));
    expect(joinNames(parseName(long), joinNames())).toEqual(parseName(long));
  });
});
