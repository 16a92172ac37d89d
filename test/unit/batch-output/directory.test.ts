import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { BatchOutput } from "../../../src/actions/batch-output.ts";
import type { Files } from "../../../src/base/effects.ts";
import { claimOutput } from "../../../src/batch-output/claim-output.ts";
import { layOutDevice, readLayout } from "../../../src/workspace/layout.ts";
import { nodeFiles } from "../../../src/workspace/node-files.ts";
import { writePem } from "../../../src/x509/pem.ts";
import { failingFiles } from "../../faults/failing-files.ts";
import { deviceOf, devicesOf, outputDeps, putDevices, requestOf } from "./sample-batch.ts";

let dir: string;
let path: string;
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), "samicerts-directory-"));
  path = join(dir, "devices");
});
afterEach(() => rmSync(dir, { recursive: true }));

function using<T>(work: (output: BatchOutput) => T, shard = false, files: Files = nodeFiles): T {
  const claim = claimOutput(outputDeps(files), { path, shard });
  try {
    const opened = claim.open(requestOf("1", { output: 0, manifest: 0 }));
    opened.manifest?.close();
    return work(opened.output);
  } finally {
    claim.release();
  }
}

const exists = expect.objectContaining({ kind: "exists", code: "exists.file" });
const { serial, certificatePem: certificate } = deviceOf(5);
const key = String(deviceOf(5).keyPem);
const bytes = (content: string | Uint8Array): Uint8Array => new Uint8Array(Buffer.from(content));

describe("a directory of devices", () => {
  it.each([0o22, 0o77, 0, 0o137])("has a key and a certificate a device, whatever the umask: %o", (mask) => {
    mkdirSync(path);
    const before = process.umask(mask);
    try {
      using((output) => {
        putDevices(output, devicesOf(4));
        putDevices(output, devicesOf(3, 4));
        expect(output.flush()).toBe(0);
        expect(output.flush()).toBe(0);
      });
    } finally {
      process.umask(before);
    }
    expect(readdirSync(path).length).toBe(14);
    for (const device of devicesOf(7)) {
      expect(readFileSync(join(path, `${device.serial}.key`), "latin1")).toBe(device.keyPem);
      expect(readFileSync(join(path, `${device.serial}.crt`))).toEqual(Buffer.from(device.certificatePem));
      expect(statSync(join(path, `${device.serial}.key`)).mode & 0o777).toBe(0o600);
      expect(statSync(join(path, `${device.serial}.crt`)).mode & 0o777).toBe(0o644);
    }
  });

  it("is flushed file by file where they are few or the system knows no other way, else at once", () => {
    const counted = (count: number, canSync: boolean): readonly number[] => {
      const { files, calls } = failingFiles({ ...nodeFiles, syncFileSystem: () => canSync }, () => undefined);
      using(
        (output) => {
          putDevices(output, devicesOf(count));
          output.flush();
        },
        false,
        files,
      );
      rmSync(path, { recursive: true });
      rmSync(`${path}.manifest.ndjson`);
      const of = (method: string) => calls.filter((call) => call.method === method).length;
      return [of("syncFileSystem"), of("fsync")];
    };
    const [, before = 0] = counted(0, true);
    expect(counted(3, true)).toEqual([0, before + 6 + 1]);
    expect(counted(40, true)).toEqual([1, before]);
    expect(counted(40, false)).toEqual([1, before + 80 + 1]);
  });

  it("is spread over a thousand directories, and stays so", () => {
    using((output) => {
      const devices = [
        ...devicesOf(3),
        { ...deviceOf(9), serial: "7" },
        { ...deviceOf(8), serial: "12345678901" },
      ];
      putDevices(output, devices);
      output.flush();
      expect(output.fileOf("12345678901")).toBe("678/12345678901.crt");
    }, true);
    expect(readdirSync(path)).toEqual(["000", "099", "100", "678", "layout.json"]);
    expect(readdirSync(join(path, "100"))).toEqual(["100000.crt", "100000.key", "100001.crt", "100001.key"]);
    expect(readLayout(nodeFiles, path)).toBe("thousands");
    // Without being asked again, and beside what lies flat.
    writeFileSync(join(path, "555.crt"), "");
    using((output) => {
      expect(output.fileOf("42")).toBe("000/42.crt");
      expect(output.taken("7")?.message).toContain("000/7.key");
      expect(output.taken("555")?.message).toContain("555.crt");
      expect(output.taken("556")).toBeUndefined();
    });
  });

  it("is not used where its layout is not one that we know", () => {
    mkdirSync(path);
    writeFileSync(join(path, "layout.json"), '{"schema":"samicerts/layout/v2"}\n');
    expect(() => using(() => 0)).toThrow(expect.objectContaining({ kind: "io", code: "output.layout" }));
    rmSync(path, { recursive: true });
    writeFileSync(path, "");
    expect(() => using(() => 0)).toThrow(expect.objectContaining({ code: "io.not-a-directory" }));
    expect(readLayout(nodeFiles, join(dir, "none"))).toBe("flat");
  });

  it("gives a million serials at most 2,000 files a directory, in a row or scattered", () => {
    for (const serialOf of [(n: number) => 100_000_000 + n, (n: number) => (n * 2_654_435_761) % 2 ** 40]) {
      const counts = new Map<string, number>();
      for (let n = 0; n < 1_000_000; n++) {
        const { directory } = layOutDevice("thousands", String(serialOf(n)));
        counts.set(directory, (counts.get(directory) ?? 0) + 2);
      }
      expect(counts.size).toBe(1000);
      expect(Math.max(...counts.values())).toBeLessThan(2200);
    }
  });

  it("has no file written over, through no link, and none left of a chunk that failed", () => {
    mkdirSync(path);
    for (const [name, make] of [
      ["100004.key", () => writeFileSync(join(path, "100004.key"), "mine")],
      ["100004.crt", () => symlinkSync("nowhere", join(path, "100004.crt"))],
    ] as const) {
      make();
      using((output) => {
        expect(output.taken("100004")).toMatchObject({ kind: "exists", code: "exists.file" });
        expect(output.taken("100003")).toBeUndefined();
        expect(() => putDevices(output, devicesOf(8))).toThrow(exists);
      });
      expect(readdirSync(path)).toEqual([name]);
      rmSync(join(path, name));
    }
    expect(existsSync(join(path, "nowhere"))).toBe(false);
  });
});

