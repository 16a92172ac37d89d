import { copyFileSync, mkdirSync, readFileSync, symlinkSync, truncateSync, writeFileSync } from "node:fs";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { makePlace, type Place, ROOT_NAME, told } from "./command.ts";

let place: Place;
beforeAll(() => {
  place = makePlace();
  place.succeed(["root", ROOT_NAME]);
  place.succeed(["client", "100000001", "MyAwesomeDevice"]);
  mkdirSync(place.at("odd"));
  copyFileSync(place.at("devices/100000001.crt"), place.at("odd/cut.crt"));
  truncateSync(place.at("odd/cut.crt"), 400);
  writeFileSync(place.at("odd/random.der"), Buffer.alloc(500, 0xa7));
  writeFileSync(
    place.at("odd/almost.der"),
    Buffer.concat([Buffer.from([0x30, 0x82, 0x01, 0xf0]), Buffer.alloc(496, 0x5c)]),
  );
  writeFileSync(place.at("odd/empty.pem"), "");
  writeFileSync(place.at("odd/text.pem"), "hello\n");
  mkdirSync(place.at("nothing"));
});
afterAll(() => place.remove());

describe("a certificate that can't be read", () => {
  it.each([
    ["odd/cut.crt", "odd/cut.crt:1: CERTIFICATE has no END line"],
    ["odd/random.der", "odd/random.der holds no certificate: it is neither PEM nor DER"],
    ["odd/empty.pem", "odd/empty.pem holds no certificate: it is empty"],
    ["odd/text.pem", "odd/text.pem holds no certificate: it is neither PEM nor DER"],
    ["missing.crt", "missing.crt does not exist"],
    ["root.key", "root.key holds no certificate: it is a private key"],
  ])("verify %s ends in 2 with two lines", (path, message) => {
    const { status, stdout, stderr } = place.samicerts(["verify", path]);
    expect({ status, stdout }).toEqual({ status: 2, stdout: "" });
    expect(stderr.split("\n")).toEqual([`error: ${message}`, expect.stringMatching(/^hint: ./), ""]);
  });

  it("nor decoded", () => {
    const { status, stdout, stderr } = place.samicerts(["verify", "odd/almost.der"]);
    expect({ status, stdout }).toEqual({ status: 2, stdout: "" });
    expect(stderr).toMatch(/^error: odd\/almost\.der: tbsCertificate at byte 4: .*\nhint: .*\n$/);
    expect(place.samicerts(["inspect", "odd/almost.der"])).toMatchObject({
      status: 2,
      stdout: "",
      stderr: told(
        "odd/almost.der seems to be DER or BER, but of nothing that has to do with certificates",
        "openssl asn1parse -inform DER -in odd/almost.der shows what it is made of",
      ),
    });
  });

  it("because it is 100 MB long", () => {
    writeFileSync(place.at("big.crt"), "");
    truncateSync(place.at("big.crt"), 100_000_000);
    const big = told(
      "big.crt is larger than the 16777216 bytes that certificates may have",
      "name a file that holds certificates",
    );
    for (const words of [
      ["verify", "big.crt"],
      ["inspect", "big.crt"],
    ])
      expect(place.samicerts(words)).toEqual({ status: 2, signal: null, stdout: "", stderr: big });
    const piped = place.samicerts(["verify", "-"], { input: Buffer.alloc(20_000_000) });
    expect(piped).toMatchObject({ status: 2, stdout: "" });
    expect(piped.stderr).toMatch(/^error: standard input is longer than the 16777216 bytes/);
  });

  it("because a directory has none, or is one where a file should be", () => {
    expect(place.samicerts(["verify", "nothing"])).toMatchObject({
      status: 2,
      stdout: "",
      stderr: told(
        "nothing holds no certificate",
        "name a directory with .crt, .cer, .pem, .der, .p12, .pfx files in it",
      ),
    });
    expect(place.samicerts(["inspect", "devices"])).toMatchObject({
      status: 2,
      stdout: "",
      stderr: told("devices is a directory, not a file with certificates", "name a file in it"),
    });
    expect(place.samicerts(["verify", "root.crt", "--root", "devices"])).toMatchObject({
      status: 3,
      stdout: "",
    });
  });

  it("is one result among others, and decides the exit code", () => {
    const { status, stdout, stderr } = place.samicerts(["verify", "odd", "devices"]);
    expect({ status, stderr }).toEqual({ status: 2, stderr: "" });
    expect(stdout).toContain("ok  devices/100000001.crt  ");
    expect(stdout).toContain("unreadable  odd/cut.crt\n  error odd/cut.crt:1: CERTIFICATE has no END line\n");
    expect(stdout).toMatch(/\n6 certificates: 1 compliant, 5 unreadable; policy sami\n$/);
    const json = place.samicerts(["verify", "odd", "devices", "--json"]);
    expect(json.status).toBe(2);
    expect(json.stderr.match(/^error: /gm)).toHaveLength(5);
    const document = JSON.parse(json.stdout);
    expect(document.summary).toEqual({ total: 6, compliant: 1, nonCompliant: 0, unreadable: 5, warnings: 0 });
    for (const { verdict, error } of document.certificates.slice(0, 5))
      expect([verdict, typeof error.code]).toEqual(["unreadable", "string"]);
  });

  it("because it is a request, a CRL or a PKCS#12 file, which is said", () => {
    writeFileSync(
      place.at("x.csr"),
      "-----BEGIN CERTIFICATE REQUEST-----\nMAA=\n-----END CERTIFICATE REQUEST-----\n",
    );
    writeFileSync(place.at("x.crl"), "-----BEGIN X509 CRL-----\nMAA=\n-----END X509 CRL-----\n");
    writeFileSync(place.at("x.p12"), Buffer.from([0x30, 0x05, 0x02, 0x01, 0x03, 0x30, 0x00]));
    expect(place.samicerts(["verify", "x.csr"]).stderr).toBe(
      told("x.csr holds a certificate request, not a certificate", "samicerts inspect x.csr shows it"),
    );
    expect(place.samicerts(["verify", "x.crl"]).stderr).toBe(
      told(
        "x.crl holds a CRL, not a certificate",
        "samicerts inspect x.crl shows it; samicerts verify --crl takes it",
      ),
    );
    for (const path of ["x.csr", "x.crl"])
      expect(place.samicerts(["inspect", path])).toMatchObject({ status: 2, stdout: "" });
    for (const command of ["verify", "inspect"]) {
      expect(place.samicerts([command, "x.p12"]).stderr).toMatch(
        /^error: x\.p12 is a PKCS#12 file that is not read here: .*\nhint: .*openssl pkcs12/,
      );
      expect(place.samicerts([command, "x.p12"]).status).toBe(2);
    }
  });

  it("because a link leads in a circle", () => {
    symlinkSync("loop.crt", place.at("loop.crt"));
    expect(place.samicerts(["verify", "loop.crt"])).toMatchObject({ status: 2, stdout: "" });
  });
});

