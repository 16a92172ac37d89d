import { readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { openLedger } from "../../src/ledger/open.ts";
import { makePlace, type Place, ROOT_NAME, told } from "./command.ts";

let place: Place;
beforeAll(() => {
  place = makePlace();
  place.succeed(["root", ROOT_NAME]);
  for (const serial of ["100000001", "100000002", "100000003"])
    place.succeed(["client", serial, `D${serial}`]);
  place.succeed(["revoke", "100000002", "--reason", "keyCompromise", "--quiet"]);
});
afterAll(() => place.remove());

describe("an ocsp responder that was cut off", () => {
  it("is finished by the same command, which ledger check names", () => {
    const at = ["--dir", place.at("cut")];
    place.succeed(["root", ROOT_NAME, ...at]);
    const ledger = openLedger(place.at("cut/samicerts.db"));
    const issuer = ledger.issuers()[0]?.id ?? 0;
    const serial = "1234567890123";
    ledger.abandon(ledger.reserve({ issuer, serial, name: "MyDevAuthority OCSP", atMs: 0 }));
    ledger.close();
    const check = place.samicerts(["ledger", "check", place.at("cut")]);
    expect(check.stdout).toContain("to mend  samicerts ocsp responder finishes it");
    expect(place.succeed(["ocsp", "responder", ...at])).toContain(`ocsp/${serial}.crt`);
    expect(place.succeed(["ledger", "check", place.at("cut")])).toContain("the ledger and the files agree");
    rmSync(place.at("cut"), { recursive: true });
  });
});

describe("ocsp responder", () => {
  it("names next commands that find it", () => {
    const at = ["--dir", place.at("far")];
    place.succeed(["root", ROOT_NAME, ...at]);
    place.succeed(["intermediate", "two", "/C=US/O=MyOrg/CN=Two", ...at]);
    place.succeed(["client", "200000001", "Lamp", "--line", "two", ...at]);
    const shown = place.succeed(["ocsp", "responder", "--line", "two", ...at]).replace(/\s+/g, " ");
    const sign = /samicerts (ocsp sign [^;]*);/.exec(shown)?.[1] ?? "";
    expect(sign.startsWith("ocsp sign --line two --dir ")).toBe(true);
    expect(place.succeed(sign.split(" "))).toContain("signed");
    rmSync(place.at("far"), { recursive: true });
  });

  it("makes a certificate that answers OCSP and nothing else", () => {
    const { status, stderr } = place.samicerts(["ocsp", "serve"]);
    expect([status, stderr]).toEqual([
      5,
      told(
        "there is no responder's certificate that is valid now",
        "make one, which lasts for 30 days: samicerts ocsp responder",
      ),
    ]);
    const shown = place.succeed(["ocsp", "responder"]);
    expect(shown).toMatch(
      /^made MyDevAuthority OCSP, which answers OCSP for MyDevAuthority\n {2}certificate {2}ocsp\/\d+\.crt\n/,
    );
    expect(shown).toContain("(30 days)");
    const names = readdirSync(place.at("ocsp"));
    expect(names.map((name) => name.replace(/^\d+/, "*"))).toEqual(["*.crt", "*.key"]);
    const path = `ocsp/${names[0]}`;
    expect(place.listing()).toContainEqual(expect.stringMatching(/^ocsp\/\d+\.key 600 /));
    expect(place.succeed(["verify", path, "--policy", "ocsp-responder"])).toContain("1 compliant");
    // As a device it would let whoever has it speak for all others.
    const judged = JSON.parse(place.samicerts(["verify", path, "--json"]).stdout);
    const rules = judged.certificates[0].findings.map(({ rule }: { rule: string }) => rule);
    expect(rules).toContain("ocsp-signing");
    // Neither the ledger nor its check takes it for a device.
    expect(place.succeed(["ledger", "check"])).toContain("agree");
    expect(place.succeed(["audit", "verify", "--quiet"])).toBe("");
  });

  it("is one more each time, and as long as is asked for within what is allowed", () => {
    const { schema, certificate, line, role } = JSON.parse(
      place.succeed(["ocsp", "responder", "--days", "7", "--json"]),
    );
    expect([schema, line, role]).toEqual(["samicerts/ocsp-responder/v1", null, "device"]);
    expect(Date.parse(certificate.notAfter) - Date.parse(certificate.notBefore)).toBe(7 * 86_400_000 - 1000);
    const { status, stderr } = place.samicerts(["ocsp", "responder", "--days", "101"]);
    expect(status).toBe(1);
    expect(stderr).toContain(
      "the certificate is valid for longer than allowed, expected at most 100 days [validity-length]",
    );
  });

  it("is not made where the policy does not allow it", () => {
    const policy = { name: "mine", title: "x", extends: ["sami"], issue: { root: { ocspResponder: false } } };
    writeFileSync(place.at("mine.json"), JSON.stringify(policy));
    expect(place.samicerts(["ocsp", "responder", "--policy", "./mine.json"])).toMatchObject({
      status: 1,
      stdout: "",
      stderr: told(
        'the policy "mine" allows nobody to answer OCSP in the stead of a root',
        "set issue.root.ocspResponder in the policy, or publish CRLs alone: samicerts crl",
      ),
    });
  });

  it("is never a device of the platform's", () => {
    const policy = {
      name: "theirs",
      title: "x",
      extends: ["sami"],
      issue: { device: { extKeyUsage: ["clientAuth", "OCSPSigning"] } },
    };
    writeFileSync(place.at("theirs.json"), JSON.stringify(policy));
    const { status, stderr } = place.samicerts(["client", "100000009", "Sly", "--policy", "./theirs.json"]);
    expect(status).toBe(1);
    expect(stderr).toContain("[ocsp-signing]");
  });
});

describe("ocsp sign", () => {
  beforeEach(() => rmSync(place.at("ocsp-answers"), { recursive: true, force: true }));

  it("signs an answer about each certificate", () => {
    const shown = place.succeed(["ocsp", "sign"]);
    // The root, three devices, two responders.
    expect(shown).toMatch(
      /^signed 6 answers\n {2}directory {2}ocsp-answers, <serial>\.der each\n {2}revoked {4}1\n/,
    );
    const names = readdirSync(place.at("ocsp-answers"));
    expect(names.length).toBe(6);
    expect(names).toContain("100000002.der");
    const answer = (serial: string): string =>
      readFileSync(place.at(`ocsp-answers/${serial}.der`)).toString("hex");
    expect(answer("100000001")).toContain("8000180f");
    expect(answer("100000002")).not.toContain("8000180f");
  });

  it("signs those that are named, as they are to be asked for", () => {
    const words = [
      "100000001",
      "devices/100000003.crt",
      "--out",
      "staples",
      "--valid",
      "2d",
      "--hash",
      "sha256",
    ];
    const signed = JSON.parse(place.succeed(["ocsp", "sign", ...words, "--json"]));
    expect(signed).toMatchObject({
      schema: "samicerts/ocsp-sign/v1",
      answers: 2,
      revoked: 0,
      directory: "staples",
    });
    expect(Date.parse(signed.nextUpdate) - Date.parse(signed.thisUpdate)).toBe(2 * 86_400_000);
    expect(readdirSync(place.at("staples"))).toEqual(["100000001.der", "100000003.der"]);
    // SHA-256 by its OID.
    expect(readFileSync(place.at("staples/100000001.der")).toString("hex")).toContain("608648016503040201");
    expect(place.samicerts(["ocsp", "sign", "77"]).status).toBe(2);
  });

  it("needs the responder's key alone, and speaks for a line too", () => {
    place.succeed(["intermediate", "line2", "/C=US/O=MyOrg/OU=MyDep/CN=Line2", "--serials", "5000-5999"]);
    place.succeed(["client", "5000", "OfTheLine", "--line", "line2"]);
    place.succeed(["ocsp", "responder", "--line", "line2", "--quiet"]);
    const [name = ""] = readdirSync(place.at("lines/line2/ocsp"));
    expect(Number(name.replace(/\..*/, ""))).toBeGreaterThanOrEqual(5000);
    expect(Number(name.replace(/\..*/, ""))).toBeLessThanOrEqual(5999);
    rmSync(place.at("lines/line2/line.key"));
    rmSync(place.at("root.key"));
    expect(JSON.parse(place.succeed(["ocsp", "sign", "--line", "line2", "--json"])).answers).toBe(2);
  });
});
