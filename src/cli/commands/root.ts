import { createRoot } from "../../actions/create-root.ts";
import { policyInForce } from "../../open-policy.ts";
import { compilePolicy } from "../../policy/evaluate.ts";
import { rootText, warningLines } from "../../report/human-issue.ts";
import { issuedJson } from "../../report/json-issue.ts";
import { parseKeySpec } from "../../x509/algorithms.ts";
import { parseName } from "../../x509/name-syntax.ts";
import type { Call, Outcome } from "../command-spec.ts";
import { EXIT } from "../exit-codes.ts";
import type { Flags } from "../flag-values.ts";
import { FLAG } from "../flags.ts";
import { readValidity } from "../span.ts";
import { TOKEN_FLAG } from "../token-flags.ts";
import { shellQuoted, usageError } from "../usage.ts";
import { vendorDirectory } from "../vendor-directory.ts";
import { openIssuingDeps, withDeps } from "../wire.ts";

/** Makes the vendor's root. */
export function run(call: Call): Outcome {
  const { flags, host, paint } = call;
  const [dn = ""] = call.operands;
  const subject = parseName(dn);
  const key = flags.text(FLAG.key);
  const replaceCertificate = flags.on(FLAG.force);
  const notes: string[] = [];
  const warn = (warning: string): void => void notes.push(`${call.notePaint.warn("warning:")} ${warning}`);
  const issued = withDeps(openIssuingDeps(flags, warn), (deps) => {
    if (replaceCertificate && key !== undefined && deps.workspace.hasRoot())
      throw usageError(
        "conflict",
        "--force makes a new certificate for the key that is there, so --key can't be given with it",
        "leave --key out, or choose another --dir for a root with another key",
      );
    const policy = policyInForce(flags.text(FLAG.policy), deps.workspace);
    const validity = readValidity(flags, deps.clock.now());
    const place = replaceCertificate && deps.workspace.hasRoot() ? undefined : deps.rootPlace();
    return createRoot(
      {
        subject,
        judge: compilePolicy(policy),
        replaceCertificate,
        existingKey: flags.on(TOKEN_FLAG.existingKey),
        ...(place === undefined ? {} : { place }),
        ...(key === undefined ? {} : { key: parseKeySpec(key) }),
        ...(validity === undefined ? {} : { validity }),
      },
      deps,
    );
  });
  notes.push(...warningLines(issued.findings, call.notePaint));
  if (flags.on(FLAG.json)) return { exitCode: EXIT.done, out: issuedJson("root", issued), notes };
  const out = flags.on(FLAG.quiet) ? "" : rootText(issued, nextCommand(flags), paint, host.stdout.columns);
  return { exitCode: EXIT.done, out, notes };
}

function nextCommand(flags: Flags): string {
  const directory = vendorDirectory(flags);
  const where = directory === "." ? "" : ` --dir ${shellQuoted(directory)}`;
  return `samicerts client 100000001 MyAwesomeDevice${where}`;
}
