import type { VerifiedCertificate } from "../actions/verify.ts";
import { countVerdicts, type VerifyRun, verdictOf } from "./verify-run.ts";

/**
 * The `samicerts/verify/v1` document, in pieces: of a hundred thousand certificates
 * it is longer than one string should be. docs/json.md describes it.
 */
export function* verifyJson(run: VerifyRun): Generator<string> {
  const { policy, at, failOn } = run;
  const summary = countVerdicts(run);
  const compliant = summary.nonCompliant === 0 && summary.unreadable === 0;
  const head = JSON.stringify(
    { schema: "samicerts/verify/v1", policy, at, failOn, compliant, summary },
    null,
    2,
  );
  yield head.slice(0, -2);
  yield ',\n  "certificates": [';
  let separator = "\n";
  for (const certificate of run.certificates) {
    const text = JSON.stringify(certificateDocument(certificate, failOn), null, 2);
    yield `${separator}    ${text.replaceAll("\n", "\n    ")}`;
    separator = ",\n";
  }
  yield run.certificates.length === 0 ? "]\n}\n" : "\n  ]\n}\n";
}

function certificateDocument(verified: VerifiedCertificate, failOn: VerifyRun["failOn"]): unknown {
  const { source, index, certificate, role, path, findings, keyMatches, error } = verified;
  return {
    source,
    index,
    verdict: verdictOf(verified, failOn),
    ...(role === undefined ? {} : { role }),
    ...certificate,
    keyMatches,
    path,
    findings,
    ...(error === undefined
      ? {}
      : { error: { code: error.code, kind: error.kind, message: error.message, hint: error.hint } }),
  };
}
