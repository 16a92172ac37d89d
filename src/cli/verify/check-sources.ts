import { missingCertificate } from "../../actions/certificate-record.ts";
import { type CheckedCertificate, unreadableCertificate } from "../../actions/verified-certificate.ts";
import type { Verifier, VerifySource } from "../../actions/verify.ts";
import { SamicertsError } from "../../base/errors.ts";
import { members, readRecord } from "../../batch-output/manifest-reader.ts";
import { nodeFiles } from "../../workspace/node-files.ts";
import { keyBeside, keyIn, openKey } from "../key-file.ts";
import { asInput, noCertificate, readCertificates, STDIN, sourceName, takeCertificates } from "../sources.ts";
import type { ArchiveMember, Chunk, FilesChunk, LinesChunk } from "./chunk.ts";
import type { VerifyPlan } from "./plan.ts";

/** Verifies what a chunk holds; one source that can't be read is a result too, so that the others are looked at. */
export function* checkSources(
  chunk: Chunk,
  verifier: Verifier,
  plan: VerifyPlan,
): Generator<CheckedCertificate> {
  if (chunk.kind === "files") {
    for (const file of chunk.sources) yield* checkFile(file, verifier, plan);
  } else if (chunk.kind === "members") {
    for (const member of chunk.members) yield* checkMember(member, chunk.archive, verifier);
  } else if (chunk.kind === "lines") {
    yield* checkLines(chunk, verifier);
  } else if (chunk.kind === "absent") {
    for (const { source, record } of chunk.missing)
      yield missing(source, missingCertificate(chunk.by, record));
  } else yield unreadableCertificate(chunk.source, 0, new SamicertsError(chunk.error));
}

function checkFile(
  { path, found, keyless, recorded }: FilesChunk["sources"][number],
  verifier: Verifier,
  { matchKey, allowKeyMode, passphrase }: VerifyPlan,
): readonly CheckedCertificate[] {
  const name = sourceName(path);
  try {
    const open = passphrase === undefined ? undefined : () => passphrase;
    const { certificates, hasKey, key: inside } = readCertificates(path, nodeFiles, open);
    // A directory may well have keys in .pem files beside the certificates.
    if (certificates.length === 0 && found && hasKey) return [];
    if (certificates.length === 0) throw noCertificate(name, "it is a private key");
    const beside =
      inside !== undefined
        ? () => keyIn(inside, name)
        : keyless || path === STDIN
          ? undefined
          : () => keyBeside(path, nodeFiles);
    const key = matchKey === undefined ? beside?.() : () => openKey(matchKey, nodeFiles, allowKeyMode, open);
    return verifier.check(sourceOf(name, certificates, key, recorded));
  } catch (error) {
    if (!isOfSource(error)) throw error;
    if (recorded?.record !== undefined && error.code === "io.missing")
      return [missing(name, missingCertificate(recorded.by, recorded.record))];
    return [unreadableCertificate(name, 0, asInput(error))];
  }
}

function checkMember(
  { name, bytes, key, recorded }: ArchiveMember,
  archive: string,
  verifier: Verifier,
): readonly CheckedCertificate[] {
  const source = `${archive}:${name}`;
  return unlessUnreadable(source, () => {
    const { certificates, hasKey } = takeCertificates(bytes, source);
    if (certificates.length === 0 && hasKey) return [];
    const opened = key === undefined ? undefined : keyIn(key.bytes, `${archive}:${key.name}`);
    return verifier.check(sourceOf(source, certificates, opened, recorded));
  });
}

function* checkLines(
  { archive, text, first, recorded }: LinesChunk,
  verifier: Verifier,
): Generator<CheckedCertificate> {
  const lines = text.split("\n");
  if (lines.at(-1) === "") lines.pop();
  for (const [index, line] of lines.entries()) {
    const place = `${archive}:${first + index}`;
    const read = members(line);
    const { serial, certificate, key } = read ?? {};
    const source = typeof serial === "string" ? `${archive}#${serial}` : place;
    yield* unlessUnreadable(source, () => {
      if (typeof certificate !== "string") throw noCertificate(place, "it is no object with one in it");
      const { certificates } = takeCertificates(Buffer.from(certificate), source);
      const opened = typeof key === "string" ? keyIn(Buffer.from(key), source) : undefined;
      const record = readRecord(read);
      const own = record === undefined ? undefined : { by: "its line", record };
      return verifier.check(sourceOf(source, certificates, opened, recorded?.[index] ?? own));
    });
  }
}

function sourceOf(
  name: string,
  certificates: readonly Uint8Array[],
  key: VerifySource["key"],
  recorded: VerifySource["recorded"],
): VerifySource {
  return {
    name,
    certificates,
    ...(key === undefined ? {} : { key }),
    ...(recorded === undefined ? {} : { recorded }),
  };
}

function unlessUnreadable(
  source: string,
  check: () => readonly CheckedCertificate[],
): readonly CheckedCertificate[] {
  try {
    return check();
  } catch (error) {
    if (!isOfSource(error)) throw error;
    return [unreadableCertificate(source, 0, asInput(error))];
  }
}

/** Whether it is the source that could not be read, and not a list that samicerts itself is to have. */
function isOfSource(error: unknown): error is SamicertsError {
  return error instanceof SamicertsError && error.code !== "io.key-list";
}

function missing(source: string, finding: ReturnType<typeof missingCertificate>): CheckedCertificate {
  return { source, index: 0, verdict: "non-compliant", findings: [finding], path: [], keyMatches: null };
}
