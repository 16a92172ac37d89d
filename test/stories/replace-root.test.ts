import { createPrivateKey, X509Certificate } from "node:crypto";
import { copyFileSync, lstatSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { connect } from "../../src/ledger/sqlite-connection.ts";
import { makePlace, type Place, ROOT_NAME, told } from "./command.ts";

let place: Place;
beforeEach(() => {
  place = makePlace();
  place.succeed(["root", ROOT_NAME]);
  place.succeed(["client", "100000001", "Before"]);
});
afterEach(() => place.remove());

const read = (path: string): string => readFileSync(place.at(path), "utf8");
const certificate = (path: string): X509Certificate => new X509Certificate(readFileSync(place.at(path)));
const names = (): string[] =>
  place
    .listing()
    .map((line) => line.split(" ").slice(0, 2).join(" "))
    .filter((line) => /^(?:old-roots|root)/.test(line));

/** What somebody finds who has only this root and these certificates. */
function verdict(root: string, ...words: string[]): number | null {
  mkdirSync(place.at("elsewhere"), { recursive: true });
  return place.samicerts(["verify", ...words, "--root", root, "--dir", "elsewhere"]).status;
}

describe("a root that is replaced", () => {
  it("is kept, and what it and the new one have issued is taken by who knows either", () => {
    const [oldCertificate, oldKey] = [read("root.crt"), read("root.key")];
    const ended = place.samicerts(["root", "--replace"]);
    expect(ended).toMatchObject({ status: 0, stderr: "" });
    expect(ended.stdout).toMatch(/^made a new root, MyDevAuthority\n {2}certificate {4}root\.crt\n/);
    expect(ended.stdout).toContain("\n  old root       old-roots/1/root.crt, until ");
    expect(names()).toEqual([
      "old-roots 755",
      "old-roots/1 755",
      "old-roots/1/new-with-old.crt 644",
      "old-roots/1/old-with-new.crt 644",
      "old-roots/1/root.crt 644",
      "old-roots/1/root.key 600",
      "root.crt 644",
      "root.key 600",
    ]);
    expect([read("old-roots/1/root.crt"), read("old-roots/1/root.key")]).toEqual([oldCertificate, oldKey]);
    expect(certificate("root.crt").checkPrivateKey(createPrivateKey(read("root.key")))).toBe(true);
    expect(certificate("root.crt").subject).toBe(certificate("old-roots/1/root.crt").subject);
    place.succeed(["client", "100000002", "After"]);

    expect(place.succeed(["verify"])).toContain("2 certificates: 2 compliant");
    for (const root of ["root.crt", "old-roots/1/root.crt"])
      expect(place.succeed(["verify", "--root", root, "--fail-on", "warning"])).toContain("2 compliant");
    // Somebody else needs the one that leads from what they have to what they know.
    const bridge = (which: string): string[] => ["--untrusted", `old-roots/1/${which}.crt`];
    expect(verdict("old-roots/1/root.crt", "devices/100000002.crt")).toBe(1);
    expect(verdict("old-roots/1/root.crt", "devices/100000002.crt", ...bridge("old-with-new"))).toBe(1);
    expect(verdict("old-roots/1/root.crt", "devices/100000002.crt", ...bridge("new-with-old"))).toBe(0);
    expect(verdict("root.crt", "devices/100000001.crt")).toBe(1);
    expect(verdict("root.crt", "devices/100000001.crt", ...bridge("old-with-new"))).toBe(0);

    expect(place.succeed(["ledger", "check"])).toContain("agree: 6 certificates");
    place.succeed(["audit", "verify"]);
    const { events } = JSON.parse(place.succeed(["audit", "show", "--json", "--kind", "root-replaced"]));
    expect(events.length).toBe(1);
    expect(events[0].detail).toBe(
      `in place of ${BigInt(`0x${certificate("old-roots/1/root.crt").serialNumber}`)}`,
    );
  });

  it("is not replaced again by the same command, unless that is said", () => {
    place.succeed(["root", "--replace"]);
    const before = read("root.crt");
    const again = place.samicerts(["root", "--replace"]);
    expect(again).toMatchObject({ status: 4, stdout: "" });
    expect(again.stderr).toMatch(
      /^error: the root was replaced already, at .*; the old one is in old-roots\/1\nhint: nothing is left to be done; --replace --force replaces the new one too\n$/,
    );
    expect(read("root.crt")).toBe(before);
    const { replaced } = JSON.parse(place.succeed(["root", "--replace", "--force", "--json"]));
    expect(replaced.files).toEqual({
      certificate: "old-roots/2/root.crt",
      key: "old-roots/2/root.key",
      oldWithNew: "old-roots/2/old-with-new.crt",
      newWithOld: "old-roots/2/new-with-old.crt",
    });
    expect(read("old-roots/2/root.crt")).toBe(before);
    place.succeed(["client", "100000003", "After"]);
    // From the first root to the third over both bridges, and back.
    for (const root of ["root.crt", "old-roots/1/root.crt", "old-roots/2/root.crt"])
      expect(place.succeed(["verify", "--root", root])).toContain("2 compliant");
    expect(place.succeed(["ledger", "check"])).toContain("the ledger and the files agree");
  });

  it("may have another name and another kind of key, as the policy allows", () => {
    const made = JSON.parse(
      place.succeed(["root", "--replace", "/C=US/O=MyOrg/OU=MyDep/CN=Root 2", "--key", "ec:P-384", "--json"]),
    );
    expect(made).toMatchObject({
      schema: "samicerts/root/v1",
      certificate: { subject: "/C=US/O=MyOrg/OU=MyDep/CN=Root 2", key: "ec:P-384" },
      replaced: { subject: ROOT_NAME },
    });
    place.succeed(["client", "100000002", "After"]);
    for (const root of ["root.crt", "old-roots/1/root.crt"])
      expect(place.succeed(["verify", "--root", root])).toContain("2 compliant");
    expect(place.succeed(["ledger", "check"])).toContain("the ledger and the files agree");
  });

  it("is not touched where the policy refuses the new one, or what binds them", () => {
    const before = names();
    for (const words of [["--key", "ec:P-521"], ["/O=MyOrg/CN=x"], ["CN"]]) {
      const { status, stdout } = place.samicerts(["root", "--replace", ...words]);
      expect(status).not.toBe(0);
      expect(stdout).toBe("");
    }
    const matter = ["--policy", "matter", "--dir", "matter"];
    place.succeed(["root", "/CN=PAA", ...matter]);
    // Another name would make an intermediate of it that may have none below it.
    const refused = place.samicerts(["root", "--replace", "/CN=PAA 2", ...matter]);
    expect(refused.status).toBe(1);
    place.succeed(["root", "--replace", ...matter]);
    expect(names()).toEqual(before);
    expect(place.samicerts(["root"]).stderr).toBe(
      told("samicerts root needs <dn>", `for example: samicerts root ${ROOT_NAME}`),
    );
  });

  it("has its lines go on, and be signed anew by the new one", () => {
    const line = ["intermediate", "line2", "/C=US/O=MyOrg/OU=MyDep/CN=Line2"];
    place.succeed(line);
    place.succeed(["root", "--replace"]);
    place.succeed(["client", "200000001", "Device", "--line", "line2"]);
    place.succeed(["verify", "--root", "root.crt"]);
    const before = certificate("lines/line2/line.crt");
    expect(place.succeed([...line, "--force"])).toMatch(
      /^made a new certificate for the key of the line line2: Line2\n/,
    );
    const after = certificate("lines/line2/line.crt");
    expect(after.publicKey.equals(before.publicKey)).toBe(true);
    expect(after.verify(certificate("root.crt").publicKey)).toBe(true);
    // It is the same line: what it has issued is not issued again.
    expect(place.samicerts(["client", "200000001", "Device", "--line", "line2"]).status).toBe(4);
    place.succeed(["client", "200000002", "Device", "--line", "line2"]);
    for (const root of ["root.crt", "old-roots/1/root.crt"]) place.succeed(["verify", "--root", root]);
    copyFileSync(place.at("lines/line2/devices/200000002.chain.crt"), place.at("chain.crt"));
    expect(verdict("root.crt", "chain.crt")).toBe(0);
    expect(place.succeed(["ledger", "check"])).toContain("the ledger and the files agree");
    const other = place.samicerts(["intermediate", "line2", "/C=US/O=MyOrg/OU=MyDep/CN=Line3", "--force"]);
    expect(other.stderr).toContain("the line line2 is called /C=US/O=MyOrg/OU=MyDep/CN=Line2, not");
    // What was made before the roll-over is renewed by the new root.
    place.succeed(["renew", "100000001", "--serial", "100000101"]);
    expect(certificate("devices/100000101.crt").verify(certificate("root.crt").publicKey)).toBe(true);
  });

  it("can issue while another process is at it, and at the moment between certificate and key", () => {
    place.succeed(["root", "--replace"]);
    // As a crash right before the last step leaves it.
    renameSync(place.at("root.key"), place.at("old-roots/1/next.key"));
    copyFileSync(place.at("old-roots/1/root.key"), place.at("root.key"));
    place.succeed(["client", "100000002", "Between"]);
    expect(certificate("devices/100000002.crt").verify(certificate("root.crt").publicKey)).toBe(true);
    const check = place.samicerts(["ledger", "check"]);
    expect(check.stdout).toContain("root.unfinished  a replacement of the root was begun and cut off\n");
    expect(check.stdout).toContain("1 disagreement");
    expect(place.samicerts(["root", ROOT_NAME, "--force"]).stderr).toContain("samicerts root --replace");
    expect(place.succeed(["root", "--replace"])).toMatch(/^finished what was cut off: a new root, /);
    expect(lstatSync(place.at("root.key")).mode & 0o777).toBe(0o600);
    expect(place.succeed(["ledger", "check"])).toContain("the ledger and the files agree");

    const lock = connect(place.at(".root.lock"), 0);
    lock.exec("PRAGMA journal_mode = MEMORY; BEGIN EXCLUSIVE");
    const busy = place.samicerts(["root", "--replace", "--force"]);
    lock.close();
    expect(busy).toMatchObject({
      status: 4,
      stderr: told("another process is replacing the root", "wait until that process has ended"),
    });
    rmSync(place.at(".root.lock"), { force: true });
    writeFileSync(place.at("root.key.uri"), "pkcs11:token=vendor;object=root\n");
    rmSync(place.at("root.key"));
    expect(place.samicerts(["root", "--replace", "--force"]).stderr).toContain(
      "the root's key is in a token",
    );
  });
});
