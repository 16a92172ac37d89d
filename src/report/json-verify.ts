import {
  type ToldCertificate,
  type VerifyReport,
  type VerifyRun,
  type VerifyTeller,
  verdictOf,
} from "./verify-run.ts";

/** Tells of every certificate as an element of the document's `certificates`, in text. */
export function jsonTeller(failOn: VerifyRun["failOn"]): VerifyTeller<readonly string[]> {
  return {
    wants: () => true,
    tell: (certificates) =>
      certificates.map((certificate) =>
        JSON.stringify(certificateDocument(certificate, failOn), null, 2).replaceAll("\n", "\n    "),
      ),
  };
}

/**
 * Verify's result as one JSON document, laid out as `JSON.stringify` would, and written as the run goes: what is only
 * known at its end, `compliant` and `summary`, comes last. docs/json.md describes it.
 */
export function jsonReport({
  policy,
  at,
  failOn,
  crls,
  ledger,
  manifest,
}: VerifyRun): VerifyReport<readonly string[]> {
  let empty = true;
  return {
    countsFirst: false,
    begin: () => {
      const head = JSON.stringify(
        {
          schema: "samicerts/verify/v1",
          policy,
          at,
          failOn,
          ...(crls === undefined ? {} : { crls }),
          ...(ledger === undefined ? {} : { ledger }),
          ...(manifest === undefined ? {} : { manifest }),
        },
        null,
        2,
      );
      return `${head.slice(0, -2)},\n  "certificates": [`;
    },
    add(told) {
      if (told.length === 0) return "";
      const separator = empty ? "\n    " : ",\n    ";
      empty = false;
      return separator + told.join(",\n    ");
    },
    end({ counts }) {
      const compliant = counts.nonCompliant === 0 && counts.unreadable === 0;
      const tail = JSON.stringify({ compliant, summary: counts }, null, 2);
      return `${empty ? "" : "\n  "}],${tail.slice(1)}\n`;
    },
  };
}

function certificateDocument(told: ToldCertificate, failOn: VerifyRun["failOn"]): unknown {
  const { source, index, certificate, role, path, findings, keyMatches, error } = told;
  return {
    source,
    index,
    verdict: verdictOf(told, failOn),
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
