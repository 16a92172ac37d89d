import { writeFileSync } from "node:fs";
import { expect, it } from "vitest";
import { needs } from "../programs.ts";
import { inspectScene, row } from "./inspect-scene.ts";
import { run } from "./vendor.ts";

const { at, make, inspect, openssl, closeKey, directory } = inspectScene();

const OTHER_NAMES = `[req]
distinguished_name = dn
x509_extensions = x
[dn]
[x]
subjectAltName = @names
certificatePolicies = 1.2.3.4, @policy
tlsfeature = status_request
noCheck = ignored
nsComment = "made by hand"
1.2.3.4.5 = ASN1:FORMAT:UTF8,UTF8String:Grüße
1.2.3.4.6 = DER:0102030405
crlDistributionPoints = URI:http://crl.example/a.crl
authorityInfoAccess = OCSP;URI:http://ocsp.example/, caIssuers;URI:http://ca.example/ca.crt
nameConstraints = critical, permitted;DNS:.example, excluded;IP:10.0.0.0/255.0.0.0
basicConstraints = critical, CA:TRUE, pathlen:1
[policy]
policyIdentifier = 1.2.3.5
CPS.1 = "http://cps.example/"
userNotice.1 = @notice
[notice]
explicitText = "UTF8:Read this"
[names]
DNS.1 = a.example
IP.1 = 2001:db8::1
URI.1 = https://a.example/
email.1 = me@a.example
dirName.1 = dir
RID.1 = 1.2.3.4
otherName.1 = 1.3.6.1.4.1.311.20.2.3;UTF8:me@a.example
otherName.2 = 1.3.6.1.5.5.7.8.4;SEQUENCE:module
[dir]
CN = Other
[module]
type = OID:1.2.3.9
serial = FORMAT:HEX,OCTETSTRING:0badcafe
`;

needs("openssl")("inspect of a certificate by OpenSSL", () => {
  it("puts every extension into words, and says the same of the rest as OpenSSL does", () => {
    writeFileSync(at("other.cnf"), OTHER_NAMES);
    const key = ["-newkey", "rsa:2048", "-nodes", "-keyout", "x.key"];
    const how = ["-sigopt", "rsa_padding_mode:pss", "-sigopt", "rsa_pss_saltlen:32", "-sha256", "-utf8"];
    openssl(
      "req",
      "-x509",
      ...key,
      ...how,
      "-config",
      "other.cnf",
      "-subj",
      "/CN=x",
      "-days",
      "10",
      "-out",
      "x.crt",
    );
    const text = inspect("x.crt", "--policy", "none");
    expect(text).toContain("\n  signature    RSASSA-PSS with SHA-256, salt of 32 octets\n");
    expect(text).toContain("\n  issuer       itself\n");
    for (const said of [
      "DNS:a.example",
      "IP:2001:db8:0:0:0:0:0:1",
      "URI:https://a.example/",
      "email:me@a.example",
      "DirName:/CN=Other",
      "RID:1.2.3.4",
      "userPrincipalName:me@a.example",
      "hardwareModuleName:type 1.2.3.9, serial 0badcafe",
      "statement: http://cps.example/",
      "notice: Read this",
      "status_request (must staple)",
      "made by hand",
      '"Grüße" (UTF8String)',
      "URI:http://crl.example/a.crl",
      "OCSP: URI:http://ocsp.example/",
      "CA issuers: URI:http://ca.example/ca.crt",
      "critical; permitted DNS:.example",
      "excluded IP:10.0.0.0/255.0.0.0",
      "critical; CA, at most 1 CA below it",
      "its own revocation is not asked for",
    ])
      expect(text).toContain(said);
    expect(text).toMatch(/\n {4}1\.2\.3\.4\.6 +0102030405\n/);
    const asked = [
      "x509",
      "-in",
      "x.crt",
      "-noout",
      "-serial",
      "-fingerprint",
      "-sha256",
      "-dates",
      "-dateopt",
      "iso_8601",
    ];
    const theirs = run("openssl", asked, directory()).stdout;
    const plain = (value: string | undefined) => value?.replaceAll(":", "").toLowerCase();
    expect(row(text, "SHA-256")).toBe(plain(/Fingerprint=(.*)/.exec(theirs)?.[1]));
    const serial = BigInt(`0x${/serial=(.*)/.exec(theirs)?.[1]}`);
    expect(text.replace(/\n +\(/, " (")).toContain(`  serial       ${serial} (0x${serial.toString(16)})\n`);
    const [, from, to] = /notBefore=(.*)\nnotAfter=(.*)/.exec(theirs) ?? [];
    expect(row(text, "valid")).toBe(`${from?.replace(" ", "T")} to ${to?.replace(" ", "T")}`);
  });

  it("names what it can't check", () => {
    openssl(
      "req",
      "-x509",
      "-newkey",
      "ed448",
      "-nodes",
      "-keyout",
      "e.key",
      "-subj",
      "/CN=e",
      "-out",
      "e.crt",
    );
    const text = inspect("e.crt", "--policy", "none");
    expect(text).toContain("\n  key          1.3.101.113 (Ed448)\n");
    expect(text.replace(/\s+/g, " ")).toContain(
      "itself whether its own key signed it can't be checked: Ed448 is not supported",
    );
  });
});

needs("openssl", "certtool")("inspect of requests by others", () => {
  it.each([
    ["rsa:2048", ["-newkey", "rsa:2048"], "rsa:2048, exponent 65537"],
    ["ed25519", ["-newkey", "ed25519"], "ed25519"],
    ["P-384", ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:secp384r1"], "ec:P-384"],
  ] as const)("OpenSSL's by %s", (_, key, kind) => {
    const asks = ["-addext", "subjectAltName=DNS:a.example", "-addext", "keyUsage=critical,digitalSignature"];
    openssl(
      "req",
      "-new",
      ...key,
      "-nodes",
      "-keyout",
      "r.key",
      "-subj",
      "/C=US/O=My Org/CN=dev",
      ...asks,
      "-out",
      "r.csr",
    );
    const text = inspect("r.csr");
    expect(row(text, "subject")).toBe("/C=US/O=My Org/CN=dev");
    expect(row(text, "key")).toBe(kind);
    expect(text).toContain("\n               holds: whoever made it has the private key\n");
    expect(text).toContain(
      "\n  asks for 2 extensions\n    subjectAltName  DNS:a.example\n    keyUsage        critical; digitalSignature\n",
    );
    closeKey("r.key");
    expect(row(inspect("r.key"), "key SHA-256")).toBe(row(text, "key SHA-256"));
    openssl("pkey", "-in", "r.key", "-pubout", "-out", "r.pub");
    expect(row(inspect("r.pub"), "key SHA-256")).toBe(row(text, "key SHA-256"));
  });

  it("certtool's, whose challenge stays a secret", () => {
    make("certtool", "--generate-privkey", "--key-type", "ecdsa", "--outfile", "g.key");
    writeFileSync(
      at("g.cfg"),
      'organization = "Koko"\ncn = "dev"\nchallenge_password = s3cret\ntls_www_client\n',
    );
    make(
      "certtool",
      "--generate-request",
      "--load-privkey",
      "g.key",
      "--template",
      "g.cfg",
      "--outfile",
      "g.csr",
    );
    const text = inspect("g.csr");
    expect(row(text, "subject")).toBe("/O=Koko/CN=dev");
    expect(text).toContain("\n  challengePassword\n               (not shown)\n");
    expect(text + inspect("g.csr", "--json")).not.toContain("s3cret");
    expect(row(text, "extKeyUsage")).toBe("critical; clientAuth");
  });
});
