import { type CrlFile, type PublishDeps, type PublishInput, publishCrl } from "../../actions/publish-crl.ts";
import { SamicertsError } from "../../base/errors.ts";
import { lockFile } from "../../ledger/file-lock.ts";
import type { OpenDeps } from "../../open-deps.ts";
import { policyInForce } from "../../open-policy.ts";
import { crlText } from "../../report/human-crl.ts";
import { crlJson } from "../../report/json-crl.ts";
import { crlSource, openCrlFile } from "../../workspace/crl-file.ts";
import { nodeFiles } from "../../workspace/node-files.ts";
import { parseTime } from "../../x509/time.ts";
import type { Call, Outcome } from "../command-spec.ts";
import { readAuthority } from "../crl-authority.ts";
import { CRL_FLAG, CRL_FORMATS } from "../crl-flags.ts";
import { EXIT } from "../exit-codes.ts";
import type { Flags } from "../flag-values.ts";
import { FLAG } from "../flags.ts";
import { readSpan } from "../span.ts";
import { choice, usageError } from "../usage.ts";
import { openIssuingDeps, withDeps } from "../wire.ts";

/** Publishes what was revoked, as a CRL. */
export function run(call: Call): Outcome {
  const { flags, host, paint, notePaint } = call;
  const authority = readAuthority(flags);
  const out = readOut(flags);
  const notes: string[] = [];
  const warn = (warning: string): void => void notes.push(`${notePaint.warn("warning:")} ${warning}`);
  const published = withDeps(openIssuingDeps(call, warn), (deps) => {
    const policy = policyInForce(flags.text(FLAG.policy), deps.workspace);
    const nextUpdate = readNextUpdate(flags, deps.clock.now());
    return publishCrl(
      {
        policy,
        authority,
        ...(out === undefined ? {} : { out }),
        ...(nextUpdate === undefined ? {} : { nextUpdate }),
      },
      publishDeps(deps, flags),
    );
  });
  if (flags.on(FLAG.json)) return { exitCode: EXIT.done, out: crlJson(published), notes };
  const text = flags.on(FLAG.quiet) ? "" : crlText(published, paint, host.stdout.columns);
  return { exitCode: EXIT.done, out: text, notes };
}

function publishDeps(deps: OpenDeps, flags: Flags): PublishDeps {
  const ledger = flags.text(FLAG.ledger) ?? deps.workspace.paths.ledger;
  return {
    ...deps,
    // By the ledger: whoever publishes for an issuer has that.
    lockCrl: (issuer) => lockFile(`${ledger}-crl-${issuer}`),
    openCrls: (path) => {
      try {
        return openCrlFile(nodeFiles, path).map((crl) => ({
          name: crl.name,
          source: crlSource(nodeFiles, crl),
        }));
      } catch (error) {
        if (!(error instanceof SamicertsError)) throw error;
        if (error.code === "io.missing") return undefined;
        throw error.code === "crl.none" ? inTheWay(error) : error;
      }
    },
  };
}

/** What is no CRL is not read, it is in the way. */
function inTheWay({ kind, code, message }: SamicertsError): SamicertsError {
  return new SamicertsError({
    kind,
    code,
    message,
    hint: "only an earlier CRL is replaced: move it away, or write the CRL elsewhere with --out",
  });
}

function readOut(flags: Flags): CrlFile | undefined {
  const path = flags.text(CRL_FLAG.out);
  const format = choice("format", flags.text(CRL_FLAG.format), CRL_FORMATS);
  if (path === "-")
    throw usageError(
      "out",
      "a CRL takes the place of the one before it, in a file: it can't go to standard output",
      "name a file with --out, or leave it out: root.crl is then made in the vendor's directory",
    );
  if (path !== undefined) return { path, format: format ?? "pem" };
  if (format === undefined) return undefined;
  throw usageError(
    "conflict",
    "--format is about --out, which was not given",
    "without --out the CRL is written in both forms, into the vendor's directory",
  );
}

/** When the next one is to be there, from a span or a moment; throws `usage.*`, `time.invalid`. */
function readNextUpdate(flags: Flags, nowMs: number): PublishInput["nextUpdate"] {
  const text = flags.text(CRL_FLAG.nextUpdate);
  if (text === undefined) return undefined;
  if (/^[0-9]+[a-z]$/.test(text)) return { afterMs: readSpan(text, nowMs) };
  const atMs = parseTime(text);
  if (atMs > nowMs) return { atMs };
  throw usageError(
    "next-update",
    `--next-update ${text} is not in the future`,
    "say until when the next CRL comes at the latest, as in --next-update 7d",
  );
}
