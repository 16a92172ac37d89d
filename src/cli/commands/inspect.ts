import { SamicertsError } from "../../base/errors.ts";
import { openJudge } from "../../open-judge.ts";
import { policyInForce } from "../../open-policy.ts";
import { chainText, inspectText } from "../../report/human-inspect.ts";
import {
  inspectContainerText,
  inspectKeyText,
  inspectManifestText,
  inspectRequestText,
} from "../../report/human-inspect-others.ts";
import {
  inspectCrlText,
  inspectOcspRequestText,
  inspectOcspResponseText,
} from "../../report/human-inspect-revocation.ts";
import type { Page } from "../../report/inspect-block.ts";
import { type Inspection, inspectJson } from "../../report/json-inspect.ts";
import { formatTime } from "../../x509/time.ts";
import type { Call, Outcome } from "../command-spec.ts";
import { EXIT } from "../exit-codes.ts";
import { FLAG } from "../flags.ts";
import type { Content } from "../inspect/contents.ts";
import { inspectContents } from "../inspect/inspect-contents.ts";
import { readContents } from "../inspect/read-contents.ts";
import { hasPassphrase, openingPassphrase } from "../passphrase.ts";
import { asInput } from "../sources.ts";
import { openVendorDirectory } from "../vendor-directory.ts";

/** Shows whatever a file holds in words. */
export function run(call: Call): Outcome {
  const { flags, host, paint } = call;
  const [path = ""] = call.operands;
  const atMs = Date.now();
  const passphrase = openingPassphrase(flags, host);
  const allowMode = flags.on(FLAG.allowKeyMode);
  const contents = orInput(() => readContents(path, { passphrase, allowMode }));
  const inspection = orInput(() =>
    inspectContents(contents, {
      path,
      atMs,
      ...policyFor(call, contents),
      ...(hasPassphrase(flags) ? { passphrase } : {}),
    }),
  );
  const notes = contents.flatMap((content) =>
    content.kind === "private-key" && content.warning !== undefined
      ? [`${call.notePaint.warn("warning:")} ${content.warning}`]
      : [],
  );
  const page: Page = { paint, width: host.stdout.columns, atMs };
  const out = flags.on(FLAG.json)
    ? inspectJson(formatTime(atMs), inspection)
    : texts(inspection, page).join("\n");
  return { exitCode: EXIT.done, out, notes };
}

/** The policy that certificates are judged by, where there are any. */
function policyFor({ flags }: Call, contents: readonly Content[]) {
  const named = flags.text(FLAG.judgePolicy);
  const judged = contents.some(({ kind }) => kind === "certificate" || kind === "pkcs12" || kind === "cms");
  if (named === "none" || !judged) return {};
  const policy = policyInForce(named, openVendorDirectory(flags));
  return { policy: { name: policy.name, judge: openJudge(policy) } };
}

function texts(inspection: Inspection, page: Page): readonly string[] {
  const { chain } = inspection;
  return [
    ...inspection.containers.map((container) => inspectContainerText(container, page)),
    ...inspection.certificates.map((certificate) => inspectText(certificate, page)),
    ...(chain === undefined ? [] : [chainText(chain, page)]),
    ...inspection.requests.map((request) => inspectRequestText(request, page)),
    ...inspection.crls.map((crl) => inspectCrlText(crl, page)),
    ...inspection.ocspRequests.map((request) => inspectOcspRequestText(request, page)),
    ...inspection.ocspResponses.map((response) => inspectOcspResponseText(response, page)),
    ...inspection.keys.map((key) => inspectKeyText(key, page)),
    ...inspection.manifests.map((manifest) => inspectManifestText(manifest, page)),
  ];
}

function orInput<T>(read: () => T): T {
  try {
    return read();
  } catch (error) {
    throw error instanceof SamicertsError ? asInput(error) : error;
  }
}
