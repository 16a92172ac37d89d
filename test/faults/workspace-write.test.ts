import { randomBytes } from "node:crypto";
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { Files, Random } from "../../src/base/effects.ts";
import { SamicertsError } from "../../src/base/errors.ts";
import { temporaryFor } from "../../src/base/temporary-name.ts";
import { writeCertificate, writeKey } from "../../src/workspace/durable-write.ts";
import { nodeFiles } from "../../src/workspace/node-files.ts";
import { openWorkspace } from "../../src/workspace/open-workspace.ts";
import { type FileCall, failAt, failingFiles } from "./failing-files.ts";

const KEY = Buffer.from("-----BEGIN PRIVATE KEY-----\n".repeat(40));
const CERTIFICATE = Buffer.from("-----BEGIN CERTIFICATE-----\n".repeat(50));
const PAIR = { key: KEY.toString(), certificate: CERTIFICATE.toString() };
const CODES: readonly (readonly [errno: string, code: string])[] = [
  ["ENOSPC", "io.no-space"],
  ["EDQUOT", "io.no-space"],
  ["EIO", "io.failed"],
  ["EROFS", "io.read-only"],
];
const random: Random = { bytes: (count) => randomBytes(count) };

let dir: string;
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), "samicerts-faults-"));
});
afterEach(() => rmSync(dir, { recursive: true }));

function caught(action: () => void): SamicertsError | undefined {
  try {
    action();
    return undefined;
  } catch (error) {
    expect(error).toBeInstanceOf(SamicertsError);
    return error as SamicertsError;
  }
}

/** The calls that `action` makes when nothing fails. */
function callsOf(action: (files: Files) => void): readonly FileCall[] {
  const counted = failingFiles(nodeFiles, () => undefined);
  action(counted.files);
  return counted.calls;
}

/** From its `n`-th call on the process is gone: nothing it asks for happens, the cleaning up neither. */
function deadAt(n: number): Files {
  return failingFiles(nodeFiles, (_call, index) => (index >= n ? "EIO" : undefined)).files;
}

const hidden = (folder: string): string[] => readdirSync(folder).filter((name) => name.startsWith("."));

describe("a key's file, whichever system call fails", () => {
  it.each(CODES)("is whole or absent, and nothing else is left, at %s", (errno, code) => {
    const calls = callsOf((files) => writeKey({ files, random }, join(dir, "whole"), KEY));
    expect(calls.map(({ method }) => method)).toEqual([
      "open",
      "fchmod",
      "write",
      "fsync",
      "close",
      "link",
      "unlink",
      "open",
      "fsync",
      "close",
    ]);
    for (const [index, { method }] of calls.entries()) {
      const path = join(dir, `key-${index}`);
      const { files } = failingFiles(nodeFiles, failAt(index, errno));
      const error = caught(() => writeKey({ files, random }, path, KEY));
      expect(hidden(dir), method).toEqual([]);
      if (index === calls.length - 1) {
        // Closing the directory after its flush: all is durable by then.
        expect(error).toBeUndefined();
        expect(readFileSync(path)).toEqual(KEY);
      } else {
        expect(error, method).toMatchObject({ kind: "io", code });
        expect(error?.message).toContain(path);
        expect(existsSync(path), method).toBe(false);
      }
    }
  });

  it("is whole or absent where there are no hard links", () => {
    const linkless = (n: number) => (call: FileCall, index: number) =>
      index === n ? "EIO" : call.method === "link" ? "ENOTSUP" : undefined;
    const whole = failingFiles(nodeFiles, linkless(-1));
    writeKey({ files: whole.files, random }, join(dir, "whole"), KEY);
    expect(readFileSync(join(dir, "whole"))).toEqual(KEY);
    expect(statSync(join(dir, "whole")).mode & 0o777).toBe(0o600);
    expect(whole.calls.map(({ method }) => method)).toContain("rename");
    for (const [index, { method }] of whole.calls.entries()) {
      const path = join(dir, `key-${index}`);
      const { files } = failingFiles(nodeFiles, linkless(index));
      const error = caught(() => writeKey({ files, random }, path, KEY));
      if (index === whole.calls.length - 1) expect(readFileSync(path)).toEqual(KEY);
      else {
        expect(error, method).toMatchObject({ kind: "io", code: "io.failed" });
        expect(existsSync(path), method).toBe(false);
      }
      expect(hidden(dir), method).toEqual([]);
    }
  });

  it("never takes the place of another, with hard links or without", () => {
    const path = join(dir, "key");
    writeFileSync(path, "mine");
    for (const links of [undefined, "ENOTSUP", "EPERM"]) {
      const { files } = failingFiles(nodeFiles, ({ method }) => (method === "link" ? links : undefined));
      expect(caught(() => writeKey({ files, random }, path, KEY))).toMatchObject({
        kind: "exists",
        code: "exists.file",
      });
      expect(readFileSync(path, "utf8")).toBe("mine");
      expect(hidden(dir)).toEqual([]);
    }
  });

  it("is written whole where the system takes a few bytes at a time", () => {
    const files: Files = {
      ...nodeFiles,
      write: (fd, bytes, offset) => nodeFiles.write(fd, bytes.subarray(offset, offset + 7), 0),
    };
    writeKey({ files, random }, join(dir, "key"), KEY);
    expect(readFileSync(join(dir, "key"))).toEqual(KEY);
    const stuck: Files = { ...nodeFiles, write: () => 0 };
    expect(caught(() => writeKey({ files: stuck, random }, join(dir, "stuck"), KEY))?.code).toBe("io.failed");
    expect(readdirSync(dir)).toEqual(["key"]);
  });

  it("is refused where nobody can keep others from reading it", () => {
    const files: Files = {
      ...nodeFiles,
      fchmod: () => {
        throw Object.assign(new Error("no modes here"), { code: "EPERM" });
      },
      fstat: (fd) => ({ ...nodeFiles.fstat(fd), mode: 0o755 }),
    };
    expect(caught(() => writeKey({ files, random }, join(dir, "key"), KEY))?.code).toBe("io.read-only");
    expect(readdirSync(dir)).toEqual([]);
    writeCertificate({ files, random }, join(dir, "crt"), CERTIFICATE);
    expect(readFileSync(join(dir, "crt"))).toEqual(CERTIFICATE);
  });
});

