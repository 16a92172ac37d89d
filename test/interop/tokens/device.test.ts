import { spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { afterAll, afterEach, beforeAll, beforeEach, expect, it } from "vitest";
import { readPem } from "../../../src/x509/pem.ts";
import { type Ended, ROOT_NAME } from "../../stories/command.ts";
import {
  buildFaultyModule,
  type FaultyModule,
  MODULE,
  makeTokenPlace,
  needsToken,
  PIN,
  type TokenPlace,
} from "./soft-hsm.ts";

let place: TokenPlace;
beforeEach(() => {
  place = makeTokenPlace();
  place.succeed(["root", ROOT_NAME]);
});
afterEach(() => place.remove());

const files = (): string[] => place.listing().map((line) => line.split(" ")[0] ?? "");

/** How many private keys, public keys and certificates are in the token. */
function objects(token = "vendor"): [number, number, number] {
  const hand = place.session(token);
  const counts = (["private", "public", "certificate"] as const).map((each) => hand.count(each));
  hand.close();
  return counts as [number, number, number];
}

needsToken("openssl")("a device whose key is in a secure element", () => {
  const uri = `pkcs11:token=vendor?module-path=${MODULE}&pin-source=pin`;

  it.each(["ec:P-256", "rsa:2048"])("gets its certificate in a file and beside its key, %s", (kind) => {
    const issued = JSON.parse(
      place.succeed(["client", "100000001", "Lamp", "--key", kind, "--device-key", uri, "--json"]),
    );
    expect(issued).toMatchObject({
      files: { certificate: "devices/100000001.crt", key: null },
      keyUri: `pkcs11:token=vendor;object=100000001?module-path=${MODULE}&pin-source=file:${place.at("pin")}`,
      keyCreated: true,
      certificateInToken: true,
      certificate: { key: kind },
    });
    expect(files().filter((name) => name.startsWith("devices/"))).toEqual(["devices/100000001.crt"]);
    const { status } = spawnSync("openssl", ["verify", "-CAfile", "root.crt", "devices/100000001.crt"], {
      cwd: place.directory,
    });
    expect(status).toBe(0);
    const hand = place.session();
    const stored = hand.session.find({ class: 1, label: "100000001" }).items(0);
    const key = hand.session.find({ class: 3, label: "100000001" }).items(0);
    const [value, id, keyId] = [
      stored.getAttribute("value"),
      stored.getAttribute("id"),
      key.getAttribute("id"),
    ];
    const flags = key.getAttribute({
      extractable: null,
      sensitive: null,
      decrypt: null,
      unwrap: null,
    } as never);
    hand.close();
    expect(value).toEqual(Buffer.from(readPem(Buffer.from(issued.pem), "pem")[0]?.der ?? []));
    expect(id).toEqual(keyId);
    expect(flags).toEqual({ extractable: false, sensitive: true, decrypt: false, unwrap: false });
    place.succeed(["verify"]);
    expect(JSON.parse(place.succeed(["ledger", "check", "--json"]))).toMatchObject({ agrees: true });
  });

  it("is told of in words, and has its own token where the root has another", () => {
    place.initToken("element");
    place.succeed(["root", ROOT_NAME, "--dir", "hsm", "--root-key", place.uri("root")]);
    const element = place.uri("device", "element");
    const out = place.succeed(["client", "1001", "Lamp", "--dir", "hsm", "--device-key", element]);
    expect(out).toContain('\n  private key  "device" in the token "element"\n');
    expect([objects("vendor"), objects("element")]).toEqual([
      [1, 1, 0],
      [1, 1, 1],
    ]);
    place.succeed(["verify", "--dir", "hsm"]);
  });

  it("may have brought its key, and no key that is another's", () => {
    place.succeed(["client", "1001", "Lamp", "--device-key", place.uri("key")]);
    const again = ["client", "1002", "Lamp", "--device-key", place.uri("key"), "--json"];
    const code = (words: readonly string[]): [number | null, string] => {
      const { status, stdout } = place.samicerts(words);
      return [status, JSON.parse(stdout).error.code];
    };
    expect(code(again)).toEqual([4, "token.object-exists"]);
    expect(code([...again, "--existing-key"])).toEqual([4, "key.duplicate"]);
    const absent = ["client", "1002", "Lamp", "--device-key", place.uri("none"), "--existing-key", "--json"];
    expect(code(absent)).toEqual([5, "token.object-absent"]);
    expect(code(["client", "1001", "Lamp", "--device-key", place.uri("other"), "--json"])).toEqual([
      4,
      "serial.duplicate",
    ]);
    expect(objects()).toEqual([1, 1, 1]);
    const hand = place.session();
    hand.session.generateKeyPair(
      hand.graphene.KeyGenMechanism.EC,
      {
        token: true,
        label: "own",
        id: Buffer.from("own"),
        paramsEC: hand.graphene.NamedCurve.getByName("secp256r1").value,
      },
      { token: true, label: "own", id: Buffer.from("own"), sign: true, sensitive: true, extractable: false },
    );
    hand.close();
    const own = ["client", "1002", "Lamp", "--device-key", place.uri("own"), "--existing-key", "--json"];
    expect(JSON.parse(place.succeed(own))).toMatchObject({ keyCreated: false, resumed: false });
  });

  it("has nothing made in it where the policy refuses, or where two flags say where the key is", () => {
    expect(place.samicerts(["client", "5", "Lamp", "--device-key", uri])).toMatchObject({ status: 1 });
    place.samicerts(["client", "1001", "Lamp", "--device-key", uri, "--csr", "device.csr"]);
    expect(place.samicerts(["client", "1001", "Lamp", "--device-key", "device.key"])).toMatchObject({
      status: 2,
      stderr: expect.stringContaining('--device-key is "device.key", which is not a pkcs11: URI'),
    });
    expect(place.samicerts(["client", "1001", "Lamp", "--existing-key"])).toMatchObject({ status: 2 });
    expect(objects()).toEqual([0, 0, 0]);
    expect(files()).not.toContain("devices");
  });
});

needsToken("cc")("a device whose key is in a secure element, and what goes wrong", () => {
  let faulty: FaultyModule;
  beforeAll(() => {
    faulty = buildFaultyModule();
  });
  afterAll(() => faulty.remove());

  const issue = (call?: string, ...more: string[]): Ended =>
    place.samicerts(
      [
        "client",
        "1001",
        "Lamp",
        "--device-key",
        place.uri("key").replace(MODULE, faulty.path),
        "--json",
        ...more,
      ],
      { env: faulty.env(call) },
    );

  it.each([
    ["before the key is made", "C_GenerateKeyPair:1:before:kill", true, [0, 0, 0], []],
    ["when the key was just made", "C_GenerateKeyPair:1:after:kill", false, [1, 1, 0], []],
    [
      "before the token has the certificate",
      "C_CreateObject:1:before:kill",
      false,
      [1, 1, 0],
      ["devices/1001.crt"],
    ],
    ["when the token just got it", "C_CreateObject:1:after:kill", false, [1, 1, 1], ["devices/1001.crt"]],
  ] as const)("is taken up where the process was killed %s", (_, call, keyCreated, left, written) => {
    expect(issue(call)).toMatchObject({ signal: "SIGKILL", stdout: "" });
    expect(objects()).toEqual(left);
    expect(files().filter((name) => name.startsWith("devices/"))).toEqual(written);
    const issuedAlready = call.startsWith("C_CreateObject");
    if (!issuedAlready) {
      // Without --device-key there would be a second key.
      const other = place.samicerts(["client", "1001", "Lamp", "--json"]);
      expect([other.status, JSON.parse(other.stdout).error.kind]).toEqual([4, "exists"]);
      expect(JSON.parse(issue().stdout)).toMatchObject({ resumed: true, keyCreated });
      expect(objects()).toEqual([1, 1, 1]);
    } else expect(issue()).toMatchObject({ status: 4, stdout: expect.stringContaining("serial.duplicate") });
    place.succeed(["verify"]);
  });

  it.each([
    ["the token is full", "C_GenerateKeyPair:1:instead:0x31", "token.full"],
    ["it is taken out", "C_OpenSession:0:instead:0xe0", "token.removed"],
  ])("leaves neither key nor file nor serial used where %s", (_, call, code) => {
    const ended = issue(call);
    expect([ended.status, JSON.parse(ended.stdout).error.code]).toEqual([5, code]);
    expect(objects()).toEqual([0, 0, 0]);
    expect(files()).not.toContain("devices");
    expect(issue()).toMatchObject({ status: 0 });
  });

  it("is issued all the same where the token takes no certificates, which is said", () => {
    const { status, stdout, stderr } = issue("C_CreateObject:1:instead:0xe2");
    expect(status).toBe(0);
    expect(JSON.parse(stdout)).toMatchObject({ certificateInToken: false });
    expect(stderr).toBe(
      'warning: the token took no certificate beside the key "key" in the token "vendor" ' +
        "(CKR_TOKEN_WRITE_PROTECTED): it is in devices/1001.crt alone\n",
    );
    expect(objects()).toEqual([1, 1, 0]);
  });

  it("has a key of the plainest template where the token knows no other", () => {
    expect(issue("C_GenerateKeyPair:1:instead:0xd1")).toMatchObject({ status: 0, stderr: "" });
    expect(objects()).toEqual([1, 1, 1]);
  });

  it("never shows the PIN", () => {
    expect(JSON.stringify(issue())).not.toContain(PIN);
    expect(readFileSync(place.at("devices/1001.crt"), "utf8")).not.toContain(PIN);
  });
});
