import { appendFileSync, copyFileSync, readFileSync, writeFileSync } from "node:fs";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { makePlace, type Place, ROOT_NAME, told } from "./command.ts";

let place: Place;
beforeAll(() => {
  place = makePlace();
  place.succeed(["root", ROOT_NAME]);
  place.succeed(["intermediate", "line7", "/C=US/O=MyOrg/CN=Line 7"]);
  place.succeed(["client", "100000001", "Lamp"]);
  place.succeed(["client", "100000002", "Other", "--line", "line7"]);
});
afterAll(() => place.remove());

const inspect = (...words: readonly string[]) => place.succeed(["inspect", ...words]);

/** No line is longer than a terminal is wide. */
function expectNarrow(text: string): void {
  for (const line of text.split("\n")) expect(line.length).toBeLessThanOrEqual(80);
}

describe("inspect of a chain", () => {
  it("says who signed whom, in whatever order they come", () => {
    const chain = inspect("lines/line7/devices/100000002.chain.crt");
    expectNarrow(chain);
    expect(chain).toMatch(
      /\n {2}1 {12}Other, signed by 2\n {2}2 {12}Line 7, signed by none of these: MyDevAuthority\n/,
    );
    const parts = ["root.crt", "lines/line7/line.crt", "lines/line7/devices/100000002.crt", "root.crt"];
    writeFileSync(place.at("jumble.pem"), parts.map((path) => readFileSync(place.at(path), "utf8")).join(""));
    expect(inspect("jumble.pem")).toMatch(
      /\nchain in jumble\.pem\n {2}1 {12}MyDevAuthority, signed by itself\n {2}2 {12}Line 7, signed by 4\n {2}3 {12}Other, signed by 2\n {2}4 {12}MyDevAuthority\n {15}the same as certificate 1: one of them is too much\n {2}order {8}not each is signed by the next, /,
    );
  });

  it("is not taken in by a certificate that bears the issuer's name alone", () => {
    const other = makePlace();
    try {
      other.succeed(["root", ROOT_NAME]);
      const pair =
        readFileSync(place.at("devices/100000001.crt"), "utf8") + readFileSync(other.at("root.crt"), "utf8");
      writeFileSync(place.at("forged.pem"), pair);
      expect(inspect("forged.pem")).toMatch(/\n {2}1 {12}Lamp, signed by none of these: MyDevAuthority\n/);
    } finally {
      other.remove();
    }
  });
});

describe("inspect of a request", () => {
  it("says whose it is, what it asks for, and that its signature holds", () => {
    place.succeed(["csr", "lamp", "--subject", "/O=MyOrg/CN=Lamp 3"]);
    const text = inspect("lamp.csr");
    expectNarrow(text);
    expect(text).toMatch(
      /^certificate request lamp\.csr\n {2}subject {6}\/O=MyOrg\/CN=Lamp 3\n {2}key {10}ec:P-256\n {2}signature {4}ecdsa-with-SHA256\n {15}holds: whoever made it has the private key\n/,
    );
    const spki = /key SHA-256 {2}([0-9a-f]{64})/.exec(text)?.[1];
    expect(inspect("lamp.key")).toContain(`key SHA-256  ${spki}\n`);
    expect(JSON.parse(inspect("lamp.csr", "--json"))).toMatchObject({
      certificates: [],
      requests: [
        { source: "lamp.csr", subject: "/O=MyOrg/CN=Lamp 3", signature: { holds: true }, spkiSha256: spki },
      ],
    });
  });

  it("says that it was changed after it was signed", () => {
    const der = Buffer.from(
      readFileSync(place.at("lamp.csr"), "utf8").replace(/-----.*-----/g, ""),
      "base64",
    );
    der[der.indexOf("Lamp 3") + 5] = 0x34;
    writeFileSync(place.at("changed.csr"), der);
    expect(inspect("changed.csr")).toMatch(
      /\/CN=Lamp 4\n[\s\S]*\n {15}does not hold: the signature does not fit the signer's key\n/,
    );
  });
});

