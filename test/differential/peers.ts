import { spawnSync } from "node:child_process";
import { X509Certificate } from "node:crypto";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import "reflect-metadata";
import * as peculiar from "@peculiar/x509";
import forge from "node-forge";
import { writePem } from "../../src/x509/pem.ts";
import { NOW } from "../unit/x509/mint.ts";
import type { Made, Scene } from "./generate.ts";

/** Empty where a peer accepts; else why it does not, in its words. */
export type Answer = string;

const AT = String(NOW / 1000);

/** `openssl verify` over many certificates with one process for each chunk; strict, so that RFC 5280's demands are made. */
export function opensslVerify(
  made: readonly Made[],
  scenes: readonly Scene[],
  strict: boolean,
): readonly Answer[] {
  const directory = mkdtempSync(join(tmpdir(), "samicerts-differential-"));
  try {
    const pems = (all: readonly { readonly der: Uint8Array }[]): string =>
      all.map(({ der }) => writePem("CERTIFICATE", der)).join("");
    writeFileSync(join(directory, "roots.pem"), pems(scenes.map(({ root }) => root)));
    writeFileSync(join(directory, "lines.pem"), pems(scenes.flatMap(({ lines }) => lines)));
    mkdirSync(join(directory, "d"));
    for (const [index, { der }] of made.entries())
      writeFileSync(join(directory, "d", `${index}.pem`), writePem("CERTIFICATE", der));
    const names = made.map((_, index) => `d/${index}.pem`);
    const flags = [
      "-attime",
      AT,
      "-CAfile",
      "roots.pem",
      "-untrusted",
      "lines.pem",
      ...(strict ? ["-x509_strict"] : []),
    ];
    const { stdout, stderr } = spawnSync("openssl", ["verify", ...flags, ...names], {
      cwd: directory,
      encoding: "utf8",
      maxBuffer: 1 << 28,
    });
    return readAnswers(stdout, stderr, made.length);
  } finally {
    rmSync(directory, { recursive: true, force: true });
  }
}

function readAnswers(stdout: string, stderr: string, count: number): readonly Answer[] {
  const answers: Answer[] = Array.from({ length: count }, () => "not read");
  for (const [, index] of stdout.matchAll(/^d\/(\d+)\.pem: OK$/gm)) answers[Number(index)] = "";
  let reason = "not read";
  for (const line of stderr.split("\n")) {
    const error = /^error \d+ at \d+ depth lookup: (.*)$/.exec(line);
    if (error !== null) reason = reason === "not read" ? (error[1] as string) : reason;
    const failed = /^error d\/(\d+)\.pem: verification failed$/.exec(line);
    if (failed === null) continue;
    answers[Number(failed[1])] = reason;
    reason = "not read";
  }
  return answers;
}

/** `certtool --verify` of one certificate at the machine's time; a process each, so for a sample. */
export function certtoolVerify({ der, scene }: Made): Answer {
  const directory = mkdtempSync(join(tmpdir(), "samicerts-differential-"));
  try {
    const chain = [{ der }, ...scene.lines.toReversed()]
      .map((one) => writePem("CERTIFICATE", one.der))
      .join("");
    writeFileSync(join(directory, "chain.pem"), chain);
    writeFileSync(join(directory, "root.pem"), writePem("CERTIFICATE", scene.root.der));
    const words = ["--verify", "--load-ca-certificate", "root.pem", "--infile", "chain.pem"];
    const { status, stdout, stderr } = spawnSync("certtool", words, { cwd: directory, encoding: "utf8" });
    if (status === 0) return "";
    return /Not verified\. (.*)/.exec(stdout)?.[1]?.trim() ?? (stderr.trim().split("\n").at(-1) || "refused");
  } finally {
    rmSync(directory, { recursive: true, force: true });
  }
}

/** Whether Node's X509Certificate (OpenSSL's lenient reader) reads it and says the same of its fields. */
export function nodeReads(der: Uint8Array): Answer {
  return attempt(() => new X509Certificate(der).serialNumber);
}

/** Whether @peculiar/x509 reads it. */
export function peculiarReads(der: Uint8Array): Answer {
  return attempt(() => new peculiar.X509Certificate(der).extensions.length);
}

/** Whether node-forge reads it as DER; as a certificate it knows RSA keys only. */
export function forgeReads(der: Uint8Array): Answer {
  return attempt(() => forge.asn1.fromDer(forge.util.createBuffer(Buffer.from(der).toString("binary"))));
}

function attempt(read: () => unknown): Answer {
  try {
    read();
    return "";
  } catch (error) {
    return (error as Error).message.split("\n")[0]?.slice(0, 80) || "refused";
  }
}
