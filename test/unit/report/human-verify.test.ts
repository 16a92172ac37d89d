import { describe, expect, it } from "vitest";
import { humanReport, humanTeller, type VerifyStyle } from "../../../src/report/human-verify.ts";
import { PLAIN } from "../../../src/report/paint.ts";
import { badDevice, finding, goodDevice, runOf, type SampleRun, unreadable, written } from "./samples.ts";

const STYLE: VerifyStyle = { paint: PLAIN, verbose: false, quiet: false, width: 80 };

function text(
  run: SampleRun,
  style: Partial<VerifyStyle> = {},
  cut: Parameters<typeof written>[2] = {},
): string {
  const whole = { ...STYLE, ...style };
  const format = {
    teller: ({ failOn }: SampleRun["run"]) => humanTeller(failOn, whole),
    report: (of: SampleRun["run"]) => humanReport(of, whole),
  };
  return written(run, format, cut);
}

describe("verify for a person", () => {
  it("says in one line that a certificate is fine", () => {
    expect(text(runOf(goodDevice()))).toBe(
      "ok  devices/100000001.crt  MyAwesomeDevice  100000001 (0x5f5e101)  key matches\n" +
        "1 certificate: 1 compliant; policy sami\n",
    );
  });

  it("tells a finding with everything there is to know", () => {
    expect(
      text(
        runOf(
          badDevice([finding({ severity: "warning", rule: "serial-length", message: "long" }), finding()]),
        ),
      ),
    ).toBe(
      `not ok  devices/100000002.crt  MyAwesomeDevice  100000002 (0x5f5e102)
  error key-usage: the key usage lacks digitalSignature
    expected  digitalSignature
    found     keyAgreement
    source    RFC 5280, 4.2.1.3
    to mend   issue the certificate anew with digitalSignature
  warning serial-length: long
    expected  digitalSignature
    found     keyAgreement
    source    RFC 5280, 4.2.1.3
    to mend   issue the certificate anew with digitalSignature
1 certificate: 1 not compliant, 1 with warnings; policy sami
`,
    );
  });

  it("names the certificate that a finding is about where that is another", () => {
    expect(text(runOf(badDevice([finding({ subject: "CN=MyDevAuthority,O=MyOrg,C=US" })])))).toContain(
      "\n    about     CN=MyDevAuthority,O=MyOrg,C=US\n",
    );
  });

  it("keeps to the width", () => {
    const long = finding({ message: "word ".repeat(40).trim(), hint: "mend ".repeat(40).trim() });
    const lines = text(runOf(badDevice([long]))).split("\n");
    expect(lines.length).toBeGreaterThan(10);
    for (const line of lines) expect(line.length).toBeLessThanOrEqual(80);
    expect(text(runOf(badDevice([long])), { width: 60 }).split("\n").length).toBeGreaterThan(lines.length);
  });

  it("numbers the later certificates of one file and marks what can't be read", () => {
    const report = text(runOf(goodDevice(), { ...goodDevice(), index: 1 }, unreadable()));
    expect(report).toContain("ok  devices/100000001.crt#2  ");
    expect(report).toContain(
      "unreadable  devices/broken.crt\n" +
        "  error devices/broken.crt at byte 2: the length is cut off\n" +
        "    to mend  obtain it again\n",
    );
    expect(report).toContain("3 certificates: 2 compliant, 1 unreadable; policy sami\n");
  });

  it("does not let a certificate write to the terminal", () => {
    const device = badDevice([finding({ actual: "\x1b]0;title\x07" })]);
    const subject = "CN=\x1b[2Jx,C=US";
    const report = text(runOf({ ...device, certificate: { ...goodDevice().certificate!, subject } }));
    expect(report).toContain("\\x1b[2Jx");
    expect(report).toContain("found     \\x1b]0;title\\x07");
    expect(report).not.toContain("\x1b");
  });

  it("says that only the path was checked", () => {
    expect(text({ ...runOf(goodDevice()), run: { ...runOf().run, policy: "none" } })).toContain(
      "1 compliant; path alone, no policy\n",
    );
  });
});

describe("verify of very many", () => {
  const good = Array.from({ length: 1000 }, (_, index) => goodDevice(200000000 + index));
  const bad = Array.from({ length: 120 }, (_, index) => badDevice([finding()], 300000000 + index));

  it("lists up to twenty and only counts what is fine from there on", () => {
    expect(text(runOf(...good.slice(0, 20))).split("\n")).toHaveLength(22);
    expect(text(runOf(...good.slice(0, 21)))).toBe("21 certificates: 21 compliant; policy sami\n");
    expect(text(runOf(...good), { verbose: true }).split("\n")).toHaveLength(1002);
  });

  it("tells fifty faults in full, then counts and tallies", () => {
    const report = text(runOf(...good, ...bad));
    expect(report.match(/^not ok {2}/gm)).toHaveLength(50);
    expect(report).not.toContain("\nok  ");
    expect(report).toContain("... and 70 more like these: --verbose lists them, --json has them all\n");
    expect(report).toContain("findings by rule:\n  error    key-usage  120 certificates\n");
    expect(report).toMatch(/\n1,120 certificates: 1,000 compliant, 120 not compliant; policy sami\n$/);
    expect(text(runOf(...good, ...bad), { verbose: true }).match(/^not ok {2}/gm)).toHaveLength(120);
  });

  it("tallies warnings of certificates that are fine", () => {
    const warned = good.map((device) => ({
      ...device,
      findings: [finding({ severity: "warning", rule: "nist" })],
    }));
    expect(text(runOf(...warned))).toBe(
      "findings by rule:\n  warning  nist  1,000 certificates\n" +
        "1,000 certificates: 1,000 compliant, 1,000 with warnings; policy sami\n",
    );
  });

  it("is silent about what is fine when told to be quiet", () => {
    expect(text(runOf(goodDevice()), { quiet: true })).toBe("");
    const report = text(runOf(goodDevice(), badDevice()), { quiet: true });
    expect(report).toMatch(/^not ok {2}devices\/100000002/);
    expect(report).not.toContain("compliant;");
  });

  it.each([
    ["few", good.slice(0, 20)],
    ["one more", good.slice(0, 21)],
    ["few, with faults", [...good.slice(0, 15), ...bad.slice(0, 3), unreadable()]],
    ["many", [...good.slice(0, 90), ...bad.slice(0, 30), ...good.slice(90), ...bad.slice(30), unreadable()]],
    ["faults first", [...bad, ...good.slice(0, 40)]],
  ])("says the same however the work is shared: %s", (_, certificates) => {
    const run = runOf(...certificates);
    for (const style of [{}, { verbose: true }, { quiet: true }, { quiet: true, verbose: true }]) {
      const whole = text(run, style);
      for (const chunk of [1, 3, 16])
        for (const tellers of [1, 2, 5]) expect(text(run, style, { chunk, tellers })).toBe(whole);
    }
  });
});
