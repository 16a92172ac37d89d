import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import forge from "node-forge";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { needs } from "../programs.ts";
import { COMMAND } from "../stories/command.ts";
import { makeVendor, run, samicerts, type Vendor } from "./vendor.ts";

const PASSPHRASE = "correct-horse-12";
const KINDS = ["ec:P-256", "rsa:2048"] as const;
const vendors = new Map<string, Vendor>();
beforeAll(() => {
  for (const key of KINDS) {
    const vendor = makeVendor({ key });
    writeFileSync(join(vendor.directory, "pass"), `${PASSPHRASE}\n`, { mode: 0o600 });
    samicerts([
      ...["export", "100000001", "--dir", vendor.directory, "--format", "p12", "--friendly-name", "lamp"],
      ...[
        "--out",
        join(vendor.directory, "lamp.p12"),
        "--new-passphrase-file",
        join(vendor.directory, "pass"),
      ],
    ]);
    vendors.set(key, vendor);
  }
});
afterAll(() => {
  for (const vendor of vendors.values()) vendor.remove();
});

function must(vendor: Vendor, program: string, ...words: readonly string[]): string {
  const { status, stdout, stderr } = run(program, words, vendor.directory);
  if (status !== 0) throw new Error(`${program} ${words.join(" ")} ended with ${status}: ${stderr}${stdout}`);
  return stdout + stderr;
}

const publicKey = (vendor: Vendor, ...words: readonly string[]): string =>
  must(vendor, "openssl", "pkey", "-pubout", ...words);

needs("openssl")("a PKCS#12 file of ours, for OpenSSL", () => {
  it.each(KINDS)("with a key of %s", (kind) => {
    const vendor = vendors.get(kind)!;
    const pass = ["-in", "lamp.p12", "-passin", `pass:${PASSPHRASE}`];
    const told = must(vendor, "openssl", "pkcs12", ...pass, "-info", "-noout");
    expect(told).toMatch(/MAC: sha256, Iteration 600000/);
    expect(told.match(/PBES2, PBKDF2, AES-256-CBC, Iteration 600000, PRF hmacWithSHA256/g)).toHaveLength(2);
    must(vendor, "openssl", "pkcs12", ...pass, "-nocerts", "-noenc", "-out", "back.key");
    expect(publicKey(vendor, "-in", "back.key")).toBe(publicKey(vendor, "-in", vendor.deviceKey));
    const certificates = must(vendor, "openssl", "pkcs12", ...pass, "-nokeys");
    expect(certificates).toContain("friendlyName: lamp");
    for (const path of [vendor.device, vendor.root])
      expect(certificates).toContain(readFileSync(path, "utf8").trimEnd());
    expect(
      run("openssl", ["pkcs12", "-in", "lamp.p12", "-passin", "pass:x", "-noout"], vendor.directory).status,
    ).not.toBe(0);
  });
});

needs("keytool")("a PKCS#12 file of ours, for Java", () => {
  it.each(KINDS)("with a key of %s", (kind) => {
    const words = ["-list", "-keystore", "lamp.p12", "-storetype", "PKCS12", "-storepass", PASSPHRASE, "-v"];
    const told = must(vendors.get(kind)!, "keytool", ...words);
    expect(told).toMatch(/Alias name: lamp\n[\s\S]*PrivateKeyEntry\nCertificate chain length: 2\n/);
  });
});

needs("pk12util", "certutil")("a PKCS#12 file of ours, for NSS", () => {
  it.each(KINDS)("with a key of %s", (kind) => {
    const vendor = vendors.get(kind)!;
    const nss = ["-d", "sql:."];
    must(vendor, "certutil", "-N", "--empty-password", ...nss);
    must(vendor, "pk12util", "-i", "lamp.p12", "-w", "pass", ...nss);
    expect(must(vendor, "certutil", "-L", ...nss)).toMatch(/^lamp +u,u,u/m);
    expect(must(vendor, "certutil", "-K", ...nss)).toMatch(/lamp/);
  });
});

