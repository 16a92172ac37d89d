import { X509Certificate } from "node:crypto";
import { copyFileSync, lstatSync, readFileSync, rmSync } from "node:fs";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { makePlace, type Place, ROOT_NAME, told } from "./command.ts";

let place: Place;
beforeEach(() => {
  place = makePlace();
  place.succeed(["root", ROOT_NAME]);
  place.succeed(["client", "100000001", "Lamp", "--days", "100"]);
});
afterEach(() => place.remove());

const read = (path: string): string => readFileSync(place.at(path), "utf8");
const certificate = (path: string): X509Certificate => new X509Certificate(readFileSync(place.at(path)));
const publicKey = (path: string): string =>
  certificate(path).publicKey.export({ format: "pem", type: "spki" }).toString();

describe("renewing what is revoked", () => {
  it("says why it is, not that it is superseded", () => {
    place.succeed(["revoke", "100000001", "--reason", "keyCompromise"]);
    expect(place.succeed(["rekey", "100000001"])).toMatch(
      /in place of {2}100000001 \(0x5f5e101\), which is revoked as keyCompromise\n/,
    );
  });

  it("wants a hold ended first, by a command that works", () => {
    place.succeed(["revoke", "100000001", "--reason", "certificateHold"]);
    const { status, stderr } = place.samicerts(["renew", "100000001"]);
    expect([status, stderr]).toEqual([
      1,
      expect.stringMatching(
        /^error: serial 100000001 is on hold since \S+\nhint: take it off hold first: samicerts revoke 100000001 --release\n$/,
      ),
    ]);
    place.succeed(["revoke", "100000001", "--release"]);
    place.succeed(["renew", "100000001"]);
  });
});

