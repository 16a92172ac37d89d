import { chmodSync, copyFileSync, readFileSync, writeFileSync } from "node:fs";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { makePlace, type Place, ROOT_NAME } from "./command.ts";

let place: Place;
beforeAll(() => {
  place = makePlace();
  place.succeed(["root", ROOT_NAME]);
  place.succeed(["client", "100000001", "MyAwesomeDevice"]);
});
afterAll(() => place.remove());

describe("inspect", () => {
  it("says everything of a device's certificate within 80 columns", () => {
    const text = place.succeed(["inspect", "devices/100000001.crt"]);
    const lines = text.split("\n");
    for (const line of lines) expect(line.length).toBeLessThanOrEqual(80);
    expect(lines[0]).toBe("certificate devices/100000001.crt");
    const field = (label: string) =>
      lines.find((line) => line.startsWith(`  ${label.padEnd(11)}  `))?.slice(15);
    expect(field("subject")).toContain("CN=MyAwesomeDevice");
    expect(field("issuer")).toContain("/C=US/ST=California/O=MyOrg");
    expect(field("serial")).toBe("100000001 (0x5f5e101)");
    expect(field("last four")).toBe("0001");
    expect(field("valid")).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ to \d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/);
    expect(text).toMatch(/\n {15}3,650 days, 3,6\d\d days left\n/);
    expect(field("key")).toBe("ec:P-256");
    expect(field("signature")).toBe("ecdsa-with-SHA256");
    expect(field("version")).toBe("3");
    expect(field("SHA-256")).toMatch(/^[0-9a-f]{64}$/);
    expect(field("SHA-1")).toMatch(/^[0-9a-f]{40}$/);
    expect(field("policy")).toBe("sami, as a device by itself: compliant");
    expect(text).toMatch(/\n {4}basicConstraints +critical; not a CA\n/);
    expect(text).toMatch(/\n {4}keyUsage +critical; digitalSignature\n/);
    expect(text).toMatch(/\n {4}extKeyUsage +clientAuth\n/);
    const skiOfRoot = /subjectKeyIdentifier +([0-9a-f]+)\n/.exec(place.succeed(["inspect", "root.crt"]))?.[1];
    expect(skiOfRoot).toMatch(/^[0-9a-f]{40}$/);
    expect(text).toMatch(new RegExp(`authorityKeyIdentifier +${skiOfRoot}\\n`));
  });

  it("shows every certificate of a bundle, and reads standard input", () => {
    const bundle = ["devices/100000001.crt", "root.crt"]
      .map((path) => readFileSync(place.at(path), "utf8"))
      .join("");
    const text = place.succeed(["inspect", "-"], { input: bundle });
    expect(text).toMatch(/^certificate standard input\n/);
    expect(text).toContain("\n\ncertificate standard input, certificate 2\n");
    expect(text).toMatch(
      /\nchain in standard input\n {2}1 {12}MyAwesomeDevice, signed by 2\n {2}2 {12}MyDevAuthority, signed by itself\n {2}order {8}each is signed by the next, .*\n$/,
    );
    const document = JSON.parse(place.succeed(["inspect", "-", "--json"], { input: bundle }));
    expect(document.chain).toMatchObject({ inOrder: true, links: [{ signedBy: 1 }, { signedBy: "itself" }] });
    expect(document.schema).toBe("samicerts/inspect/v1");
    expect(document.certificates.map(({ selfIssued }: { selfIssued: boolean }) => selfIssued)).toEqual([
      false,
      true,
    ]);
    expect(document.certificates[1]).toMatchObject({
      state: "current",
      verdict: { policy: "sami", role: "root", compliant: true },
    });
  });

  it("tells of a key its kind and whose it is, and nothing secret", () => {
    const text = place.succeed(["inspect", "root.key"]);
    expect(text).toMatch(
      /^private key root\.key\n {2}kind {9}ec:P-256\n {2}form {9}PKCS#8\n {2}encrypted {4}no\n {2}key SHA-256 {2}[0-9a-f]{64}\n$/,
    );
    const spki = /key SHA-256 {2}([0-9a-f]{64})/.exec(text)?.[1];
    expect(place.succeed(["inspect", "root.crt"])).toContain(`key SHA-256  ${spki}\n`);
    const body = readFileSync(place.at("root.key"), "utf8").split("\n")[1] as string;
    expect(place.succeed(["inspect", "root.key", "--json"])).not.toContain(body);
  });

  it("tells which certificate a key in the same file belongs to, and leaves an encrypted key closed", () => {
    const both = ["devices/100000001.crt", "devices/100000001.key"].map((path) =>
      readFileSync(place.at(path)),
    );
    expect(place.succeed(["inspect", "-"], { input: Buffer.concat(both) })).toMatch(
      /\nprivate key standard input\n[\s\S]*\n {2}belongs to {3}certificate 1\n$/,
    );
    const env = { SECRET: "correct horse" };
    place.succeed(
      ["key", "encrypt", "devices/100000001.key", "--out", "sealed.key", "--new-passphrase-env", "SECRET"],
      { env },
    );
    expect(place.succeed(["inspect", "sealed.key"])).toMatch(
      /^private key sealed\.key\n {2}kind {9}not told: it is encrypted, and no passphrase was named\n {2}form {9}PKCS#8\n {2}encrypted {4}aes-256-cbc, PBKDF2-HMAC-SHA256, [\d,]+ iterations\n$/,
    );
    expect(place.succeed(["inspect", "sealed.key", "--passphrase-env", "SECRET"], { env })).toMatch(
      /\n {2}kind {9}ec:P-256\n[\s\S]*\n {2}key SHA-256 {2}[0-9a-f]{64}\n$/,
    );
    const wrong = place.samicerts(["inspect", "sealed.key", "--passphrase-env", "SECRET"], {
      env: { SECRET: "another" },
    });
    expect(wrong).toMatchObject({ status: 5, stdout: "" });
  });

  it("refuses a key that others may read, as any command does", () => {
    copyFileSync(place.at("root.key"), place.at("lax.key"));
    chmodSync(place.at("lax.key"), 0o644);
    expect(place.samicerts(["inspect", "lax.key"])).toMatchObject({
      status: 5,
      stdout: "",
      stderr: expect.stringMatching(/^error: lax\.key .*\nhint: chmod 600 lax\.key/),
    });
    expect(place.samicerts(["inspect", "lax.key", "--allow-key-mode"])).toMatchObject({
      status: 0,
      stderr: expect.stringMatching(/^warning: lax\.key can be read or changed by others/),
    });
  });

  it("names what the policy has against it", () => {
    expect(place.succeed(["inspect", "devices/100000001.crt", "--policy", "matter"])).toMatch(
      /\n {2}policy {7}matter, as a device by itself: not compliant, \d+ errors?.*; samicerts\n {15}verify tells more\n/,
    );
    expect(place.succeed(["inspect", "devices/100000001.crt", "--policy", "none"])).not.toContain(
      "\n  policy ",
    );
  });

  it("finds text in front of the PEM no obstacle", () => {
    writeFileSync(
      place.at("bag.pem"),
      `Bag Attributes\n  friendlyName: x\n${readFileSync(place.at("root.crt"), "utf8")}`,
    );
    expect(place.succeed(["inspect", "bag.pem"])).toMatch(/^certificate bag\.pem\n/);
  });
});
