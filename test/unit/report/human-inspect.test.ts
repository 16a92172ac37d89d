import { describe, expect, it } from "vitest";
import type { InspectedCertificate } from "../../../src/actions/inspect.ts";
import type { InspectedChain } from "../../../src/actions/inspect-chain.ts";
import { chainText, inspectText } from "../../../src/report/human-inspect.ts";
import { inspectKeyText } from "../../../src/report/human-inspect-others.ts";
import { block, breakLines, type Page } from "../../../src/report/inspect-block.ts";
import { inspectJson } from "../../../src/report/json-inspect.ts";
import { displayWidth } from "../../../src/report/layout.ts";
import { PLAIN } from "../../../src/report/paint.ts";
import { finding, goodDevice } from "./samples.ts";

const PAGE: Page = { paint: PLAIN, width: 80, atMs: Date.parse("2026-11-24T08:00:00Z") };

const DEVICE: InspectedCertificate = {
  source: "devices/100000001.crt",
  index: 0,
  certificate: {
    ...goodDevice().certificate!,
    subject: "CN=MyAwesomeDevice,OU=A department with a long name,O=MyOrg,ST=California,L=Irvine,C=US",
  },
  version: 3,
  selfIssued: false,
  signature: "ecdsa-with-SHA256",
  key: "ec:P-256",
  sha1: "cd".repeat(20),
  spkiSha256: "ef".repeat(32),
  extensions: [
    { oid: "2.5.29.19", name: "basicConstraints", critical: true, lines: ["not a CA"] },
    { oid: "2.5.29.14", name: "subjectKeyIdentifier", critical: false, lines: ["0123456789abcdef"] },
    { oid: "1.2.3.4", name: "1.2.3.4", critical: false, lines: ["00".repeat(60)] },
    {
      oid: "1.3.6.1.4.1.99999.1.2.3.4",
      name: "1.3.6.1.4.1.99999.1.2.3.4",
      critical: false,
      lines: ["00".repeat(5000)],
    },
  ],
  daysLeft: 3648,
  state: "current",
  verdict: { policy: "sami", role: "device", compliant: true, findings: [] },
};

