import { writeFileSync } from "node:fs";
import { beforeAll, expect, it } from "vitest";
import { needs } from "../programs.ts";
import { inspectScene, row } from "./inspect-scene.ts";

const { at, make, inspect, openssl, closeKey, ended } = inspectScene();

needs("openssl", "certtool")("inspect of what others revoke", () => {
  const CA =
    "[ca]\ndefault_ca = d\n[d]\ndatabase = index.txt\ncrlnumber = number\ndefault_md = sha256\ndefault_crl_days = 7\ncrl_extensions = e\n[e]\nauthorityKeyIdentifier = keyid\n";
  beforeAll(() => {
    writeFileSync(at("ca.cnf"), CA);
    writeFileSync(at("number"), "1000\n");
    const revoked = (serial: string, reason: string) =>
      `R\t351231235959Z\t260102030405Z${reason}\t${serial}\tunknown\t/CN=${serial}\n`;
    const good = "V\t351231235959Z\t\t0103\tunknown\t/CN=good\n";
    writeFileSync(at("index.txt"), revoked("0101", ",keyCompromise") + revoked("0102", "") + good);
    openssl(
      "req",
      "-x509",
      "-newkey",
      "ec",
      "-pkeyopt",
      "ec_paramgen_curve:P-256",
      "-nodes",
      "-keyout",
      "ca.key",
      "-subj",
      "/O=Their CA",
      "-out",
      "ca.crt",
    );
    openssl("ca", "-config", "ca.cnf", "-gencrl", "-cert", "ca.crt", "-keyfile", "ca.key", "-out", "ca.crl");
  });

  it("a CRL by openssl ca, beside its certificate", () => {
    const text = inspect("ca.crl");
    expect(row(text, "issuer")).toBe("/O=Their CA");
    expect(row(text, "number")).toBe("4096");
    expect(text).toContain("\n               holds, by ca.crt\n");
    expect(text).toContain(
      "\n    257  0x101, 2026-01-02T03:04:05Z\n         keyCompromise\n    258  0x102, 2026-01-02T03:04:05Z\n",
    );
    expect(row(text, "state")).toMatch(/^current, for 6 days$/);
  });

  it("a CRL by certtool", () => {
    make("certtool", "--generate-privkey", "--key-type", "rsa", "--bits", "2048", "--outfile", "t.key");
    writeFileSync(
      at("t.cfg"),
      'cn = "T"\nca\ncrl_signing_key\ncert_signing_key\ncrl_next_update = 10\ncrl_number = 77\n',
    );
    make(
      "certtool",
      "--generate-self-signed",
      "--load-privkey",
      "t.key",
      "--template",
      "t.cfg",
      "--outfile",
      "t.crt",
    );
    const by = ["--load-ca-privkey", "t.key", "--load-ca-certificate", "t.crt", "--template", "t.cfg"];
    make("certtool", "--generate-crl", ...by, "--load-certificate", "ca.crt", "--outfile", "t.crl");
    const text = inspect("t.crl");
    expect(row(text, "number")).toBe("77");
    expect(row(text, "revokes")).toBe("1 certificate");
    expect(text).toContain("\n               holds, by t.crt\n");
  });

  it("a request and an answer by openssl ocsp, with a nonce", () => {
    const who = ["-issuer", "ca.crt", "-serial", "257", "-serial", "259", "-serial", "260"];
    openssl("ocsp", ...who, "-reqout", "ask.der");
    const asked = inspect("ask.der");
    expect(asked).toMatch(/^OCSP request ask\.der\n {2}asks about {3}257 \(0x101\)\n/);
    const nonce = row(asked, "nonce");
    expect(nonce).toMatch(/^[0-9a-f]{32,64}$/);
    const responder = ["-index", "index.txt", "-CA", "ca.crt", "-rsigner", "ca.crt", "-rkey", "ca.key"];
    openssl("ocsp", ...responder, "-reqin", "ask.der", "-respout", "answer.der", "-ndays", "1");
    const text = inspect("answer.der");
    expect(row(text, "responder")).toBe("/O=Their CA");
    expect(row(text, "nonce")).toBe(nonce);
    expect(text).toContain("\n               holds, by the certificate in it of /O=Their CA\n");
    expect(text).toMatch(/257 \(0x101\)\n {15}revoked on 2026-01-02T03:04:05Z, keyCompromise\n/);
    expect(text).toMatch(/259 \(0x103\)\n {15}good\n/);
    expect(text).toMatch(/260 \(0x104\)\n {15}unknown to the responder\n/);
  });

  it("PKCS#7 and PKCS#12 by OpenSSL, what it encrypted in its old way, and its own form of trust", () => {
    openssl("crl2pkcs7", "-in", "ca.crl", "-certfile", "ca.crt", "-outform", "DER", "-out", "ca.p7b");
    const text = inspect("ca.p7b");
    expect(text).toMatch(/^PKCS#7 \(CMS\) ca\.p7b\n {2}holds {8}1 certificate, 1 CRL\n/);
    expect(text).toContain("\n               holds, by certificate 1 of the file\n");
    const pack = ["pkcs12", "-export", "-in", "ca.crt", "-inkey", "ca.key", "-passout", "pass:abcd"];
    openssl(...pack, "-out", "ca.p12");
    writeFileSync(at("pass"), "abcd\n", { mode: 0o600 });
    expect(inspect("ca.p12", "--passphrase-file", "pass")).toMatch(/\n {2}belongs to {3}certificate 1\n$/);
    openssl("rsa", "-in", "t.key", "-aes128", "-traditional", "-passout", "pass:abcd", "-out", "old.key");
    closeKey("old.key");
    openssl("x509", "-in", "ca.crt", "-trustout", "-addtrust", "serverAuth", "-out", "trusted.pem");
    for (const [name, status, said] of [
      ["old.key", 5, /^error: old\.key: it is encrypted in OpenSSL's old way/],
      [
        "trusted.pem",
        2,
        /^error: trusted\.pem holds TRUSTED CERTIFICATE\nhint: openssl x509 -in trusted\.pem /,
      ],
    ] as const)
      expect(ended(name)).toMatchObject({
        status,
        stdout: "",
        stderr: expect.stringMatching(said),
      });
  });
});
