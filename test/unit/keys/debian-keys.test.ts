import { createPublicKey } from "node:crypto";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import type { Files } from "../../../src/base/effects.ts";
import { DEBIAN_KEY_LISTS, prepareDebianKeyTest } from "../../../src/keys/debian-keys.ts";
import { openKnownKeys } from "../../../src/open-judge.ts";
import { nodeFiles } from "../../../src/workspace/node-files.ts";
import { decodePublicKey, type PublicKey } from "../../../src/x509/public-key.ts";

const PROJECT = join(import.meta.dirname, "../../..");
const LISTS = join(PROJECT, "data/debian-keys");
const KEYS = join(PROJECT, "fixtures/weak-keys/debian");
/** Process ids, kinds of machine, and states of the file of random octets. */
const COUNT = 32_768 * 3 * 3;

const isKnown = openKnownKeys();
const keys = readdirSync(KEYS).map((name): [string, PublicKey] => [
  name,
  decodePublicKey(
    createPublicKey(readFileSync(join(KEYS, name))).export({ type: "spki", format: "der" }),
    name,
  ),
]);

describe("the lists of Debian's keys", () => {
  it("are those that the code knows, three of each one's keys are in fixtures/, and the documentation counts them", () => {
    expect(readdirSync(LISTS).sort()).toEqual([...DEBIAN_KEY_LISTS.values()].sort());
    const docs = readFileSync(join(PROJECT, "docs/requests.md"), "utf8");
    for (const [label, file] of DEBIAN_KEY_LISTS) {
      expect(keys.filter(([, key]) => key.label === label)).toHaveLength(3);
      expect(docs).toContain(
        `| \`${label}\` | \`data/debian-keys/${file}\` | ${COUNT.toLocaleString("en")} |`,
      );
    }
  });

  it.each([...DEBIAN_KEY_LISTS.values()])("are whole, sorted and without repetition: %s", (file) => {
    const octets = readFileSync(join(LISTS, file));
    const count = octets.readUInt32BE(16);
    expect(count).toBe(COUNT);
    const start = octets.length - count * 8;
    expect(start).toBe(32 + Math.ceil(count / 512) * 8);
    let last = -1n;
    let inOrder = 0;
    for (let at = start; at < octets.length; at += 8) {
      const next = octets.readBigUInt64BE(at);
      if (next > last) inOrder++;
      last = next;
    }
    expect(inOrder).toBe(COUNT);
  });
});

describe("a key that Debian's OpenSSL could make", () => {
  it.each(keys)("is known, and not with another octet in its last ones: %s", (_, key) => {
    expect(isKnown(key)).toBe(true);
    const { modulus, bits } = key;
    const end = modulus?.length ?? (bits.length + 1) / 2;
    for (let back = 1; back <= 8; back++) {
      const changed = Uint8Array.from(modulus ?? bits);
      changed[end - back]! ^= 0x10;
      expect(isKnown(modulus === undefined ? { ...key, bits: changed } : { ...key, modulus: changed })).toBe(
        false,
      );
    }
  });

  it.each(keys.filter(([, { kind }]) => kind === "ec"))(
    "is known by x alone, whether or not y comes with it, and its negative: %s",
    (_, key) => {
      const x = key.bits.subarray(1, (key.bits.length + 1) / 2);
      for (const form of [2, 3]) expect(isKnown({ ...key, bits: Uint8Array.of(form, ...x) })).toBe(true);
    },
  );

  it("has its list opened once, and not before", () => {
    let opened = 0;
    const counting: Files = {
      ...nodeFiles,
      fstat: (fd) => {
        opened++;
        return nodeFiles.fstat(fd);
      },
    };
    const test = prepareDebianKeyTest(counting, () => LISTS);
    expect(opened).toBe(0);
    for (const [, key] of [...keys, ...keys]) expect(test(key)).toBe(true);
    expect(opened).toBe(DEBIAN_KEY_LISTS.size);
  });

  it("is not known on another curve, nor is a key of a kind without a list", () => {
    for (const [, key] of keys) {
      expect(isKnown({ ...key, label: "rsa:2047" })).toBe(false);
      expect(isKnown({ ...key, label: "ec:P-521" })).toBe(false);
    }
  });
});