describe("inspect of files that hold others", () => {
  it("opens PKCS#12, and says whose its key is", () => {
    const env = { SECRET: "correct horse" };
    place.succeed(
      ["export", "100000001", "--format", "p12", "--out", "lamp.p12", "--new-passphrase-env", "SECRET"],
      { env },
    );
    const text = place.succeed(["inspect", "lamp.p12", "--passphrase-env", "SECRET"], { env });
    expectNarrow(text);
    expect(text).toMatch(
      /^PKCS#12 lamp\.p12\n {2}holds {8}\d certificates?, 1 private key\n {2}MAC {10}HMAC-SHA256, [\d,]+ rounds\n {15}fits the passphrase\n\ncertificate lamp\.p12\n/,
    );
    expect(text).toMatch(
      /\nprivate key lamp\.p12\n {2}kind {9}ec:P-256\n[\s\S]*\n {2}belongs to {3}certificate 1\n$/,
    );
    expect(place.samicerts(["inspect", "lamp.p12", "--no-input"])).toMatchObject({ status: 5, stdout: "" });
    const wrong = place.samicerts(["inspect", "lamp.p12", "--passphrase-env", "SECRET"], {
      env: { SECRET: "x" },
    });
    expect(wrong).toMatchObject({ status: 5, stdout: "" });
  });

  it("opens PKCS#7, and a batch's signature", () => {
    place.succeed(["export", "100000002", "--line", "line7", "--format", "p7b", "--out", "other.p7b"]);
    const text = inspect("other.p7b");
    expectNarrow(text);
    expect(text).toMatch(
      /^PKCS#7 \(CMS\) other\.p7b\n {2}holds {8}\d certificates\n {2}signed by {4}nobody: it only carries certificates\n\ncertificate other\.p7b\n/,
    );
    expect(text).toContain("\nchain in other.p7b\n");
  });

  it("reads a batch's manifest, and its signature's file", () => {
    place.succeed([
      "batch",
      "--count",
      "8",
      "--serial-from",
      "300000001",
      "--name",
      "Lamp {serial}",
      "--out",
      "made.tar",
    ]);
    const text = inspect("made.tar.manifest.ndjson");
    expectNarrow(text);
    expect(text).toMatch(/^manifest made\.tar\.manifest\.ndjson\n {2}batch {8}\S+\n {2}begun {8}\d{4}-/);
    expect(text).toMatch(/\n {2}policy {7}sami\n {15}[0-9a-f]{64}\n/);
    expect(text).toContain("\n  devices      8\n               300000001  Lamp 300000001, until 20");
    expect(text).toContain("\n               and 3 more\n");
    expect(text).toContain("\n  signature    beside it, not checked: samicerts verify --manifest\n");
    expect(JSON.parse(inspect("made.tar.manifest.ndjson", "--json")).manifests).toMatchObject([
      { devices: 8, policy: "sami", signatureBeside: true, first: [{ serial: "300000001" }, {}, {}, {}, {}] },
    ]);
    expect(inspect("made.tar.manifest.ndjson.sig")).toMatch(
      /^PKCS#7 \(CMS\) made\.tar\.manifest\.ndjson\.sig\n {2}holds {8}1 certificate\n {2}signed by {4}1 signer, not checked\n {2}content {6}data, apart from it\n/,
    );
    copyFileSync(place.at("made.tar.manifest.ndjson"), place.at("odd.manifest.ndjson"));
    appendFileSync(place.at("odd.manifest.ndjson"), "{}\n");
    expect(place.samicerts(["inspect", "odd.manifest.ndjson"])).toMatchObject({
      status: 2,
      stderr: expect.stringMatching(/^error: odd\.manifest\.ndjson:10: the line is not one of a manifest\n/),
    });
  });
});

describe("inspect of what it does not know says what that seems to be", () => {
  const gzip = Buffer.from("1f8b0800", "hex");
  it.each([
    ["x.tar.gz", gzip, "a gzip archive"],
    ["x.zip", Buffer.from("504b0304140000", "hex"), "a zip archive"],
    ["store.jks", Buffer.from("feedfeed00000002", "hex"), "a Java key store (JKS)"],
    ["id.pub", Buffer.from("ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAI me@here\n"), "an SSH public key"],
    ["rules.json", Buffer.from('{"name": "mine", "extends": ["sami"], "rules": {}}'), "a policy"],
    ["list.json", Buffer.from('{"schema": "samicerts/list/v1"}'), "one of samicerts's own JSON documents"],
    ["x.json", Buffer.from('[{"a": 1}]'), "JSON"],
    ["x.b64", Buffer.from(`MIIB${"A".repeat(100)}\n`), "base64 without the BEGIN and END lines of PEM"],
    ["notes.txt", Buffer.from("Grüße aus dem Labor\n"), "text"],
    ["x.pdf", Buffer.from("%PDF-1.7\n"), "a PDF document"],
    ["x.gpg", Buffer.from(" -----BEGIN PGP PUBLIC KEY BLOCK-----\n\nmQ\n"), "something OpenPGP made"],
  ])("%s", (name, content, what) => {
    writeFileSync(place.at(name), content);
    expect(place.samicerts(["inspect", name])).toMatchObject({
      status: 2,
      stdout: "",
      stderr: expect.stringMatching(
        new RegExp(`^error: ${name} seems to be ${what.replace(/[()]/g, "\\$&")}\nhint: .+\n$`),
      ),
    });
  });

  it("the ledger, an empty file, octets without sense, a block without a name", () => {
    expect(place.samicerts(["inspect", "samicerts.db"]).stderr).toBe(
      told(
        "samicerts.db seems to be a SQLite database, such as samicerts's ledger",
        "samicerts list shows what a ledger holds, samicerts audit show what was done",
      ),
    );
    expect(place.samicerts(["inspect", "-"]).stderr).toBe(
      told("standard input is empty", "obtain the file again"),
    );
    expect(place.samicerts(["inspect", "-"], { input: Buffer.alloc(99, 0xa7) })).toMatchObject({
      status: 2,
      stdout: "",
      stderr: expect.stringMatching(/^error: standard input is neither PEM nor DER, nor anything else /),
    });
    const block = "-----BEGIN DH PARAMETERS-----\nMAA=\n-----END DH PARAMETERS-----\n";
    expect(place.samicerts(["inspect", "-"], { input: block }).stderr).toMatch(
      /^error: standard input holds DH PARAMETERS\nhint: /,
    );
    expect(place.samicerts(["inspect", "-", "--json"], { input: "hello\n" })).toMatchObject({
      status: 2,
      stdout: expect.stringContaining('"code": "inspect.unknown"'),
    });
  });
});