describe("verify without what it needs", () => {
  it("has no trust anchor", () => {
    const bare = makePlace();
    try {
      copyFileSync(place.at("devices/100000001.crt"), bare.at("x.crt"));
      expect(bare.samicerts(["verify", "x.crt"])).toEqual({
        status: 2,
        signal: null,
        stdout: "",
        stderr: told(
          "there is no trust anchor: root.crt does not exist",
          "name the root certificate with --root, or the vendor's directory with --dir",
        ),
      });
      expect(readFileSync(bare.at("x.crt"), "utf8")).toMatch(/^-----BEGIN/);
    } finally {
      bare.remove();
    }
  });

  it("has a root, a key or a policy that is not there", () => {
    const device = "devices/100000001.crt";
    expect(place.samicerts(["verify", device, "--root", "no.crt"])).toMatchObject({ status: 3, stdout: "" });
    expect(place.samicerts(["verify", device, "--policy", "no.json"])).toMatchObject({
      status: 3,
      stdout: "",
    });
    expect(place.samicerts(["verify", device, "--at", "noon"])).toMatchObject({ status: 2, stdout: "" });
    expect(place.samicerts(["verify", device, "root.crt", "--key", "root.key"])).toMatchObject({
      status: 2,
      stderr: told(
        "--key belongs to one certificate, and there are 2 files",
        "leave --key out: the key beside each certificate is checked by itself",
      ),
    });
  });
});
