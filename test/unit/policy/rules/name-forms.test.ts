import { describe, expect, it } from "vitest";
import { dnsNameProblem, mailboxProblem, uriProblem } from "../../../../src/policy/rules/name-forms.ts";

describe("a host's name", () => {
  const label63 = "a".repeat(63);
  it.each([
    "device",
    "device.example.com",
    "*.example.com",
    "1.2.example",
    "a-b.example",
    "xn--bcher-kva.example",
    label63,
    `${label63}.${label63}.${label63}.${"a".repeat(61)}`,
  ])("%s", (text) => expect(dnsNameProblem(text)).toBeUndefined());

  it.each([
    ["", "it is empty"],
    [" ", "it is empty"],
    [`${label63}.${label63}.${label63}.${"a".repeat(62)}`, "it has 254 characters, of 253 at most"],
    ["a".repeat(64), "it has a label of more than 63 characters"],
    ["a..b", "it has an empty label"],
    [".a", "it has an empty label"],
    ["a.", "it has an empty label"],
    ["*.", "it has an empty label"],
    ["a.*.b", 'its label "*" is not of letters, digits and hyphens'],
    ["*", 'its label "*" is not of letters, digits and hyphens'],
    ["a_b.c", 'its label "a_b" is not of letters, digits and hyphens'],
    ["-a", 'its label "-a" is not of letters, digits and hyphens'],
    ["a-", 'its label "a-" is not of letters, digits and hyphens'],
    ["a b", 'its label "a b" is not of letters, digits and hyphens'],
    ["a\u0000b", 'its label "a\\u0000b" is not of letters, digits and hyphens'],
    ["xN--12311613412431243.com", 'its label "xN--12311613412431243" is no internationalized name'],
  ])("not %j", (text, problem) => expect(dnsNameProblem(text)).toBe(problem));
});

describe("a mailbox", () => {
  it.each([
    "a@b",
    "first.last+tag@example.com",
    '"a b\\"c"@example.com',
    '"a@b"@example.com',
    "a@[192.0.2.1]",
    "a@[IPv6:2001:db8::1]",
    `${"a".repeat(64)}@b`,
  ])("%s", (text) => expect(mailboxProblem(text)).toBeUndefined());

  it.each([
    ["", "it is empty"],
    ["example.com", "it has no @"],
    ["@b", "what is before the @ is not a mailbox's"],
    ["a..b@c", "what is before the @ is not a mailbox's"],
    ["Me <me@example.com>", "what is before the @ is not a mailbox's"],
    ["<me@example.com>", "what is before the @ is not a mailbox's"],
    ['"a"b"@c', "what is before the @ is not a mailbox's"],
    [`${"a".repeat(65)}@b`, "what is before the @ has more than 64 characters"],
    ["a@", "of its domain: it is empty"],
    ["a@b>", 'of its domain: its label "b>" is not of letters, digits and hyphens'],
    ["a@[300.0.0.1]", "of its domain: it is not an IP address"],
  ])("not %j", (text, problem) => expect(mailboxProblem(text)).toBe(problem));
});

describe("a URI", () => {
  it.each([
    "https://example.com",
    "https://user:p@example.com:8443/a?b=c#d",
    "http://192.0.2.1/x",
    "http://[2001:db8::1]/x",
    "sip:alice@sip.uri.com",
    "urn:dev:ops:32473-Refrigerator-5002",
    "file:///a/b",
    "ldap://a.example/cn=x%20y",
  ])("%s", (text) => expect(uriProblem(text)).toBeUndefined());

  it.each([
    ["", "it is empty"],
    ["www.example.com", "it has no scheme, such as https:"],
    ["//example.com/a", "it has no scheme, such as https:"],
    ["/a:b", "it has no scheme, such as https:"],
    ["https:", "there is nothing after its scheme"],
    ["https://", "there is nothing after its scheme"],
    ["https://a b", "it has characters that are not a URI's"],
    ["https://a/%zz", "it has characters that are not a URI's"],
    ["https://*.example.com/", "of its host: it has a wildcard"],
    ["https://user@*.com:1337/", "of its host: it has a wildcard"],
    ["https://a_b/", 'of its host: its label "a_b" is not of letters, digits and hyphens'],
    ["https://user@/x", "of its host: it is empty"],
    ["https://[::g]/", "its host is not an IPv6 address"],
    ["https://[::1/", "its host is not an IPv6 address"],
  ])("not %j", (text, problem) => expect(uriProblem(text)).toBe(problem));

  it("is judged in a moment, however long", () => {
    for (const text of [
      "a".repeat(65_536),
      `${"a.".repeat(30_000)}@b`,
      `"${"\\a".repeat(30_000)}`,
      `a:${"%".repeat(65_000)}`,
    ])
      for (const problemOf of [dnsNameProblem, mailboxProblem, uriProblem])
        expect(problemOf(text)).toEqual(expect.any(String));
  });
});
