import { createHash } from "node:crypto";
import { inspect } from "../../actions/inspect.ts";
import type { KeyBeside } from "../../actions/key-beside.ts";
import { SamicertsError } from "../../base/errors.ts";
import { policyInForce } from "../../open-policy.ts";
import { compilePolicy } from "../../policy/evaluate.ts";
import { type InspectedKey, inspectKeyText, inspectText } from "../../report/human-inspect.ts";
import { inspectJson } from "../../report/json-inspect.ts";
import { nodeFiles } from "../../workspace/node-files.ts";
import { formatTime } from "../../x509/time.ts";
import type { Call, Outcome } from "../command-spec.ts";
import { EXIT } from "../exit-codes.ts";
import { FLAG } from "../flags.ts";
import { keyIn, openKey } from "../key-file.ts";
import { openingPassphrase } from "../passphrase.ts";
import { asInput, readCertificates, sourceName } from "../sources.ts";
import { openVendorDirectory } from "../vendor-directory.ts";

/** Shows certificates, or a key, in words. */
export function run(call: Call): Outcome {
  const { flags, host, paint } = call;
  const [path = ""] = call.operands;
  const atMs = Date.now();
  const passphrase = openingPassphrase(flags, host);
  const content = orInput(() => readCertificates(path, nodeFiles, passphrase));
  const { certificates, hasKey, key: inside } = content;
  const allowMode = flags.on(FLAG.allowKeyMode);
  const key: KeyBeside | undefined =
    inside !== undefined
      ? keyIn(inside, sourceName(path))?.()
      : certificates.length === 0 && hasKey
        ? openKey(path, nodeFiles, allowMode, passphrase)
        : undefined;
  const keys = key === undefined ? [] : [describeKey(key)];
  const notes = key?.warning === undefined ? [] : [`${call.notePaint.warn("warning:")} ${key.warning}`];
  const named = flags.text(FLAG.judgePolicy);
  const policy = named === "none" ? undefined : policyInForce(named, openVendorDirectory(flags));
  const inspected = inspect({
    source: sourceName(path),
    certificates,
    atMs,
    ...(policy === undefined ? {} : { policy: { name: policy.name, judge: compilePolicy(policy) } }),
  });
  if (flags.on(FLAG.json))
    return { exitCode: EXIT.done, out: inspectJson(formatTime(atMs), inspected, keys), notes };
  const texts = [
    ...inspected.map((certificate) => inspectText(certificate, atMs, paint, host.stdout.columns)),
    ...keys.map((key) => inspectKeyText(key, paint, host.stdout.columns)),
  ];
  return { exitCode: EXIT.done, out: texts.join("\n"), notes };
}

function orInput<T>(read: () => T): T {
  try {
    return read();
  } catch (error) {
    throw error instanceof SamicertsError ? asInput(error) : error;
  }
}

function describeKey({ name, publicKey }: KeyBeside): InspectedKey {
  const spkiSha256 = createHash("sha256").update(publicKey.der).digest("hex");
  return { source: name, key: publicKey.label, spkiSha256 };
}