describe("what an interrupted run left of a device", () => {
  beforeEach(() => mkdirSync(path));

  it("is told where it is whole", () => {
    writeFileSync(join(path, `${serial}.key`), key);
    using((output) => {
      expect(output.leftover("1")).toBeUndefined();
      expect(output.leftover(serial)).toEqual({ key: bytes(key) });
      writeFileSync(join(path, `${serial}.crt`), certificate);
      expect(output.leftover(serial)).toEqual({ key: bytes(key), certificate: bytes(certificate) });
    });
  });

  it("keeps its key, which is given a certificate", () => {
    writeFileSync(join(path, `${serial}.key`), key);
    using((output) => {
      output.leftover(serial);
      putDevices(output, [{ ...deviceOf(5), keyPem: "another" }]);
      output.flush();
    });
    expect(readFileSync(join(path, `${serial}.key`), "latin1")).toBe(key);
    expect(readFileSync(join(path, `${serial}.crt`))).toEqual(Buffer.from(certificate));
  });

  it("is removed where it is torn, wherever it was cut off", () => {
    const texts = [...Array(key.length - 1).keys()].map((length) => key.slice(0, length));
    // After a power failure there may be nothing but the right length.
    const zeroed = [
      Buffer.alloc(key.length),
      Buffer.concat([Buffer.from(key.slice(0, 40)), Buffer.alloc(60)]),
    ];
    for (const content of [...texts.map((text) => Buffer.from(text)), ...zeroed]) {
      writeFileSync(join(path, `${serial}.key`), content);
      expect(using((output) => output.leftover(serial))).toBeUndefined();
      expect(existsSync(join(path, `${serial}.key`))).toBe(false);
    }
  });

  it("is nothing where the key is lost: the certificate goes too", () => {
    writeFileSync(join(path, `${serial}.crt`), certificate);
    using((output) => {
      expect(output.leftover(serial)).toBeUndefined();
      putDevices(output, [deviceOf(5)]);
    });
    expect(readFileSync(join(path, `${serial}.key`), "latin1")).toBe(key);
  });

  it.each([
    ["another's text", "mine"],
    ["an encrypted key", "-----BEGIN ENCRYPTED PRIVATE KEY-----\nAAAA\n"],
    ["another's line ends", key.replaceAll("\n", "\r\n").slice(0, 60)],
    ["DER", Buffer.from([0x30, 0x82, 1, 1, 2])],
  ])("is left alone where it is %s", (_, content) => {
    writeFileSync(join(path, `${serial}.key`), content);
    expect(() => using((output) => output.leftover(serial))).toThrow(exists);
    expect(readFileSync(join(path, `${serial}.key`))).toEqual(Buffer.from(content));
  });

  it("is left alone where it is a link or a directory", () => {
    symlinkSync("nowhere", join(path, `${serial}.key`));
    expect(() => using((output) => output.leftover(serial))).toThrow(exists);
    rmSync(join(path, `${serial}.key`));
    mkdirSync(join(path, `${serial}.key`));
    expect(() => using((output) => output.leftover(serial))).toThrow(exists);
  });
});