describe("inspect for a person", () => {
  it("says everything, aligned and within 80 columns", () => {
    const { notBefore, notAfter } = DEVICE.certificate;
    const text = inspectText(DEVICE, PAGE);
    expect(text).toBe(`certificate devices/100000001.crt
  subject      CN=MyAwesomeDevice,OU=A department with a long name,O=MyOrg,
               ST=California,L=Irvine,C=US
  issuer       CN=MyDevAuthority,O=MyOrg,C=US
  serial       100000001 (0x5f5e101)
  last four    0001
  valid        ${notBefore} to ${notAfter}
               3,650 days, 3,648 days left
  key          ec:P-256
  signature    ecdsa-with-SHA256
  version      3
  SHA-256      ${"ab".repeat(32)}
  SHA-1        ${"cd".repeat(20)}
  key SHA-256  ${"ef".repeat(32)}
  policy       sami, as a device by itself: compliant
  4 extensions
    basicConstraints      critical; not a CA
    subjectKeyIdentifier  0123456789abcdef
    1.2.3.4               ${"0".repeat(54)}
                          ${"0".repeat(54)}
                          ${"0".repeat(12)}
    1.3.6.1.4.1.99999.1.2.3.4
${`                          ${"0".repeat(54)}\n`.repeat(11)}                          ... and 175 lines more, which --json has
`);
    for (const line of text.split("\n")) expect(line.length).toBeLessThanOrEqual(80);
  });

  it("says what is out of the ordinary", () => {
    const text = inspectText(
      {
        ...DEVICE,
        index: 1,
        certificate: { ...DEVICE.certificate, subject: "" },
        selfIssued: true,
        selfSigned: { holds: false, reason: "the signature does not fit the signer's key" },
        exponent: "3",
        state: "expired",
        extensions: [],
        verdict: {
          policy: "sami",
          role: "intermediate",
          compliant: false,
          findings: [finding(), finding({ severity: "warning" })],
        },
      },
      { ...PAGE, atMs: Date.parse("2036-12-20T00:00:00Z") },
    );
    expect(text).toContain("certificate devices/100000001.crt, certificate 2\n");
    expect(text).toContain(
      "  subject      (empty)\n  issuer       itself\n               but not signed by its own key: the signature does not fit the\n",
    );
    expect(text).toContain("3,650 days, expired 29 days ago");
    expect(text).toContain("ec:P-256, exponent 3");
    expect(text).toContain(
      "sami, as an intermediate by itself: not compliant, 1 error, 1\n               warning; samicerts verify tells more",
    );
    expect(text).toContain("  no extensions\n");
  });

  it("says who signed whom, and what is wrong with a chain", () => {
    const chain: InspectedChain = {
      source: "chain.pem",
      inOrder: false,
      links: [
        { index: 0, subject: "/CN=Lamp", signedBy: 2 },
        { index: 1, subject: "/CN=Lamp", signedBy: 2, sameAs: 0 },
        { index: 2, subject: "/CN=Line", signedBy: null, issuer: "/CN=Root" },
        { index: 3, subject: "/CN=Forged", signedBy: null, issuer: "/CN=Line", reason: "no fit" },
        { index: 4, subject: "/CN=Root", signedBy: "itself" },
      ],
    };
    expect(chainText(chain, PAGE)).toBe(`chain in chain.pem
  1            Lamp, signed by 3
  2            Lamp
               the same as certificate 1: one of them is too much
  3            Line, signed by none of these: Root
  4            Forged
               signed by none of these: no fit
  5            Root, signed by itself
  order        not each is signed by the next, as servers and devices want it
`);
  });

  it("tells of a key only what is public", () => {
    const key = {
      source: "root.key",
      kind: "private",
      key: "ec:P-256",
      spkiSha256: "ef".repeat(32),
    } as const;
    expect(inspectKeyText({ ...key, form: "pkcs8" }, PAGE)).toBe(
      `private key root.key\n  kind         ec:P-256\n  form         PKCS#8\n  encrypted    no\n  key SHA-256  ${"ef".repeat(32)}\n`,
    );
    const nothing = {
      containers: [],
      requests: [],
      crls: [],
      ocspRequests: [],
      ocspResponses: [],
      manifests: [],
    };
    expect(
      JSON.parse(inspectJson("2026-11-24T08:00:00Z", { ...nothing, certificates: [DEVICE], keys: [key] })),
    ).toEqual({
      schema: "samicerts/inspect/v1",
      at: "2026-11-24T08:00:00Z",
      ...nothing,
      certificates: [DEVICE],
      keys: [key],
    });
  });
});

describe("a block of rows", () => {
  const HOSTILE = [
    ["wide characters", "設備".repeat(60)],
    ["emoji", "🔑💡".repeat(50)],
    ["a word without an end", "x".repeat(500)],
    ["marks upon marks", `Z${"\u0301".repeat(300)}`],
    ["controls", "\u001b[31mred\u0007\u009b2J\r\n".repeat(20)],
    ["a turned direction", "\u202etxt.exe\u2066".repeat(30)],
    ["what is not seen", "\u200b\u3164\u2800\ufe0f\u00ad\u{e0041}".repeat(30)],
    ["other spaces", "a\u00a0b\u2003c\u3000d ".repeat(40)],
    ["no character at all", "\u{10fffd}\ue000\u0378".repeat(40)],
  ] as const;

  it.each(HOSTILE)("with %s keeps to its columns, and moves no cursor", (_, text) => {
    for (const width of [40, 80, 100]) {
      const words = block(
        text,
        [
          [text.slice(0, 30), text],
          ["label", [text, { text, as: "bad" }]],
        ],
        {
          ...PAGE,
          width,
        },
      );
      for (const line of words.split("\n")) expect(displayWidth(line)).toBeLessThanOrEqual(width);
      expect(words).not.toMatch(
        /(?!\n)[\p{Cc}\p{Cf}\p{Cs}\p{Co}\p{Cn}\p{Default_Ignorable_Code_Point}]|\p{M}{5}/u,
      );
      expect(words).not.toMatch(/(?! )\p{Zs}/u);
    }
  });

  it("breaks at spaces where there are any, and loses nothing", () => {
    expect(breakLines("one two three", 7)).toEqual(["one two", "three"]);
    expect(breakLines("abcdefghij", 4)).toEqual(["abcd", "efgh", "ij"]);
    expect(breakLines("日本語", 5)).toEqual(["日本", "語"]);
  });
});
