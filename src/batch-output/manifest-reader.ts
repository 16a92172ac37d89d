import type { OutputKind } from "../actions/batch-output.ts";
import type { CertificateRecord } from "../actions/certificate-record.ts";
import { SamicertsError } from "../base/errors.ts";
import { MANIFEST_SCHEMA, type ManifestOutput } from "./manifest-format.ts";

/** What a manifest says of its batch. */
export interface ManifestDescription {
  readonly batch: string;
  readonly policy: string;
  readonly policyDigest: string;
  /** Its subject DN in words. */
  readonly issuer: string;
  /** Lower-case hex. */
  readonly issuerSpkiSha256: string;
  /** RFC 3339. */
  readonly created: string;
  readonly output: ManifestOutput;
}

/** What a manifest says of a device. */
export interface ManifestEntry extends CertificateRecord {
  /** Where its certificate is in the output. */
  readonly file: string;
}

const KINDS: ReadonlySet<unknown> = new Set<OutputKind>(["directory", "tar", "tar.gz", "ndjson"]);
const SHA256 = /^[0-9a-f]{64}$/;
const SERIAL = /^[1-9][0-9]{0,48}$/;
const MOMENT = /^[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}Z$/;

/** Reads a manifest's first line; `path` is the manifest's. Throws `manifest.unknown`, `manifest.malformed`. */
export function readManifestHeader(line: string, path: string): ManifestDescription {
  const read = members(line);
  if (read === undefined || typeof read["schema"] !== "string")
    throw new SamicertsError({
      kind: "input",
      code: "manifest.unknown",
      message: `${path} is no manifest: its first line does not say what it is`,
      hint: "name the manifest that samicerts batch wrote beside its output, ...manifest.ndjson",
    });
  if (read["schema"] !== MANIFEST_SCHEMA)
    throw new SamicertsError({
      kind: "input",
      code: "manifest.unknown",
      message: `${path} is a ${JSON.stringify(read["schema"].slice(0, 64))}, not a ${MANIFEST_SCHEMA}`,
      hint: "use the samicerts that wrote it, or a newer one",
    });
  const { batch, policy, policyDigest, issuer, issuerSpkiSha256, created, output } = read;
  const { kind, path: place } = isObject(output) ? output : {};
  if (
    isText(batch) &&
    isText(policy) &&
    isText(policyDigest) &&
    isText(issuer) &&
    matches(issuerSpkiSha256, SHA256) &&
    matches(created, MOMENT) &&
    KINDS.has(kind) &&
    isText(place)
  )
    return {
      batch,
      policy,
      policyDigest,
      issuer,
      issuerSpkiSha256,
      created,
      output: { kind: kind as OutputKind, path: place },
    };
  throw malformed(path, 1);
}

/** Reads one of a manifest's further lines, `number` counted from 1; throws `manifest.malformed`. */
export function readManifestEntry(line: string, path: string, number: number): ManifestEntry {
  const read = members(line);
  const record = readRecord(read);
  const file = read?.["file"];
  if (record === undefined || !isText(file) || !staysWithin(file)) throw malformed(path, number);
  return { ...record, file };
}

/** What a line's members say of a certificate; undefined where they don't say all there is to be said. */
export function readRecord(
  read: Readonly<Record<string, unknown>> | undefined,
): CertificateRecord | undefined {
  const { serial, name, sha256, spkiSha256, notAfter } = read ?? {};
  const whole =
    matches(serial, SERIAL) &&
    typeof name === "string" &&
    matches(sha256, SHA256) &&
    matches(spkiSha256, SHA256) &&
    matches(notAfter, MOMENT);
  return whole ? { serial, name, sha256, spkiSha256, notAfter } : undefined;
}

/** A line's members, where it is a JSON object. */
export function members(line: string): Readonly<Record<string, unknown>> | undefined {
  try {
    const read: unknown = JSON.parse(line);
    return isObject(read) ? read : undefined;
  } catch {
    return undefined;
  }
}

/** Whether a relative path leads nowhere but below where it starts. */
function staysWithin(path: string): boolean {
  return !/^[/\\]|^[A-Za-z]:|\0/.test(path) && !path.split(/[/\\]/).includes("..");
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function isText(value: unknown): value is string {
  return typeof value === "string" && value !== "";
}

function matches(value: unknown, pattern: RegExp): value is string {
  return typeof value === "string" && pattern.test(value);
}

function malformed(path: string, line: number): SamicertsError {
  return new SamicertsError({
    kind: "input",
    code: "manifest.malformed",
    message: `${path}:${line}: the line is not one of a manifest`,
    hint: "obtain the manifest again, with its signature",
  });
}
