import { mkdirSync, rmSync, writeFileSync } from "node:fs";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { makePlace, type Place, ROOT_NAME } from "./command.ts";
import { refuse } from "./refuse.ts";

describe("a root with a bad name", () => {
  let place: Place;
  beforeAll(() => {
    place = makePlace();
  });
  afterAll(() => place.remove());

  it.each<[string, string, string]>([
    ["", "the DN is empty", "write it as /C=US/O=MyOrg/CN=x or as CN=x,O=MyOrg,C=US"],
    [
      "MyDevAuthority",
      'DN, position 1: "MyDevAuthority" has no = in it',
      "write a DN as /C=US/O=MyOrg/CN=x or as CN=x,O=MyOrg,C=US",
    ],
    ["/C=US/O=/CN=x", "DN, position 9: O is empty", "give it a value, or leave it out"],
    [
      "/C=US/O=MyOrg/CN=x/",
      "DN, position 20: there is nothing after the last /",
      "if the / belongs to the value before it, write \\/",
    ],
    [
      "/C=US/FOO=x/CN=y",
      'DN, position 7: the attribute type "FOO" is unknown',
      "use C, ST, L, O, OU or CN; any other type goes by its OID, as in 2.5.4.3=x",
    ],
    [
      "/C=USA/CN=x",
      'DN, position 4: C "USA" is not a country\'s two capital letters (ISO 3166-1)',
      "write the country's two letters, as in C=US",
    ],
    ["/C=US\\", "DN, position 6: the DN ends in a backslash", "write \\\\ for a backslash itself"],
    [
      `/C=US/O=MyOrg/CN=${"x".repeat(65)}`,
      `DN, position 18: CN "${"x".repeat(40)}..." has 65 characters, of 64 that RFC 5280 allows it`,
      "shorten it to 64 characters",
    ],
    [
      "C:/Program Files/Git/C=US/O=MyOrg/CN=x",
      'DN, position 1: "C:/Program Files/Git/C=US/O=MyOrg/CN=x" is a path, which the Windows shell made of the DN',
      'write MSYS_NO_PATHCONV=1 before the command, or double the first slash: "//C=US/O=MyOrg/CN=x"',
    ],
  ])("%j", (dn, message, hint) => {
    refuse(place, ["root", dn], 2, message, hint);
    expect(place.listing()).toEqual([]);
  });

  it("without what the policy asks for", () => {
    refuse(
      place,
      ["root", "/C=US/O=MyOrg"],
      1,
      /^error: the policy sami refuses this root's certificate: the subject has no CN.* \[subject-attributes\]$/,
      /^hint: .*CN/,
    );
  });
});

describe("a root that can't be made as asked", () => {
  let place: Place;
  beforeEach(() => {
    place = makePlace();
    return () => place.remove();
  });

  it("with a key that can't be made, or that the policy refuses", () => {
    const kinds = "use ec:P-256, ec:P-384, ec:P-521, rsa:2048, rsa:3072, rsa:4096 or ed25519";
    refuse(place, ["root", ROOT_NAME, "--key", "dsa"], 2, '"dsa" is not a kind of key', kinds);
    refuse(
      place,
      ["root", ROOT_NAME, "--key", "rsa:1024"],
      2,
      "an RSA key of 1024 bits can't be made",
      /^hint: use rsa:2048/,
    );
    refuse(
      place,
      ["root", ROOT_NAME, "--key", "ec:P-521"],
      1,
      /EC on P-521, is not one that is taken here, expected ec:P-256, .* \[key-algorithm\]$/,
      /--key ec:P-256/,
    );
    expect(place.listing()).toEqual([]);
  });

  it("with a validity that is none, or that the policy refuses", () => {
    refuse(
      place,
      ["root", ROOT_NAME, "--days", "0"],
      2,
      '"0" is not a number of days',
      "write a whole number from 1 on, as in --days 3650",
    );
    refuse(
      place,
      ["root", ROOT_NAME, "--validity", "20y"],
      1,
      /valid for longer than allowed, expected at most 5479 days \[validity-length\]$/,
      /--days 5479/,
    );
    refuse(place, ["root", ROOT_NAME, "--not-before", "soon"], 2, '"soon" is not a moment', /RFC 3339/);
    refuse(
      place,
      ["root", ROOT_NAME, "--not-after", "2020-01-01"],
      2,
      /is not later than notBefore/,
      /--not-after/,
    );
    refuse(place, ["root", ROOT_NAME, "--days", "9999999"], 2, /ends after the year 9999$/, /fewer days/);
    expect(place.listing()).toEqual([]);
  });

  it("under a policy that is not there, or broken", () => {
    refuse(
      place,
      ["root", ROOT_NAME, "--policy", "smai"],
      2,
      'there is no policy "smai"',
      /^hint: did you mean sami\? /,
    );
    refuse(place, ["root", ROOT_NAME, "--policy", "./mine.json"], 3, "mine.json does not exist", /./);
    writeFileSync(place.at("mine.json"), '{\n  "name": "mine",\n  "titel": "x"\n}\n');
    refuse(
      place,
      ["root", ROOT_NAME, "--policy", "./mine.json"],
      2,
      /^error: (\.\/)?mine\.json:3:3: titel: /,
      /title/,
    );
  });

  it("where it can't be written", () => {
    refuse(
      place,
      ["root", ROOT_NAME, "--dir", "a/b"],
      3,
      "a/b can't be made: a does not exist",
      "make it first: mkdir -p a",
    );
    refuse(place, ["root", ROOT_NAME, "--dir", "/sys"], 3, /can't be (written|made)/, /--dir/);
    writeFileSync(place.at("file"), "");
    refuse(place, ["root", ROOT_NAME, "--dir", "file"], 3, /^error: .*\bfile\b.* is not a directory$/, /./);
    mkdirSync(place.at("taken"));
    mkdirSync(place.at("taken/root.key"));
    refuse(
      place,
      ["root", ROOT_NAME, "--dir", "taken"],
      4,
      /^error: taken\/root\.key exists already/,
      /--dir/,
    );
  });

  it("where there is one already", () => {
    place.succeed(["root", ROOT_NAME]);
    refuse(
      place,
      ["root", ROOT_NAME],
      4,
      "root.key exists already; it was not touched",
      "a root is made once; choose another --dir for a second one",
    );
    rmSync(place.at("root.crt"));
    refuse(
      place,
      ["root", ROOT_NAME],
      4,
      "root.key exists already; it was not touched",
      "a root is made once; choose another --dir for a second one",
    );
    refuse(
      place,
      ["root", ROOT_NAME, "--force", "--key", "ec:P-384"],
      2,
      /so --key can't be given with it$/,
      /--dir/,
    );
  });
});
