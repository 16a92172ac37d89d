import { describe, expect, it } from "vitest";
import { jsonReport, jsonTeller } from "../../../src/report/json-verify.ts";
import { junitReport, junitTeller } from "../../../src/report/junit.ts";
import { sarifReport, sarifTeller } from "../../../src/report/sarif.ts";
import {
  badDevice,
  finding,
  goodDevice,
  runOf,
  type SampleFormat,
  type SampleRun,
  unreadable,
  written,
} from "./samples.ts";

const RUN = runOf(goodDevice(), badDevice(), unreadable());
const TITLES = new Map([["key-usage", "A device signs and does nothing else."]]);

const JSON_FORMAT: SampleFormat<readonly string[]> = {
  teller: ({ failOn }) => jsonTeller(failOn),
  report: jsonReport,
};
const JUNIT_FORMAT: SampleFormat<string> = {
  teller: ({ failOn }) => junitTeller(failOn),
  report: junitReport,
};
const SARIF_FORMAT: SampleFormat<ReturnType<ReturnType<typeof sarifTeller>["tell"]>> = {
  teller: () => sarifTeller(TITLES),
  report: (run) => sarifReport(run, "1.2.3"),
};

const json = (run: SampleRun) => written(run, JSON_FORMAT);
const junit = (run: SampleRun) => written(run, JUNIT_FORMAT);
const strictly = (run: SampleRun): SampleRun => ({ ...run, run: { ...run.run, failOn: "warning" } });

it.each([
  ["JSON", JSON_FORMAT],
  ["JUnit", JUNIT_FORMAT],
  ["SARIF", SARIF_FORMAT],
] as [string, SampleFormat<unknown>][])("is the same however the work is shared: %s", (_, format) => {
  const certificates = Array.from({ length: 60 }, (_, n) =>
    n % 7 === 3
      ? badDevice([finding({ rule: `rule-${n % 5}`, severity: n % 2 === 0 ? "warning" : "error" })], n)
      : n % 11 === 5
        ? unreadable(`broken-${n}.crt`)
        : goodDevice(n),
  );
  const run = runOf(...certificates);
  const whole = written(run, format);
  for (const chunk of [1, 4, 16])
    for (const tellers of [1, 2, 5]) expect(written(run, format, { chunk, tellers })).toBe(whole);
});

describe("verify as JSON", () => {
  it("is one document with the documented fields", () => {
    const document = JSON.parse(json(RUN));
    expect(Object.keys(document)).toEqual([
      "schema",
      "policy",
      "at",
      "failOn",
      "certificates",
      "compliant",
      "summary",
    ]);
    expect(document.schema).toBe("samicerts/verify/v1");
    expect(document.compliant).toBe(false);
    expect(document.summary).toEqual({ total: 3, compliant: 1, nonCompliant: 1, unreadable: 1, warnings: 0 });
    expect(document.certificates).toHaveLength(3);
    expect(document.certificates[0]).toEqual({
      source: "devices/100000001.crt",
      index: 0,
      verdict: "compliant",
      role: "device",
      ...goodDevice().certificate,
      keyMatches: true,
      path: goodDevice().path,
      findings: [],
    });
    expect(document.certificates[1].findings).toEqual([finding()]);
    expect(document.certificates[2]).toEqual({
      source: "devices/broken.crt",
      index: 0,
      verdict: "unreadable",
      keyMatches: null,
      path: [],
      findings: [],
      error: {
        code: "der.length",
        kind: "input",
        message: "devices/broken.crt at byte 2: the length is cut off",
        hint: "obtain it again",
      },
    });
  });

  it("is laid out as JSON.stringify would, and whole when empty", () => {
    for (const run of [RUN, runOf(), runOf(goodDevice())]) {
      const text = json(run);
      expect(text).toBe(`${JSON.stringify(JSON.parse(text), null, 2)}\n`);
    }
  });

  it("is compliant only when all are, under the severity that was asked for", () => {
    const compliant = (run: typeof RUN) => JSON.parse(json(run)).compliant;
    const warned = { ...goodDevice(), findings: [finding({ severity: "warning" })] };
    expect(compliant(runOf(warned))).toBe(true);
    expect(compliant(strictly(runOf(warned)))).toBe(false);
    expect(compliant(runOf(goodDevice(), unreadable()))).toBe(false);
  });
});