describe("renewing", () => {
  it("makes a new certificate for the same key and keeps the old one", () => {
    const before = read("devices/100000001.crt");
    const ended = place.samicerts(["renew", "100000001", "--serial", "100000101", "--days", "200"]);
    expect(ended).toMatchObject({ status: 0, stderr: "" });
    expect(ended.stdout).toMatch(
      /^renewed the certificate of Lamp\n {2}certificate {2}devices\/100000101\.crt\n {2}private key {2}devices\/100000101\.key, the same key\n {2}serial {7}100000101 \(0x5f5e165\)\n/,
    );
    expect(ended.stdout).toMatch(
      /in place of {2}100000001 \(0x5f5e101\), which stays valid until \d{4}-\d\d-\d\d\n/,
    );
    expect(read("devices/100000001.crt")).toBe(before);
    expect(publicKey("devices/100000101.crt")).toBe(publicKey("devices/100000001.crt"));
    expect(certificate("devices/100000101.crt").subject).toBe(certificate("devices/100000001.crt").subject);
    // One key on the disk, with two names.
    const keys = ["100000001", "100000101"].map((serial) => lstatSync(place.at(`devices/${serial}.key`)));
    expect(keys.map(({ mode, nlink }) => [mode & 0o777, nlink])).toEqual([
      [0o600, 2],
      [0o600, 2],
    ]);
    expect(keys[0]?.ino).toBe(keys[1]?.ino);
    expect(place.succeed(["verify"])).toContain("2 certificates: 2 compliant");
    expect(place.succeed(["ledger", "check"])).toContain("agree: 3 certificates");
    const { certificates } = JSON.parse(place.succeed(["list", "--json", "--name", "Lamp"]));
    expect(certificates.map(({ renews }: { renews?: string }) => renews)).toEqual([undefined, "100000001"]);

    for (const words of [
      ["renew", "100000001"],
      ["rekey", "100000001"],
    ]) {
      const again = place.samicerts(words);
      expect(again.status).toBe(4);
      expect(again.stderr).toMatch(
        /^error: serial 100000001 \(0x5f5e101\) was renewed already, as 100000101 \(0x5f5e165\) at .*\nhint: renew that one where it is needed: samicerts renew 100000101\n$/,
      );
    }
  });

  it("makes a new key on request, and revokes the old certificate on request", () => {
    const rekeyed = JSON.parse(place.succeed(["rekey", "devices/100000001.crt", "--revoke", "--json"]));
    expect(rekeyed).toMatchObject({
      schema: "samicerts/rekey/v1",
      keyCreated: true,
      revoked: true,
      line: null,
      previous: { serial: { decimal: "100000001" }, key: "ec:P-256" },
      certificate: { key: "ec:P-256", subject: "/C=US/O=MyOrg/OU=MyDep/CN=Lamp" },
    });
    expect(publicKey(rekeyed.files.certificate)).not.toBe(publicKey("devices/100000001.crt"));
    expect(rekeyed.certificate.serial.hex).toMatch(/^0x[0-9a-f]{32}$/);
    const kinds = JSON.parse(place.succeed(["audit", "show", "--json", "--last", "2"])).events;
    expect(kinds.map(({ kind }: { kind: string }) => kind)).toEqual(["rekeyed", "revoked"]);
    // What is revoked has no key to be certified again.
    place.succeed(["client", "100000002", "Radio"]);
    const serial = rekeyed.certificate.serial.decimal;
    const p384 = JSON.parse(place.succeed(["rekey", serial, "--key", "ec:P-384", "--json"]));
    expect(p384).toMatchObject({ revoked: false, certificate: { key: "ec:P-384" } });
    const verdicts = JSON.parse(place.samicerts(["verify", "--json"]).stdout).certificates;
    const wrong = verdicts.filter(({ verdict }: { verdict: string }) => verdict !== "compliant");
    expect(wrong.map(({ source }: { source: string }) => source)).toEqual(["devices/100000001.crt"]);
    place.succeed(["audit", "verify"]);
  });

  it("takes a device's certificate without its key, where that is elsewhere", () => {
    rmSync(place.at("devices/100000001.key"));
    const renewed = place.succeed(["renew", "0x5f5e101", "--serial", "100000101"]);
    expect(renewed).toContain("\n  private key  the one that the device has; it is not here\n");
    expect(place.listing().filter((line) => line.includes("100000101"))).toEqual([
      expect.stringMatching(/^devices\/100000101\.crt 644 /),
    ]);
    place.succeed(["csr", "Radio"]);
    place.succeed(["client", "100000002", "Radio", "--csr", "Radio.csr"]);
    const refused = place.samicerts(["rekey", "100000002"]);
    expect(refused).toMatchObject({ status: 2 });
    expect(refused.stderr).toContain(
      "hint: have the device make a new key and a request, and give that with --csr\n",
    );
    place.succeed(["csr", "Radio2"]);
    place.succeed(["rekey", "100000002", "--csr", "Radio2.csr", "--serial", "100000202"]);
    expect(certificate("devices/100000202.crt").checkPrivateKey).toBeTypeOf("function");
    expect(place.succeed(["verify"])).toContain("compliant");
  });

  it("is told apart from what can't be renewed", () => {
    copyFileSync(place.at("root.key"), place.at("devices/100000001.key"));
    const slips: readonly (readonly [string[], number, string, string])[] = [
      [
        ["renew", "100000001"],
        5,
        "devices/100000001.key is not the key of certificate 100000001",
        "put its own key back; or give the device a new one: samicerts rekey 100000001",
      ],
      [
        ["renew", "5"],
        2,
        "the ledger has no certificate of serial 5 (0x5)",
        "samicerts list shows those that it has; --ledger names another ledger",
      ],
      [
        ["renew", "nothing"],
        2,
        '"nothing" is neither a serial nor a file that is there',
        "give the serial in digits, or hexadecimal with 0x; or a certificate's file",
      ],
      [
        ["renew", "100000001", "--serial", "100000001"],
        4,
        "devices/100000001.key exists already; it was not touched",
        "choose another serial, or find out whose file that is",
      ],
      [
        ["renew", "root.key"],
        2,
        "root.key holds no certificate: it is a private key",
        "name a file with certificates in PEM or DER",
      ],
    ];
    for (const [words, status, message, hint] of slips)
      expect(place.samicerts(words)).toMatchObject({ status, stdout: "", stderr: told(message, hint) });
    const empty = place.samicerts(["renew", "100000001", "--dir", "empty"]);
    expect(empty.stderr).toMatch(/^error: empty\/root\.crt does not exist\n/);
    expect(place.listing().some((line) => line.startsWith("empty"))).toBe(false);
    expect(place.samicerts(["renew", "root.crt"]).stderr).toContain(
      "is the certificate of a certificate authority",
    );
    expect(place.listing().filter((line) => line.startsWith("devices/")).length).toBe(2);
  });

  it("goes by the line that issued it, within its serials", () => {
    const line = ["intermediate", "line2", "/C=US/O=MyOrg/OU=MyDep/CN=Line2"];
    place.succeed([...line, "--serials", "100000001-100000003"]);
    place.succeed(["client", "100000001", "Lamp", "--line", "line2"]);
    const both = place.samicerts(["renew", "100000001"]);
    expect(both).toMatchObject({
      status: 2,
      stderr: told(
        "serial 100000001 (0x5f5e101) was issued by the root and by the line line2",
        "name the line with --line, or the certificate's file instead of its serial",
      ),
    });
    rmSync(place.at("root.key"));
    const first = JSON.parse(place.succeed(["renew", "100000001", "--line", "line2", "--json"]));
    expect(first.line).toBe("line2");
    expect(["100000002", "100000003"]).toContain(first.certificate.serial.decimal);
    expect(first.files.chain).toBe(`lines/line2/devices/${first.certificate.serial.decimal}.chain.crt`);
    const file = `lines/line2/devices/${first.certificate.serial.decimal}.crt`;
    const second = JSON.parse(place.succeed(["renew", file, "--json"]));
    const third = place.samicerts(["renew", second.files.certificate]);
    expect(third.status).toBe(4);
    expect(third.stderr).toMatch(/^error: all serials from 100000001 to 100000003 are used\n/);
    const outside = place.samicerts(["rekey", second.files.certificate, "--serial", "100000009"]);
    expect(outside.stderr).toContain("is not one of the line line2's");
    place.succeed(["verify", "lines"]);
  });
});

