import { decodeSingle } from "../../actions/open-issuer.ts";
import { createVerifier, type VerifiedCertificate, type Verifier } from "../../actions/verify.ts";
import { SamicertsError } from "../../base/errors.ts";
import { policyInForce } from "../../open-policy.ts";
import { compilePolicy } from "../../policy/evaluate.ts";
import { ROLES, type Role } from "../../policy/policy.ts";
import { verifyText } from "../../report/human-verify.ts";
import { verifyJson } from "../../report/json-verify.ts";
import { verifyJunit } from "../../report/junit.ts";
import { countVerdicts, type VerifyRun } from "../../report/verify-run.ts";
import { nodeFiles } from "../../workspace/node-files.ts";
import type { Workspace } from "../../workspace/workspace.ts";
import { type Certificate, decodeCertificate } from "../../x509/certificate.ts";
import { formatTime, parseTime } from "../../x509/time.ts";
import type { Call, Outcome } from "../command-spec.ts";
import { EXIT, type ExitCode } from "../exit-codes.ts";
import { FLAG, type Flags, FORMATS } from "../flags.ts";
import { keyBeside, openKey } from "../key-file.ts";
import { startProgress } from "../progress.ts";
import { asInput, findSources, readCertificates, type SourcePath, STDIN, sourceName } from "../sources.ts";
import { choice, usageError } from "../usage.ts";
import { openVendorDirectory } from "../vendor-directory.ts";

const NO_POLICY = "none";
const FAIL_ON = ["error", "warning"] as const;

/** Tells whether certificates are compliant. */
export async function run(call: Call): Promise<Outcome> {
  const { flags, host } = call;
  const format = readFormat(flags);
  const failOn = choice("fail-on", flags.text(FLAG.failOn), FAIL_ON) ?? "error";
  const role = choice<Role>("as", flags.text(FLAG.as), ROLES);
  const at = flags.text(FLAG.at);
  const atMs = at === undefined ? Date.now() : parseTime(at);
  const workspace = openVendorDirectory(flags);
  const named = flags.text(FLAG.judgePolicy);
  const policy = named === NO_POLICY ? undefined : policyInForce(named, workspace);
  const anchors = readAnchors(flags.all(FLAG.root), workspace);
  const untrusted = flags.all(FLAG.untrusted).flatMap(readWhole);
  const operands = call.operands.length > 0 ? call.operands : [workspace.paths.devices];
  const sources = findSources(operands, nodeFiles);
  const matchKey = flags.text(FLAG.matchKey);
  if (matchKey !== undefined && sources.length > 1)
    throw usageError(
      "conflict",
      `--key belongs to one certificate, and there are ${sources.length} files`,
      "leave --key out: the key beside each certificate is checked by itself",
    );

  const verifier = createVerifier({
    anchors,
    untrusted,
    atMs,
    ...(policy === undefined ? {} : { judge: compilePolicy(policy) }),
    ...(role === undefined ? {} : { role }),
  });
  const certificates = verifyAll(sources, verifier, call, matchKey);
  if (certificates.length === 0)
    throw usageError(
      "no-certificate",
      `${operands.join(" ")}: no certificate`,
      "name files with certificates",
    );
  const outcome: VerifyRun = {
    policy: policy?.name ?? NO_POLICY,
    at: formatTime(atMs),
    failOn,
    certificates,
  };
  return {
    exitCode: exitCodeOf(outcome),
    out: await report(outcome, format, call),
    errors: certificates.flatMap(({ error }) => (error === undefined ? [] : [error])),
  };

  /** Loads SARIF's titles only where they are wanted. */
  async function report(
    result: VerifyRun,
    kind: string,
    { paint }: Call,
  ): Promise<string | Iterable<string>> {
    if (kind === "json") return verifyJson(result);
    if (kind === "junit") return verifyJunit(result);
    if (kind === "sarif") return (await import("./verify-sarif.ts")).sarif(result);
    const style = {
      paint,
      verbose: flags.on(FLAG.verbose),
      quiet: flags.on(FLAG.quiet),
      width: host.stdout.columns,
    };
    return verifyText(result, style);
  }
}

function verifyAll(
  sources: readonly SourcePath[],
  verifier: Verifier,
  { flags, host }: Call,
  matchKey: string | undefined,
): VerifiedCertificate[] {
  const progress = startProgress(host.stderr, sources.length, "files", Date.now);
  const allowMode = flags.on(FLAG.allowKeyMode);
  const results: VerifiedCertificate[] = [];
  for (const [done, { path, found }] of sources.entries()) {
    if (!flags.on(FLAG.quiet)) progress.report(done);
    try {
      const { certificates, hasKey } = readCertificates(path, nodeFiles);
      if (certificates.length === 0 && found && hasKey) continue;
      const key =
        matchKey !== undefined
          ? () => openKey(matchKey, nodeFiles, allowMode)
          : path === STDIN
            ? undefined
            : keyBeside(path, nodeFiles);
      const source = { name: path, certificates, ...(key === undefined ? {} : { key }) };
      for (const result of verifier.verify(source)) results.push(result);
    } catch (error) {
      if (!(error instanceof SamicertsError)) throw error;
      results.push(unreadable(path, asInput(error)));
    }
  }
  progress.end();
  return results;
}

function unreadable(source: string, error: SamicertsError): VerifiedCertificate {
  return { source, index: 0, verdict: "unreadable", findings: [], path: [], keyMatches: null, error };
}

function readAnchors(roots: readonly string[], workspace: Workspace): readonly Certificate[] {
  if (roots.length > 0) return roots.flatMap(readWhole);
  const path = workspace.paths.rootCertificate;
  try {
    return [decodeSingle(workspace.readRootCertificate(), path)];
  } catch (error) {
    if (!(error instanceof SamicertsError) || error.code !== "io.missing") throw error;
    throw new SamicertsError({
      kind: "input",
      code: "verify.no-anchor",
      message: `there is no trust anchor: ${path} does not exist`,
      hint: "name the root certificate with --root, or the vendor's directory with --dir",
      cause: error,
    });
  }
}

function readWhole(path: string): readonly Certificate[] {
  const { certificates } = readCertificates(path, nodeFiles);
  const name = sourceName(path);
  if (certificates.length === 0)
    throw usageError(
      "no-certificate",
      `${name} holds no certificate`,
      "name a file with certificates in PEM or DER",
    );
  return certificates.map((der) => decodeCertificate(der, name));
}

function readFormat(flags: Flags): string {
  const format = choice("format", flags.text(FLAG.format), FORMATS);
  if (!flags.on(FLAG.json)) return format ?? "human";
  if (format === undefined || format === "json") return "json";
  throw usageError("conflict", `--json and --format ${format} can't be given together`, "keep one of them");
}

function exitCodeOf(result: VerifyRun): ExitCode {
  const { unreadable: unread, nonCompliant } = countVerdicts(result);
  if (unread > 0) return EXIT.input;
  return nonCompliant > 0 ? EXIT.notCompliant : EXIT.done;
}
