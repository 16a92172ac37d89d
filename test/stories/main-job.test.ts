import { chmodSync, lstatSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { makePlace, type Place, ROOT_NAME } from "./command.ts";

let place: Place;
beforeEach(() => {
  place = makePlace();
});
afterEach(() => place.remove());

function mode(...parts: string[]): string {
  return (lstatSync(place.at(...parts)).mode & 0o777).toString(8);
}

describe("the main job", () => {
  it("makes a root, a device, and finds it compliant", () => {
    const root = place.samicerts(["root", ROOT_NAME]);
    expect(root.status).toBe(0);
    expect(root.stderr).toBe("");
    expect(root.stdout).toMatch(/^made the root MyDevAuthority\n/);
    expect(root.stdout).toMatch(
      /\n {2}private key {2}root\.key\n {15}not encrypted: back it up, and let nobody else read it\n/,
    );
    expect(root.stdout).toMatch(/\n {2}SHA-256 {6}[0-9a-f]{64}\n/);
    expect(root.stdout).toMatch(/\n {2}next {9}samicerts client 100000001 MyAwesomeDevice\n$/);
    expect(root.stdout.split("\n").length).toBeLessThanOrEqual(11);
    expect([mode("root.crt"), mode("root.key")]).toEqual(["644", "600"]);

    const next = /next +samicerts (.*)\n/.exec(root.stdout)?.[1] ?? "";
    const client = place.samicerts(next.split(" "));
    expect(client.status).toBe(0);
    expect(client.stderr).toBe("");
    expect(client.stdout).toMatch(/^made a certificate for MyAwesomeDevice\n/);
    expect(client.stdout).toContain(
      "\n  certificate  devices/100000001.crt\n  private key  devices/100000001.key\n",
    );
    expect(client.stdout).toContain("\n  serial       100000001 (0x5f5e101)\n");
    expect(client.stdout).toContain(
      "\n  last four    0001, the digits that the device's owner is asked for\n",
    );
    expect(client.stdout.split("\n").length).toBeLessThanOrEqual(9);
    expect([mode("devices/100000001.crt"), mode("devices/100000001.key")]).toEqual(["644", "600"]);

    const verify = place.samicerts(["verify", "devices/100000001.crt"]);
    expect(verify).toMatchObject({ status: 0, stderr: "" });
    expect(verify.stdout).toBe(
      "ok  devices/100000001.crt  MyAwesomeDevice  100000001 (0x5f5e101)  key matches\n" +
        "1 certificate: 1 compliant; policy sami\n",
    );
    const whole = place.samicerts(["verify"]);
    expect(whole).toMatchObject({ status: 0, stdout: verify.stdout });
    expect(place.samicerts(["verify", "root.crt"]).stdout).toMatch(/^ok {2}root\.crt {2}MyDevAuthority {2}/);
  });

  it("works in another directory, named by flag or by environment, and says so in the next command", () => {
    const out = place.succeed(["root", "CN=Line 2,O=MyOrg,C=US", "--dir", "line 2"]);
    expect(out).toContain("\n  certificate  line 2/root.crt\n");
    expect(out).toContain('samicerts client 100000001 MyAwesomeDevice --dir "line 2"\n');
    place.succeed(["client", "0x5f5e102", "Kitchen lamp"], { env: { SAMICERTS_DIR: "line 2" } });
    expect(place.succeed(["verify", "--dir", "line 2"])).toContain(
      "ok  line 2/devices/100000002.crt  Kitchen lamp  ",
    );
    expect(place.listing().some((line) => line.startsWith("root."))).toBe(false);
  });

  it("says the same as JSON", () => {
    const root = JSON.parse(place.succeed(["root", ROOT_NAME, "--json"]));
    expect(root).toMatchObject({
      schema: "samicerts/root/v1",
      role: "root",
      files: { certificate: "root.crt", key: "root.key" },
      keyCreated: true,
      policy: "sami",
      certificate: { subject: ROOT_NAME, issuer: ROOT_NAME, key: "ec:P-256" },
      findings: [],
    });
    const client = JSON.parse(place.succeed(["client", "100000001", "MyAwesomeDevice", "--json"]));
    expect(client).toMatchObject({
      schema: "samicerts/client/v1",
      certificate: {
        serial: { decimal: "100000001", hex: "0x5f5e101", lastFour: "0001" },
        issuer: ROOT_NAME,
      },
    });
    expect(client.pem).toBe(readFileSync(place.at("devices/100000001.crt"), "utf8"));
    const verify = JSON.parse(place.succeed(["verify", "--json"]));
    expect(verify).toMatchObject({
      schema: "samicerts/verify/v1",
      compliant: true,
      summary: { total: 1, compliant: 1, nonCompliant: 0, unreadable: 0, warnings: 0 },
    });
    expect(verify.certificates[0]).toMatchObject({
      ...client.certificate,
      source: "devices/100000001.crt",
      keyMatches: true,
      role: "device",
      path: [client.certificate.subject, ROOT_NAME],
    });
  });

  it("is silent when told so", () => {
    expect(place.samicerts(["root", ROOT_NAME, "--quiet"])).toMatchObject({
      status: 0,
      stdout: "",
      stderr: "",
    });
    expect(place.samicerts(["client", "100000001", "x", "--quiet"])).toMatchObject({
      status: 0,
      stdout: "",
      stderr: "",
    });
    expect(place.samicerts(["verify", "--quiet"])).toMatchObject({ status: 0, stdout: "", stderr: "" });
  });

  it("follows the validity that is asked for", () => {
    place.succeed(["root", ROOT_NAME, "--days", "1000"]);
    const issued = (serial: string, ...how: string[]) => {
      const { certificate } = JSON.parse(place.succeed(["client", serial, "x", "--json", ...how]));
      return Date.parse(certificate.notAfter) - Date.parse(certificate.notBefore) + 1000;
    };
    const day = 86_400_000;
    expect(issued("1001", "--days", "30")).toBe(30 * day);
    expect(issued("1002", "--validity", "90d")).toBe(90 * day);
    expect(issued("1003", "--validity", "48h")).toBe(2 * day);
    expect([365, 366]).toContain(issued("1004", "--validity", "1y") / day);
    const start = new Date(Date.now() + day).toISOString().slice(0, 10);
    const end = new Date(Date.now() + 3 * day).toISOString().slice(0, 10);
    expect(issued("1005", "--not-before", start, "--not-after", end)).toBe(2 * day + 1000);
  });

  it("makes every kind of key that a policy takes", () => {
    for (const key of ["ec:P-256", "ec:P-384", "rsa:2048"]) {
      const dir = key.replace(":", "-");
      place.succeed(["root", ROOT_NAME, "--dir", dir, "--key", key, "--quiet"]);
      place.succeed(["client", "1001", "x", "--dir", dir, "--key", key, "--quiet"]);
      const { certificates } = JSON.parse(place.succeed(["verify", "--dir", dir, "--json"]));
      expect(certificates).toHaveLength(1);
      expect(certificates[0]).toMatchObject({ verdict: "compliant", key });
    }
  });

  it("follows policy.json in the directory", () => {
    const policy = {
      name: "line-two",
      title: "Line two",
      extends: ["sami"],
      rules: { "key-algorithm": { severity: "off" } },
    };
    mkdirSync(place.at("two"));
    writeFileSync(place.at("two/policy.json"), JSON.stringify(policy));
    expect(JSON.parse(place.succeed(["root", ROOT_NAME, "--dir", "two", "--json"])).policy).toBe("line-two");
    expect(place.succeed(["policy", "list", "--dir", "two"])).toMatch(/^\* two\/policy\.json +Line two\n/);
  });

  it("makes a new certificate for the same root key only with --force", () => {
    place.succeed(["root", ROOT_NAME]);
    const key = readFileSync(place.at("root.key"), "utf8");
    const before = readFileSync(place.at("root.crt"), "utf8");
    expect(place.samicerts(["root", ROOT_NAME]).status).toBe(4);
    expect(place.succeed(["root", ROOT_NAME, "--force"])).toMatch(
      /^made a new certificate for the root key that was there:/,
    );
    expect(readFileSync(place.at("root.key"), "utf8")).toBe(key);
    expect(readFileSync(place.at("root.crt"), "utf8")).not.toBe(before);
    expect(mode("root.key")).toBe("600");
    // As often as it takes, and where the certificate was lost; devices go on under it.
    place.succeed(["root", ROOT_NAME, "--force"]);
    rmSync(place.at("root.crt"));
    place.succeed(["root", ROOT_NAME, "--force"]);
    expect(readFileSync(place.at("root.key"), "utf8")).toBe(key);
    place.succeed(["client", "100000001", "MyAwesomeDevice"]);
    expect(place.samicerts(["verify", "devices/"]).status).toBe(0);
  });

  it("accepts a mounted key that others may read, with a warning, when told so", () => {
    place.succeed(["root", ROOT_NAME]);
    chmodSync(place.at("root.key"), 0o644);
    const { status, stderr } = place.samicerts(["client", "100000001", "x", "--allow-key-mode"]);
    expect(status).toBe(0);
    expect(stderr).toMatch(
      /^warning: root\.key can be read or changed by others than its owner \(mode 0644\)\n$/,
    );
  });
});
