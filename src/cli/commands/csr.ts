import { createRequest } from "../../actions/create-request.ts";
import { shellQuoted } from "../../base/shell-quoted.ts";
import { openPairDeps } from "../../open-pair.ts";
import { requestText } from "../../report/human-request.ts";
import { requestJson } from "../../report/json-request.ts";
import { parseKeySpec } from "../../x509/algorithms.ts";
import { makeAttribute } from "../../x509/attribute-value.ts";
import { encodeName, type Name } from "../../x509/name.ts";
import { parseName } from "../../x509/name-syntax.ts";
import type { Call, Outcome } from "../command-spec.ts";
import { EXIT } from "../exit-codes.ts";
import type { Flags } from "../flag-values.ts";
import { FLAG } from "../flags.ts";
import { newPassphrase, openingPassphrase } from "../passphrase.ts";
import { REQUEST_FLAG } from "../request-flags.ts";
import { usageError } from "../usage.ts";

/** Makes a device's key and its request, on the device's side: there is no vendor's directory here. */
export function run(call: Call): Outcome {
  const { flags, host, paint } = call;
  const [name = ""] = call.operands;
  const key = flags.text(FLAG.key);
  const subject = readSubject(name, flags);
  const stem = flags.text(REQUEST_FLAG.out) ?? fileName(name);
  const notes: string[] = [];
  const forNewKey = newPassphrase(flags, host, "make");
  const deps = openPairDeps({
    paths: { certificate: `${stem}.csr`, key: `${stem}.key` },
    hint: "choose another --out",
    allowKeyMode: flags.on(FLAG.allowKeyMode),
    passphrase: openingPassphrase(flags, host),
    ...(forNewKey === undefined ? {} : { newPassphrase: forNewKey }),
    warn: (warning) => void notes.push(`${call.notePaint.warn("warning:")} ${warning}`),
  });
  const made = createRequest(
    {
      subject,
      place: deps.place,
      replaceRequest: flags.on(REQUEST_FLAG.force),
      ...(key === undefined ? {} : { key: parseKeySpec(key) }),
    },
    deps,
  );
  if (flags.on(FLAG.json)) return { exitCode: EXIT.done, out: requestJson(made), notes };
  const csr = `--csr ${shellQuoted(made.paths.request)}`;
  const next = name.startsWith("-")
    ? `samicerts client ${csr} -- <serial> ${shellQuoted(name)}`
    : `samicerts client <serial> ${shellQuoted(name)} ${csr}`;
  const out = flags.on(FLAG.quiet) ? "" : requestText(made, next, paint, host.stdout.columns);
  return { exitCode: EXIT.done, out, notes };
}

function readSubject(name: string, flags: Flags): Name {
  const subject = flags.text(REQUEST_FLAG.subject);
  return subject === undefined ? encodeName([[makeAttribute("CN", name)]]) : parseName(subject);
}

/** The name as a file's; throws `usage.file-name` for what a file can't be called, or would be missed as. */
function fileName(name: string): string {
  if (/^[^\p{Cc}/\\:*?"<>|.-][^\p{Cc}/\\:*?"<>|]*$/u.test(name) && Buffer.byteLength(name) <= 200)
    return name;
  throw usageError(
    "file-name",
    `no file is called ${JSON.stringify(name)}`,
    "say with --out what key and request are to be called: --out device makes device.key and device.csr",
  );
}
