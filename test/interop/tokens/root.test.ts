import { spawnSync } from "node:child_process";
import { readFileSync, renameSync, writeFileSync } from "node:fs";
import { afterEach, beforeEach, expect, it } from "vitest";
import { ROOT_NAME, told } from "../../stories/command.ts";
import { MODULE, makeTokenPlace, needsToken, PIN, type TokenPlace } from "./soft-hsm.ts";

let place: TokenPlace;
beforeEach(() => {
  place = makeTokenPlace();
});
afterEach(() => place.remove());

function openssl(...words: string[]): string {
  const { status, stdout, stderr } = spawnSync("openssl", words, { cwd: place.directory, encoding: "utf8" });
  if (status !== 0) throw new Error(`openssl ${words.join(" ")} ended with ${status}: ${stderr}`);
  return stdout;
}

needsToken("openssl")("a root whose key is in a token", () => {
  it.each([
    ["ec:P-256", "sami", "ecdsa-with-SHA256"],
    ["ec:P-384", "sami", "ecdsa-with-SHA384"],
    ["ec:P-521", "rfc5280", "ecdsa-with-SHA512"],
    ["rsa:2048", "sami", "sha256WithRSAEncryption"],
    ["ed25519", "rfc5280", "Ed25519"],
  ])("issues with %s, without anybody saying again where the key is", (key, policy, algorithm) => {
    const how = ["--policy", policy];
    const root = JSON.parse(
      place.succeed(["root", ROOT_NAME, "--key", key, "--root-key", place.uri("root"), "--json", ...how]),
    );
    const uri = `pkcs11:token=vendor;object=root?module-path=${MODULE}&pin-source=file:${place.at("pin")}`;
    expect(root).toMatchObject({
      schema: "samicerts/root/v1",
      files: { certificate: "root.crt", key: null },
      keyUri: uri,
      keyCreated: true,
      resumed: false,
      certificate: { key, signatureAlgorithm: algorithm },
    });
    expect(place.listing().map((line) => line.split(" ").slice(0, 2).join(" "))).toEqual([
      "pin 600",
      "root.crt 644",
      "root.key.uri 644",
      "samicerts.db 644",
    ]);
    expect(readFileSync(place.at("root.key.uri"), "utf8")).toBe(`${uri}\n`);
    place.succeed(["client", "100000001", "MyAwesomeDevice", ...how]);
    expect(openssl("verify", "-x509_strict", "-CAfile", "root.crt", "devices/100000001.crt")).toBe(
      "devices/100000001.crt: OK\n",
    );
    place.succeed(["verify", ...how]);
    expect(JSON.parse(place.succeed(["ledger", "check", "--json"]))).toMatchObject({ agrees: true });
  });

  it("is told of in words", () => {
    const out = place.succeed(["root", ROOT_NAME, "--root-key", place.uri("root")]);
    expect(out).toMatch(/^made the root MyDevAuthority\n/);
    expect(out).toContain(
      '\n  private key  "root" in the token "vendor"\n' +
        "               it can't leave the token: samicerts finds it there, by root.key.uri\n",
    );
  });

  it("has a key that was made in the token, can't leave it, and has its public part beside it", () => {
    place.succeed(["root", ROOT_NAME, "--root-key", place.uri("root")]);
    const hand = place.session();
    const key = hand.session.find({ class: 3, label: "root" }).items(0);
    const told = key.getAttribute({
      sensitive: null,
      extractable: null,
      alwaysSensitive: null,
      neverExtractable: null,
      local: null,
      sign: null,
      private: null,
    } as never);
    const publicId = hand.session.find({ class: 2, label: "root" }).items(0).getAttribute("id");
    const id = key.getAttribute("id");
    expect(() => key.getAttribute("value")).toThrow(/CKR_ATTRIBUTE_SENSITIVE/);
    const counts = [hand.count("private"), hand.count("public")];
    hand.close();
    expect(told).toEqual({
      sensitive: true,
      extractable: false,
      alwaysSensitive: true,
      neverExtractable: true,
      local: true,
      sign: true,
      private: true,
    });
    expect(id).toHaveLength(16);
    expect(publicId).toEqual(id);
    expect(counts).toEqual([1, 1]);
  });

  it("is named by the environment too, or for one run", () => {
    place.succeed(["root", ROOT_NAME], { env: { SAMICERTS_ROOT_KEY: place.uri("root") } });
    renameSync(place.at("root.key.uri"), place.at("elsewhere"));
    expect(place.samicerts(["client", "1001", "x"])).toMatchObject({ status: 5 });
    place.succeed(["client", "1001", "x"], { env: { SAMICERTS_ROOT_KEY: place.uri("root") } });
    place.succeed(["client", "1002", "x", "--root-key", place.uri("root")]);
    const short = "pkcs11:object=root?pin-source=pin";
    place.succeed(["client", "1003", "x", "--root-key", short, "--pkcs11-module", MODULE]);
    place.succeed(["client", "1004", "x", "--root-key", short], { env: { SAMICERTS_PKCS11_MODULE: MODULE } });
    place.succeed(["client", "1005", "x", "--root-key", `${short}&module-name=SoftHSM2`.toLowerCase()]);
  });

  it("has a new certificate with --force, for the same key", () => {
    place.succeed(["root", ROOT_NAME, "--root-key", place.uri("root")]);
    const before = openssl("x509", "-in", "root.crt", "-noout", "-pubkey");
    expect(place.samicerts(["root", ROOT_NAME])).toMatchObject({ status: 4 });
    expect(place.succeed(["root", ROOT_NAME, "--force"])).toMatch(/^made a new certificate for the root key/);
    expect(openssl("x509", "-in", "root.crt", "-noout", "-pubkey")).toBe(before);
    const hand = place.session();
    expect(hand.count("private")).toBe(1);
    hand.close();
  });

  it("takes a key that is in the token already when told so, and not otherwise", () => {
    place.succeed(["root", ROOT_NAME, "--root-key", place.uri("root"), "--dir", "one"]);
    const again = ["root", "/CN=Two", "--root-key", place.uri("root"), "--dir", "two"];
    expect(place.samicerts(again)).toMatchObject({
      status: 4,
      stdout: "",
      stderr: told(
        'there is a private key "root" in the token "vendor" already; it was not touched',
        "choose another object= in the URI, or add --existing-key to use the key that is there",
      ),
    });
    expect(place.listing().filter((line) => line.startsWith("two"))).toEqual([]);
    const made = JSON.parse(place.succeed([...again, "--existing-key", "--json", "--policy", "rfc5280"]));
    expect(made).toMatchObject({ keyCreated: false, resumed: false });
    expect(
      place.samicerts([
        "root",
        "/CN=Three",
        "--root-key",
        place.uri("x"),
        "--dir",
        "three",
        "--existing-key",
      ]),
    ).toMatchObject({
      status: 5,
      stderr: expect.stringContaining('there is no private key "x" in the token'),
    });
  });

  it("leaves nothing in the token where the policy refuses it", () => {
    const { status } = place.samicerts([
      "root",
      "/CN=x",
      "--days",
      "100000",
      "--root-key",
      place.uri("root"),
    ]);
    expect([1, 2]).toContain(status);
    expect(place.listing().map((line) => line.split(" ")[0])).toEqual(["pin"]);
    const hand = place.session();
    expect([hand.count("private"), hand.count("public")]).toEqual([0, 0]);
    hand.close();
  });

  it("is missed with a word that is true where the URI says of its token what is not so", () => {
    const uri = place.uri("root").replace("token=vendor", "token=vendor;slot-id=9;model=Other");
    const { status, stderr } = place.samicerts(["root", ROOT_NAME, "--root-key", uri]);
    expect(status).toBe(5);
    expect(stderr).toBe(
      'error: the token "vendor" is there, but what the URI says of it besides is not so: model, slot-id\n' +
        "hint: correct it in the URI, or leave it out: model, slot-id\n",
    );
  });

  it.each(["", "garbage", "tpm:handle=1"])("is not looked for by what is no pkcs11: URI, %j", (text) => {
    place.succeed(["root", ROOT_NAME, "--root-key", place.uri("root")]);
    writeFileSync(place.at("root.key.uri"), text);
    const { status, stderr } = place.samicerts(["client", "1001", "x"]);
    expect(status).toBe(2);
    expect(stderr).toMatch(/^error: root\.key\.uri does not hold the pkcs11: URI of the root's key\nhint: /);
    place.succeed(["client", "1001", "x", "--root-key", place.uri("root")]);
  });

  it("is not made where a key file and root.key.uri contradict each other", () => {
    place.succeed(["root", ROOT_NAME]);
    writeFileSync(place.at("root.key.uri"), `${place.uri("root")}\n`);
    const { status, stderr } = place.samicerts(["client", "1001", "x"]);
    expect(status).toBe(5);
    expect(stderr).toContain("root.key is there, and root.key.uri, which says");
  });

  it("never shows the PIN", () => {
    const shown = [
      place.samicerts(["root", ROOT_NAME, "--root-key", place.uri("root")], {
        env: { SAMICERTS_DEBUG: "1" },
      }),
      place.samicerts(["client", "1001", "x", "--json"], { env: { SAMICERTS_DEBUG: "1" } }),
    ];
    expect(JSON.stringify(shown)).not.toContain(PIN);
    expect(readFileSync(place.at("root.key.uri"), "utf8")).not.toContain(PIN);
  });
});

needsToken()("what can be wrong with the address of a root's key", () => {
  const module = `module-path=${MODULE}`;
  it.each([
    ["azure:key", 2, "uri.unknown-scheme", "use pkcs11:..., or the path of a file"],
    ["pkcs11:tokn=vendor", 2, "uri.malformed", "did you mean token?"],
    [`pkcs11:object=root?${module}&pin-value=${PIN}`, 2, "token.pin-in-uri", "pin-source=file:"],
    ["pkcs11:object=root?pin-source=pin", 5, "token.module-unset", "SAMICERTS_PKCS11_MODULE"],
    ["pkcs11:object=root?module-path=/no/such.so", 5, "token.module-missing", "install the token's software"],
    ["pkcs11:object=root?module-path=/usr/lib", 5, "token.module-missing", "&module-name="],
    ["pkcs11:object=root?module-name=nope", 5, "token.module-missing", "module-path="],
    ["pkcs11:object=root?module-path=/etc/passwd", 5, "token.module-unusable", "built for this machine"],
    [`pkcs11:token=other;object=root?${module}`, 5, "token.absent", "put it in"],
    [`pkcs11:object=root?${module}`, 5, "token.pin-missing", "pin-source=file:"],
    [`pkcs11:object=root?${module}&pin-source=file:none`, 5, "token.pin-missing", "mode 0600"],
    [`pkcs11:object=root?${module}&pin-source=|cat`, 5, "token.pin-source", "pin-source=file:"],
    [`pkcs11:object=root?${module}&pin-source=https://x`, 5, "token.pin-source", "pin-source=file:"],
    [`pkcs11:object=root?${module}&pin-source=open`, 5, "token.pin-permissions", "chmod 600 "],
    [`pkcs11:object=root?${module}&pin-source=two`, 5, "token.pin-malformed", "write the PIN into it"],
    [`pkcs11:object=root?${module}&pin-source=wrong`, 5, "token.pin-wrong", "nothing is tried twice"],
    [`pkcs11:token=vendor?${module}&pin-source=pin`, 5, "token.object-unnamed", ";object="],
    ["root.key", 2, "key.not-in-token", "without it, a key file is made"],
  ])("%s", (uri, status, code, hint) => {
    writeFileSync(place.at("open"), PIN, { mode: 0o644 });
    writeFileSync(place.at("two"), `${PIN}\n\n`, { mode: 0o600 });
    writeFileSync(place.at("wrong"), "00000000\n", { mode: 0o600 });
    const before = place.listing();
    const ended = place.samicerts(["root", ROOT_NAME, "--root-key", uri, "--json"]);
    const { error } = JSON.parse(ended.stdout);
    expect([ended.status, error.code]).toEqual([status, code]);
    expect(error.hint).toContain(hint);
    expect(ended.stdout + ended.stderr).not.toContain(PIN);
    expect(place.listing()).toEqual(before);
  });

  it("accepts a PIN's file that is mounted into a container with --allow-key-mode, and says so", () => {
    writeFileSync(place.at("open"), PIN, { mode: 0o640 });
    const words = ["root", ROOT_NAME, "--root-key", `pkcs11:object=mounted?${module}&pin-source=open`];
    const { status, stderr } = place.samicerts([...words, "--allow-key-mode"]);
    expect(status).toBe(0);
    expect(stderr).toBe(
      `warning: ${place.at("open")} can be read or changed by others than its owner (mode 0640)\n`,
    );
  });
});
