import {
  chmodSync,
  copyFileSync,
  existsSync,
  mkdirSync,
  renameSync,
  rmSync,
  truncateSync,
  writeFileSync,
} from "node:fs";
import { beforeEach, describe, expect, it } from "vitest";
import { createRoot } from "../../src/index.ts";
import { makePlace, type Place, ROOT_NAME } from "./command.ts";
import { refuse } from "./refuse.ts";

describe("a device under a root that is not fit", () => {
  const words = ["client", "100000001", "x"];
  let place: Place;
  beforeEach(() => {
    place = makePlace();
    return () => place.remove();
  });

  it("there is none", () => {
    refuse(place, words, 3, "root.crt does not exist", /^hint: make a root first/);
    expect(place.listing()).toEqual([]);
  });

  it("its key is missing", () => {
    place.succeed(["root", ROOT_NAME]);
    rmSync(place.at("root.key"));
    refuse(place, words, 5, "root.key does not exist", /^hint: put back the key/);
  });

  it("its key is not one, or another's", () => {
    place.succeed(["root", ROOT_NAME]);
    place.succeed(["root", ROOT_NAME, "--dir", "other"]);
    writeFileSync(place.at("root.key"), "hello\n");
    refuse(place, words, 5, "root.key is no private key: neither PEM nor DER", /./);
    copyFileSync(place.at("other/root.key"), place.at("root.key"));
    refuse(place, words, 5, "root.key is not the key of root.crt", /./);
  });

  it("others may read its key", () => {
    place.succeed(["root", ROOT_NAME]);
    chmodSync(place.at("root.key"), 0o640);
    refuse(
      place,
      words,
      5,
      "root.key can be read or changed by others than its owner (mode 0640); such a key is not used",
      "chmod 600 root.key (or --allow-key-mode, for secrets mounted into a container)",
    );
  });

  it("it has expired, or begins later", () => {
    // By a clock of its own: the command makes no root that is over already.
    const clock = { now: () => Date.UTC(2020, 0, 1) };
    createRoot({ dir: place.at("old"), subject: ROOT_NAME, clock, validity: { lengthMs: 366 * 86_400_000 } });
    refuse(place, [...words, "--dir", "old"], 1, /^error: it expired on 2020-12-30T.*MyDevAuthority/, /./);
    place.succeed([
      "root",
      ROOT_NAME,
      "--not-before",
      "2090-01-01",
      "--not-after",
      "2091-01-01",
      "--dir",
      "new",
    ]);
    refuse(place, [...words, "--dir", "new"], 1, /2090-01-01/, /./);
  });

  it("its certificate is cut off, random, or a directory", () => {
    place.succeed(["root", ROOT_NAME]);
    renameSync(place.at("root.crt"), place.at("kept"));
    copyFileSync(place.at("kept"), place.at("root.crt"));
    truncateSync(place.at("root.crt"), 300);
    refuse(place, words, 2, "root.crt:1: CERTIFICATE has no END line", /./);
    writeFileSync(place.at("root.crt"), Buffer.alloc(600, 0xd4));
    refuse(place, words, 2, /^error: root\.crt at byte 0: /, /./);
    rmSync(place.at("root.crt"));
    mkdirSync(place.at("root.crt"));
    refuse(place, words, 3, "root.crt is a directory, not a file with a certificate", "name a file in it");
  });

  it("its ledger is gone, damaged, or a directory", () => {
    place.succeed(["root", ROOT_NAME]);
    rmSync(place.at("samicerts.db"));
    refuse(
      place,
      words,
      3,
      /^error: there is a root, but its ledger samicerts\.db is missing/,
      /--new-ledger/,
    );
    writeFileSync(place.at("samicerts.db"), "no ledger");
    refuse(place, words, 3, "samicerts.db is damaged, or is not a ledger", /./);
    rmSync(place.at("samicerts.db"));
    mkdirSync(place.at("samicerts.db"));
    refuse(place, words, 3, "samicerts.db is a directory, not a ledger", /./);
    rmSync(place.at("samicerts.db"), { recursive: true });
    place.succeed([...words, "--new-ledger"]);
    expect(existsSync(place.at("devices/100000001.crt"))).toBe(true);
  });
});
