import { readFileSync } from "node:fs";
import { join } from "node:path";
import { SamicertsError } from "../../src/base/errors.ts";
import { decodeCertificate } from "../../src/x509/certificate.ts";
import { DerReader } from "../../src/x509/der-reader.ts";
import { decodeExtension } from "../../src/x509/extension-decode.ts";
import { readName } from "../../src/x509/name.ts";
import { nameKey } from "../../src/x509/name-compare.ts";
import { EXTENSION_OID } from "../../src/x509/oids.ts";
import { readPem } from "../../src/x509/pem.ts";
import { decodePublicKey } from "../../src/x509/public-key.ts";
import type { CorpusFile } from "./cases.ts";
import { retainedBy } from "./retained.ts";
import type { Result, SuiteResult } from "./tally.ts";

/** The most memory that what is read may keep, in octets for each octet of input. */
const MOST_MEMORY = 10;
/** The longest one input may take, in milliseconds for each started 64 KB. */
const MOST_MS = 50;

/**
 * Reads every malformed input as what it claims to be. It may be taken or refused, but only ever with our own error,
 * and within its time. Agreement means that, not agreement with the other programs, which the notes count.
 */
export function runCorpusSuite(folder: string, files: readonly CorpusFile[]): SuiteResult {
  let slowest = { ms: 0, file: "" };
  const results: Result[] = [];
  const oursOnly: string[] = [];
  let bothOthers = 0;
  let refusedOfBoth = 0;
  for (const one of files) {
    const bytes = readFileSync(join(folder, one.file));
    const most = MOST_MS * Math.ceil(Math.max(1, bytes.length) / 65_536);
    let { problem, ms } = timed(one, bytes);
    // The machine may have been busy: what is slow is slow each time.
    for (let again = 0; again < 4 && ms > most; again++) ms = Math.min(ms, timed(one, bytes).ms);
    if (ms > slowest.ms) slowest = { ms, file: one.file };
    const accepted = problem === undefined;
    const crash = problem !== undefined && !(problem instanceof SamicertsError);
    const slow = ms > most;
    if (one.form === "der" && one.openssl === "accept" && one.pyca === "accept") {
      bothOthers++;
      if (!accepted) refusedOfBoth++;
    }
    if (one.form === "der" && one.openssl === "reject" && one.pyca === "reject" && accepted)
      oursOnly.push(one.file);
    results.push({
      id: one.file,
      asked: "no crash, no hang",
      accepted,
      reasons: problem instanceof SamicertsError ? [problem.code] : [],
      detail: crash ? String((problem as Error).stack) : slow ? `${ms.toFixed(1)} ms` : "",
      outcome: crash || slow ? "false accept" : "agree",
    });
  }
  const taken = results.filter((result) => result.accepted).length;
  const memory = memoryRatio(
    folder,
    files.filter((one) => one.form === "der"),
  );
  if (memory > MOST_MEMORY)
    results.push({
      id: "memory",
      asked: `at most ${MOST_MEMORY} times the input`,
      accepted: true,
      reasons: [],
      detail: memory.toFixed(1),
      outcome: "false accept",
    });
  return {
    suite: "malformed corpus",
    results,
    notes: [
      `slowest: ${slowest.file}, ${slowest.ms.toFixed(1)} ms; ${taken} taken, ${results.length - taken} refused`,
      `what is read keeps ${memory.toFixed(1)} octets for each octet of input`,
      `${bothOthers} certificates that both OpenSSL and pyca parse, of which ${refusedOfBoth} are refused here`,
      `${oursOnly.length} certificates taken here that neither parses${oursOnly.map((file) => `\n    ${file}`).join("")}`,
    ],
  };
}

/** How many times its input's octets a decoded certificate keeps beside the input, over all that can be decoded. */
function memoryRatio(folder: string, files: readonly CorpusFile[]): number {
  const inputs = files
    .map((one) => readFileSync(join(folder, one.file)))
    .filter((bytes) => attempt({ form: "der", file: "" }, bytes) === undefined);
  const octets = inputs.reduce((sum, bytes) => sum + bytes.length, 0);
  const kept = retainedBy(() => inputs.map((bytes) => decodeCertificate(bytes)));
  return octets === 0 ? 0 : kept / octets;
}

function timed(one: CorpusFile, bytes: Uint8Array): { readonly problem: unknown; ms: number } {
  const start = process.hrtime.bigint();
  const problem = attempt(one, bytes);
  return { problem, ms: Number(process.hrtime.bigint() - start) / 1e6 };
}

function attempt(one: Pick<CorpusFile, "form" | "file">, bytes: Uint8Array): unknown {
  try {
    read(one, bytes);
    return undefined;
  } catch (error) {
    return error;
  }
}

function read(one: Pick<CorpusFile, "form" | "file">, bytes: Uint8Array): void {
  switch (one.form) {
    case "pem":
      for (const block of readPem(bytes, one.file))
        if (block.label === "CERTIFICATE") decodeCertificate(block.der);
      return;
    case "name":
    case "name-pair": {
      const reader = new DerReader(bytes);
      while (!reader.done) nameKey(readName(reader, one.file));
      return;
    }
    case "ext": {
      const oid = one.file.includes("crldp")
        ? EXTENSION_OID.crlDistributionPoints
        : EXTENSION_OID.authorityKeyIdentifier;
      decodeExtension({ oid, critical: false, value: bytes });
      return;
    }
    case "spki":
      decodePublicKey(bytes);
      return;
    default: {
      const certificate = decodeCertificate(bytes, one.file);
      nameKey(certificate.subject);
    }
  }
}
