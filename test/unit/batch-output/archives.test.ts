import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gunzipSync } from "node:zlib";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { IssuedPair } from "../../../src/actions/batch-output.ts";
import { claimOutput } from "../../../src/batch-output/claim-output.ts";
import { deviceOf, devicesOf, outputDeps, requestOf, writeDevices } from "./sample-batch.ts";

let dir: string;
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), "samicerts-archive-"));
});
afterEach(() => rmSync(dir, { recursive: true }));

/** Writes chunks of devices to an output that is finished then; gives the lengths after each flush. */
function write(name: string, chunks: readonly (readonly IssuedPair[])[], shard = false): readonly number[] {
  const claim = claimOutput(outputDeps(), { path: join(dir, name), shard });
  const files = claim.open(requestOf("1"));
  const { output } = files;
  const lengths = chunks.map((chunk) => {
    writeDevices(files, chunk);
    return output.flush();
  });
  output.finish();
  output.close();
  claim.release();
  return lengths;
}

function checkUnpacked(devices: readonly IssuedPair[], fileOf: (serial: string) => string): void {
  for (const { serial, keyPem, certificatePem } of devices) {
    const certificate = join(dir, "out", fileOf(serial));
    const key = certificate.replace(/\.crt$/, ".key");
    expect(readFileSync(certificate)).toEqual(Buffer.from(certificatePem));
    expect(readFileSync(key, "latin1")).toBe(keyPem);
    expect(statSync(certificate).mode & 0o777).toBe(0o644);
    expect(statSync(key).mode & 0o777).toBe(0o600);
    expect(statSync(key).mtimeMs).toBe(Date.UTC(2026, 0, 1));
  }
}

describe("a tar archive", () => {
  const devices = devicesOf(70);
  const chunks = [devices.slice(0, 1), [], devices.slice(1, 40), devices.slice(40)];

  it.each([
    ["a.tar", "-xpf"],
    ["a.tar.gz", "-xpzf"],
    ["a.tgz", "-xpzf"],
  ])("%s is one that tar takes apart", (name, flags) => {
    write(name, chunks);
    mkdirSync(join(dir, "out"));
    const listed = execFileSync("tar", [flags.replace("xp", "tv"), join(dir, name)], { encoding: "utf8" });
    const lines = listed.trimEnd().split("\n");
    expect(lines.length).toBe(140);
    expect(lines[0]).toMatch(/^-rw------- 0\/0 .* devices\/99999\.key$/);
    expect(lines[1]).toMatch(/^-rw-r--r-- 0\/0 .* devices\/99999\.crt$/);
    const said = execFileSync("tar", [flags, join(dir, name), "-C", join(dir, "out")], { encoding: "utf8" });
    expect(said).toBe("");
    checkUnpacked(devices, (serial) => `devices/${serial}.crt`);
    expect(readdirSync(join(dir, "out/devices")).length).toBe(140);
    expect(statSync(join(dir, name)).mode & 0o777).toBe(0o600);
  });

  it("spreads its devices over directories where it is asked to", () => {
    write("a.tar", chunks, true);
    mkdirSync(join(dir, "out"));
    execFileSync("tar", ["-xpf", join(dir, "a.tar"), "-C", join(dir, "out")]);
    checkUnpacked(devices, (serial) => `devices/${serial.length < 6 ? "099" : "100"}/${serial}.crt`);
    expect(readdirSync(join(dir, "out/devices"))).toEqual(["099", "100"]);
  });

  it("is the same octets for the same devices, whole blocks at every flush", () => {
    const lengths = write("a.tar", chunks);
    write("b.tar", [devices]);
    expect(readFileSync(join(dir, "a.tar"))).toEqual(readFileSync(join(dir, "b.tar")));
    for (const length of lengths) expect(length % 512).toBe(0);
    expect(lengths[1]).toBe(lengths[0]);
    expect(statSync(join(dir, "a.tar")).size).toBe(Number(lengths.at(-1)) + 1024);
  });

  it("is a whole gzip file behind every flush", () => {
    const lengths = write("a.tar.gz", chunks);
    execFileSync("gzip", ["-t", join(dir, "a.tar.gz")]);
    const bytes = readFileSync(join(dir, "a.tar.gz"));
    write("a.tar", chunks);
    const tar = readFileSync(join(dir, "a.tar"));
    expect(gunzipSync(bytes)).toEqual(tar);
    for (const length of lengths) {
      const part = gunzipSync(bytes.subarray(0, length));
      expect(part).toEqual(tar.subarray(0, part.length));
      expect(part.length).toBeGreaterThan(0);
    }
  });

  it("takes the longest serial, sharded, and a certificate without its key", () => {
    const { keyPem: _, ...bare } = deviceOf(1);
    const serial = (2n ** 159n - 1n).toString();
    write("a.tar", [[{ ...bare, serial }]], true);
    const listed = execFileSync("tar", ["-tf", join(dir, "a.tar")], { encoding: "utf8" });
    expect(listed).toBe(`devices/${serial.slice(-6, -3)}/${serial}.crt\n`);
  });

  it("without any device is an empty archive", () => {
    write("a.tar", []);
    expect(execFileSync("tar", ["-tf", join(dir, "a.tar")], { encoding: "utf8" })).toBe("");
    write("a.tar.gz", []);
    expect(execFileSync("tar", ["-tzf", join(dir, "a.tar.gz")], { encoding: "utf8" })).toBe("");
  });
});

describe("NDJSON", () => {
  const objects = (text: string): readonly unknown[] =>
    text
      .trimEnd()
      .split("\n")
      .map((line) => JSON.parse(line));
  const objectOf = (device: IssuedPair): unknown => ({
    serial: device.serial,
    name: device.name,
    certificate: Buffer.from(device.certificatePem as Uint8Array).toString(),
    key: device.keyPem,
    sha256: device.certificateSha256,
    spkiSha256: device.spkiSha256,
    notAfter: new Date(device.notAfterMs).toISOString().replace(".000", ""),
  });

  it("is an object a device, whatever its name", () => {
    const devices = [...devicesOf(5), { ...deviceOf(9), name: 'x"\\\n\u2028\ud83d\ude00' }];
    const lengths = write("a.ndjson", [devices.slice(0, 2), devices.slice(2)]);
    const text = readFileSync(join(dir, "a.ndjson"), "utf8");
    expect(objects(text)).toEqual(devices.map(objectOf));
    expect(lengths.at(-1)).toBe(Buffer.byteLength(text));
    expect(Buffer.from(text)[Number(lengths[0]) - 1]).toBe(0x0a);
    expect(statSync(join(dir, "a.ndjson")).mode & 0o777).toBe(0o600);
  });

  it("goes down a pipe, until nobody reads any more", () => {
    let printed = "";
    const print = (text: string): boolean => {
      printed += text;
      return printed.length < 3000;
    };
    const claim = claimOutput({ ...outputDeps(), print }, { path: "-", shard: false });
    const files = claim.open(requestOf("1"));
    const { output, manifest } = files;
    expect(manifest).toBeUndefined();
    expect(output).toMatchObject({ kind: "stdout", resumable: false, path: "-" });
    writeDevices(files, devicesOf(1));
    expect(output.flush()).toBe(Buffer.byteLength(printed));
    expect(objects(printed)).toEqual(devicesOf(1).map(objectOf));
    expect(() => writeDevices(files, devicesOf(5))).toThrow(
      expect.objectContaining({ kind: "io", code: "output.closed" }),
    );
  });
});
