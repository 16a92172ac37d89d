import { describe, expect, it } from "vitest";
import { SamicertsError } from "../../../src/base/errors.ts";
import { formatName } from "../../../src/x509/name-format.ts";
import { parseName } from "../../../src/x509/name-syntax.ts";
import { TAG } from "../../../src/x509/tag.ts";

/** A name's attributes as `type=value`, `+` between those of one RDN. */
const shown = (text: string): string[] =>
  parseName(text).rdns.map((rdn) => rdn.map((one) => `${one.oid}=${one.text}`).join("+"));
const refusal = (text: string): SamicertsError => {
  try {
    parseName(text);
  } catch (error) {
    if (error instanceof SamicertsError) return error;
    throw error;
  }
  throw new Error(`${text} was taken`);
};

describe("the slash syntax", () => {
  it("keeps the order as typed", () => {
    expect(shown("/C=US/ST=California/O=MyOrg/OU=MyDep/CN=MyDevAuthority")).toEqual([
      "2.5.4.6=US",
      "2.5.4.8=California",
      "2.5.4.10=MyOrg",
      "2.5.4.11=MyDep",
      "2.5.4.3=MyDevAuthority",
    ]);
  });

  it.each([
    ["a backslash takes the next character", String.raw`/O=a\/b\+c\\d\,e\#f\q`, ["2.5.4.10=a/b+c\\d,e#fq"]],
    ["spaces in values count", "/CN= a  b ", ["2.5.4.3= a  b "]],
    ["spaces around types do not", "/ C=US/ CN =x", ["2.5.4.6=US", "2.5.4.3=x"]],
    ["an = in a value is a character", "/CN=a=b", ["2.5.4.3=a=b"]],
    ["a # in front is a character", "/OU=#5", ["2.5.4.11=#5"]],
    ["a comma and quotes are characters", '/O=Foo, "Bar"; Inc.', ['2.5.4.10=Foo, "Bar"; Inc.']],
    ["octets in hex are UTF-8", String.raw`/CN=\xC3\xA9\x2f\xe2\x82\xac`, ["2.5.4.3=é/€"]],
    ["UTF-8 is taken as it is", "/CN=Gerät 😀", ["2.5.4.3=Gerät 😀"]],
    ["+ joins one RDN, in DER's order", "/CN=x+C=US/O=y", ["2.5.4.3=x+2.5.4.6=US", "2.5.4.10=y"]],
    ["several of one type are several RDNs", "/OU=a/OU=b", ["2.5.4.11=a", "2.5.4.11=b"]],
    ["the slash that Git Bash wants doubled", "//C=US/CN=x", ["2.5.4.6=US", "2.5.4.3=x"]],
    ["a dotted OID", "/2.5.4.3=x/1.2.3.4=y", ["2.5.4.3=x", "1.2.3.4=y"]],
    ["a dotted OID with OID. before it", "/OID.2.5.4.3=x", ["2.5.4.3=x"]],
    ["DER in hex after a dotted OID", "/2.5.4.3=#0c0178", ["2.5.4.3=x"]],
    ["a # escaped after a dotted OID", String.raw`/2.5.4.3=\#0c0178`, ["2.5.4.3=#0c0178"]],
  ])("%s", (_, text, attributes) => {
    expect(shown(text)).toEqual(attributes);
  });
});

describe("RFC 4514's syntax", () => {
  it("is the reverse of the encoding's order, so that both forms are one name", () => {
    expect(parseName("CN=x,O=MyOrg,C=US")).toEqual(parseName("/C=US/O=MyOrg/CN=x"));
  });

  it.each([
    [
      "the examples of RFC 4514",
      "UID=jsmith,DC=example,DC=net",
      [
        "0.9.2342.19200300.100.1.25=net",
        "0.9.2342.19200300.100.1.25=example",
        "0.9.2342.19200300.100.1.1=jsmith",
      ],
    ],
    [
      "a multi-valued RDN",
      "OU=Sales+CN=J.  Smith,DC=example",
      ["0.9.2342.19200300.100.1.25=example", "2.5.4.11=Sales+2.5.4.3=J.  Smith"],
    ],
    ["escaped specials", String.raw`CN=James \"Jim\" Smith\, III`, ['2.5.4.3=James "Jim" Smith, III']],
    ["every escape", String.raw`CN=\ \,\+\"\\\<\>\;\#\=\/x`, ['2.5.4.3= ,+"\\<>;#=/x']],
    ["octets in hex", String.raw`CN=Lu\C4\8Di\C4\87`, ["2.5.4.3=Lučić"]],
    ["spaces around the parts do not count", "CN = x y , O= z ", ["2.5.4.10=z", "2.5.4.3=x y"]],
    ["escaped spaces do", String.raw`CN=\ x\ ,O=\20y`, ["2.5.4.10= y", "2.5.4.3= x "]],
    ["quotes", 'CN="a, b + c" , O="d\\"e"', ['2.5.4.10=d"e', "2.5.4.3=a, b + c"]],
    ["DER in hex", "CN=#0C024869,O=y", ["2.5.4.10=y", "2.5.4.3=Hi"]],
    ["a value that is no string", "1.3.6.1.4.1.1466.0=#04024869", ["1.3.6.1.4.1.1466.0=#04024869"]],
    ["an = in a value", "CN=a=b", ["2.5.4.3=a=b"]],
  ])("%s", (_, text, attributes) => {
    expect(shown(text)).toEqual(attributes);
  });
});

