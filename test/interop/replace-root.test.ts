import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { needs } from "../programs.ts";
import { run, samicerts } from "./vendor.ts";

/** The new root's name, absent for the old one's, and its key. */
const REPLACEMENTS: readonly (readonly [string, readonly string[]])[] = [
  ["the same name", []],
  ["another name", ["/C=US/O=MyOrg/OU=MyDep/CN=Root 2"]],
  ["another kind of key", ["--key", "rsa:2048"]],
];

describe.each(REPLACEMENTS)("a root that was replaced by one with %s", (_, words) => {
  let dir: string;
  const at = (path: string): string => join(dir, path);
  beforeAll(() => {
    dir = mkdtempSync(join(tmpdir(), "samicerts-replace-"));
    const there = ["--dir", dir];
    samicerts(["root", "/C=US/O=MyOrg/OU=MyDep/CN=Root", ...there]);
    samicerts(["client", "100000001", "Before", ...there]);
    samicerts(["intermediate", "line2", "/C=US/O=MyOrg/OU=MyDep/CN=Line2", ...there]);
    samicerts(["client", "200000001", "Before", "--line", "line2", ...there]);
    samicerts(["root", "--replace", ...words, ...there]);
    samicerts(["client", "100000002", "After", ...there]);
    samicerts(["intermediate", "line3", "/C=US/O=MyOrg/OU=MyDep/CN=Line3", ...there]);
    samicerts(["client", "300000001", "After", "--line", "line3", ...there]);
  });
  afterAll(() => rmSync(dir, { recursive: true }));

  const CASES = [
    ["old-roots/1/root.crt", "devices/100000002.crt", "new-with-old", undefined],
    ["old-roots/1/root.crt", "lines/line3/devices/300000001.crt", "new-with-old", "line3"],
    ["root.crt", "devices/100000001.crt", "old-with-new", undefined],
    ["root.crt", "lines/line2/devices/200000001.crt", "old-with-new", "line2"],
  ] as const;

  needs("openssl")("openssl verify -x509_strict", () => {
    it.each(CASES)("with %s alone takes %s over %s, and not without", (root, device, bridge, line) => {
      const chain = line === undefined ? [] : ["-untrusted", at(`lines/${line}/line.crt`)];
      const purpose = ["-x509_strict", "-purpose", "sslclient"];
      const verify = (...more: string[]) =>
        run("openssl", ["verify", ...purpose, "-CAfile", at(root), ...chain, ...more, at(device)]).status;
      expect(verify("-untrusted", at(`old-roots/1/${bridge}.crt`))).toBe(0);
      expect(verify()).not.toBe(0);
    });
  });

  it.each(CASES)("samicerts verify with %s alone takes %s over %s", (root, device, bridge, line) => {
    const chain = line === undefined ? [] : ["--untrusted", at(`lines/${line}/line.crt`)];
    const words = [at(device), "--root", at(root), "--policy", "none", "--dir", at("nowhere"), ...chain];
    samicerts(["verify", ...words, "--untrusted", at(`old-roots/1/${bridge}.crt`)]);
    expect(() => samicerts(["verify", ...words])).toThrow();
  });
});
