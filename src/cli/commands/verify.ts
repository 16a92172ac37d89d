import { existsSync } from "node:fs";
import { SamicertsError } from "../../base/errors.ts";
import { nearestWord } from "../../base/nearest.ts";
import { requireKeyFile } from "../../keys/key-address.ts";
import { policyInForce } from "../../open-policy.ts";
import { ROLES, type Role } from "../../policy/policy.ts";
import type { VerifyCounts, VerifyRun } from "../../report/verify-run.ts";
import type { Workspace } from "../../workspace/workspace.ts";
import { formatName } from "../../x509/name-format.ts";
import { isOid } from "../../x509/oid.ts";
import { PURPOSE_NAMES, purposeOid } from "../../x509/oids.ts";
import { formatTime, parseTime } from "../../x509/time.ts";
import { readAll, readAnchors, readBridges, readLines } from "../anchors.ts";
import type { Call, Outcome } from "../command-spec.ts";
import { EXIT, type ExitCode } from "../exit-codes.ts";
import { factsOf } from "../find-sources.ts";
import type { Flags } from "../flag-values.ts";
import { FLAG, FORMATS } from "../flags.ts";
import type { Sink } from "../host.ts";
import { namedPassphrase } from "../passphrase.ts";
import { NO_PROGRESS, type Progress, startProgress } from "../progress.ts";
import { choice, usageError } from "../usage.ts";
import { openVendorDirectory } from "../vendor-directory.ts";
import { checkAll, workFor } from "../verify/check-all.ts";
import type { Workload } from "../verify/chunk.ts";
import { openCrls } from "../verify/crls.ts";
import { ledgerToAsk } from "../verify/ledger-to-ask.ts";
import { type Manifest, type ManifestTrust, openManifest } from "../verify/manifest.ts";
import { manifestWork } from "../verify/manifest-work.ts";
import type { VerifyFormat, VerifyPlan } from "../verify/plan.ts";
import { startReport } from "../verify/report.ts";
import { VERIFY_FLAG } from "../verify-flags.ts";

const NO_POLICY = "none";
const FAIL_ON = ["error", "warning"] as const;
const MEGABYTE = 1e6;

/** Tells whether certificates are compliant. */
export function run(call: Call): Outcome {
  const { flags, host } = call;
  const format = readFormat(flags);
  const failOn = choice("fail-on", flags.text(FLAG.failOn), FAIL_ON) ?? "error";
  const role = choice<Role>("as", flags.text(FLAG.as), ROLES);
  const purpose = readPurpose(flags);
  const at = flags.text(FLAG.at);
  const atMs = at === undefined ? Date.now() : parseTime(at);
  const jobs = readJobs(flags);
  const workspace = openVendorDirectory(flags);
  const named = flags.text(FLAG.judgePolicy);
  const policy = named === NO_POLICY ? undefined : policyInForce(named, workspace);
  const anchors = readAnchors(flags.all(FLAG.root), workspace);
  const own = [...readLines(workspace), ...readBridges(workspace)];
  const untrusted = [...flags.all(FLAG.untrusted).flatMap(readAll), ...own];
  const manifest = readManifest(call, { anchors, untrusted, atMs });
  const operands = call.operands.length > 0 ? call.operands : ownDirectories(workspace);
  const work = manifest === undefined ? workFor(operands) : manifestWork(manifest, call.operands[0]);
  const matchKey = keyToMatch(flags, work);
  const crls = openCrls(flags.all(VERIFY_FLAG.crl));
  const ledger = ledgerToAsk(flags, workspace);

  const passphrase = namedPassphrase(flags, host);

  const plan: VerifyPlan = {
    run: {
      policy: policy?.name ?? NO_POLICY,
      at: formatTime(atMs),
      failOn,
      ...(crls.length === 0 ? {} : { crls: crls.map(({ name }) => name) }),
      ...(ledger === undefined ? {} : { ledger }),
      ...(manifest === undefined ? {} : { manifest: told(manifest) }),
    },
    format,
    verbose: flags.on(FLAG.verbose),
    quiet: flags.on(FLAG.quiet),
    anchors: anchors.map(({ der }) => der),
    untrusted: untrusted.map(({ der }) => der),
    intermediates: own.map(({ der }) => der),
    crls,
    ...(ledger === undefined ? {} : { ledger }),
    atMs,
    allowKeyMode: flags.on(FLAG.allowKeyMode),
    ...(passphrase === undefined ? {} : { passphrase }),
    ...(policy === undefined ? {} : { policy }),
    ...(purpose === undefined ? {} : { purpose }),
    ...(role === undefined ? {} : { role }),
    ...(matchKey === undefined ? {} : { matchKey }),
  };
  const progress = plan.quiet ? NO_PROGRESS : progressOf(work, host.stderr);
  const report = startReport(plan, checkAll(plan, work, jobs), call, progress, () =>
    manifest === undefined
      ? usageError(
          "no-certificate",
          `${operands.join(" ")} holds no certificate`,
          "name files with certificates",
        )
      : noDevices(manifest.path),
  );
  return { exitCode: () => exitCodeOf(report.counts()), out: report.pieces() };
}

