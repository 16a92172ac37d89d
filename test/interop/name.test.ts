import { execFileSync } from "node:child_process";
import { generateKeyPairSync } from "node:crypto";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";
import { ATTRIBUTE_TYPES } from "../../src/x509/attribute-types.ts";
import { readSequence } from "../../src/x509/der-reader.ts";
import { type Name, readName } from "../../src/x509/name.ts";
import { formatName } from "../../src/x509/name-format.ts";
import { parseName } from "../../src/x509/name-syntax.ts";
import { needs } from "../programs.ts";

let folder: string;
let key: string;

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "samicerts-names-"));
  key = join(folder, "key.pem");
  const { privateKey } = generateKeyPairSync("ec", { namedCurve: "P-256" });
  writeFileSync(key, privateKey.export({ type: "pkcs8", format: "pem" }));
  writeFileSync(join(folder, "empty.cnf"), "");
});
afterAll(() => rmSync(folder, { recursive: true }));

function openssl(words: readonly string[], input?: Uint8Array): Buffer {
  return execFileSync("openssl", words, { input, stdio: "pipe", env: { ...process.env, OPENSSL_CONF: "" } });
}

/** A request whose subject OpenSSL made of `-subj`. */
function request(subject: string): Buffer {
  const config = join(folder, "empty.cnf");
  return openssl([
    "req",
    "-new",
    "-config",
    config,
    "-key",
    key,
    "-utf8",
    "-subj",
    subject,
    "-outform",
    "DER",
  ]);
}

function subjectOf(der: Uint8Array): Name {
  const info = readSequence(der, "request").sequence("info");
  info.integer("version");
  return readName(info, "subject");
}

const hex = (octets: Uint8Array): string => Buffer.from(octets).toString("hex");

needs("openssl")("names beside OpenSSL's", () => {
  it.each([
    "/C=US/ST=California/O=MyOrg/OU=MyDep/CN=MyDevAuthority",
    "/CN=Gerät 😀 中/O=x",
    '/DC=com/DC=example/OU=a/OU=b/CN=Foo, "Bar"; <x> #1',
    String.raw`/O=A\/S \+ Co\\/CN=a=b`,
    "/C=DE/CN=x+serialNumber=17+OU=z/emailAddress=a@b.example",
    "/CN= spaces /O=#5",
    "/2.5.4.3=y/commonName=x",
    `/CN=${"x".repeat(64)}/street=${"y".repeat(128)}`,
  ])("%s has the octets that -subj makes", (subject) => {
    expect(hex(parseName(subject).der)).toBe(hex(subjectOf(request(subject)).der));
  });

  it("knows its types by OpenSSL's names, short and long, and writes them in the same string types", () => {
    const types = ATTRIBUTE_TYPES.filter(({ short }) => !short.startsWith("matter"));
    for (const named of ["short", "long"] as const) {
      const subject = types.map((type) => `/${type[named]}=${type.maxLength === 2 ? "US" : "x"}`).join("");
      expect(hex(parseName(subject).der)).toBe(hex(subjectOf(request(subject)).der));
    }
    expect(types.length).toBeGreaterThan(25);
  });

  it.each([
    String.raw`/C=US/O=Foo, Inc. "x" <y>;\+\\/CN= a `,
    String.raw`/O=Gerät/CN=#5/OU=a\+b`,
    "/CN=x+OU=y/DC=z",
  ])("reads what -nameopt RFC2253 shows of %s", (subject) => {
    const made = request(subject);
    const shown = openssl(
      ["req", "-inform", "DER", "-noout", "-subject", "-nameopt", "RFC2253,-esc_msb,utf8"],
      made,
    );
    const text = shown
      .toString("utf8")
      .replace(/^subject=/, "")
      .trimEnd();
    const { der } = subjectOf(made);
    expect(hex(parseName(text).der)).toBe(hex(der));
    expect(hex(parseName(subject).der)).toBe(hex(der));
    expect(hex(parseName(formatName(subjectOf(made), "rfc4514")).der)).toBe(hex(der));
  });
});
