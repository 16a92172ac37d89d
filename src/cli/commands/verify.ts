import { createVerifier } from "../../actions/verify.ts";
import { nearestWord } from "../../base/nearest.ts";
import { policyInForce } from "../../open-policy.ts";
import { compilePolicy } from "../../policy/evaluate.ts";
import { ROLES, type Role } from "../../policy/policy.ts";
import { verifyText } from "../../report/human-verify.ts";
import { verifyJson } from "../../report/json-verify.ts";
import { verifyJunit } from "../../report/junit.ts";
import { countVerdicts, type VerifyRun } from "../../report/verify-run.ts";
import { nodeFiles } from "../../workspace/node-files.ts";
import { isOid } from "../../x509/oid.ts";
import { PURPOSE_NAMES, purposeOid } from "../../x509/oids.ts";
import { formatTime, parseTime } from "../../x509/time.ts";
import { readAll, readAnchors } from "../anchors.ts";
import type { Call, Outcome } from "../command-spec.ts";
import { EXIT, type ExitCode } from "../exit-codes.ts";
import type { Flags } from "../flag-values.ts";
import { FLAG, FORMATS } from "../flags.ts";
import { findSources, type SourcePath } from "../sources.ts";
import { choice, usageError } from "../usage.ts";
import { openVendorDirectory } from "../vendor-directory.ts";
import { verifySources } from "../verify-sources.ts";

const NO_POLICY = "none";
const FAIL_ON = ["error", "warning"] as const;
/** So many unreadable files are told of on stderr; a machine's format has them all. */
const ERRORS_TOLD = 50;

/** Tells whether certificates are compliant. */
export async function run(call: Call): Promise<Outcome> {
  const { flags } = call;
  const format = readFormat(flags);
  const failOn = choice("fail-on", flags.text(FLAG.failOn), FAIL_ON) ?? "error";
  const role = choice<Role>("as", flags.text(FLAG.as), ROLES);
  const purpose = readPurpose(flags);
  const at = flags.text(FLAG.at);
  const atMs = at === undefined ? Date.now() : parseTime(at);
  const workspace = openVendorDirectory(flags);
  const named = flags.text(FLAG.judgePolicy);
  const policy = named === NO_POLICY ? undefined : policyInForce(named, workspace);
  const anchors = readAnchors(flags.all(FLAG.root), workspace);
  const untrusted = flags.all(FLAG.untrusted).flatMap(readAll);
  const operands = call.operands.length > 0 ? call.operands : [workspace.paths.devices];
  const sources = findSources(operands, nodeFiles);

  const verifier = createVerifier({
    anchors,
    untrusted,
    atMs,
    ...(policy === undefined ? {} : { judge: compilePolicy(policy) }),
    ...(purpose === undefined ? {} : { purpose }),
    ...(role === undefined ? {} : { role }),
  });
  const certificates = verifySources(sources, verifier, call, keyToMatch(flags, sources));
  if (certificates.length === 0)
    throw usageError(
      "no-certificate",
      `${operands.join(" ")} holds no certificate`,
      "name files with certificates",
    );
  const errors = certificates.flatMap(({ error }) => (error === undefined ? [] : [error]));
  // Nothing but an error to tell: told as any other.
  if (format === "human" && certificates.length === 1 && errors[0] !== undefined) throw errors[0];
  const result = { policy: policy?.name ?? NO_POLICY, at: formatTime(atMs), failOn, certificates };
  return {
    exitCode: exitCodeOf(result),
    out: await report(result, format, call),
    errors: format === "human" ? [] : errors.slice(0, ERRORS_TOLD),
  };
}

async function report(result: VerifyRun, format: string, call: Call): Promise<string | Iterable<string>> {
  if (format === "json") return verifyJson(result);
  if (format === "junit") return verifyJunit(result);
  if (format === "sarif") return (await import("./verify-sarif.ts")).sarif(result);
  const { flags, paint, host } = call;
  return verifyText(result, {
    paint,
    verbose: flags.on(FLAG.verbose),
    quiet: flags.on(FLAG.quiet),
    width: host.stdout.columns,
  });
}

function keyToMatch(flags: Flags, sources: readonly SourcePath[]): string | undefined {
  const path = flags.text(FLAG.matchKey);
  if (path === undefined || sources.length === 1) return path;
  throw usageError(
    "conflict",
    `--key belongs to one certificate, and there are ${sources.length} files`,
    "leave --key out: the key beside each certificate is checked by itself",
  );
}

function readFormat(flags: Flags): string {
  const format = choice("format", flags.text(FLAG.format), FORMATS);
  if (!flags.on(FLAG.json)) return format ?? "human";
  if (format === undefined || format === "json") return "json";
  throw usageError("conflict", `--json and --format ${format} can't be given together`, "keep one of them");
}

/** The purpose's OID from `--purpose`. */
function readPurpose(flags: Flags): string | undefined {
  const given = flags.text(FLAG.purpose);
  if (given === undefined) return undefined;
  const oid = purposeOid(given) ?? (isOid(given) ? given : undefined);
  if (oid !== undefined) return oid;
  const near = nearestWord(given, PURPOSE_NAMES);
  throw usageError(
    "purpose",
    `--purpose can't be ${JSON.stringify(given)}`,
    near === undefined
      ? `use ${PURPOSE_NAMES.join(", ")} or a dotted OID, as in 1.3.6.1.5.5.7.3.2`
      : `did you mean ${near}?`,
  );
}

function exitCodeOf(result: VerifyRun): ExitCode {
  const { unreadable, nonCompliant } = countVerdicts(result);
  if (unreadable > 0) return EXIT.input;
  return nonCompliant > 0 ? EXIT.notCompliant : EXIT.done;
}
