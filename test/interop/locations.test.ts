import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";
import { needs } from "../programs.ts";
import { run, samicerts } from "./vendor.ts";

const LOCATIONS = {
  crlUrls: ["http://crl.example.com/{issuerKeyId}.crl", "ldap://ldap.example.com/cn=root?crl"],
  ocspUrls: ["http://ocsp.example.com/"],
  caIssuerUrls: ["http://crl.example.com/{issuerKeyId}.crt"],
};
const POLICY = {
  name: "ours",
  title: "sami with addresses",
  extends: ["sami"],
  issue: { intermediate: LOCATIONS, device: LOCATIONS },
};

let dir: string;
beforeAll(() => {
  dir = mkdtempSync(join(tmpdir(), "samicerts-locations-"));
  writeFileSync(join(dir, "policy.json"), JSON.stringify(POLICY));
  const at = ["--dir", dir];
  samicerts(["root", "/C=US/O=MyOrg/CN=Root", ...at]);
  samicerts(["client", "100000001", "Lamp", ...at]);
  samicerts(["intermediate", "line2", "/C=US/O=MyOrg/CN=Line2", ...at]);
  samicerts(["client", "100000001", "Lamp", "--line", "line2", ...at]);
});
afterAll(() => rmSync(dir, { recursive: true }));

needs("openssl")("the addresses of a policy", () => {
  const extension = (path: string, names: string): string => {
    const { stdout, status } = run("openssl", ["x509", "-in", join(dir, path), "-noout", "-ext", names]);
    expect(status).toBe(0);
    return stdout.replace(/\s+/g, " ");
  };
  const keyId = (path: string): string =>
    extension(path, "subjectKeyIdentifier").split(": ")[1]!.replaceAll(":", "").trim().toLowerCase();

  it.each([
    ["devices/100000001.crt", "root.crt"],
    ["lines/line2/line.crt", "root.crt"],
    ["lines/line2/devices/100000001.crt", "lines/line2/line.crt"],
  ])("are in %s, with the key identifier of %s", (path, issuer) => {
    const id = keyId(issuer);
    expect(extension(path, "crlDistributionPoints")).toContain(
      `Full Name: URI:http://crl.example.com/${id}.crl URI:ldap://ldap.example.com/cn=root?crl`,
    );
    expect(extension(path, "authorityInfoAccess")).toContain(
      `OCSP - URI:http://ocsp.example.com/ CA Issuers - URI:http://crl.example.com/${id}.crt`,
    );
    expect(run("openssl", ["x509", "-in", join(dir, path), "-noout", "-ocsp_uri"]).stdout).toBe(
      "http://ocsp.example.com/\n",
    );
  });

  it("are nothing that a verifier minds", () => {
    const untrusted = ["-untrusted", join(dir, "lines/line2/line.crt")];
    const verify = ["verify", "-x509_strict", "-CAfile", join(dir, "root.crt"), ...untrusted];
    const paths = ["devices/100000001.crt", "lines/line2/devices/100000001.crt"].map((path) =>
      join(dir, path),
    );
    expect(run("openssl", [...verify, ...paths])).toMatchObject({ status: 0 });
    samicerts(["verify", "--dir", dir, "--fail-on", "warning"]);
  });

  it("are not a root's that needs an issuer for them", () => {
    writeFileSync(
      join(dir, "root-policy.json"),
      JSON.stringify({ ...POLICY, issue: { root: { crlUrls: ["http://x/{issuerKeyId}"] } } }),
    );
    const words = ["root", "/C=US/O=MyOrg/CN=Root", "--dir", join(dir, "other"), "--policy"];
    expect(() => samicerts([...words, join(dir, "root-policy.json")])).toThrow("a root has no issuer");
  });
});