needs("openssl")("a PKCS#12 file, for verify and inspect", () => {
  const verify = (vendor: Vendor, file: string, ...words: readonly string[]) =>
    run(
      process.execPath,
      [COMMAND, "verify", file, "--root", vendor.root, "--no-input", "--json", ...words],
      vendor.directory,
    );

  it.each(KINDS)("is read, its key matched, ours and OpenSSL's, of %s", (kind) => {
    const vendor = vendors.get(kind)!;
    const pair = ["-in", vendor.device, "-inkey", vendor.deviceKey, "-certfile", vendor.root];
    must(vendor, "openssl", "pkcs12", "-export", ...pair, "-passout", "file:pass", "-out", "theirs.p12");
    for (const file of ["lamp.p12", "theirs.p12"]) {
      const { status, stdout } = verify(vendor, file, "--passphrase-file", "pass");
      expect([status, JSON.parse(stdout).certificates[0].keyMatches], file).toEqual([0, true]);
    }
    const inspected = run(
      process.execPath,
      [COMMAND, "inspect", "lamp.p12", "--passphrase-file", "pass", "--json"],
      vendor.directory,
    );
    expect(JSON.parse(inspected.stdout)).toMatchObject({ certificates: [{}, {}], keys: [{ key: kind }] });
  });

  it.each([
    ["PBE-SHA1-3DES", "PBE-SHA1-3DES"],
    ["PBE-SHA1-RC2-40", "PBE-SHA1-3DES"],
    ["PBE-SHA1-2DES", "PBE-SHA1-RC2-128"],
    ["NONE", "aes-128-cbc"],
  ])("is read where it is encrypted in an old way: certificates by %s, the key by %s", (certpbe, keypbe) => {
    const vendor = vendors.get("rsa:2048")!;
    const pair = ["-in", vendor.device, "-inkey", vendor.deviceKey, "-certfile", vendor.root];
    const old = ["-legacy", "-certpbe", certpbe, "-keypbe", keypbe, "-macalg", "sha1"];
    must(vendor, "openssl", "pkcs12", "-export", ...old, ...pair, "-passout", "file:pass", "-out", "old.p12");
    const { status, stdout } = verify(vendor, "old.p12", "--passphrase-file", "pass");
    expect([status, JSON.parse(stdout).certificates[0].keyMatches]).toEqual([0, true]);
  });

  it("is not read without its passphrase, or with another, or in a way that nobody should use, which is said", () => {
    const vendor = vendors.get("rsa:2048")!;
    const pair = ["-in", vendor.device, "-inkey", vendor.deviceKey];
    const old = ["-legacy", "-certpbe", "PBE-SHA1-RC4-128", "-keypbe", "PBE-SHA1-RC2-40", "-macalg", "sha1"];
    must(vendor, "openssl", "pkcs12", "-export", ...old, ...pair, "-passout", "file:pass", "-out", "old.p12");
    writeFileSync(join(vendor.directory, "wrong"), "wrong", { mode: 0o600 });
    const codes = [
      verify(vendor, "lamp.p12"),
      verify(vendor, "lamp.p12", "--passphrase-file", "wrong"),
      verify(vendor, "old.p12", "--passphrase-file", "wrong"),
      verify(vendor, "old.p12", "--passphrase-file", "pass"),
    ].map(({ stdout, stderr }) => {
      expect(stderr + stdout).not.toContain(PASSPHRASE);
      return JSON.parse(stdout).certificates[0].error;
    });
    expect(codes.map(({ code }) => code)).toEqual([
      "key.encrypted",
      "key.passphrase",
      "key.passphrase",
      "input.pkcs12",
    ]);
    expect(codes[3].message).toBe(
      "old.p12 is a PKCS#12 file that is not read here: it is encrypted with 128-bit RC4, which is not read here",
    );
  });
});

