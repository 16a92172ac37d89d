import { randomBytes } from "node:crypto";
import {
  existsSync,
  lstatSync,
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
import { SamicertsError } from "../../../src/base/errors.ts";
import { nodeFiles } from "../../../src/workspace/node-files.ts";
import { openWorkspace } from "../../../src/workspace/open-workspace.ts";
import { devicePaths, workspacePaths } from "../../../src/workspace/paths.ts";
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

const mode = (path: string): number => lstatSync(path).mode & 0o777;

function withUmask<T>(umask: number, action: () => T): T {
  const before = process.umask(umask);
  try {
    return action();
  } finally {
    process.umask(before);
  }
}

describe("the vendor's directory", () => {
  it("is laid out as the command line's contract says", () => {
    const paths = workspacePaths("v");
    expect(paths).toEqual({
      dir: "v",
      crl: { pem: "v/root.crl", der: "v/root.crl.der" },
      ocspAnswers: "v/ocsp-answers",
      rootCertificate: "v/root.crt",
      rootKey: "v/root.key",
      rootKeyUri: "v/root.key.uri",
      policy: "v/policy.json",
      ledger: "v/samicerts.db",
      devices: "v/devices",
      lines: "v/lines",
      oldRoots: "v/old-roots",
      rootLock: "v/.root.lock",
    });
    expect(devicePaths(paths.devices, "100000001")).toEqual({
      certificate: "v/devices/100000001.crt",
      key: "v/devices/100000001.key",
    });
  });

  it.each(["", "../1", "1/2", "0x1", "-1", "1".repeat(50), "1\0"])("takes no %j for a serial", (serial) => {
    expect(() => workspace.device(serial).paths).toThrow(RangeError);
  });

  it("is not touched by being opened or looked at", () => {
    expect(workspace.hasRoot()).toBe(false);
    expect(workspace.device("1").isThere()).toBe(false);
    expect(workspace.device("1").read()).toEqual({ certificate: undefined, key: undefined });
    expect(workspace.readPolicyText()).toBeUndefined();
    workspace.checkRootAbsent();
    workspace.device("1").checkAbsent();
    workspace.device("1").removeLeftovers();
    expect(readdirSync(parent)).toEqual([]);
  });

  it("is made by its last component only", () => {
    workspace.prepare();
    workspace.prepare();
    expect(statSync(dir).isDirectory()).toBe(true);
    const deeper = openWorkspace(join(parent, "a/b"), nodeFiles, { bytes: (count) => randomBytes(count) });
    expect(caught(() => deeper.prepare())).toMatchObject({ kind: "io", code: "io.missing" });
    expect(caught(() => deeper.prepare()).hint).toContain(`mkdir -p ${join(parent, "a")}`);
  });

  it("can't be a file, nor devices one, nor lie under one", () => {
    writeFileSync(dir, "");
    expect(caught(() => workspace.prepare())).toMatchObject({ kind: "io", code: "io.not-a-directory" });
    expect(caught(() => workspace.hasRoot())).toMatchObject({ kind: "io", code: "io.not-a-directory" });
    rmSync(dir);
    workspace.prepare();
    writeFileSync(join(dir, "devices"), "");
    expect(caught(() => workspace.device("1").write(PAIR)).code).toBe("io.not-a-directory");
    expect(caught(() => workspace.device("1").checkAbsent()).code).toBe("io.not-a-directory");
  });

  it("may have its devices on another disk, through a link", () => {
    workspace.prepare();
    mkdirSync(join(parent, "disk"));
    symlinkSync(join(parent, "disk"), join(dir, "devices"));
    workspace.device("1").write(PAIR);
    expect(readdirSync(join(parent, "disk")).sort()).toEqual(["1.crt", "1.key"]);
  });
});

describe("what is written", () => {
  beforeEach(() => workspace.prepare());

  it.each([0o000, 0o022, 0o077, 0o277, 0o777])("has its modes whatever the umask: %o", (umask) => {
    mkdirSync(join(dir, "devices"));
    withUmask(umask, () => {
      workspace.writeRoot(PAIR);
      workspace.device("1").write(PAIR);
    });
    expect(mode(join(dir, "root.key"))).toBe(0o600);
    expect(mode(join(dir, "root.crt"))).toBe(0o644);
    expect(mode(join(dir, "devices/1.key"))).toBe(0o600);
    expect(mode(join(dir, "devices/1.crt"))).toBe(0o644);
  });

  it("lets nobody read a key at any moment, even under umask 0", () => {
    const modes: number[] = [];
    const watched = openWorkspace(
      dir,
      {
        ...nodeFiles,
        write: (fd, bytes, offset) => {
          modes.push(nodeFiles.fstat(fd).mode & 0o777);
          return nodeFiles.write(fd, bytes, offset);
        },
        open: (path, flags, permissions) => {
          const fd = nodeFiles.open(path, flags, permissions);
          if (flags === "wx") modes.push(nodeFiles.fstat(fd).mode & 0o777);
          return fd;
        },
      },
      { bytes: (count) => randomBytes(count) },
    );
    withUmask(0, () => watched.writeRoot(PAIR));
    expect(modes).toEqual([0o600, 0o600, 0o600, 0o644]);
  });

  it("is the bytes that were given, and nothing is left beside them", () => {
    workspace.writeRoot(PAIR);
    expect(readFileSync(join(dir, "root.key"), "utf8")).toBe(PAIR.key);
    expect(readFileSync(join(dir, "root.crt"), "utf8")).toBe(PAIR.certificate);
    workspace.device("1").write(PAIR);
    expect(readdirSync(dir).sort()).toEqual(["devices", "root.crt", "root.key"]);
    expect(readdirSync(join(dir, "devices")).sort()).toEqual(["1.crt", "1.key"]);
    const left = workspace.device("1").read();
    expect(Buffer.from(left.key ?? []).toString()).toBe(PAIR.key);
    expect(Buffer.from(left.certificate ?? []).toString()).toBe(PAIR.certificate);
  });

  it("takes the place of nothing: not of a file, a directory, a link or a link to nowhere", () => {
    const devices = join(dir, "devices");
    mkdirSync(devices);
    writeFileSync(join(parent, "elsewhere"), "not yours");
    writeFileSync(join(devices, "1.key"), "old");
    mkdirSync(join(devices, "2.crt"));
    symlinkSync(join(parent, "elsewhere"), join(devices, "3.key"));
    symlinkSync(join(parent, "nowhere"), join(devices, "4.crt"));
    symlinkSync(join(parent, "nowhere"), join(devices, "5.key"));
    const before = readdirSync(devices).sort();
    for (const serial of ["1", "2", "3", "4", "5"]) {
      expect(workspace.device(serial).isThere()).toBe(true);
      expect(caught(() => workspace.device(serial).checkAbsent())).toMatchObject({
        kind: "exists",
        code: "exists.file",
      });
      const error = caught(() => workspace.device(serial).write(PAIR));
      expect(error).toMatchObject({ kind: "exists", code: "exists.file" });
      expect(error.message).toContain(join(devices, `${serial}.`));
    }
    expect(readdirSync(devices).sort()).toEqual(before);
    expect(readFileSync(join(devices, "1.key"), "utf8")).toBe("old");
    expect(readFileSync(join(parent, "elsewhere"), "utf8")).toBe("not yours");
    expect(existsSync(join(parent, "nowhere"))).toBe(false);
  });

  it("is one root and no second", () => {
    workspace.writeRoot(PAIR);
    expect(workspace.hasRoot()).toBe(true);
    expect(caught(() => workspace.checkRootAbsent()).message).toContain(join(dir, "root.key"));
    expect(caught(() => workspace.writeRoot({ key: "k", certificate: "c" })).code).toBe("exists.file");
    rmSync(join(dir, "root.key"));
    expect(caught(() => workspace.writeRoot({ key: "k", certificate: "c" })).message).toContain("root.crt");
    expect(readdirSync(dir)).toEqual(["root.crt"]);
  });

  it("may be a certificate over a certificate, where that is asked for, but not over a link or a directory", () => {
    workspace.device("1").write(PAIR);
    expect(caught(() => workspace.device("1").writeCertificate("new")).code).toBe("exists.file");
    workspace.device("1").writeCertificate("new", { replace: true });
    workspace.device("2").writeCertificate("first", { replace: true });
    expect(readFileSync(join(dir, "devices/1.crt"), "utf8")).toBe("new");
    expect(readFileSync(join(dir, "devices/2.crt"), "utf8")).toBe("first");
    expect(mode(join(dir, "devices/1.crt"))).toBe(0o644);
    symlinkSync(join(dir, "devices/1.crt"), join(dir, "devices/3.crt"));
    expect(caught(() => workspace.device("3").writeCertificate("x", { replace: true })).code).toBe(
      "exists.file",
    );
    mkdirSync(join(dir, "root.crt"));
    expect(caught(() => workspace.writeRootCertificate("x", { replace: true })).code).toBe(
      "io.is-a-directory",
    );
    expect(readFileSync(join(dir, "devices/1.crt"), "utf8")).toBe("new");
    expect(readdirSync(join(dir, "devices")).sort()).toEqual(["1.crt", "1.key", "2.crt", "3.crt"]);
  });

  it("says which directory is missing", () => {
    rmSync(dir, { recursive: true });
    expect(caught(() => workspace.writeRoot(PAIR))).toMatchObject({ kind: "io", code: "io.missing" });
    expect(caught(() => workspace.device("1").write(PAIR))).toMatchObject({ kind: "io", code: "io.missing" });
  });

  it("leaves alone what is not a temporary file of the device", () => {
    const devices = join(dir, "devices");
    mkdirSync(devices);
    const kept = [
      ".1.key.tmp",
      ".1.key.0123456789abcdeg.tmp",
      ".11.key.0123456789abcdef.tmp",
      "1.key",
      ".DS_Store",
    ];
    for (const name of [...kept, ".1.key.0123456789abcdef.tmp", ".1.crt.0123456789abcdef.tmp"])
      writeFileSync(join(devices, name), "");
    workspace.device("1").removeLeftovers();
    expect(readdirSync(devices).sort()).toEqual([...kept].sort());
  });
});
