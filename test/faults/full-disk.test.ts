import { spawnSync } from "node:child_process";
import { randomBytes } from "node:crypto";
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { SamicertsError } from "../../src/base/errors.ts";
import type { IssuedCertificate } from "../../src/ledger/ledger.ts";
import { openLedger } from "../../src/ledger/open.ts";
import { connect } from "../../src/ledger/sqlite-connection.ts";
import { nodeFiles } from "../../src/workspace/node-files.ts";
import { openWorkspace } from "../../src/workspace/open-workspace.ts";

// A real disk that is really full: a file system of one megabyte in memory, where this user may mount one.
const dir = mkdtempSync(join(tmpdir(), "samicerts-full-"));
const mounted = spawnSync("mount", ["-t", "tmpfs", "-o", "size=1m", "tmpfs", dir]).status === 0;
const ballast = join(dir, "ballast");

beforeAll(() => {
  if (!mounted) rmSync(dir, { recursive: true });
});
afterAll(() => {
  if (!mounted) return;
  // Lazily: the database closes its file when its statements are collected.
  spawnSync("umount", ["-l", dir]);
  rmSync(dir, { recursive: true });
});

/** Leaves `bytes` of space and no more. */
function leave(bytes: number): void {
  rmSync(ballast, { force: true });
  const space = spawnSync("df", ["--output=avail", "-B1", dir], { encoding: "utf8" }).stdout.split("\n")[1];
  writeFileSync(ballast, Buffer.alloc(Math.max(0, Number(space) - bytes)));
}

/** Repeats `step` until it fails; gives how often it did not, and the failure. */
function untilFull(step: (n: number) => void): { readonly done: number; readonly error: SamicertsError } {
  for (let done = 0; done < 10_000; done++)
    try {
      step(done);
    } catch (error) {
      expect(error).toBeInstanceOf(SamicertsError);
      return { done, error: error as SamicertsError };
    }
  throw new Error("the disk was never full");
}

const certificateOf = (n: number): IssuedCertificate => ({
  der: Buffer.alloc(600, n),
  certificateSha256: randomBytes(32),
  spkiSha256: randomBytes(32),
  notBeforeMs: 0,
  notAfterMs: 1,
  atMs: 2,
});

describe.skipIf(!mounted)("a disk that is full", () => {
  it("stops the ledger with all that it said was done, and the ledger goes on once there is space", () => {
    const path = join(dir, "samicerts.db");
    const ledger = openLedger(path);
    const issuer = ledger.addIssuer({ subject: "CN=root", spkiSha256: randomBytes(32), createdMs: 0 });
    const issue = (n: number): void => {
      const reservation = ledger.reserve({ issuer, serial: String(n + 1), name: "n", atMs: 0 });
      ledger.commit(reservation, certificateOf(n));
    };
    leave(100_000);
    const { done, error } = untilFull(issue);
    expect(error).toMatchObject({ kind: "io", code: "io.no-space" });
    expect(error.message).toContain(path);
    expect(done).toBeGreaterThan(0);
    for (let n = 0; n < done; n++) expect(ledger.find(issuer, String(n + 1))?.state).toBe("issued");
    rmSync(ballast);
    expect(ledger.find(issuer, String(done + 1))?.state ?? "free").toMatch(/^(free|reserved)$/);
    issue(done + 1);
    ledger.close();
    const connection = connect(path, 0);
    expect(connection.prepare("PRAGMA integrity_check").get([])).toMatchObject({ integrity_check: "ok" });
    connection.close();
  });

  it("can't hold a new ledger, and says so", () => {
    leave(8192);
    const { error } = untilFull((n) => {
      openLedger(join(dir, `new-${n}.db`)).close();
    });
    expect(error).toMatchObject({ kind: "io", code: "io.no-space" });
    rmSync(ballast);
  });

  it("leaves whole pairs of files and nothing else", () => {
    const workspace = openWorkspace(dir, nodeFiles, { bytes: (count) => randomBytes(count) });
    const pair = { key: "k".repeat(5000), certificate: "c".repeat(9000) };
    leave(200_000);
    const { done, error } = untilFull((n) => workspace.device(String(n + 1)).write(pair));
    expect(error).toMatchObject({ kind: "io", code: "io.no-space" });
    expect(done).toBeGreaterThan(2);
    const names = readdirSync(join(dir, "devices"));
    expect(names.length).toBe(2 * done);
    for (const name of names) {
      const text = readFileSync(join(dir, "devices", name), "utf8");
      expect(text).toBe(name.endsWith(".key") ? pair.key : pair.certificate);
    }
    rmSync(ballast);
    workspace.device(String(done + 1)).write(pair);
  });
});
