import { execFileSync } from "node:child_process";
import { mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { gzipSync } from "node:zlib";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { IssuedPair } from "../../src/actions/batch-output.ts";
import { testKey } from "../unit/x509/mint.ts";
import { makePlace, type Place, told } from "./command.ts";
import { type BatchRoot, makeDevices, makeRoot, writeBatch } from "./made-batch.ts";

const JUDGE = ["--root", "root.crt", "--policy", "rfc5280", "--at", "2026-01-02"];
const KINDS = ["tar", "tar.gz", "ndjson"] as const;
const AGAIN = "obtain it again; a batch that was interrupted is finished by the same command that began it";

let place: Place;
let root: BatchRoot;
let devices: readonly IssuedPair[];
beforeAll(() => {
  place = makePlace();
  root = makeRoot(place.directory);
  devices = makeDevices(root, 6);
  for (const kind of KINDS) writeBatch(place.at(`line.${kind}`), root, devices);
});
afterAll(() => place.remove());

const verify = (...words: string[]) => place.samicerts(["verify", ...words, ...JUDGE]);

describe("an archive that a batch wrote", () => {
  it.each(KINDS)("is verified device by device, with its keys: %s", (kind) => {
    const archive = `line.${kind}`;
    const { certificates, compliant } = JSON.parse(verify(archive, "--json").stdout);
    expect(compliant).toBe(true);
    expect(certificates).toMatchObject(
      devices.map(({ serial }) => ({
        source: kind === "ndjson" ? `${archive}#${serial}` : `${archive}:devices/${serial}.crt`,
        verdict: "compliant",
        keyMatches: true,
        serial: { decimal: serial },
      })),
    );
    expect(verify(archive).stdout).toMatch(/\n6 certificates: 6 compliant; policy rfc5280\n$/);
  });

  it("may be given with others, and with files", () => {
    const { stdout, status } = verify("line.tar", "root.crt", "line.ndjson");
    expect(status).toBe(0);
    expect(stdout.match(/^ok {2}(line\.tar|root\.crt|line\.ndjson)/gm)).toEqual([
      ...devices.map(() => "ok  line.tar"),
      "ok  root.crt",
      ...devices.map(() => "ok  line.ndjson"),
    ]);
  });

  it("is one with a key that belongs to another device", () => {
    const [first, ...others] = devices as [IssuedPair, ...IssuedPair[]];
    const strange = testKey().privateKey.export({ type: "pkcs8", format: "pem" }).toString();
    for (const kind of KINDS) {
      writeBatch(place.at(`mixed.${kind}`), root, [{ ...first, keyPem: strange }, ...others]);
      const { status, stdout } = verify(`mixed.${kind}`);
      expect(status).toBe(1);
      expect(stdout.match(/^ {2}error key\.match: /gm)).toHaveLength(1);
    }
  });

  it("made by another tar in another order is read alike", () => {
    execFileSync("tar", ["-xf", "line.tar"], { cwd: place.directory });
    const names = devices.flatMap(({ serial }) => [`devices/${serial}.crt`, `devices/${serial}.key`]);
    execFileSync("tar", ["-cf", "again.tar", "devices/", ...names.reverse(), "root.crt"], {
      cwd: place.directory,
    });
    execFileSync("tar", ["--format=pax", "-czf", "again.tar.gz", ...names], { cwd: place.directory });
    rmSync(place.at("devices"), { recursive: true });
    for (const archive of ["again.tar", "again.tar.gz"]) {
      const { stdout, status } = verify(archive, "--json");
      expect(status).toBe(0);
      const { certificates } = JSON.parse(stdout);
      const sources = certificates.map(({ source }: { source: string }) => source);
      for (const { serial } of devices) expect(sources).toContain(`${archive}:devices/${serial}.crt`);
    }
  });

  it("does not have to have keys", () => {
    const bare = devices.map(({ keyPem, ...device }) => device);
    for (const kind of KINDS) {
      writeBatch(place.at(`bare.${kind}`), root, bare);
      expect(JSON.parse(verify(`bare.${kind}`, "--json").stdout).certificates).toMatchObject(
        bare.map(() => ({ verdict: "compliant", keyMatches: null })),
      );
    }
  });
});

describe("an archive that is not whole", () => {
  it("is told of what is in it, and that it is cut off", () => {
    const tar = readFileSync(place.at("line.tar"));
    const zipped = readFileSync(place.at("line.tar.gz"));
    writeFileSync(place.at("cut.tar"), tar.subarray(0, 10_000));
    writeFileSync(place.at("cut.tar.gz"), zipped.subarray(0, -1));
    for (const [archive, after] of [
      ["cut.tar", " after 10000 octets"],
      ["cut.tar.gz", ""],
    ] as const) {
      const { stdout, status } = verify(archive);
      expect(status).toBe(2);
      expect(stdout).toMatch(/^ok {2}cut\.tar/);
      expect(stdout).toContain(`unreadable  ${archive}\n  error ${archive} is cut off${after}\n`);
    }
  });

  it("is told of in two lines where nothing of it can be read", () => {
    writeFileSync(place.at("empty.tar"), "");
    writeFileSync(place.at("text.tar"), "text\n".repeat(200));
    writeFileSync(place.at("text.tar.gz"), "text\n");
    writeFileSync(place.at("none.tar"), Buffer.alloc(1024));
    writeFileSync(place.at("none.tar.gz"), gzipSync(Buffer.alloc(1024)));
    writeFileSync(place.at("empty.ndjson"), "");
    for (const [archive, message] of [
      ["empty.tar", "empty.tar is cut off after 0 octets"],
      ["text.tar", "text.tar is no tar archive, or a damaged one (octet 0)"],
      ["text.tar.gz", "text.tar.gz is no gzip file, or a damaged one"],
      ["none.tar", "none.tar holds no certificate"],
      ["none.tar.gz", "none.tar.gz holds no certificate"],
      ["empty.ndjson", "empty.ndjson holds no certificate"],
    ] as const)
      expect(verify(archive)).toMatchObject({ status: 2, stdout: "", stderr: told(message, AGAIN) });
    expect(verify("nothing.tar").stderr).toBe(told("nothing.tar does not exist", "check the path, or --dir"));
    mkdirSync(place.at("directory.tar"));
    expect(verify("directory.tar").stderr).toMatch(/^error: directory\.tar is a directory/);
  });

  it("has lines that are no devices, or contradict themselves", () => {
    const [first = "", second = "", third = ""] = readFileSync(place.at("line.ndjson"), "utf8").split("\n");
    const [one, two] = devices as [IssuedPair, IssuedPair];
    const lines = [
      first,
      '{"serial":"5"}',
      "not JSON",
      second.replace(two.name, "Another device"),
      third.replace(/"sha256":"[0-9a-f]{8}/, '"sha256":"00000000'),
    ];
    writeFileSync(place.at("odd.ndjson"), lines.join("\n"));
    const { stdout, status } = verify("odd.ndjson");
    expect(status).toBe(2);
    expect(stdout).toMatch(new RegExp(`^ok {2}odd\\.ndjson#${one.serial} {2}`));
    expect(stdout).toContain("unreadable  odd.ndjson#5\n  error odd.ndjson:2 holds no certificate: ");
    expect(stdout).toContain("unreadable  odd.ndjson:3\n  error odd.ndjson:3 holds no certificate: ");
    expect(stdout.match(/error record\.[a-z]+/g)).toEqual(["error record.name", "error record.fingerprint"]);
  });

  it("with something behind its end is refused", () => {
    for (const kind of ["tar", "tar.gz"] as const) {
      const whole = readFileSync(place.at(`line.${kind}`));
      writeFileSync(place.at(`more.${kind}`), Buffer.concat([whole, whole]));
      writeFileSync(place.at(`junk.${kind}`), Buffer.concat([whole, Buffer.alloc(512, "junk")]));
      expect(verify(`more.${kind}`).status).toBe(2);
      expect(verify(`junk.${kind}`).status).toBe(2);
    }
  });
});
