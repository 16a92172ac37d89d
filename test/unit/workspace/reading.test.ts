import { execFileSync } from "node:child_process";
import { randomBytes } from "node:crypto";
import { chmodSync, mkdtempSync, readdirSync, rmSync, statSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { SamicertsError } from "../../../src/base/errors.ts";
import { nodeFiles } from "../../../src/workspace/node-files.ts";
import { openWorkspace } from "../../../src/workspace/open-workspace.ts";
import { readBounded, readPrivateKeyFile } from "../../../src/workspace/read-file.ts";
import type { Workspace } from "../../../src/workspace/workspace.ts";

const PAIR = { key: "the key", certificate: "the certificate" };

let parent: string;
let dir: string;
let workspace: Workspace;
beforeEach(() => {
  parent = mkdtempSync(join(tmpdir(), "samicerts-workspace-"));
  dir = join(parent, "vendor");
  workspace = openWorkspace(dir, nodeFiles, { bytes: (count) => randomBytes(count) });
});
afterEach(() => rmSync(parent, { recursive: true }));

function caught(action: () => unknown): SamicertsError {
  try {
    action();
  } catch (error) {
    expect(error).toBeInstanceOf(SamicertsError);
    return error as SamicertsError;
  }
  throw new Error("nothing was thrown");
}

describe("what is read", () => {
  beforeEach(() => workspace.prepare());

  it("is the root's certificate and key", () => {
    workspace.writeRoot(PAIR);
    expect(Buffer.from(workspace.readRootCertificate()).toString()).toBe(PAIR.certificate);
    const key = workspace.readRootKey();
    expect(Buffer.from(key.bytes).toString()).toBe(PAIR.key);
    expect(key.warning).toBeUndefined();
  });

  it("says what to do where the root is missing", () => {
    expect(caught(() => workspace.readRootCertificate())).toMatchObject({ kind: "io", code: "io.missing" });
    expect(caught(() => workspace.readRootCertificate()).hint).toContain("samicerts root");
    expect(caught(() => workspace.readRootKey()).hint).toContain("put back the key");
  });

  it.each([0o640, 0o604, 0o620, 0o601, 0o666])("refuses a key of mode %o unless told", (loose) => {
    const path = join(dir, "root.key");
    writeFileSync(path, "k");
    chmodSync(path, loose);
    const error = caught(() => workspace.readRootKey());
    expect(error).toMatchObject({ kind: "key", code: "key.permissions" });
    expect(error.message).toContain(`(mode 0${loose.toString(8)})`);
    expect(error.hint).toContain(`chmod 600 ${path}`);
    const key = workspace.readRootKey({ allowMode: true });
    expect(Buffer.from(key.bytes).toString()).toBe("k");
    expect(key.warning).toContain(`(mode 0${loose.toString(8)})`);
  });

  it.each([0o600, 0o400])("takes a key of mode %o", (tight) => {
    writeFileSync(join(dir, "root.key"), "k");
    chmodSync(join(dir, "root.key"), tight);
    expect(workspace.readRootKey().warning).toBeUndefined();
  });

  it("follows a link to a key, and judges what it leads to", () => {
    const secret = join(parent, "secret");
    writeFileSync(secret, "k", { mode: 0o600 });
    symlinkSync(secret, join(dir, "root.key"));
    expect(Buffer.from(workspace.readRootKey().bytes).toString()).toBe("k");
    chmodSync(secret, 0o644);
    expect(caught(() => workspace.readRootKey()).code).toBe("key.permissions");
    rmSync(secret);
    expect(caught(() => workspace.readRootKey()).code).toBe("key.missing");
  });

  it("is a whole regular file of bounded size", () => {
    const path = join(dir, "f");
    writeFileSync(path, Buffer.alloc(100, 1));
    expect(readBounded(nodeFiles, path, 100, "x").length).toBe(100);
    expect(caught(() => readBounded(nodeFiles, path, 99, "a certificate"))).toMatchObject({
      kind: "input",
      code: "input.too-large",
    });
    writeFileSync(path, "");
    expect(readBounded(nodeFiles, path, 100, "x").length).toBe(0);
  });

  it("does not trust the size that a file claims", () => {
    // Everything under /proc claims to be empty.
    const path = "/proc/self/status";
    expect(statSync(path).size).toBe(0);
    expect(Buffer.from(readBounded(nodeFiles, path, 100_000, "x")).toString()).toContain("Pid:");
    expect(caught(() => readBounded(nodeFiles, path, 200, "x")).code).toBe("input.too-large");
    expect(Buffer.from(readBounded(nodeFiles, "/proc/self/status", 100_000, "x")).length).toBeGreaterThan(
      200,
    );
  });

  it("is no directory, no device and no pipe", () => {
    expect(caught(() => readBounded(nodeFiles, dir, 10, "x"))).toMatchObject({
      kind: "io",
      code: "io.is-a-directory",
    });
    expect(caught(() => readBounded(nodeFiles, "/dev/zero", 10, "x"))).toMatchObject({
      kind: "io",
      code: "io.not-a-file",
    });
    const pipe = join(dir, "pipe");
    execFileSync("mkfifo", [pipe]);
    expect(caught(() => readBounded(nodeFiles, pipe, 10, "x"))).toMatchObject({
      kind: "io",
      code: "io.not-a-file",
    });
    expect(caught(() => readPrivateKeyFile(nodeFiles, pipe)).code).toBe("io.not-a-file");
    expect(caught(() => readBounded(nodeFiles, join(dir, "no"), 10, "x"))).toMatchObject({
      kind: "io",
      code: "io.missing",
    });
    expect(caught(() => readBounded(nodeFiles, "/dev/null/x", 10, "x")).code).toBe("io.not-a-directory");
    symlinkSync("loop", join(dir, "loop"));
    expect(caught(() => readBounded(nodeFiles, join(dir, "loop"), 10, "x")).code).toBe("io.missing");
  });

  it("closes every descriptor, whatever came of it", () => {
    const open = (): number => readdirSync("/proc/self/fd").length;
    const before = open();
    for (let i = 0; i < 20; i++) {
      caught(() => readBounded(nodeFiles, dir, 10, "x"));
      caught(() => readBounded(nodeFiles, "/proc/self/status", 10, "x"));
      caught(() => workspace.readRootKey());
      workspace.device(String(i)).write(PAIR);
      caught(() => workspace.device(String(i)).write(PAIR));
    }
    expect(open()).toBe(before);
  });

  it("is a policy's text, where there is one, without a byte order mark", () => {
    const path = join(dir, "policy.json");
    writeFileSync(path, "\ufeff{}");
    expect(workspace.readPolicyText()).toEqual({ path, text: "{}" });
    writeFileSync(path, Buffer.of(0xff, 0xfe));
    expect(caught(() => workspace.readPolicyText())).toMatchObject({ kind: "input", code: "input.not-utf8" });
  });
});
