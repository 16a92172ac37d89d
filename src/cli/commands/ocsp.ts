import { createAnswerer } from "../../actions/answer-ocsp.ts";
import { createResponder } from "../../actions/create-responder.ts";
import { findCertificate } from "../../actions/find-certificate.ts";
import { signAnswers } from "../../actions/sign-answers.ts";
import { shellQuoted } from "../../base/shell-quoted.ts";
import type { OpenDeps } from "../../open-deps.ts";
import { openJudge } from "../../open-judge.ts";
import { policyInForce, readPolicyFile } from "../../open-policy.ts";
import { loadPolicy } from "../../policy/load-policy.ts";
import { warningLines } from "../../report/human-issue.ts";
import { responderText, servingText, signedText } from "../../report/human-ocsp.ts";
import { responderJson, servingJson, signedJson } from "../../report/json-ocsp.ts";
import { parseKeySpec } from "../../x509/algorithms.ts";
import { formatTime } from "../../x509/time.ts";
import type { CommandModule, Outcome } from "../command-spec.ts";
import { readAuthority } from "../crl-authority.ts";
import { CRL_FLAG } from "../crl-flags.ts";
import { EXIT, type ExitCode } from "../exit-codes.ts";
import type { Flags } from "../flag-values.ts";
import { FLAG } from "../flags.ts";
import { readNamedCertificate } from "../named-certificate.ts";
import { openAuthorities } from "../ocsp/authorities.ts";
import { startServer } from "../ocsp/http-server.ts";
import { readListen, readPrefix, readValid } from "../ocsp/read-flags.ts";
import { serveUntilEnded } from "../ocsp/serve-until.ts";
import { CERT_ID_HASH_NAMES, OCSP_FLAG } from "../ocsp-flags.ts";
import { NO_PROGRESS, startProgress } from "../progress.ts";
import { readValidity } from "../span.ts";
import { choice } from "../usage.ts";
import { openIssuingDeps, withDeps } from "../wire.ts";

const POLICY = "ocsp-responder";

/** `ocsp responder`: a certificate for who answers. */
export const responder: CommandModule = {
  run({ flags, host, paint, notePaint }): Outcome {
    const authority = readAuthority(flags);
    const key = flags.text(FLAG.key);
    const notes: string[] = [];
    const warn = (warning: string): void => void notes.push(`${notePaint.warn("warning:")} ${warning}`);
    const issued = withDeps(openIssuingDeps({ flags, host }, warn), (deps) => {
      const policy = policyInForce(flags.text(FLAG.policy), deps.workspace);
      const validity = readValidity(flags, deps.clock.now());
      return createResponder(
        {
          authority,
          policy,
          judge: openJudge(loadPolicy(POLICY, readPolicyFile)),
          ...(key === undefined ? {} : { key: parseKeySpec(key) }),
          ...(validity === undefined ? {} : { validity }),
        },
        deps,
      );
    });
    notes.push(...warningLines(issued.findings, notePaint));
    if (flags.on(FLAG.json)) return { exitCode: EXIT.done, out: responderJson(issued), notes };
    const out = flags.on(FLAG.quiet)
      ? ""
      : responderText(issued, flagsAgain(flags), paint, host.stdout.columns);
    return { exitCode: EXIT.done, out, notes };
  },
};

/** `ocsp serve`: answers until it is ended. */
export const serve: CommandModule = {
  run({ flags, host, paint, notePaint }): Outcome {
    const { host: address, port } = readListen(flags);
    const prefix = readPrefix(flags);
    const validityMs = readValid(flags, "1h", Date.now());
    const only = readAuthority(flags);
    const warn = (problem: string): void =>
      void host.stderr.write(`${notePaint.warn("warning:")} ${problem}\n`);
    const deps = openIssuingDeps({ flags, host }, warn);
    let exitCode: ExitCode = EXIT.done;

    async function* run(): AsyncGenerator<string> {
      try {
        const authorities = openAuthorities(deps, only);
        const answer = createAnswerer(authorities, { ledger: deps.ledger(), clock: deps.clock, validityMs });
        const server = await startServer(answer, { host: address, port, prefix, warn });
        const serving = {
          url: server.url,
          authorities: authorities.map(({ name, untilMs }) => ({ name, until: formatTime(untilMs() ?? 0) })),
        };
        // Before it is told: whoever reads that may end it at once.
        const ended = serveUntilEnded(server);
        if (flags.on(FLAG.json)) yield servingJson(serving);
        else if (!flags.on(FLAG.quiet)) yield servingText(serving, paint, host.stdout.columns);
        if ((await ended) === "interrupted") exitCode = EXIT.interrupted;
      } finally {
        deps.close();
      }
    }

    return { exitCode: () => exitCode, out: run() };
  },
};

/** `ocsp sign`: answers for whoever staples or hands them out. */
export const sign: CommandModule = {
  run({ operands, flags, host, paint, notePaint }): Outcome {
    const authority = readAuthority(flags);
    const hash = choice("hash", flags.text(OCSP_FLAG.hash), CERT_ID_HASH_NAMES) ?? "sha1";
    const validityMs = readValid(flags, "7d", Date.now());
    const named = operands.map(readNamedCertificate);
    const notes: string[] = [];
    const warn = (warning: string): void => void notes.push(`${notePaint.warn("warning:")} ${warning}`);
    const signed = withDeps(openIssuingDeps({ flags, host }, warn), (deps) => {
      const serials = named.map((one) => findCertificate(one, authority.line, deps.ledger()).row.serial);
      const progress = flags.on(FLAG.quiet)
        ? NO_PROGRESS
        : startProgress(host.stderr, countOf(deps, serials), "answers", Date.now);
      try {
        return signAnswers(
          {
            authority,
            hash,
            validityMs,
            directory: flags.text(OCSP_FLAG.out) ?? deps.workspace.paths.ocspAnswers,
            ...(serials.length === 0 ? {} : { serials }),
          },
          deps,
          (done) => progress.report(done),
        );
      } finally {
        progress.end();
      }
    });
    if (flags.on(FLAG.json)) return { exitCode: EXIT.done, out: signedJson(signed), notes };
    const out = flags.on(FLAG.quiet) ? "" : signedText(signed, paint, host.stdout.columns);
    return { exitCode: EXIT.done, out, notes };
  },
};

/** What a further command needs to be about the same authority. */
function flagsAgain(flags: Flags): string {
  return [CRL_FLAG.line, CRL_FLAG.oldRoot, FLAG.dir]
    .map((flag) => ({ flag, value: flags.text(flag) }))
    .map(({ flag, value }) => (value === undefined ? "" : ` --${flag.name} ${shellQuoted(value)}`))
    .join("");
}

/** About how many answers there will be: all that were issued, the expired included. */
function countOf(deps: OpenDeps, serials: readonly string[]): number {
  if (serials.length > 0) return serials.length;
  return [...deps.ledger().countIssued().values()].reduce((sum, count) => sum + count, 0);
}