describe("a directory of a line's devices", () => {
  const above = writePem("CERTIFICATE", Buffer.alloc(300, 0x6c));
  const chain = Buffer.concat([Buffer.from(certificate), Buffer.from(above)]);
  const chainPath = (): string => join(path, `${serial}.chain.crt`);

  function withChains<T>(work: (output: BatchOutput) => T): T {
    const claim = claimOutput(outputDeps(), { path, shard: false });
    try {
      const opened = claim.open({ ...requestOf("1", { output: 0, manifest: 0 }), above });
      opened.manifest?.close();
      return work(opened.output);
    } finally {
      claim.release();
    }
  }
  beforeEach(() => mkdirSync(path));

  it("has a chain a device: the device, then those above it", () => {
    withChains((output) => {
      expect(output.taken(serial)).toBeUndefined();
      putDevices(output, devicesOf(7));
      output.flush();
    });
    expect(readFileSync(chainPath())).toEqual(chain);
    expect(statSync(chainPath()).mode & 0o777).toBe(0o644);
    expect(readdirSync(path).length).toBe(21);
  });

  it("is not written over where somebody's chain is there", () => {
    writeFileSync(chainPath(), "mine");
    withChains((output) => expect(output.taken(serial)).toMatchObject({ code: "exists.file" }));
    using((output) => expect(output.taken(serial)).toBeUndefined());
    expect(() => withChains((output) => output.leftover(serial))).toThrow(exists);
    expect(readFileSync(chainPath(), "utf8")).toBe("mine");
  });

  it("has the chain of what an interrupted run left, wherever that was cut off", () => {
    const whole = { key: bytes(key), certificate: bytes(certificate) };
    const begins = certificate.length;
    const lengths = [
      0,
      1,
      27,
      28,
      100,
      ...[-30, -2, -1, 0, 1, 5, 28, 40].map((n) => begins + n),
      chain.length - 1,
    ];
    const torn = lengths.map((length) => chain.subarray(0, length));
    for (const content of [undefined, ...torn, chain, Buffer.alloc(chain.length)]) {
      writeFileSync(join(path, `${serial}.key`), key);
      writeFileSync(join(path, `${serial}.crt`), certificate);
      if (content === undefined) rmSync(chainPath(), { force: true });
      else writeFileSync(chainPath(), content);
      withChains((output) => {
        expect(output.leftover(serial)).toEqual(whole);
        output.flush();
      });
      expect(readFileSync(chainPath())).toEqual(chain);
    }
  });

  it("loses the chain with its certificate, and gets both again", () => {
    writeFileSync(join(path, `${serial}.key`), key);
    writeFileSync(chainPath(), chain);
    withChains((output) => {
      expect(output.leftover(serial)).toEqual({ key: bytes(key) });
      expect(existsSync(chainPath())).toBe(false);
      putDevices(output, [deviceOf(5)]);
      output.flush();
    });
    expect(readFileSync(chainPath())).toEqual(chain);
  });
});
