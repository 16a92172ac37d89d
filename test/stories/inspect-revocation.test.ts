import { copyFileSync, readFileSync, writeFileSync } from "node:fs";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { makePlace, type Place, ROOT_NAME } from "./command.ts";

let place: Place;
beforeAll(() => {
  place = makePlace();
  place.succeed(["root", ROOT_NAME]);
  place.succeed(["batch", "--count", "8", "--serial-from", "100000001", "--name", "Lamp {n}"]);
  place.succeed([
    "revoke",
    "100000001",
    "--reason",
    "keyCompromise",
    "--invalidity-date",
    "2026-01-02T03:04:05Z",
  ]);
  for (const n of [2, 3, 4, 5, 6, 7])
    place.succeed(["revoke", `10000000${n}`, "--reason", n === 2 ? "unspecified" : "superseded"]);
  place.succeed(["crl", "--next-update", "30d"]);
});
afterAll(() => place.remove());

const inspect = (...words: readonly string[]) => place.succeed(["inspect", ...words]);
const MOMENT = "\\d{4}-\\d\\d-\\d\\dT\\d\\d:\\d\\d:\\d\\dZ";

describe("inspect of a CRL", () => {
  it("says whose it is, how old, what is on it, and that its signature holds", () => {
    const text = inspect("root.crl");
    for (const line of text.split("\n")) expect(line.length).toBeLessThanOrEqual(80);
    expect(text).toMatch(
      new RegExp(
        [
          "^CRL root\\.crl",
          "  issuer       /C=US/ST=California/O=MyOrg/OU=MyDep/CN=MyDevAuthority",
          "  number       1",
          `  this update  ${MOMENT}`,
          `  next update  ${MOMENT}`,
          "  state        current, for 29 days",
          "  revokes      7 certificates",
          "               5 superseded, 1 keyCompromise, 1 without a reason",
          "  signature    ecdsa-with-SHA256",
          "               holds, by root\\.crt",
          "  version      2",
          "  size         \\d+ octets of DER",
          "  SHA-256      [0-9a-f]{64}",
          "  the first 5 of 7",
          `    100000001  0x5f5e101, ${MOMENT}`,
          "               keyCompromise; not to be relied on since 2026-01-02T03:04:05Z",
          `    100000002  0x5f5e102, ${MOMENT}`,
          `    100000003  0x5f5e103, ${MOMENT}`,
          "               superseded",
        ].join("\n"),
      ),
    );
    expect(text).toMatch(
      /\n {2}2 extensions\n {4}authorityKeyIdentifier {2}[0-9a-f]{40}\n {4}cRLNumber {15}1\n$/,
    );
  });

  it("says the same of its DER, of standard input, and in JSON", () => {
    const facts = (text: string) =>
      text
        .split("\n")
        .slice(1)
        .join("\n")
        .replace(/ {15}(?:holds|not checked).*\n/, "");
    const pem = inspect("root.crl");
    expect(facts(inspect("root.crl.der"))).toBe(facts(pem));
    const piped = place.succeed(["inspect", "-"], { input: readFileSync(place.at("root.crl.der")) });
    expect(facts(piped)).toBe(facts(pem));
    expect(piped).toContain("not checked: its issuer's certificate is not at hand");
    const document = JSON.parse(inspect("root.crl", "--json"));
    expect(document.crls).toMatchObject([
      {
        source: "root.crl",
        version: 2,
        number: "1",
        state: "current",
        entries: 7,
        reasons: { superseded: 5, keyCompromise: 1, none: 1 },
        signature: { holds: true, by: "root.crt" },
        first: [
          { serial: { decimal: "100000001", hex: "0x5f5e101" }, invalidFrom: "2026-01-02T03:04:05Z" },
          {},
          {},
          {},
          {},
        ],
      },
    ]);
  });

  it("says that it is outdated, that it revokes nothing, and that it was altered", () => {
    const other = makePlace();
    try {
      other.succeed(["root", ROOT_NAME]);
      other.succeed(["crl"]);
      const text = other.succeed(["inspect", "root.crl"]);
      expect(text).toContain("\n  revokes      nothing\n");
      expect(text).not.toContain("entries");
      copyFileSync(place.at("root.crl"), other.at("theirs.crl"));
      copyFileSync(other.at("root.crt"), other.at("theirs.crt"));
      expect(other.succeed(["inspect", "theirs.crl"])).toMatch(
        /\n {15}does not hold, by theirs\.crt: the signature does not fit the\n {15}signer's key\n/,
      );
    } finally {
      other.remove();
    }
    const der = readFileSync(place.at("root.crl.der"));
    // Its first two moments, thisUpdate and nextUpdate, become ones of 2001.
    const first = der.indexOf("170d", 0, "hex");
    for (const at of [first, first + 15]) der.write("01", at + 2, "latin1");
    writeFileSync(place.at("old.crl"), der);
    expect(inspect("old.crl")).toMatch(/\n {2}state {8}outdated: the next one was due [\d,]+ days ago\n/);
  });
});

describe("inspect of OCSP", () => {
  it("says what an answer says of each certificate, whose it is and for how long", () => {
    place.succeed(["ocsp", "responder"]);
    place.succeed(["ocsp", "sign", "100000001", "100000008"]);
    const text = inspect("ocsp-answers/100000001.der");
    for (const line of text.split("\n")) expect(line.length).toBeLessThanOrEqual(80);
    expect(text).toMatch(
      new RegExp(
        [
          "^OCSP response ocsp-answers/100000001\\.der",
          "  status       successful",
          "  responder    /C=US/.*",
          `  produced     ${MOMENT}`,
          "  nonce        none",
          "  signature    ecdsa-with-SHA256",
          "               holds, by the certificate in it of .*",
          "  SHA-256      [0-9a-f]{64}",
          "  certificate  100000001 \\(0x5f5e101\\)",
          `               revoked on ${MOMENT}, keyCompromise`,
          "               issuer's key [0-9a-f]{40} \\(SHA-1\\)",
          `               ${MOMENT} to ${MOMENT}`,
          "               current, for 6 days",
          "$",
        ].join("\n"),
      ),
    );
    expect(inspect("ocsp-answers/100000008.der")).toContain("\n               good\n");
    expect(JSON.parse(inspect("ocsp-answers/100000008.der", "--json")).ocspResponses).toMatchObject([
      { status: "successful", signature: { holds: true }, answers: [{ status: "good", state: "current" }] },
    ]);
  });

  it("says why there is no answer, and that one was altered", () => {
    writeFileSync(place.at("later.der"), Buffer.from("30030a0103", "hex"));
    expect(inspect("later.der")).toBe(
      "OCSP response later.der\n  status       tryLater: there is no answer in it\n",
    );
    const der = readFileSync(place.at("ocsp-answers/100000008.der"));
    const last = der.indexOf("Z\xa0", 0, "latin1") - 1;
    der[last] = (der[last] as number) ^ 1;
    writeFileSync(place.at("altered.der"), der);
    expect(inspect("altered.der")).toContain(
      "\n               does not hold: the signature does not fit the signer's key\n",
    );
  });
});