describe("a certificate that replaces another, whichever system call fails", () => {
  it.each(CODES)("is the old one or the new one, whole, at %s", (errno) => {
    const path = join(dir, "crt");
    const put = (files: Files): void =>
      writeCertificate({ files, random }, path, CERTIFICATE, { replace: true });
    writeFileSync(path, "old");
    const calls = callsOf(put);
    const renamed = calls.findIndex(({ method }) => method === "rename");
    expect(renamed).toBeGreaterThan(0);
    for (const [index, { method }] of calls.entries()) {
      writeFileSync(path, "old");
      const error = caught(() => put(failingFiles(nodeFiles, failAt(index, errno)).files));
      expect(readFileSync(path, "utf8"), method).toBe(index <= renamed ? "old" : PAIR.certificate);
      if (index < calls.length - 1) expect(error, method).toMatchObject({ kind: "io" });
      if (index > renamed && error !== undefined) expect(error.message).toContain("was replaced");
      expect(readdirSync(dir)).toEqual(["crt"]);
    }
  });
});

describe("a device's pair", () => {
  it.each(CODES)("is there whole or not at all, whichever call fails, at %s", (errno) => {
    const serials = callsOf((files) => openWorkspace(dir, files, random).device("1").write(PAIR));
    expect(serials.filter(({ method }) => method === "fsync").length).toBe(5);
    rmSync(join(dir, "devices"), { recursive: true });
    for (const [index, { method }] of serials.entries()) {
      const { files } = failingFiles(nodeFiles, failAt(index, errno));
      const error = caught(() => openWorkspace(dir, files, random).device("1").write(PAIR));
      const there = existsSync(join(dir, "devices")) ? readdirSync(join(dir, "devices")) : [];
      expect(there, `${index} ${method}`).toEqual(error === undefined ? ["1.crt", "1.key"] : []);
      rmSync(join(dir, "devices"), { recursive: true, force: true });
    }
  });

  it("has never a certificate without its key, nor a part of a file, wherever the process dies", () => {
    const total = callsOf((files) => openWorkspace(dir, files, random).device("1").write(PAIR)).length;
    rmSync(join(dir, "devices"), { recursive: true });
    const states = new Set<string>();
    for (let n = 0; n < total; n++) {
      caught(() => openWorkspace(dir, deadAt(n), random).device("1").write(PAIR));
      const workspace = openWorkspace(dir, nodeFiles, random);
      const left = workspace.device("1").read();
      if (left.key !== undefined) expect(Buffer.from(left.key)).toEqual(KEY);
      if (left.certificate !== undefined) {
        expect(Buffer.from(left.certificate)).toEqual(CERTIFICATE);
        expect(left.key).toBeDefined();
      }
      states.add(`${left.key !== undefined} ${left.certificate !== undefined}`);
      // What is left besides is known for what it is, readable by nobody else, and can be removed.
      const devices = join(dir, "devices");
      for (const name of existsSync(devices) ? hidden(devices) : []) {
        const of = ["1.key", "1.crt"].find((file) => temporaryFor(name) === file);
        expect(of, name).toBeDefined();
        if (of === "1.key") expect(statSync(join(devices, name)).mode & 0o777).toBe(0o600);
      }
      workspace.device("1").removeLeftovers();
      expect(existsSync(devices) ? hidden(devices) : []).toEqual([]);
      rmSync(devices, { recursive: true, force: true });
    }
    expect([...states].sort()).toEqual(["false false", "true false", "true true"]);
  });

  it("keeps a key that was there before, and says so where its own can't be removed", () => {
    const workspace = openWorkspace(dir, nodeFiles, random);
    workspace.device("1").write(PAIR);
    expect(caught(() => workspace.device("1").write({ ...PAIR, key: "another" }))?.code).toBe("exists.file");
    expect(readFileSync(join(dir, "devices/1.key"))).toEqual(KEY);
    const { files } = failingFiles(nodeFiles, ({ method, subject }) => {
      if (method === "open" && String(subject).includes(".2.crt.")) return "ENOSPC";
      return method === "unlink" && subject === join(dir, "devices/2.key") ? "EIO" : undefined;
    });
    const error = caught(() => openWorkspace(dir, files, random).device("2").write(PAIR));
    expect(error).toMatchObject({ kind: "io", code: "io.no-space" });
    expect(error?.message).toContain("could not be removed again");
    expect(error?.hint).toContain(join(dir, "devices/2.key"));
  });
});