needs(
  "pk12util",
  "certutil",
  "openssl",
)("a PKCS#12 file of NSS, which is BER", () => {
  it("is read, its key matched", () => {
    const vendor = vendors.get("ec:P-256")!;
    const nss = ["-d", "sql:nss"];
    mkdirSync(join(vendor.directory, "nss"));
    must(vendor, "certutil", "-N", "--empty-password", ...nss);
    must(vendor, "pk12util", "-i", "lamp.p12", "-w", "pass", ...nss);
    must(vendor, "pk12util", "-o", "nss.p12", "-n", "lamp", "-w", "pass", ...nss);
    const file = readFileSync(join(vendor.directory, "nss.p12"));
    // An indefinite length: what this test is about.
    expect(file[1]).toBe(0x80);
    const words = ["verify", "nss.p12", "--root", vendor.root, "--passphrase-file", "pass", "--json"];
    const { status, stdout } = run(process.execPath, [COMMAND, ...words], vendor.directory);
    expect([status, JSON.parse(stdout).certificates[0].keyMatches]).toEqual([0, true]);
    const inspect = ["inspect", "nss.p12", "--passphrase-file", "pass", "--json"];
    const inspected = run(process.execPath, [COMMAND, ...inspect], vendor.directory);
    expect(JSON.parse(inspected.stdout)).toMatchObject({ keys: [{ key: "ec:P-256" }] });
  });
});

needs("certtool")("a PKCS#12 file of GnuTLS", () => {
  it.each(["3des-pkcs12", "aes-256", "rc2-40"])("is read, its key matched, encrypted with %s", (cipher) => {
    const vendor = vendors.get("ec:P-256")!;
    const pair = ["--load-certificate", vendor.device, "--load-privkey", vendor.deviceKey];
    const named = ["--p12-name", "lamp", "--password", PASSPHRASE, "--pkcs-cipher", cipher];
    must(vendor, "certtool", "--to-p12", "--outder", ...pair, ...named, "--outfile", "gnutls.p12");
    const words = ["verify", "gnutls.p12", "--root", vendor.root, "--passphrase-file", "pass", "--json"];
    const { status, stdout } = run(process.execPath, [COMMAND, ...words], vendor.directory);
    expect([status, JSON.parse(stdout).certificates[0].keyMatches]).toEqual([0, true]);
  });
});

describe("a PKCS#12 file of ours, for node-forge", () => {
  it("is whole under its MAC, with the bags where they belong", () => {
    const vendor = vendors.get("rsa:2048")!;
    const der = readFileSync(join(vendor.directory, "lamp.p12")).toString("latin1");
    const pfx = forge.asn1.fromDer(der);
    // node-forge reads SHA-256 MACs and AES, but goes through 600,000 rounds in JavaScript: the frame alone is looked at.
    const [version, authSafe, mac] = pfx.value as forge.asn1.Asn1[];
    expect([version!.value, (pfx.value as unknown[]).length]).toEqual(["\u0003", 3]);
    expect(forge.asn1.derToOid((authSafe!.value as forge.asn1.Asn1[])[0]!.value as string)).toBe(
      "1.2.840.113549.1.7.1",
    );
    expect((mac!.value as unknown[]).length).toBe(3);
  });
});

needs("openssl")("a PKCS#12 file of OpenSSL's with an empty passphrase", () => {
  it.each([
    ["as it is made now", []],
    ["with more rounds than are tried at once", ["-iter", "20000"]],
    ["as Windows has it", ["-legacy"]],
  ])("is read without one, %s", (_how, more) => {
    const vendor = vendors.get("ec:P-256")!;
    const from = ["-in", vendor.device, "-inkey", vendor.deviceKey];
    must(vendor, "openssl", "pkcs12", "-export", ...from, ...more, "-passout", "pass:", "-out", "empty.p12");
    const file = join(vendor.directory, "empty.p12");
    const told = samicerts(["verify", file, "--root", vendor.root, "--no-input"]);
    expect(told).toContain("key matches");
    expect(samicerts(["inspect", file, "--no-input"])).toContain("fits the passphrase");
  });
});
