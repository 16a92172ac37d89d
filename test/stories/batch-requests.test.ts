import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { keyGenerator } from "../../src/keys/generate.ts";
import { type KeySpec, parseKeySpec } from "../../src/x509/algorithms.ts";
import { encodeBasicConstraints } from "../../src/x509/extension-encode.ts";
import { parseName } from "../../src/x509/name-syntax.ts";
import { writePem } from "../../src/x509/pem.ts";
import { assembleRequest, encodeRequestInfo } from "../../src/x509/request.ts";
import { makePlace, type Place, ROOT_NAME } from "./command.ts";

let place: Place;
beforeEach(() => {
  place = makePlace();
  place.succeed(["root", ROOT_NAME]);
});
afterEach(() => place.remove());

const P256: KeySpec = parseKeySpec("ec:P-256");

function requestDer(spec: KeySpec = P256, subject = parseName("/CN=whoever"), extensions: Uint8Array[] = []) {
  const key = keyGenerator(spec)();
  const signer = key.signer();
  const info = encodeRequestInfo({ subject, publicKey: key.publicKey.der, extensions });
  return assembleRequest(info, signer.algorithm, signer.sign(info));
}

function pemOf(der: Uint8Array): string {
  return writePem("CERTIFICATE REQUEST", der).trimEnd();
}

/** The last octet of its signature is another. */
function damaged(der: Uint8Array): Uint8Array {
  return der.with(der.length - 1, (der.at(-1) as number) ^ 1);
}

function listOf(requests: readonly string[]): string {
  const rows = requests.map((request, index) => `${200_000 + index},D-${index},"${request}"\n`);
  return `serial,name,csr\n${rows.join("")}`;
}

function ledgerSays(): string {
  return place.succeed(["list", "--json"]);
}

describe("what requests in a list ask for and do not get", () => {
  const NO_NAME = { ...parseName("/CN=x"), rdns: [], der: Uint8Array.of(0x30, 0) };
  const CA = encodeBasicConstraints(true, true);

  // A kind of key that takes long to make has the devices made in threads.
  it.each(["ec:P-256", "rsa:2048"])(
    "is told of each of them as JSON, and counted for a person, %s",
    (kind) => {
      const asking = [requestDer(), requestDer(P256, NO_NAME, [CA]), requestDer(P256, NO_NAME)];
      writeFileSync(place.at("d.csv"), `${listOf(asking.map(pemOf))}300000,E,\n`);
      const out = place.succeed(["batch", "d.csv", "--json", "--key", kind]);
      const events = out
        .trimEnd()
        .split("\n")
        .map((line) => JSON.parse(line));
      const told = events.filter(({ event }) => event === "not-granted");
      expect(told).toMatchObject([
        {
          serial: "200000",
          name: "D-0",
          notGranted: [
            { item: "subject", asked: "/CN=whoever", granted: expect.stringContaining("/CN=D-0") },
          ],
        },
        {
          serial: "200001",
          notGranted: [{ item: "basicConstraints", asked: "critical, CA", granted: "critical, not a CA" }],
        },
      ]);
      expect(told[0].line).toBe(2);
      expect(events.at(-1).notGranted).toEqual([
        { item: "subject", requests: 1 },
        { item: "basicConstraints", requests: 1 },
      ]);
      const more = listOf([requestDer(), requestDer()].map(pemOf)).replaceAll(/^20000(.),D-/gm, "40000$1,E-");
      writeFileSync(place.at("e.csv"), more);
      expect(place.succeed(["batch", "e.csv"])).toContain("\n  not granted  subject of 2 requests\n");
      // Where nothing is asked for in vain, nothing is said of it.
      writeFileSync(place.at("f.csv"), "serial,name\n500000,F\n");
      expect(place.succeed(["batch", "f.csv"])).not.toContain("not granted");
    },
  );
});

describe("requests in a list are looked at before anything is signed", () => {
  const bad: readonly [string, () => string[], string][] = [
    [
      "one whose signature is not its key's",
      () => [pemOf(damaged(requestDer()))],
      "it is not signed by the key that it is for",
    ],
    ["one with a key that the policy refuses", () => [pemOf(requestDer(parseKeySpec("ec:P-521")))], "P-521"],
    ["one that is none", () => ["no.csr"], "no.csr does not exist"],
    [
      "a second one with the same key",
      () => Array(2).fill(pemOf(requestDer())) as string[],
      "the public key is that of line 9 already",
    ],
  ];

  it.each(bad)("%s", (_, make, reason) => {
    const good = pemOf(requestDer());
    writeFileSync(place.at("d.csv"), listOf([good, ...make()]));
    const before = ledgerSays();
    const none = place.samicerts(["batch", "d.csv", "--max-errors", "0"]);
    expect(none.status).toBe(2);
    expect(none.stderr).toContain("1 row is refused, more than the 0 of --max-errors: nothing was made");
    expect(none.stderr).toContain(reason);
    expect(readdirSync(place.at("devices"))).toEqual([]);
    const dry = place.samicerts(["batch", "d.csv", "--dry-run"]);
    expect(dry.status).toBe(6);
    expect(dry.stdout).toMatch(/^[12] devices? would be made, 1 row refused; nothing was made\n$/);
    expect(dry.stderr).toContain(reason);
    expect(ledgerSays()).toBe(before);
    // The others are made all the same.
    const made = place.samicerts(["batch", "d.csv"]);
    expect(made.status).toBe(6);
    expect(made.stdout).toMatch(/^made [12] devices?: batch 1\n/);
    expect(made.stderr).toContain("d.csv:");
  });

  it("whatever their number, in threads, and each refusal names its line", () => {
    const requests = Array.from({ length: 1300 }, (_, index) => {
      const der = requestDer();
      return pemOf(index % 400 === 300 ? damaged(der) : der);
    });
    writeFileSync(place.at("d.csv"), listOf(requests));
    const lines = readFileSync(place.at("d.csv"), "utf8").split("\n");
    const wanted = [300, 700, 1100].map(
      (index) => lines.findIndex((line) => line.startsWith(`${200_000 + index},`)) + 1,
    );
    const dry = place.samicerts(["batch", "d.csv", "--dry-run"]);
    expect(dry.stdout).toBe("1,297 devices would be made, 3 rows refused; nothing was made\n");
    const told = [...dry.stderr.matchAll(/d\.csv:([0-9]+): the column csr: it is not signed/g)];
    expect(told.map(([, line]) => Number(line))).toEqual(wanted);
    const few = place.samicerts(["batch", "d.csv", "--max-errors", "2", "--out", "d.tar"]);
    expect(few.stderr).toContain("3 rows are refused, more than the 2 of --max-errors: nothing was made");
    const made = place.samicerts(["batch", "d.csv", "--max-errors", "3", "--out", "d.tar"]);
    expect(made.status).toBe(6);
    expect(made.stdout).toContain("made 1,297 devices");
    expect(
      [...made.stderr.matchAll(/d\.csv:([0-9]+): the column csr/g)].map(([, line]) => Number(line)),
    ).toEqual(wanted);
    expect(place.succeed(["verify", "--manifest", "d.tar.manifest.ndjson"])).toContain("1,297 compliant");
  });

  it("and of a stream as they come", () => {
    const input = listOf([pemOf(requestDer()), pemOf(damaged(requestDer()))]);
    const dry = place.samicerts(["batch", "-", "--dry-run"], { input });
    expect(dry.status).toBe(6);
    expect(dry.stdout).toBe("1 device would be made, 1 row refused; nothing was made\n");
    expect(dry.stderr).toContain("it is not signed by the key that it is for");
  });
});
