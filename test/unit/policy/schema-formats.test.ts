import { describe, expect, it } from "vitest";
import { SCHEMA_FORMATS } from "../../../src/policy/schema-formats.ts";

describe("SCHEMA_FORMATS", () => {
  it.each([
    ["regex", ["^[a-z]{1,4}$", ""], ["[", "a{2,1}", "\\"]],
    [
      "date",
      ["2030-12-31", "2028-02-29"],
      ["2030-02-30", "2027-02-29", "30-12-31", "2030-12-31T00:00:00Z", "2030-13-01"],
    ],
    [
      "attribute-type",
      ["CN", "serialNumber", "matterVid", "matterPid", "2.5.4.3"],
      ["XX", "", "3.5.4.3", "constructor"],
    ],
    ["purpose", ["clientAuth", "1.3.6.1.5.5.7.3.2"], ["client", "", "toString"]],
    [
      "key-pattern",
      ["ec:P-256", "ec:1.3.132.0.10", "rsa:2048", "rsa:2048-4096", "rsa:3072+", "ed25519"],
      ["rsa", "ec:", "rsa:4096-2048", "rsa:02048", "rsa:2048-", "ed448", "rsa:2048+-"],
    ],
    ["key-spec", ["ec:P-521", "rsa:2048", "ed25519"], ["ec:P-224", "rsa:1024", "rsa:2048+", ""]],
    [
      "signature-name",
      ["ecdsa-with-SHA256", "RSASSA-PSS-SHA384", "Ed25519"],
      ["RSASSA-PSS", "ecdsa-with-sha256", ""],
    ],
    [
      "url-template",
      [
        "http://crl.example.com/root.crl",
        "ldap://x/cn=a?b",
        "https://x/{issuerKeyId}.crl",
        "http://[::1]:80/a",
      ],
      [
        "ftp://x/a",
        "http://",
        "http://x/{issuer}",
        "http://x/{issuerKeyId",
        "http://x/a b",
        "http://ä.de/",
        "x",
        "",
      ],
    ],
    [
      "subject-template",
      ["{name}", "dev-{serial}-{serialHex}", "plain"],
      ["{nam}", "{name", "name}", "{{name}}", "{}"],
    ],
  ])("tells %s", (format, good, bad) => {
    const check = SCHEMA_FORMATS.get(format);
    expect(good.map((text) => check?.(text))).toEqual(good.map(() => undefined));
    for (const text of bad) expect(check?.(text), text).toBeTypeOf("string");
  });
});
