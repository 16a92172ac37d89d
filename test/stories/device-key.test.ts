import { generateKeyPairSync, sign } from "node:crypto";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { rsaPublicKey } from "../../fixtures/recipes/keys.ts";
import { algorithmIdentifier, KEY_OID, signatureAlgorithmFor } from "../../src/x509/algorithms.ts";
import { encodeOctetsInBits, encodeOid, encodeSequence } from "../../src/x509/der-writer.ts";
import { parseName } from "../../src/x509/name-syntax.ts";
import { writePem } from "../../src/x509/pem.ts";
import { assembleRequest, encodeRequestInfo } from "../../src/x509/request.ts";
import { makePlace, type Place, ROOT_NAME, told } from "./command.ts";
import { PROJECT } from "./readme.ts";

let place: Place;
beforeEach(() => {
  place = makePlace();
  place.succeed(["root", ROOT_NAME]);
});
afterEach(() => place.remove());

const FIXTURES = join(PROJECT, "fixtures/weak-keys");

function listed(): readonly unknown[] {
  return JSON.parse(place.succeed(["list", "--json"])).certificates;
}

describe("client --csr", () => {
  it("lists what was asked for and not granted, for a person and as JSON", () => {
    place.succeed(["csr", "evil", "--subject", "/C=DE/CN=Somebody else"]);
    const { status, stdout, stderr } = place.samicerts(["client", "1001", "Lamp", "--csr", "evil.csr"]);
    expect([status, stderr]).toEqual([0, ""]);
    expect(stdout).toContain("\n  not granted  subject: /C=DE/CN=Somebody else; the certificate has\n");
    expect(place.listing().filter((line) => line.includes(".key"))).toHaveLength(2);
    place.succeed(["csr", "two"]);
    const pem = readFileSync(place.at("two.csr"));
    const made = JSON.parse(place.succeed(["client", "1002", "two", "--csr", "-", "--json"], { input: pem }));
    expect(made).toMatchObject({
      files: { certificate: "devices/1002.crt", key: null },
      keyCreated: false,
      keyProof: "request",
      notGranted: [{ item: "subject", asked: "/CN=two" }],
    });
    expect(place.succeed(["ledger", "check"])).toContain("the ledger and the files agree");
    place.succeed(["verify"]);
    place.succeed(["verify", "devices/1002.crt", "--key", "two.key"]);
  });

  it("refuses the same key for a second serial, in whatever form it comes", () => {
    const { publicKey } = generateKeyPairSync("ec", { namedCurve: "P-256" });
    const der = publicKey.export({ type: "spki", format: "der" });
    const point = der.subarray(der.length - 65);
    const short = Buffer.from([2 + (point[64]! & 1), ...point.subarray(1, 33)]);
    const algorithm = algorithmIdentifier(KEY_OID.ec, encodeOid("1.2.840.10045.3.1.7"));
    writeFileSync(place.at("long.der"), der);
    writeFileSync(place.at("short.der"), encodeSequence(algorithm.der, encodeOctetsInBits(short)));
    place.succeed(["client", "1001", "Lamp", "--public-key", "short.der", "--no-proof"]);
    const before = place.listing();
    expect(
      place.samicerts(["client", "1002", "Lamp", "--public-key", "long.der", "--no-proof"]),
    ).toMatchObject({
      status: 4,
      stdout: "",
      stderr: told(
        'the public key for serial 1002 (0x3ea) belongs to serial 1001 (0x3e9), "Lamp" already',
        "every device needs a key of its own; make a new one",
      ),
    });
    expect(place.listing().filter((line) => !line.startsWith("samicerts.db"))).toEqual(
      before.filter((line) => !line.startsWith("samicerts.db")),
    );
  });

  it("refuses a request that its key has not signed", () => {
    const [one, other] = [0, 1].map(() => generateKeyPairSync("ec", { namedCurve: "P-256" }));
    const spki = one!.publicKey.export({ type: "spki", format: "der" });
    const info = encodeRequestInfo({ subject: parseName("CN=x"), publicKey: spki });
    const algorithm = signatureAlgorithmFor({ kind: "ec", curve: "P-256" });
    const der = assembleRequest(info, algorithm, sign("sha256", info, other!.privateKey));
    writeFileSync(place.at("x.csr"), writePem("CERTIFICATE REQUEST", der));
    const { status, stderr } = place.samicerts(["client", "1001", "x", "--csr", "x.csr"]);
    expect(status).toBe(2);
    expect(stderr).toMatch(/^error: x\.csr: it is not signed by the key that it is for: /);
    expect(listed()).toHaveLength(1);
  });

  it("says of a key that is not taken what can be done about it, which is not to make one here", () => {
    place.succeed(["csr", "x", "--key", "ec:P-521"]);
    place.succeed(["client", "1001", "x"]);
    for (const words of [
      ["client", "1002", "x"],
      ["rekey", "1001"],
    ]) {
      const { status, stderr } = place.samicerts([...words, "--csr", "x.csr"]);
      expect(status).toBe(1);
      expect(stderr).toContain("[key-algorithm]\nhint: have the device make another key, ");
      expect(stderr).not.toContain("--key");
    }
    writeFileSync(place.at("d.csv"), "serial,name,csr\n1003,z,x.csr\n1004,y,\n");
    for (const more of [[], ["--no-precheck"]]) {
      const { stderr } = place.samicerts(["batch", "d.csv", "--out", `${more.length}.tar`, ...more]);
      expect(stderr).toContain("[key-algorithm]\nhint: have the device make another key, ");
    }
  });

  it.each([
    [["--csr", "x.csr", "--key", "ec:P-256"], "usage.conflict"],
    [["--csr", "x.csr", "--public-key", "x.pub"], "usage.conflict"],
    [["--csr", "x.csr", "--no-proof"], "usage.conflict"],
    [["--public-key", "x.pub"], "usage.no-proof"],
    [["--no-proof"], "usage.no-proof"],
    [["--csr", "absent.csr"], "io.missing"],
    [["--csr", "root.crt"], "request.missing"],
    [["--public-key", "root.crt", "--no-proof"], "public-key.missing"],
  ])("takes %j for a slip", (words, code) => {
    const { status, stdout } = place.samicerts(["client", "1001", "x", ...words, "--json"]);
    expect([status, JSON.parse(stdout).error.code]).toEqual([2, code]);
  });
});

