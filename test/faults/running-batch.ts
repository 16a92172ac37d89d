import { type ChildProcess, execFileSync, spawn } from "node:child_process";
import { createHash, createPrivateKey, X509Certificate } from "node:crypto";
import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect } from "vitest";
import { openLedger } from "../../src/ledger/open.ts";
import { COMMAND, type Place, plainEnvironment } from "../stories/command.ts";

/** A batch that runs beside the test. */
export interface RunningBatch {
  readonly child: ChildProcess;
  readonly ended: Promise<{
    readonly status: number | null;
    readonly signal: string | null;
    readonly stdout: string;
    readonly stderr: string;
  }>;
}

/**
 * Starts `samicerts` with these words, in this environment besides; with "pipe" its standard input is open for whoever
 * started it.
 */
export function startCommand(
  place: Place,
  words: readonly string[],
  input: "ignore" | "pipe" = "ignore",
  env: Readonly<Record<string, string>> = {},
): RunningBatch {
  const child = spawn(process.execPath, [COMMAND, ...words], {
    cwd: place.directory,
    env: { ...plainEnvironment(), ...env },
    stdio: [input, "pipe", "pipe"],
  });
  // It may end without having read all of its input.
  child.stdin?.on("error", () => undefined);
  const text = { stdout: "", stderr: "" };
  for (const name of ["stdout", "stderr"] as const)
    child[name]?.setEncoding("utf8").on("data", (chunk: string) => {
      text[name] += chunk;
    });
  const ended: RunningBatch["ended"] = new Promise((resolve, reject) => {
    child.once("error", reject);
    child.once("close", (status, signal) => resolve({ status, signal, ...text }));
  });
  return { child, ended };
}

/** One device as it lies in an output. */
export interface MadeDevice {
  readonly certificate: string;
  readonly key?: string;
}

/** Every device in an output, by its serial, in the output's order. */
export function devicesIn(path: string): ReadonlyMap<string, MadeDevice> {
  if (path.endsWith(".ndjson")) {
    const devices = readFileSync(path, "utf8")
      .split("\n")
      .slice(0, -1)
      .map((line) => JSON.parse(line) as MadeDevice & { readonly serial: string });
    expect(new Set(devices.map(({ serial }) => serial)).size).toBe(devices.length);
    return new Map(devices.map(({ serial, ...device }) => [serial, device]));
  }
  const files = /\.tar(\.gz)?$/.test(path) ? filesOfTar(path) : filesOfDirectory(path);
  const devices = new Map<string, { certificate: string; key?: string }>();
  for (const [name, text] of files) {
    const [, serial = "", kind] = /([0-9]+)\.(crt|key)$/.exec(name) ?? [];
    const device = devices.get(serial) ?? { certificate: "" };
    if (kind === "crt") device.certificate = text;
    else device.key = text;
    devices.set(serial, device);
  }
  return devices;
}

/** Taken apart by another program than ours. */
function filesOfTar(path: string): [string, string][] {
  const names = execFileSync("tar", ["-tf", path], { encoding: "utf8" }).split("\n").slice(0, -1);
  expect(new Set(names).size).toBe(names.length);
  const directory = mkdtempSync(join(tmpdir(), "samicerts-tar-"));
  try {
    execFileSync("tar", ["-xf", path, "-C", directory]);
    return filesOfDirectory(directory);
  } finally {
    rmSync(directory, { recursive: true });
  }
}

function filesOfDirectory(path: string): [string, string][] {
  return readdirSync(path, { recursive: true, encoding: "utf8" })
    .filter((name) => /\.(crt|key)$/.test(name))
    .map((name) => [name, readFileSync(`${path}/${name}`, "latin1")]);
}

/**
 * Holds a finished batch to its promise: for these serials exactly one certificate each, the key that belongs to it, and
 * output, manifest and ledger agree on it.
 */
export function expectExact(place: Place, out: string, serials: readonly string[]): void {
  const devices = devicesIn(place.at(out));
  expect([...devices.keys()].sort()).toEqual([...serials].sort());
  const [, ...entries] = readFileSync(place.at(`${out}.manifest.ndjson`), "utf8")
    .split("\n")
    .slice(0, -1)
    .map((line) => JSON.parse(line) as { readonly serial: string; readonly sha256: string });
  expect(entries.map(({ serial }) => serial)).toEqual(serials);
  const ledger = openLedger(place.at("samicerts.db"));
  try {
    const [issuer] = ledger.issuers();
    for (const { serial, sha256 } of entries) {
      const device = devices.get(serial);
      const { certificate = "", key = "" } = device ?? {};
      const x509 = new X509Certificate(certificate);
      expect(BigInt(`0x${x509.serialNumber}`).toString()).toBe(serial);
      expect(createHash("sha256").update(x509.raw).digest("hex")).toBe(sha256);
      expect(x509.checkPrivateKey(createPrivateKey(key))).toBe(true);
      const row = ledger.find(issuer?.id ?? 0, serial);
      expect(row?.state).toBe("issued");
      expect(Buffer.from(row?.certificate?.certificateSha256 ?? []).toString("hex")).toBe(sha256);
    }
    expect(new Set(ledger.countIssued().values())).toContain(serials.length);
    expect(ledger.batches().every(({ finished }) => finished !== undefined)).toBe(true);
  } finally {
    ledger.close();
  }
}
