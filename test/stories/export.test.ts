import { lstatSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { columnsOf } from "../../src/actions/join-columns.ts";
import { openLedger } from "../../src/ledger/open.ts";
import { makePlace, type Place, ROOT_NAME } from "./command.ts";

let place: Place;
beforeAll(() => {
  place = makePlace();
  place.succeed(["root", ROOT_NAME]);
  place.succeed(["intermediate", "two", "/C=US/O=MyOrg/OU=MyDep/CN=Two"]);
  place.succeed(["client", "100000001", "Kitchen, lamp"]);
  place.succeed(["client", "200000001", "Lamp", "--line", "two"]);
  writeFileSync(place.at("pass"), "correct horse\n", { mode: 0o600 });
});
afterAll(() => place.remove());

const pem = (...path: string[]): string => readFileSync(place.at(...path), "utf8");

describe("export of one device", () => {
  it("is its certificate, or that with those above it", () => {
    expect(place.succeed(["export", "100000001"])).toBe(pem("devices/100000001.crt"));
    expect(place.succeed(["export", "0x5f5e101", "--format", "chain"])).toBe(
      pem("devices/100000001.crt") + pem("root.crt"),
    );
    expect(place.succeed(["export", "200000001", "--format", "chain"])).toBe(
      pem("lines/two/devices/200000001.crt") + pem("lines/two/line.crt") + pem("root.crt"),
    );
    expect(place.succeed(["export", "100000001", "--format", "p7b"])).toMatch(/^-----BEGIN PKCS7-----\n/);
    place.succeed(["export", "100000001", "--format", "der", "--out", "x.der"]);
    place.succeed(["verify", "x.der"]);
  });

  it("writes a PKCS#12 file for its owner alone, and never over another file", () => {
    const words = [
      "export",
      "100000001",
      "--format",
      "p12",
      "--out",
      "lamp.p12",
      "--new-passphrase-file",
      "pass",
    ];
    expect(place.succeed(words)).toBe("wrote lamp.p12\n");
    expect(lstatSync(place.at("lamp.p12")).mode & 0o777).toBe(0o600);
    const before = readFileSync(place.at("lamp.p12"));
    expect(place.samicerts(words).status).toBe(4);
    expect(readFileSync(place.at("lamp.p12"))).toEqual(before);
  });

  it("takes - for standard output, and writes no file of that name", () => {
    expect(place.succeed(["export", "100000001", "--out", "-"])).toBe(pem("devices/100000001.crt"));
    expect(place.succeed(["export", "--format", "vdid-csv", "--out", "-"])).toMatch(/^vdid\r\n/);
    expect(readdirSync(place.directory)).not.toContain("-");
  });

  it.each([
    [["export", "100000001", "--format", "p12", "--out", "-"], 2, "--out 100000001.p12"],
    [["export"], 2, "missing-operand"],
    [["export", "7"], 2, "no certificate of serial 7"],
    [["export", "100000001", "--format", "p12"], 2, "--out 100000001.p12"],
    [["export", "100000001", "--format", "der"], 2, "--out 100000001.der"],
    [["export", "100000001", "--format", "pkcs12"], 2, "use pem, chain"],
    [["export", "100000001", "--format", "p12", "--out", "y.p12", "--no-input"], 5, "nobody to ask"],
    [["export", "100000001", "--line", "three"], 2, "no line three"],
  ])("%j ends with %i", (words, exit, text) => {
    const { status, stderr } = place.samicerts(words);
    expect(status).toBe(exit);
    if (text !== "missing-operand") expect(stderr).toContain(text);
  });
});

describe("export of many", () => {
  it("is what each platform imports, without roots and lines", () => {
    expect(place.succeed(["export", "--format", "vdid-csv"])).toBe("vdid\r\n5f5e101\r\nbebc201\r\n");
    const lines = place.succeed(["export", "--format", "aws"]).trimEnd().split("\n");
    expect(lines.map((line) => JSON.parse(line))).toEqual([
      { certificatePem: pem("devices/100000001.crt"), caCertificatePem: pem("root.crt"), status: "ACTIVE" },
      {
        certificatePem: pem("lines/two/devices/200000001.crt"),
        caCertificatePem: pem("lines/two/line.crt"),
        status: "ACTIVE",
      },
    ]);
    const [header, row] = place.succeed(["export", "--format", "azure-dps"]).split("\r\n");
    expect(header).toBe("registrationId,primaryCertificate");
    expect(row).toMatch(/^"kitchen, lamp",MII[A-Za-z0-9+/=]+$/);
    expect(place.succeed(["export", "--format", "vdid-csv", "--serial-from", "200000000"])).toBe(
      "vdid\r\nbebc201\r\n",
    );
    expect(place.succeed(["export", "100000001", "--format", "vdid-csv"])).toBe("vdid\r\n5f5e101\r\n");
  });

  it("leaves out what is revoked", () => {
    place.succeed(["client", "100000009", "Gone"]);
    place.succeed(["revoke", "100000009"]);
    expect(place.succeed(["export", "--format", "vdid-csv"])).not.toContain("5f5e109");
    expect(place.succeed(["export", "100000009"])).toContain("BEGIN CERTIFICATE");
  });

  it("makes a directory of DER for Matter, and says whose chain is too short", () => {
    place.succeed(["export", "--format", "matter", "--out", "set", "--serial-from", "200000000"]);
    expect(readdirSync(place.at("set"))).toEqual(["200000001.der", "paa.der", "pai.der"]);
    const short = place.samicerts(["export", "--format", "matter", "--out", "set2"]);
    expect([short.status, short.stderr.includes("was issued by a root itself")]).toEqual([2, true]);
    expect(place.samicerts(["export", "--format", "matter", "--out", "set"]).status).toBe(4);
  });

  it("leaves no part of a set behind that would be in the way of the whole", () => {
    const words = ["export", "--format", "matter", "--out", "set3"];
    expect(place.samicerts(words).stderr).toContain("was issued by a root itself");
    expect(place.samicerts(words).stderr).toContain("was issued by a root itself");
    place.succeed([...words, "--line", "two"]);
    expect(readdirSync(place.at("set3"))).toEqual(["200000001.der", "paa.der", "pai.der"]);
  });

  it("is what a line has issued, where one is named", () => {
    expect(place.succeed(["export", "--format", "vdid-csv", "--line", "two"])).toBe("vdid\r\nbebc201\r\n");
    const { status, stdout, stderr } = place.samicerts(["export", "--format", "aws", "--line", "three"]);
    expect([status, stdout, stderr.split("\n")[0]]).toEqual([2, "", "error: there is no line three"]);
  });

  it("leaves out who answers OCSP, whatever the format", () => {
    place.succeed(["ocsp", "responder", "--line", "two"]);
    expect(place.succeed(["export", "--format", "vdid-csv", "--line", "two"])).toBe("vdid\r\nbebc201\r\n");
    expect(place.succeed(["export", "--format", "azure-dps", "--line", "two"])).not.toContain("OCSP");
    expect(place.succeed(["ledger", "check"])).toMatch(/issued, 1 of them to answer OCSP\n$/);
  });

  it.each([
    [["100000001", "--format", "vdid-csv", "--batch", "3"], "--batch"],
    [["100000001", "--name", "Other"], "--name"],
    [["100000001", "--friendly-name", "x"], "--friendly-name"],
    [["--format", "aws", "--new-passphrase-file", "pass"], "--new-passphrase-file"],
  ])("refuses a flag that it would not heed: %j", (words, flag) => {
    const { status, stdout, stderr } = place.samicerts(["export", ...words]);
    expect([status, stdout, stderr.split("\n")[0]?.includes(flag)]).toEqual([2, "", true]);
  });

  it("starts another allow-list after 10,000 devices", () => {
    const ledger = openLedger(place.at("samicerts.db"));
    const [root] = ledger.issuers();
    const batch = ledger.openBatch({
      issuer: root!.id,
      inputDigest: "x",
      output: place.at("out"),
      policyDigest: "x",
      atMs: Date.now(),
    });
    const rows = Array.from({ length: 10_001 }, (_, index) => ({
      line: index + 1,
      serial: String(300_000_000 + index),
      name: `d${index}`,
    }));
    const der = Buffer.from(pem("devices/100000001.crt").replace(/-----[^-]+-----|\n/g, ""), "base64");
    const digest = (index: number, salt: number): Uint8Array => {
      const bytes = Buffer.alloc(32, salt);
      bytes.writeUInt32BE(index);
      return bytes;
    };
    ledger.reserveChunk(batch, rows, Date.now());
    ledger.commitChunk(batch, {
      issued: columnsOf(
        rows.map(({ serial }, index) => ({
          serial,
          der,
          certificateSha256: digest(index, 1),
          spkiSha256: digest(index, 2),
          notBeforeMs: 0,
          notAfterMs: Date.now(),
          atMs: 0,
        })),
      ),
      lastLine: 10_001,
      outputLength: 0,
      atMs: Date.now(),
    });
    ledger.close();
    const words = ["export", "--format", "vdid-csv", "--serial-from", "300000000"];
    const { status, stderr } = place.samicerts(words);
    expect([status, stderr.includes("--out")]).toEqual([2, true]);
    expect(place.succeed([...words, "--out", "list.csv"])).toBe(
      "wrote list.csv, list-2.csv: 10,001 devices\n",
    );
    const counts = ["list.csv", "list-2.csv"].map((name) => pem(name).trimEnd().split("\r\n").length - 1);
    expect(counts).toEqual([10_000, 1]);
    expect(place.samicerts([...words, "--out", "list.csv"]).status).toBe(4);
  });
});