describe("client --public-key --no-proof", () => {
  it("says whose word it is, and the ledger keeps it", () => {
    const { publicKey } = generateKeyPairSync("ec", { namedCurve: "P-256" });
    writeFileSync(place.at("x.pub"), publicKey.export({ type: "spki", format: "pem" }));
    const out = place.succeed(["client", "1001", "x", "--public-key", "x.pub", "--no-proof"]);
    expect(out).toContain("\n  private key  the device's own, on your word: nobody has shown to have it\n");
    const { events } = JSON.parse(place.succeed(["audit", "show", "--kind", "key-unproved", "--json"]));
    expect(events).toMatchObject([{ kind: "key-unproved", serial: { decimal: "1001" } }]);
    expect(place.succeed(["ledger", "check"])).toContain("the ledger and the files agree");
  });

  const vectors = JSON.parse(readFileSync(join(FIXTURES, "moduli.json"), "utf8"));
  const sound = generateKeyPairSync("rsa", { modulusLength: 2048 }).publicKey.export({ format: "jwk" }).n!;
  const modulus = BigInt(`0x${Buffer.from(sound, "base64url").toString("hex")}`);
  const big = (digits: string) => BigInt(`0x${digits}`);
  const offCurve = Buffer.concat([Buffer.from([4]), Buffer.alloc(64, 7)]);
  const ecAlgorithm = algorithmIdentifier(KEY_OID.ec, encodeOid("1.2.840.10045.3.1.7"));

  it.each([
    ["a ROCA key", rsaPublicKey(big(vectors.roca[0]), 65537n).der, "known-weak-key", []],
    ["a Debian key of 2008", rsaPublicKey(big(vectors.debian[0]), 65537n).der, "known-weak-key", []],
    [
      "a Debian key of 2008 that the policy lists",
      rsaPublicKey(big(vectors.debian[0]), 65537n).der,
      "known-weak-key",
      ["--policy", join(FIXTURES, "policy.json")],
    ],
    ["an exponent of 3", rsaPublicKey(modulus, 3n).der, "rsa-exponent", []],
    ["an exponent of 1", rsaPublicKey(modulus, 1n).der, "key.unsafe", []],
    ["an even modulus", rsaPublicKey(modulus - 1n, 65537n).der, "key.unsafe", []],
    ["a small factor", rsaPublicKey((modulus / 3n) * 3n, 65537n).der, /rsa-modulus|key\.unsafe/, []],
    ["an RSA key of 1024 bits", rsaPublicKey((1n << 1024n) - 105n, 65537n).der, "key-strength", []],
    [
      "a point off its curve",
      encodeSequence(ecAlgorithm.der, encodeOctetsInBits(offCurve)),
      "key.unsafe",
      [],
    ],
    [
      "a curve that the policy does not take",
      generateKeyPairSync("ec", { namedCurve: "P-521" }).publicKey.export({ type: "spki", format: "der" }),
      "key-algorithm",
      [],
    ],
    [
      "a key that can't sign",
      generateKeyPairSync("x25519").publicKey.export({ type: "spki", format: "der" }),
      "key.unsupported",
      [],
    ],
  ])("refuses %s before anything is signed", (_, der, why, more) => {
    writeFileSync(place.at("x.der"), der);
    const before = place.listing().filter((line) => !line.startsWith("samicerts.db"));
    const words = ["client", "1001", "x", "--public-key", "x.der", "--no-proof", "--json", ...more];
    const { status, stdout } = place.samicerts(words);
    const { error } = JSON.parse(stdout);
    const reasons = [error.code, ...(error.findings ?? []).map(({ rule }: { rule: string }) => rule)];
    expect(status).toBe(1);
    expect(reasons.join(" ")).toMatch(why);
    expect(place.listing().filter((line) => !line.startsWith("samicerts.db"))).toEqual(before);
    expect(listed()).toHaveLength(1);
  });
});
