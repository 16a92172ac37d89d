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
import { type Fields, forgeFields, nodeFields, peculiarFields } from "./fields.ts";
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
  return inFolder((directory) => {
    writeFileSync(join(directory, "roots.pem"), pems(scenes.map(({ root }) => root)));
    writeFileSync(join(directory, "lines.pem"), pems(scenes.flatMap(({ lines }) => lines)));
    mkdirSync(join(directory, "d"));
    for (const [index, one] of made.entries())
      writeFileSync(join(directory, "d", `${index}.pem`), pems([one]));
    const names = made.map((_, index) => `d/${index}.pem`);
    const words = ["verify", "-attime", AT, "-CAfile", "roots.pem", "-untrusted", "lines.pem"];
    if (strict) words.push("-x509_strict");
    const { stdout, stderr } = spawnSync("openssl", [...words, ...names], {
      cwd: directory,
      encoding: "utf8",
      maxBuffer: 1 << 28,
    });
    return readAnswers(stdout, stderr, made.length);
  });
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

/** A certificate with what leads to it, as the peers get it. */
export interface Chain {
  readonly der: Uint8Array;
  readonly anchors: readonly { readonly der: Uint8Array }[];
  /** The nearest to the anchor first. */
  readonly untrusted: readonly { readonly der: Uint8Array }[];
}

/** `openssl verify` of one chain at a moment; any anchor given is trusted, whether it is a root or not. */
export function opensslVerifyOne(chain: Chain, atMs: number, strict: boolean): Answer {
  return inFolder((directory) => {
    writeFileSync(join(directory, "roots.pem"), pems(chain.anchors));
    writeFileSync(join(directory, "lines.pem"), pems(chain.untrusted));
    writeFileSync(join(directory, "0.pem"), pems([chain]));
    const words = [
      "verify",
      "-partial_chain",
      "-attime",
      String(Math.floor(atMs / 1000)),
      "-CAfile",
      "roots.pem",
    ];
    if (chain.untrusted.length > 0) words.push("-untrusted", "lines.pem");
    if (strict) words.push("-x509_strict");
    const { status, stderr } = spawnSync("openssl", [...words, "0.pem"], {
      cwd: directory,
      encoding: "utf8",
    });
    if (status === 0) return "";
    return /^error \d+ at \d+ depth lookup: (.*)$/m.exec(stderr)?.[1] ?? "not read";
  });
}

/** `certtool --verify` of one chain at the machine's time; a process each, so for a sample. */
export function certtoolVerify({ der, anchors, untrusted }: Chain): Answer {
  return inFolder((directory) => {
    writeFileSync(join(directory, "chain.pem"), pems([{ der }, ...untrusted.toReversed()]));
    writeFileSync(join(directory, "roots.pem"), pems(anchors));
    const words = ["--verify", "--load-ca-certificate", "roots.pem", "--infile", "chain.pem"];
    const { status, stdout, stderr } = spawnSync("certtool", words, { cwd: directory, encoding: "utf8" });
    if (status === 0) return "";
    return /Not verified\. (.*)/.exec(stdout)?.[1]?.trim() ?? (stderr.trim().split("\n").at(-1) || "refused");
  });
}

function pems(all: readonly { readonly der: Uint8Array }[]): string {
  return all.map(({ der }) => writePem("CERTIFICATE", der)).join("");
}

function inFolder<T>(work: (directory: string) => T): T {
  const directory = mkdtempSync(join(tmpdir(), "samicerts-differential-"));
  try {
    return work(directory);
  } finally {
    rmSync(directory, { recursive: true, force: true });
  }
}

/** What a reader makes of a certificate: why it can't read it, or what it says of it. */
export type Reading = { readonly refused: Answer } | { readonly fields: Fields };

/** Node's X509Certificate, which is OpenSSL's lenient reader. */
export function nodeReads(der: Uint8Array): Reading {
  return attempt(() => nodeFields(new X509Certificate(der)));
}

/** @peculiar/x509. */
export function peculiarReads(der: Uint8Array): Reading {
  return attempt(() => peculiarFields(new peculiar.X509Certificate(der)));
}

/** node-forge, of which the ASN.1 is asked: as a certificate it knows RSA keys only. */
export function forgeReads(der: Uint8Array): Reading {
  return attempt(() =>
    forgeFields(forge.asn1.fromDer(forge.util.createBuffer(Buffer.from(der).toString("binary")))),
  );
}

function attempt(read: () => Fields): Reading {
  try {
    return { fields: read() };
  } catch (error) {
    return { refused: (error as Error).message.split("\n")[0]?.slice(0, 80) || "refused" };
  }
}
