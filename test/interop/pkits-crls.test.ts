import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { expect, it } from "vitest";
import { memorySource } from "../../src/x509/byte-source.ts";
import { decodeCertificate } from "../../src/x509/certificate.ts";
import { buildPath } from "../../src/x509/chain.ts";
import { createCrlChecker } from "../../src/x509/crl-checker.ts";
import { indexCrl } from "../../src/x509/crl-index.ts";
import { parseTime } from "../../src/x509/time.ts";
import { suiteFor } from "../programs.ts";

interface Case {
  readonly test: string;
  readonly name: string;
  readonly subpart: string | null;
  readonly expected: "valid" | "invalid";
  readonly time: string;
  readonly trusted: readonly string[];
  readonly untrusted: readonly string[];
  readonly leaf: string;
  readonly crls: readonly string[];
}

const ROOT = fileURLToPath(new URL("../..", import.meta.url));
const folder = [
  process.env["SAMICERTS_CONFORMANCE"],
  join(ROOT, "../shared/conformance"),
  join(ROOT, "../../shared/conformance"),
]
  .filter((path) => path !== undefined)
  .map((path) => join(path, "pkits"))
  .find((path) => existsSync(join(path, "cases.json")));

/** Valid chains that are refused, and by which rule: what is not processed is refused by name. */
const NOT_PROCESSED: ReadonlyMap<string, string> = new Map([
  // A key for CRLs that is not the one for certificates.
  ["4.4.19", "revocation.crl-signer"],
  // Names relative to the issuer.
  ["4.14.4", "revocation.crl-unsupported"],
  ["4.14.5", "revocation.crl-unsupported"],
  ["4.14.7", "revocation.crl-unsupported"],
  // Indirect CRLs: of other issuers than the certificate's.
  ["4.14.22", "revocation.crl-unsupported"],
  ["4.14.24", "revocation.no-crl"],
  ["4.14.28", "revocation.no-crl"],
  ["4.14.29", "revocation.crl-unsupported"],
  // Delta CRLs.
  ["4.15.5", "revocation.crl-unsupported"],
  ["4.15.7", "revocation.crl-unsupported"],
]);

/** Sections about something else than revocation, whose own demands the path's verdict tells of. */
const OTHER_SECTIONS = /^4\.(8|9|10|11|12|13)\./;

const missing = folder === undefined ? ["NIST PKITS in ../shared/conformance, or SAMICERTS_CONFORMANCE"] : [];

suiteFor(missing, process.env["SAMICERTS_TEST_ALL"] === "1")("NIST PKITS, its CRLs", () => {
  const read = (file: string): Buffer => readFileSync(join(folder ?? "", file));
  const cases = (JSON.parse(read("cases.json").toString()) as { readonly cases: readonly Case[] }).cases;
  const random = { bytes: (count: number) => Buffer.alloc(count, 0x29) };

  it.each(cases.map((one) => [one.test, one.name, one] as const))("%s %s", (test, _, one) => {
    const atMs = parseTime(one.time);
    const decode = (file: string) => decodeCertificate(read(file), file);
    const { path, findings } = buildPath({
      target: decode(one.leaf),
      anchors: one.trusted.map(decode),
      untrusted: one.untrusted.map(decode),
      atMs,
    });
    const crls = one.crls.map((file) => {
      const source = memorySource(read(file));
      return { name: file, source, ...indexCrl(source, file, random) };
    });
    const found = createCrlChecker(crls, atMs)(path).map(({ rule }) => rule);
    const byPath = findings.length > 0;
    if (one.expected === "invalid") {
      if (!OTHER_SECTIONS.test(test)) expect([...findings, ...found]).not.toEqual([]);
      return;
    }
    const refusal = NOT_PROCESSED.get(test);
    if (refusal !== undefined) expect(found).toContain(refusal);
    else if (!byPath) expect(found).toEqual([]);
  });

  it("has the cases that the exceptions name", () => {
    const names = new Set(cases.map(({ test }) => test));
    for (const test of NOT_PROCESSED.keys()) expect(names).toContain(test);
    expect(cases.filter(({ test }) => test.startsWith("4.4.")).length).toBeGreaterThan(10);
  });
});