describe("whether a certificate needs to be renewed", () => {
  it("is told by the exit code", () => {
    const ask = (...words: string[]) => {
      const { status, stdout, stderr } = place.samicerts(["needs-renewal", ...words]);
      expect(stderr).toBe("");
      return `${status} ${stdout}`;
    };
    expect(ask("100000001")).toMatch(/^1 keep {2}Lamp {2}100000001 .* in 99 days; to be renewed from \d{4}-/);
    expect(ask("100000001", "--within", "101d")).toMatch(
      /^0 renew {2}Lamp .* it ends on \d{4}-\d\d-\d\d, in 99 days\n$/,
    );
    expect(ask("devices/100000001.crt", "--within", "1y", "--quiet")).toBe("0 ");
    const json = JSON.parse(ask("100000001", "--within", "101d", "--json").slice(2));
    expect(json).toMatchObject({ schema: "samicerts/needs-renewal/v1", needed: true, daysLeft: 99 });

    place.succeed(["renew", "100000001", "--serial", "100000101"]);
    expect(ask("100000001", "--within", "101d")).toMatch(/^1 keep .* it was renewed as 100000101\n$/);
    // Anybody's certificate, without a ledger.
    copyFileSync(place.at("devices/100000001.crt"), place.at("theirs.crt"));
    expect(ask("theirs.crt", "--within", "101d", "--dir", "nowhere")).toMatch(/^0 renew/);
    expect(place.samicerts(["needs-renewal", "100000001", "--dir", "nowhere"]).status).toBe(3);
    expect(place.samicerts(["needs-renewal", "7"]).status).toBe(2);
    expect(place.samicerts(["needs-renewal", "100000001", "--within", "soon"]).status).toBe(2);
  });
});