describe("verify as JUnit", () => {
  it("is a suite with a case for each certificate", () => {
    expect(junit(RUN)).toBe(`<?xml version="1.0" encoding="UTF-8"?>
<testsuites name="samicerts verify" tests="3" failures="1" errors="1" time="0">
  <testsuite name="policy sami" tests="3" failures="1" errors="1" skipped="0" time="0" timestamp="2026-11-23T08:00:00">
    <testcase classname="samicerts.verify" name="devices/100000001.crt MyAwesomeDevice" file="devices/100000001.crt" time="0"/>
    <testcase classname="samicerts.verify" name="devices/100000002.crt MyAwesomeDevice" file="devices/100000002.crt" time="0">
      <failure type="key-usage" message="the key usage lacks digitalSignature">error key-usage: the key usage lacks digitalSignature
about: CN=MyAwesomeDevice,O=MyOrg,C=US
expected: digitalSignature
found: keyAgreement
source: RFC 5280, 4.2.1.3
to mend: issue the certificate anew with digitalSignature</failure>
    </testcase>
    <testcase classname="samicerts.verify" name="devices/broken.crt" file="devices/broken.crt" time="0">
      <error type="der.length" message="devices/broken.crt at byte 2: the length is cut off">obtain it again</error>
    </testcase>
  </testsuite>
</testsuites>
`);
  });

  it("escapes markup and drops what XML can't hold", () => {
    const text = junit(
      runOf(badDevice([finding({ message: `<a b="c">&'\x00\x1b\ud800\ufffe`, actual: "]]>\r\n\tx" })])),
    );
    expect(text).toContain('message="&lt;a b=&quot;c&quot;&gt;&amp;\'\ufffd\ufffd\ufffd\ufffd"');
    expect(text).toContain("found: ]]&gt;&#13;\n\tx\n");
  });

  it("puts warnings into the output of a case that passes, and fails it where they count", () => {
    const run = runOf({ ...goodDevice(), findings: [finding({ severity: "warning" })] });
    expect(junit(run)).toMatch(/<system-out>warning key-usage: [^<]+<\/system-out>/);
    const strict = junit(strictly(run));
    expect(strict).toContain('tests="1" failures="1" errors="0"');
    expect(strict).toMatch(/<failure type="key-usage"/);
  });
});

describe("verify as SARIF", () => {
  const sarif = (run: SampleRun) => JSON.parse(written(run, SARIF_FORMAT));

  it("is laid out as JSON.stringify would", () => {
    for (const run of [RUN, runOf(goodDevice()), runOf(badDevice())]) {
      const text = written(run, SARIF_FORMAT);
      expect(text).toBe(`${JSON.stringify(JSON.parse(text), null, 2)}\n`);
    }
  });

  it("has what SARIF 2.1.0 requires", () => {
    const log = sarif(RUN);
    expect(log.version).toBe("2.1.0");
    expect(log.runs).toHaveLength(1);
    const { tool, results } = log.runs[0];
    expect(tool.driver).toMatchObject({ name: "samicerts", version: "1.2.3" });
    expect(tool.driver.rules.map(({ id }: { id: string }) => id)).toEqual(["key-usage", "unreadable"]);
    expect(tool.driver.rules[0].shortDescription.text).toBe("A device signs and does nothing else.");
    expect(tool.driver.rules[0].help.text).toContain("RFC 5280, 4.2.1.3");
    expect(results).toHaveLength(2);
    for (const result of results) {
      expect(tool.driver.rules[result.ruleIndex].id).toBe(result.ruleId);
      expect(["error", "warning", "note"]).toContain(result.level);
      expect(result.message.text).toMatch(/\S/);
    }
    expect(results[0].locations[0].physicalLocation.artifactLocation.uri).toBe("devices/100000002.crt");
    expect(results[0].locations[0].logicalLocations[0].name).toBe("CN=MyAwesomeDevice,O=MyOrg,C=US");
  });

  it("describes a rule once however often it speaks, and calls an info a note", () => {
    const { tool, results } = sarif(runOf(badDevice(), badDevice([finding({ severity: "info" }), finding()])))
      .runs[0];
    expect(tool.driver.rules).toHaveLength(1);
    expect(results.map(({ level }: { level: string }) => level)).toEqual(["error", "note", "error"]);
  });

  it.each([
    ["a b/ü#1%.crt", "a%20b/%C3%BC%231%25.crt"],
    ["/var/x y.crt", "file:///var/x%20y.crt"],
    ["C:\\certs\\a.crt", "file:///C:/certs/a.crt"],
    ["../x.crt", "../x.crt"],
    ["standard input", "standard%20input"],
  ])("writes the path %j as the URI %j", (source, uri) => {
    const { results } = sarif(runOf({ ...badDevice(), source })).runs[0];
    expect(results[0].locations[0].physicalLocation.artifactLocation.uri).toBe(uri);
  });

  it("gives each finding a fingerprint of its own", () => {
    const { results } = sarif(
      runOf(badDevice([finding(), finding({ rule: "b" }), finding({ subject: "CN=CA" })])),
    ).runs[0];
    const prints = results.map((result: { partialFingerprints: object }) =>
      JSON.stringify(result.partialFingerprints),
    );
    expect(new Set(prints).size).toBe(3);
  });
});
