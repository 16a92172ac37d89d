import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { CommittedLengths, IssuedPair } from "../../src/actions/batch-output.ts";
import type { Files } from "../../src/base/effects.ts";
import { SamicertsError } from "../../src/base/errors.ts";
import { claimOutput } from "../../src/batch-output/claim-output.ts";
import { nodeFiles } from "../../src/workspace/node-files.ts";
import { devicesOf, outputDeps, requestOf, writeDevices } from "../unit/batch-output/sample-batch.ts";
import { failAt, failingFiles } from "./failing-files.ts";

const CHUNK = 3;
const DEVICES = devicesOf(9);
/** No whole file system is flushed: that is a call like any other, and here it would be real. */
const quick: Files = { ...nodeFiles, syncFileSystem: () => true };

let root: string;
let dir: string;
let round: number;
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), "samicerts-torn-"));
  round = 0;
  next();
});
afterEach(() => rmSync(root, { recursive: true }));

/** A directory of its own for every run: to remove files is slower than to make them. */
function next(): void {
  dir = mkdtempSync(join(root, `${round++}-`));
}

/** What the ledger knows of the batch: it lasts, whatever becomes of the process. */
interface Ledger {
  begun: boolean;
  committed: CommittedLengths;
  done: number;
  /** Serials reserved and not committed. */
  readonly reserved: Set<string>;
  signed: number;
}

const newLedger = (): Ledger => ({
  begun: false,
  committed: { output: 0, manifest: 0 },
  done: 0,
  reserved: new Set(),
  signed: 0,
});

/** A run of the batch as the engine makes it: reserve, write and flush, commit. Ends by throwing where anything fails. */
function run(name: string, ledger: Ledger, files: Files): void {
  const claim = claimOutput(outputDeps(files), { path: join(dir, name), shard: false });
  try {
    const request = requestOf("1", ledger.begun ? ledger.committed : undefined);
    ledger.begun = true;
    const opened = claim.open(request);
    const { output, manifest } = opened;
    try {
      while (ledger.done < DEVICES.length) {
        const chunk = DEVICES.slice(ledger.done, ledger.done + CHUNK);
        const there = new Set<IssuedPair>();
        for (const device of chunk) {
          const left = ledger.reserved.has(device.serial) ? output.leftover(device.serial) : undefined;
          if (!ledger.reserved.has(device.serial)) expect(output.taken(device.serial)).toBeUndefined();
          ledger.reserved.add(device.serial);
          if (left?.certificate !== undefined) there.add(device);
        }
        writeDevices(opened, chunk, there);
        ledger.committed = { output: output.flush(), manifest: manifest?.flush() ?? 0 };
        ledger.done += chunk.length;
        ledger.reserved.clear();
      }
      output.finish();
      manifest?.finish({ hash: "sha256", sign: () => "signature\n" });
    } finally {
      output.close();
      manifest?.close();
    }
  } finally {
    claim.release();
  }
}

/** Every file in the directory, its name and its content. */
function contents(): ReadonlyMap<string, string> {
  const paths = readdirSync(dir, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name));
  return new Map(paths.sort().map((path) => [path.slice(dir.length + 1), readFileSync(path, "latin1")]));
}

/** Dies at the `n`-th call: that one does half its work where it writes, and none after it does any. */
function deadAt(n: number): Files {
  let calls = 0;
  const dying = (method: keyof Files): unknown => {
    const genuine = quick[method] as (...args: unknown[]) => unknown;
    return (...args: unknown[]) => {
      const call = calls++;
      if (call < n) return genuine(...args);
      if (call === n && method === "write") {
        const [fd, bytes, offset] = args as [number, Uint8Array, number];
        quick.write(fd, bytes.subarray(0, offset + Math.ceil((bytes.length - offset) / 2)), offset);
      }
      throw Object.assign(new Error("the process is dead"), { code: "EIO", syscall: method });
    };
  };
  const methods = Object.keys(quick) as (keyof Files)[];
  return Object.fromEntries(methods.map((method) => [method, dying(method)])) as unknown as Files;
}

function countCalls(name: string): { readonly calls: number; readonly whole: ReadonlyMap<string, string> } {
  const { files, calls } = failingFiles(quick, () => undefined);
  run(name, newLedger(), files);
  const whole = contents();
  next();
  return { calls: calls.length, whole };
}

describe.each(["a.tar", "a.tar.gz", "a.ndjson", "devices"])("a batch into %s", (name) => {
  it.each(["ENOSPC", "EIO"])("comes out the same whichever single call fails with %s", (errno) => {
    const { calls, whole } = countCalls(name);
    expect(calls).toBeGreaterThan(30);
    let failures = 0;
    for (let n = 0; n < calls; n++) {
      const ledger = newLedger();
      try {
        run(name, ledger, failingFiles(quick, failAt(n, errno)).files);
      } catch (error) {
        expect(error, `call ${n}`).toBeInstanceOf(SamicertsError);
        expect((error as SamicertsError).kind).toBe("io");
        failures++;
        run(name, ledger, quick);
      }
      expect(contents(), `call ${n}`).toEqual(whole);
      next();
    }
    expect(failures).toBeGreaterThan(20);
  });

  it("comes out the same wherever the process dies, once and twice", () => {
    const { calls, whole } = countCalls(name);
    for (let n = 0; n < calls; n++) {
      const ledger = newLedger();
      for (const last of [n, (n * 7) % calls])
        try {
          run(name, ledger, deadAt(last));
        } catch {
          // It is dead.
        }
      run(name, ledger, quick);
      expect(contents(), `call ${n}`).toEqual(whole);
      next();
    }
  });
});

it("what a power failure leaves beyond the committed length is cut off, whatever it is", () => {
  const { whole } = countCalls("a.tar");
  for (const [index, garbage] of [
    Buffer.alloc(5000),
    Buffer.from('{"serial":"1"'),
    Buffer.alloc(1 << 16, 7),
  ].entries()) {
    const ledger = newLedger();
    let flushes = 0;
    const files = failingFiles(quick, ({ method }) =>
      method === "fsync" && ++flushes > 4 + 2 * index ? "EIO" : undefined,
    ).files;
    expect(() => run("a.tar", ledger, files)).toThrow(SamicertsError);
    for (const file of ["a.tar", "a.tar.manifest.ndjson"])
      writeFileSync(join(dir, file), garbage, { flag: "a" });
    run("a.tar", ledger, quick);
    expect(contents()).toEqual(whole);
    next();
  }
});