function noDevices(path: string): SamicertsError {
  return new SamicertsError({
    kind: "input",
    code: "manifest.no-device",
    message: `${path} lists no device, and there is none: there is nothing to verify`,
    hint: "every row of its batch was refused; the manifest itself is signed, and as it was",
  });
}

/** Where the vendor's devices lie; devices/ is named where there are none, to be told of. */
function ownDirectories({ paths, lineNames }: Workspace): readonly string[] {
  if (lineNames().length === 0) return [paths.devices];
  return [paths.devices, paths.lines].filter((path) => existsSync(path));
}

function keyToMatch(flags: Flags, work: Workload): string | undefined {
  const path = flags.text(FLAG.matchKey);
  if (path !== undefined) requireKeyFile(path);
  // A path that was typed wrong says nothing about the certificate.
  if (path !== undefined) factsOf(path);
  if (path === undefined || (work.unit === "files" && work.total === 1)) return path;
  throw usageError(
    "conflict",
    `--key belongs to one certificate, and there ${work.unit === "files" ? `are ${work.total} files` : "is an archive"}`,
    "leave --key out: the key beside each certificate is checked by itself",
  );
}

/** The manifest of `--manifest`, its signature checked. */
function readManifest({ flags, operands }: Call, trust: ManifestTrust): Manifest | undefined {
  const path = flags.text(VERIFY_FLAG.manifest);
  if (path === undefined) return undefined;
  if (operands.length <= 1) return openManifest(path, trust);
  throw usageError(
    "conflict",
    `--manifest is of one output, and there are ${operands.length} paths`,
    "leave them out where the output is beside the manifest, else name where it is",
  );
}

function told({ path, description, signer }: Manifest): NonNullable<VerifyRun["manifest"]> {
  const { batch, created } = description;
  return { path, batch, created, signedBy: formatName(signer.subject) };
}

/** Progress in files, or in an archive's octets, which nobody wants to read the last digits of. */
function progressOf({ total, unit }: Workload, sink: Sink): Progress {
  if (unit === "files") return startProgress(sink, total, "files", Date.now);
  const progress = startProgress(sink, Math.ceil(total / MEGABYTE), "MB", Date.now);
  return { report: (octets) => progress.report(Math.round(octets / MEGABYTE)), end: progress.end };
}

function readFormat(flags: Flags): VerifyFormat {
  const format = choice("format", flags.text(FLAG.format), FORMATS) as VerifyFormat | undefined;
  if (!flags.on(FLAG.json)) return format ?? "human";
  if (format === undefined || format === "json") return "json";
  throw usageError("conflict", `--json and --format ${format} can't be given together`, "keep one of them");
}

/** How many threads there may be, where `--jobs` says it. */
function readJobs(flags: Flags): number | undefined {
  const given = flags.text(VERIFY_FLAG.jobs);
  if (given === undefined) return undefined;
  if (/^[1-9][0-9]{0,2}$/.test(given)) return Number(given);
  throw usageError(
    "jobs",
    `--jobs can't be ${JSON.stringify(given)}`,
    "give the number of threads, 1 to 999; without it there are as many as cores",
  );
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

function exitCodeOf({ unreadable, nonCompliant }: VerifyCounts): ExitCode {
  if (unreadable > 0) return EXIT.input;
  return nonCompliant > 0 ? EXIT.notCompliant : EXIT.done;
}
