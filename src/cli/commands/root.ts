import { createRoot } from "../../actions/create-root.ts";
import { replaceRoot } from "../../actions/replace-root.ts";
import { shellQuoted } from "../../base/shell-quoted.ts";
import { isPkcs11Uri } from "../../keys/pkcs11-uri.ts";
import { openJudge } from "../../open-judge.ts";
import { policyInForce } from "../../open-policy.ts";
import { rootText, warningLines } from "../../report/human-issue.ts";
import { replacedRootText } from "../../report/human-line.ts";
import { issuedJson, replacedRootJson } from "../../report/json-issue.ts";
import { parseKeySpec } from "../../x509/algorithms.ts";
import { parseName } from "../../x509/name-syntax.ts";
import type { Call, Outcome } from "../command-spec.ts";
import { EXIT } from "../exit-codes.ts";
import type { Flags } from "../flag-values.ts";
import { FLAG } from "../flags.ts";
import { REPLACE_FLAG } from "../line-flags.ts";
import { refuseNewPassphrase } from "../passphrase.ts";
import { readValidity } from "../span.ts";
import { TOKEN_FLAG } from "../token-flags.ts";
import { usageError } from "../usage.ts";
import { vendorDirectory } from "../vendor-directory.ts";
import { openIssuingDeps, withDeps } from "../wire.ts";

/** Makes the vendor's root. */
export function run(call: Call): Outcome {
  const { flags, host, paint } = call;
  if (flags.on(REPLACE_FLAG)) return replace(call);
  const [dn] = call.operands;
  if (dn === undefined)
    throw usageError(
      "missing-operand",
      "samicerts root needs <dn>",
      "for example: samicerts root /C=US/ST=California/O=MyOrg/OU=MyDep/CN=MyDevAuthority",
    );
  const subject = parseName(dn);
  const key = flags.text(FLAG.key);
  const replaceCertificate = flags.on(FLAG.force);
  if (isPkcs11Uri(flags.text(TOKEN_FLAG.rootKey) ?? ""))
    refuseNewPassphrase(flags, "make", "this one is in the token");
  const notes: string[] = [];
  const warn = (warning: string): void => void notes.push(`${call.notePaint.warn("warning:")} ${warning}`);
  const issued = withDeps(openIssuingDeps(call, warn, "make"), (deps) => {
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
        judge: openJudge(policy),
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

/** Makes a new root in the place of the one that is there. */
function replace(call: Call): Outcome {
  const { operands, flags, host, paint, notePaint } = call;
  const [dn] = operands;
  const key = flags.text(FLAG.key);
  const notes: string[] = [];
  const warn = (warning: string): void => void notes.push(`${notePaint.warn("warning:")} ${warning}`);
  const replaced = withDeps(openIssuingDeps(call, warn, "make"), (deps) => {
    const policy = policyInForce(flags.text(FLAG.policy), deps.workspace);
    const validity = readValidity(flags, deps.clock.now());
    return replaceRoot(
      {
        judge: openJudge(policy),
        again: flags.on(FLAG.force),
        ...(dn === undefined ? {} : { subject: parseName(dn) }),
        ...(key === undefined ? {} : { key: parseKeySpec(key) }),
        ...(validity === undefined ? {} : { validity }),
      },
      deps,
    );
  });
  notes.push(...warningLines(replaced.findings, notePaint));
  if (flags.on(FLAG.json)) return { exitCode: EXIT.done, out: replacedRootJson(replaced), notes };
  const out = flags.on(FLAG.quiet) ? "" : replacedRootText(replaced, paint, host.stdout.columns);
  return { exitCode: EXIT.done, out, notes };
}

function nextCommand(flags: Flags): string {
  const directory = vendorDirectory(flags);
  const where = directory === "." ? "" : ` --dir ${shellQuoted(directory)}`;
  return `samicerts client 100000001 MyAwesomeDevice${where}`;
}
