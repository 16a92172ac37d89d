import { spawnSync } from "node:child_process";
import {
  chmodSync,
  copyFileSync,
  mkdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { needs } from "../programs.ts";
import { makePlace, type Place, ROOT_NAME } from "./command.ts";

let place: Place;
beforeAll(() => {
  place = makePlace();
  place.succeed(["root", ROOT_NAME]);
  place.succeed(["client", "100000001", "MyAwesomeDevice"]);
  place.succeed(["client", "100000002", "Kitchen lamp"]);
  place.succeed(["root", "/C=DE/O=Other/CN=Stranger", "--dir", "other"]);
  const pem = (path: string) => readFileSync(place.at(path), "utf8");
  writeFileSync(place.at("chain.pem"), pem("devices/100000001.crt") + pem("root.crt"));
  mkdirSync(place.at("der"));
  const body = pem("devices/100000001.crt").replace(/-----[^-]+-----|\s/g, "");
  writeFileSync(place.at("der/device.cer"), Buffer.from(body, "base64"));
});
afterAll(() => place.remove());

const DEVICE = "devices/100000001.crt";

describe("where certificates come from", () => {
  it("a file, several, a directory and what is below it", () => {
    expect(place.succeed(["verify", DEVICE, "devices/100000002.crt"])).toMatch(
      /^ok {2}devices\/100000001\.crt .*\nok {2}devices\/100000002\.crt .*\n2 certificates: 2 compliant; policy sami\n$/,
    );
    expect(place.succeed(["verify", "devices"])).toMatch(/\n2 certificates: 2 compliant; policy sami\n$/);
    mkdirSync(place.at("deep/er"), { recursive: true });
    copyFileSync(place.at(DEVICE), place.at("deep/er/x.PEM"));
    symlinkSync("..", place.at("deep/er/up"));
    expect(place.succeed(["verify", "deep"])).toMatch(
      /^ok {2}deep\/er\/x\.PEM {2}MyAwesomeDevice .*\n1 certificate: /,
    );
  });

  it("DER, standard input, and a bundle with its chain", () => {
    expect(place.succeed(["verify", "der"])).toMatch(/^ok {2}der\/device\.cer {2}MyAwesomeDevice {2}/);
    for (const path of [DEVICE, "der/device.cer"])
      expect(place.succeed(["verify", "-"], { input: readFileSync(place.at(path)) })).toMatch(
        /^ok {2}standard input {2}MyAwesomeDevice {2}/,
      );
    const { certificates } = JSON.parse(place.succeed(["verify", "chain.pem", "--json"]));
    expect(certificates[0]).toMatchObject({ source: "chain.pem", index: 0, verdict: "compliant" });
  });

  it("passes over keys in a directory", () => {
    mkdirSync(place.at("mixed"));
    copyFileSync(place.at(DEVICE), place.at("mixed/a.pem"));
    copyFileSync(place.at("devices/100000001.key"), place.at("mixed/b.pem"));
    expect(place.succeed(["verify", "mixed"])).toMatch(/\n1 certificate: 1 compliant; policy sami\n$/);
  });

  it("passes over what tells of revocation: CRLs in DER, who answers OCSP, and the answers", () => {
    const at = ["--dir", "telling"];
    place.succeed(["root", ROOT_NAME, ...at]);
    place.succeed(["intermediate", "two", "/C=US/O=MyOrg/CN=Two", ...at]);
    place.succeed(["client", "200000001", "Lamp", "--line", "two", ...at]);
    const before = place.succeed(["verify", ...at]);
    const whole = place.succeed(["verify", "telling", ...at]);
    for (const which of [[], ["--line", "two"]]) {
      place.succeed(["crl", ...which, ...at]);
      place.succeed(["ocsp", "responder", ...which, ...at]);
      place.succeed(["ocsp", "sign", ...which, ...at]);
    }
    expect(place.succeed(["verify", ...at])).toBe(before);
    expect(place.succeed(["verify", "telling", ...at])).toBe(whole);
    expect(place.samicerts(["verify", "telling/ocsp", ...at]).stdout).toContain("ocsp-signing");
  });
});

describe("what it is judged by", () => {
  it("does not trust a stranger's root", () => {
    const { status, stdout } = place.samicerts(["verify", DEVICE, "--root", "other/root.crt"]);
    expect(status).toBe(1);
    expect(stdout).toMatch(/^not ok {2}devices\/100000001\.crt {2}MyAwesomeDevice {2}/);
    expect(stdout).toMatch(/\n {2}error path\./);
    expect(place.succeed(["verify", DEVICE, "--root", "other/root.crt", "--root", "root.crt"])).toMatch(
      /^ok /,
    );
    expect(place.succeed(["verify", DEVICE, "--dir", "other", "--root", "root.crt"])).toMatch(/^ok /);
  });

  it("judges at the moment that is asked for", () => {
    const { status, stdout } = place.samicerts(["verify", DEVICE, "--at", "2100-01-01", "--json"]);
    expect(status).toBe(1);
    const document = JSON.parse(stdout);
    expect(document).toMatchObject({ at: "2100-01-01T00:00:00Z", compliant: false });
    const rules = document.certificates[0].findings.map(({ rule }: { rule: string }) => rule);
    expect(rules).toContain("path.expired");
    expect(place.samicerts(["verify", DEVICE, "--at", "2001-01-01"]).status).toBe(1);
  });

  it("asks for a purpose where one is named, by name or OID, whatever the policy", () => {
    for (const purpose of ["clientAuth", "1.3.6.1.5.5.7.3.2"])
      expect(place.succeed(["verify", DEVICE, "--purpose", purpose])).toMatch(/^ok /);
    for (const purpose of ["serverAuth", "1.3.6.1.5.5.7.3.1", "2.5.29.37.0"]) {
      const words = ["verify", DEVICE, "--purpose", purpose, "--policy", "none"];
      const { status, stdout } = place.samicerts(words);
      expect(status, purpose).toBe(1);
      expect(stdout, purpose).toMatch(/\n {2}error path\.purpose: /);
    }
    // A root has no extKeyUsage, so it excludes no purpose.
    expect(place.succeed(["verify", "root.crt", "--purpose", "serverAuth"])).toMatch(/^ok /);
  });

  it("judges a self-signed anchor as a root, everything else as a device unless told", () => {
    expect(JSON.parse(place.succeed(["verify", "root.crt", "--json"])).certificates[0].role).toBe("root");
    expect(JSON.parse(place.succeed(["verify", DEVICE, "--json"])).certificates[0].role).toBe("device");
    // A CA that is not an anchor must not pass for a device.
    expect(place.samicerts(["verify", "other/root.crt"]).status).toBe(1);
    expect(place.samicerts(["verify", DEVICE, "--as", "root"]).status).toBe(1);
  });

  it("follows other policies, or the path alone", () => {
    expect(place.samicerts(["verify", DEVICE, "--policy", "matter"])).toMatchObject({
      status: 1,
      stdout: expect.stringContaining("; policy matter\n"),
    });
    expect(place.succeed(["verify", DEVICE, "--policy", "none"])).toContain("; path alone, no policy\n");
    expect(place.samicerts(["verify", DEVICE, "--policy", "none", "--root", "other/root.crt"]).status).toBe(
      1,
    );
    const strict = {
      name: "strict",
      title: "Strict",
      extends: ["sami"],
      rules: { "key-algorithm": { severity: "error", parameters: { allow: ["ec:P-384"] } } },
    };
    writeFileSync(place.at("strict.json"), JSON.stringify(strict));
    const { status, stdout } = place.samicerts(["verify", DEVICE, "--policy", "strict.json"]);
    expect(status).toBe(1);
    expect(stdout).toMatch(/\n {2}error key-algorithm: /);
  });

  it("lets a warning fail where it should", () => {
    const warned = {
      name: "warned",
      title: "Warned",
      extends: ["sami"],
      rules: { "key-algorithm": { severity: "warning", parameters: { allow: ["ec:P-384"] } } },
    };
    writeFileSync(place.at("warned.json"), JSON.stringify(warned));
    const words = ["verify", DEVICE, "--policy", "warned.json"];
    expect(place.succeed(words)).toMatch(
      /^ok .*\n {2}warning key-algorithm: [\s\S]*\n1 certificate: 1 compliant, 1 with warnings; policy warned\n$/,
    );
    expect(place.samicerts([...words, "--fail-on", "warning"])).toMatchObject({
      status: 1,
      stdout: expect.stringMatching(/^not ok /),
    });
    expect(place.samicerts([...words, "--quiet"])).toMatchObject({ status: 0, stdout: "" });
    expect(place.samicerts([...words, "--quiet", "--fail-on", "warning"])).toMatchObject({
      status: 1,
      stdout: expect.stringMatching(/^not ok /),
    });
  });
});

describe("the key beside it", () => {
  it("must be its own", () => {
    mkdirSync(place.at("keys"));
    copyFileSync(place.at(DEVICE), place.at("keys/a.crt"));
    expect(JSON.parse(place.succeed(["verify", "keys/a.crt", "--json"])).certificates[0].keyMatches).toBe(
      null,
    );
    copyFileSync(place.at("devices/100000001.key"), place.at("keys/a.key"));
    expect(place.succeed(["verify", "keys/a.crt"])).toMatch(/ {2}key matches\n/);
    copyFileSync(place.at("devices/100000002.key"), place.at("keys/a.key"));
    const { status, stdout } = place.samicerts(["verify", "keys/a.crt"]);
    expect(status).toBe(1);
    expect(stdout).toMatch(
      /\n {2}error key\.match: the key in keys\/a\.key does not belong to the certificate\n/,
    );
  });

  it("is named with --key", () => {
    expect(place.succeed(["verify", "chain.pem", "--key", "devices/100000001.key"])).toMatch(
      /^ok .* key matches\n/,
    );
    expect(place.samicerts(["verify", DEVICE, "--key", "root.key"]).status).toBe(1);
  });

  it("is told of when others may read it, and does not make the certificate worse", () => {
    mkdirSync(place.at("lax"));
    copyFileSync(place.at(DEVICE), place.at("lax/a.crt"));
    copyFileSync(place.at("devices/100000001.key"), place.at("lax/a.key"));
    chmodSync(place.at("lax/a.key"), 0o644);
    expect(place.succeed(["verify", "lax"])).toMatch(
      /^ok .*\n {2}warning key\.permissions: [\s\S]*chmod 600 lax\/a\.key\n/,
    );
    expect(place.samicerts(["verify", "lax/a.crt", "--key", "lax/a.key"])).toMatchObject({ status: 1 });
    expect(place.samicerts(["verify", "lax/a.crt", "--key", "lax/a.key", "--allow-key-mode"])).toMatchObject({
      status: 0,
    });
    rmSync(place.at("lax"), { recursive: true });
  });
});

describe("formats for machines", () => {
  it("JUnit and SARIF carry the same verdicts", () => {
    const junit = place.samicerts(["verify", "devices", "other/root.crt", "--format", "junit"]);
    expect(junit).toMatchObject({ status: 1, stderr: "" });
    expect(junit.stdout).toMatch(
      /^<\?xml version="1\.0" encoding="UTF-8"\?>\n<testsuites name="samicerts verify" tests="3" failures="1" errors="0"/,
    );
    expect(junit.stdout.match(/<testcase /g)).toHaveLength(3);
    const sarif = place.samicerts(["verify", "devices", "other/root.crt", "--format", "sarif"]);
    expect(sarif.status).toBe(1);
    const [run] = JSON.parse(sarif.stdout).runs;
    expect(run.results.length).toBeGreaterThan(0);
    for (const { locations } of run.results)
      expect(locations[0].physicalLocation.artifactLocation.uri).toBe("other/root.crt");
    expect(run.tool.driver.version).toMatch(/^\d+\.\d+\.\d+$/);
  });

  it("--format json is --json", () => {
    const json = (how: string[]) =>
      JSON.parse(place.succeed(["verify", DEVICE, "--at", "2030-01-01", ...how]));
    expect(json(["--format", "json"])).toEqual(json(["--json"]));
  });
});

needs("openssl")("certificates that others made", () => {
  it("are verified as well", () => {
    const openssl = (words: string[]) => {
      const { status, stderr } = spawnSync("openssl", words, { cwd: place.directory, encoding: "utf8" });
      if (status !== 0) throw new Error(stderr);
    };
    const curve = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-noenc"];
    openssl([
      "req",
      "-x509",
      ...curve,
      "-subj",
      "/C=FR/O=Elsewhere/CN=CA",
      "-keyout",
      "ca.key",
      "-out",
      "ca.pem",
      "-days",
      "900",
    ]);
    const ended = place.samicerts(["verify", "ca.pem", "--root", "ca.pem", "--policy", "none"]);
    expect(ended).toMatchObject({
      status: 0,
      stdout: expect.stringMatching(/^ok {2}ca\.pem {2}CA .* key matches\n/),
    });
  });
});
