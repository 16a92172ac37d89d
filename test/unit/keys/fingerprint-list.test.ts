import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Files } from "../../../src/base/effects.ts";
import { SamicertsError } from "../../../src/base/errors.ts";
import { FingerprintList } from "../../../src/keys/fingerprint-list.ts";
import { nodeFiles } from "../../../src/workspace/node-files.ts";

const SCRIPT = join(import.meta.dirname, "../../../scripts/key-list.mjs");
const MAX = 2n ** 64n - 1n;

let directory: string;
beforeAll(() => {
  directory = mkdtempSync(join(tmpdir(), "samicerts-list-"));
});
afterAll(() => rmSync(directory, { recursive: true }));

/** Has the script make a list; gives its path. */
function listOf(name: string, fingerprints: readonly bigint[]): string {
  const [text, list] = [join(directory, `${name}.txt`), join(directory, `${name}.keys`)];
  // Out of order, twice, and as long as moduli are.
  const lines = [...fingerprints, ...fingerprints.slice(0, 3)]
    .reverse()
    .map((one) => `c0ffee${one.toString(16).padStart(16, "0").toUpperCase()} and what is said of it`);
  writeFileSync(text, `${lines.join("\n")}\n`);
  expect(spawnSync(process.execPath, [SCRIPT, list, text], { encoding: "utf8" }).stderr).toBe("");
  return list;
}

function has(list: FingerprintList, one: bigint): boolean {
  return list.has(Number(one >> 32n), Number(one & 0xffffffffn));
}

/** As even as the octets of keys are: the multiples of an odd number modulo 2^64. */
function spread(count: number): bigint[] {
  return Array.from({ length: count }, (_, index) => (BigInt(index + 1) * 0x9e3779b97f4a7c15n) & MAX);
}

describe("a list of fingerprints", () => {
  const uneven = [
    0n,
    1n,
    2n ** 32n - 1n,
    2n ** 32n,
    ...Array.from({ length: 700 }, (_, i) => 5n + BigInt(i) * 3n),
  ];
  it.each([
    ["none", []],
    ["one", [77n]],
    ["the least and the greatest", [0n, MAX]],
    ["a page", spread(512)],
    ["a page and one", spread(513)],
    ["many", spread(20_000)],
    ["those that are not spread evenly", [...uneven, MAX]],
  ])("has what it has and not what is beside that: %s", (name, fingerprints) => {
    const list = new FingerprintList(nodeFiles, listOf(name, fingerprints));
    const members = new Set(fingerprints);
    expect(list.count).toBe(members.size);
    const wrong = [...members].flatMap((one) =>
      [one, one - 1n, one + 1n, one ^ (1n << 32n), one ^ (1n << 63n)].filter(
        (looked) => looked >= 0n && looked <= MAX && has(list, looked) !== members.has(looked),
      ),
    );
    expect(wrong).toEqual([]);
  });

  it("reads a few pages for the first look-up, nothing twice, and leaves no file open", () => {
    const fingerprints = spread(200_000);
    let reads = 0;
    let longest = 0;
    let open = 0;
    const counting: Files = {
      ...nodeFiles,
      open: (...given) => {
        open++;
        return nodeFiles.open(...given);
      },
      close: (fd) => {
        open--;
        nodeFiles.close(fd);
      },
      read: (fd, into, offset, length, position) => {
        reads++;
        longest = Math.max(longest, length);
        return nodeFiles.read(fd, into, offset, length, position);
      },
    };
    const list = new FingerprintList(counting, listOf("counted", fingerprints));
    expect(reads).toBe(2);
    expect(has(list, fingerprints[12_345]!)).toBe(true);
    expect(reads).toBeLessThan(6);
    for (const one of fingerprints) has(list, one);
    expect(reads).toBe(2 + Math.ceil(200_000 / 512));
    expect(longest).toBe(4096);
    expect(open).toBe(0);
  });
});

describe("a damaged list", () => {
  const fingerprints = spread(5_000);
  const lookUpAll = (path: string): SamicertsError | undefined => {
    try {
      const list = new FingerprintList(nodeFiles, path);
      for (const one of fingerprints) has(list, one);
      return undefined;
    } catch (error) {
      if (error instanceof SamicertsError) return error;
      throw error;
    }
  };

  it.each([
    ["cut off", (octets: Buffer) => octets.subarray(0, -8), "octets instead of"],
    ["longer", (octets: Buffer) => Buffer.concat([octets, octets.subarray(-8)]), "octets instead of"],
    ["empty", () => Buffer.alloc(0), "it ends too early"],
    ["another file", () => Buffer.alloc(5_000, "x"), "it does not begin as such a list"],
    ...[17, 19, 25, 33, 100].map(
      (at) => [`flipped at ${at}`, flip(at), /damaged|says that it has|too early|octets/] as const,
    ),
    ...[112, 20_000, 40_111].map((at) => [`flipped at ${at}`, flip(at), "it is damaged in octets"] as const),
  ] as const)("is an error and no answer: %s", (_, change, why) => {
    const path = listOf("damaged", fingerprints);
    expect(lookUpAll(path)).toBeUndefined();
    writeFileSync(path, change(readFileSync(path)));
    const error = lookUpAll(path);
    expect(error).toMatchObject({ kind: "io", code: "io.key-list" });
    expect(error?.message).toContain(path);
    expect(error?.message).toMatch(why);
  });

  it("is an error where it is missing", () => {
    const error = lookUpAll(join(directory, "missing.keys"));
    expect(error).toMatchObject({ kind: "io", code: "io.key-list" });
    expect(error?.message).toContain("ENOENT");
  });
});

function flip(at: number): (octets: Buffer) => Buffer {
  return (octets) => {
    octets[at]! ^= 4;
    return octets;
  };
}

it("the script refuses what is no number", () => {
  const text = join(directory, "bad.txt");
  writeFileSync(text, "0123456789abcdef\n0123456789abcde\n");
  const { status, stderr } = spawnSync(process.execPath, [SCRIPT, join(directory, "bad.keys"), text], {
    encoding: "utf8",
  });
  expect([status, stderr]).toEqual([2, `error: ${text}:2: not a number of at least 16 hexadecimal digits\n`]);
});