describe("types", () => {
  it.each(["CN", "cn", "commonName", "COMMONNAME", "2.5.4.3", "oid.2.5.4.3"])("%s is CN", (type) => {
    expect(shown(`/${type}=x`)).toEqual(["2.5.4.3=x"]);
    expect(shown(`${type}=x`)).toEqual(["2.5.4.3=x"]);
  });

  it.each([
    ["C=US", TAG.printableString],
    ["serialNumber=A-1", TAG.printableString],
    ["dnQualifier=x", TAG.printableString],
    ["DC=example", TAG.ia5String],
    ["emailAddress=a@b.example", TAG.ia5String],
    ["O=x", TAG.utf8String],
    ["matterVid=FFF1", TAG.utf8String],
    ["1.2.3.4=x", TAG.utf8String],
  ])("%s is written in its string type", (text, tag) => {
    expect(parseName(text).rdns[0]?.[0]?.tag).toBe(tag);
  });
});

describe("refusals", () => {
  it.each([
    ["", "name.empty", "the DN is empty", "/C=US/O=MyOrg/CN=x"],
    ["  ", "name.empty", "the DN is empty", "CN=x,O=MyOrg,C=US"],
    ["/", "name.empty", "the DN is empty", "/C=US"],
    ["/CNN=x", "name.unknown-attribute", 'position 2: the attribute type "CNN"', "did you mean CN?"],
    ["/C=US/organisationName=x", "name.unknown-attribute", "position 7:", "did you mean organizationName?"],
    ["/C=US/zzzzzzzz=x", "name.unknown-attribute", '"zzzzzzzz"', "2.5.4.3=x"],
    ["/CN=", "name.empty-value", "position 5: CN is empty", "leave it out"],
    ["/CN=/O=x", "name.empty-value", "position 5: CN is empty", "leave it out"],
    ["CN=,O=x", "name.empty-value", "position 4: CN is empty", "leave it out"],
    ['CN=""', "name.empty-value", "CN is empty", "leave it out"],
    ["/CN=  ", "name.empty-value", "nothing but spaces", "leave it out"],
    [`/CN=${"x".repeat(65)}`, "name.too-long", "position 5: CN", "shorten it to 64"],
    [`/CN=${"😀".repeat(65)}`, "name.too-long", "65 characters, of 64", "shorten it to 64"],
    [`/ST=${"x".repeat(129)}`, "name.too-long", "129 characters, of 128", "128"],
    [`/emailAddress=${"x".repeat(256)}`, "name.too-long", "255", "255"],
    ["/matterVid=FFF10", "name.too-long", "5 characters, of 4", "4"],
    ["/C=us", "name.country", 'position 4: C "us"', "write C=US"],
    ["/C=USA", "name.country", '"USA"', "two letters"],
    ["/C=U", "name.country", '"U"', "two letters"],
    ["/C=UK", "name.country", '"UK"', "write C=GB"],
    ["/C=QA/C=QL", "name.country", 'position 9: C "QL"', "two letters"],
    ["/jurisdictionC=de", "name.country", "jurisdictionC", "write jurisdictionC=DE"],
    ["/serialNumber=a@b", "name.charset", 'position 15: serialNumber has "@" (U+0040)', "letters"],
    ["/DC=bücher", "name.charset", 'DC has "ü" (U+00FC)', "xn--"],
    ["/CN=a\nb", "name.charset", "position 6: a line ends here", "one line"],
    ["/CN=a\u001bb", "name.charset", "position 6: the control character U+001B", "leave it out"],
    ["CN=a\\00b", "name.charset", "the control character U+0000", "leave it out"],
    ["/CN=a\\x1Bb", "name.charset", "the control character U+001B", "leave it out"],
    ["CN=a\ud800", "name.charset", "U+D800", "leave"],
    ["/CN=a\ufffd", "name.charset", "U+FFFD", "UTF-8"],
    ["CN=\\C3x", "name.charset", "position 4: the octets written in hex are not UTF-8", "\\C3\\A9"],
    ["CN", "name.syntax", 'position 1: "CN" has no = in it', "/C=US/O=MyOrg/CN=x"],
    ["/CN", "name.syntax", 'position 2: "CN" has no = in it', "/C=US/O=MyOrg/CN=x"],
    ["=x", "name.syntax", "position 1: there is no attribute type", "CN=x"],
    ["/CN=x/", "name.syntax", "position 7: there is nothing after the last /", "write \\/"],
    ["/CN=x//O=y", "name.syntax", "position 7: there is nothing before the next /", "write \\/"],
    ["CN=x,", "name.syntax", "position 6: there is nothing after the last ,", "write \\,"],
    ["/O=A/S/CN=x", "name.syntax", 'position 6: "S" has no = in it', "write \\/"],
    ["CN=x,O=Foo, Inc.", "name.syntax", 'position 13: "Inc." has no = in it', "write \\,"],
    ["/CN=a+b", "name.syntax", 'position 7: "b" has no = in it', "write \\+"],
    ["/CN=a\\", "name.syntax", "position 6: the DN ends in a backslash", "\\\\"],
    ["CN=a\\", "name.syntax", "position 5: the DN ends in a backslash", "\\\\"],
    ["CN=a\\q", "name.syntax", "position 5:", "\\\\"],
    ["CN=a;O=b", "name.syntax", "position 5: ; stands in a value", "write \\;"],
    ["CN=a<b", "name.syntax", "position 5: <", "write \\<"],
    ['CN="a', "name.syntax", 'position 4: the " is never closed', '\\"'],
    ['CN="a"b', "name.syntax", "position 7:", "quotes"],
    ["CN=#0c01", "name.syntax", "position 4: the hex digits of CN", "\\#"],
    ["CN=#xyz", "name.syntax", "position 4: what follows the #", "\\#"],
    ["CN=#", "name.syntax", "position 4: what follows the #", "\\#"],
    ["/1.2.3=#5", "name.syntax", "position 8: what follows the #", "\\#"],
    ["/CN=a+CN=b", "name.duplicate-type", "position 7: CN", "\\+"],
    ["CN=é😀,FOOBAR=x", "name.unknown-attribute", "position 7:", "OID"],
  ])("%j: %s", (text, code, message, hint) => {
    const error = refusal(text);
    expect(error).toMatchObject({ kind: "input", code });
    expect(error.message).toContain(message);
    expect(error.hint).toContain(hint);
    expect(`${error.message}${error.hint}`).not.toMatch(/\p{Cc}/u);
  });

  it.each([
    ["CN=x/O=y", "position 5: / does not separate", "begin the DN with /"],
    ["C=US/O=x", "position 5: / does not separate", "begin the DN with /"],
    ["/CN=x,O=y", "position 6: , does not separate", "separate with /"],
    ["/CN=x, O=y", "position 6: , does not separate", "separate with /"],
    ["//O=x\\CN=y", "position 6: \\ does not separate", "separate with /"],
  ])("%s is not taken for one long value", (text, message, hint) => {
    const error = refusal(text);
    expect(error.code).toBe("name.syntax");
    expect(error.message).toContain(message);
    expect(error.hint).toContain(hint);
  });

  it("takes another syntax's separator where it is escaped or no type follows", () => {
    expect(shown("CN=x\\/O=y")).toEqual(["2.5.4.3=x/O=y"]);
    expect(shown("CN=x/Foo=y")).toEqual(["2.5.4.3=x/Foo=y"]);
    expect(shown("/CN=x\\,O=y")).toEqual(["2.5.4.3=x,O=y"]);
  });

  it.each([
    ["C:/Program Files/Git/C=US/O=MyOrg", '"//C=US/O=MyOrg"'],
    ["D:/msys64/C=US", '"//C=US"'],
    ["C:\\Program Files\\Git\\C=US\\O=x", '"//C=US/O=x"'],
    ["c:/tools/a=b/2.5.4.3=x", '"//2.5.4.3=x"'],
    ["C:/Users/me/root.crt", '"//C=US/O=MyOrg/CN=x"'],
  ])("%s is a path that a Windows shell made", (text, dn) => {
    const error = refusal(text);
    expect(error.code).toBe("name.windows-path");
    expect(error.hint).toContain("MSYS_NO_PATHCONV=1");
    expect(error.hint).toContain(dn);
    expect(shown(JSON.parse(dn) as string).length).toBeGreaterThan(0);
  });

  it("takes its time from the length of the text alone", () => {
    for (const text of [
      `/CN=${"\\x41".repeat(16000)}`,
      `CN=${"+".repeat(60000)}`,
      "/".repeat(65000),
      "x".repeat(70000),
    ])
      expect(() => formatName(parseName(text))).toThrow(SamicertsError);
    expect(parseName("/OU=a".repeat(13000)).rdns).toHaveLength(13000);
  });
});
