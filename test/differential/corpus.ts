import { readFileSync } from "node:fs";
import { join } from "node:path";
import { decodeCertificate } from "../../src/x509/certificate.ts";
import { buildPath } from "../../src/x509/chain.ts";
import { parseTime } from "../../src/x509/time.ts";
import {
  type AnyCase,
  type ChainCase,
  type CorpusFile,
  type LintCase,
  readIndex,
} from "../conformance/cases.ts";
import { ourFields } from "./fields.ts";
import { refusal, rulesOf } from "./ours.ts";
import { certtoolVerify, forgeReads, nodeReads, opensslVerifyOne, peculiarReads } from "./peers.ts";
import { countReadings, countVerdicts, createTallies, type Tallies } from "./tally.ts";

const CHAINS = [
  ["pkits", "cases.json"],
  ["boringssl", "cases.json"],
  ["limbo", "cases.json"],
  ["limbo", "cases-bettertls-pathbuilding.json"],
] as const;

/**
 * Puts the peers' answers to the conformance data below `root` beside ours: every chain without a key purpose asked for,
 * at its own time by OpenSSL and at the machine's by certtool, and every certificate by the readers.
 */
export function compareCorpus(root: string): Tallies {
  const tallies = createTallies();
  const seen = new Map<string, string>();
  const note = (folder: string, file: string): Buffer => {
    const der = readFileSync(join(root, folder, file));
    seen.set(der.toString("base64"), `${folder}/${file}`);
    return der;
  };
  for (const [folder, index] of CHAINS)
    for (const one of readIndex<AnyCase>(root, join(folder, index), "cases") ?? [])
      if ((one.kind ?? "chain") === "chain")
        compareChain(tallies, one as ChainCase, (file) => note(folder, file));
      else if (one.kind === "parse" && one.level.startsWith("certificate")) note(folder, one.cert);
  for (const one of readIndex<LintCase>(root, "zlint/cases.json", "cases") ?? []) note("zlint", one.der);
  for (const one of readIndex<CorpusFile>(root, "fuzz/files.json", "files") ?? [])
    if (one.form === "der") note("fuzz", one.file);
  for (const [base64, name] of seen) {
    const der = Buffer.from(base64, "base64");
    const read = refusal(() => ourFields(decodeCertificate(der)));
    countReadings(tallies, "Node X509Certificate", read, nodeReads(der), name);
    countReadings(tallies, "@peculiar/x509", read, peculiarReads(der), name);
    countReadings(tallies, "node-forge", read, forgeReads(der), name);
  }
  return tallies;
}

function compareChain(tallies: Tallies, one: ChainCase, read: (file: string) => Buffer): void {
  const chain = {
    der: read(one.leaf),
    anchors: one.trusted.map((file) => ({ der: read(file) })),
    untrusted: one.untrusted.map((file) => ({ der: read(file) })),
  };
  const atMs = parseTime(one.time);
  const decode = ({ der }: { readonly der: Uint8Array }) => decodeCertificate(der);
  const ours = (moment: number): string =>
    rulesOf(
      () =>
        buildPath({
          target: decode(chain),
          anchors: chain.anchors.map(decode),
          untrusted: chain.untrusted.map(decode),
          atMs: moment,
        }).findings,
    );
  const own = chain.anchors.some(({ der }) => chain.der.equals(der));
  const told = (moment: number): string =>
    own
      ? ours(moment).replace(/path\.signature(?! path\.unsupported)/, "$& (the anchor's own)")
      : ours(moment);
  const example = `${one.id}, ${one.expected} to its authors`;
  for (const strict of [false, true])
    countVerdicts(
      tallies,
      strict ? "openssl verify -x509_strict" : "openssl verify",
      told(atMs),
      opensslVerifyOne(chain, atMs, strict),
      example,
    );
  countVerdicts(tallies, "certtool --verify", told(Date.now()), certtoolVerify(chain), example);
}
