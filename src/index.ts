/**
 * samicerts as a library: make a vendor's root, issue its devices' certificates, verify anybody's.
 * Every call is synchronous; what it throws is a `SamicertsError`.
 */
import { createRoot as makeRoot } from "./actions/create-root.ts";
import { issueDevice as makeDevice } from "./actions/issue-device.ts";
import type { Issued } from "./actions/issued.ts";
import type { VerifiedCertificate } from "./actions/verified-certificate.ts";
import { createVerifier } from "./actions/verify.ts";
import { SamicertsError } from "./base/errors.ts";
import { type OpenDeps, type OpenOptions, openDeps, SYSTEM_CLOCK } from "./open-deps.ts";
import { openJudge } from "./open-judge.ts";
import { policyInForce, readPolicyFile } from "./open-policy.ts";
import type { ValidityRequest } from "./policy/draft-validity.ts";
import { loadPolicy as loadPolicyFrom } from "./policy/load-policy.ts";
import type { Policy, Role } from "./policy/policy.ts";
import { parseKeySpec } from "./x509/algorithms.ts";
import { decodeCertificate } from "./x509/certificate.ts";
import type { Name } from "./x509/name.ts";
import { parseName } from "./x509/name-syntax.ts";
import { looksLikePem, readPem } from "./x509/pem.ts";
import { parseSerial } from "./x509/serial.ts";

export type { Issued, PairPaths } from "./actions/issued.ts";
export type { CertificateSummary, SerialForms } from "./actions/summary.ts";
export type { Verdict, VerifiedCertificate } from "./actions/verified-certificate.ts";
export type { Clock, Random } from "./base/effects.ts";
export type { ErrorKind } from "./base/errors.ts";
export type { Finding, Severity } from "./base/finding.ts";
export type { ValidityRequest } from "./policy/draft-validity.ts";
export type { Policy, Role } from "./policy/policy.ts";
export type { Name } from "./x509/name.ts";
export { formatName } from "./x509/name-format.ts";
export { parseName } from "./x509/name-syntax.ts";
export { SamicertsError };

/** What every issuing call needs to know: where the vendor's things are, and whose rules hold. */
export interface VendorOptions extends OpenOptions {
  /** A built-in policy's name, a file, or a loaded policy; `policy.json` in the directory, else `sami`, where absent. */
  readonly policy?: string | Policy;
  /** `ec:P-256`, `rsa:3072`, ...; the policy's default where absent. */
  readonly key?: string;
  readonly validity?: ValidityRequest;
}

/** A root to be made. */
export interface CreateRootOptions extends VendorOptions {
  /** `/C=US/O=MyOrg/CN=x`, `CN=x,O=MyOrg,C=US`, or a parsed name. */
  readonly subject: string | Name;
  /** Takes the key that is in the token already, where `rootKey` is a `pkcs11:` URI, instead of making one. */
  readonly existingKey?: boolean;
}

/** A device's certificate to be issued. */
export interface IssueDeviceOptions extends VendorOptions {
  /** Decimal, or hexadecimal with `0x`. */
  readonly serial: string | bigint;
  readonly name: string;
  /** Further attributes of its subject, by name or OID: `{ matterPid: "8000" }`. */
  readonly attributes?: Readonly<Record<string, string>>;
  /** The factory line that signs it; the root where absent. */
  readonly line?: string;
  /** The token that its key is made in and never leaves, a `pkcs11:` URI; a file where absent. */
  readonly deviceKey?: string;
  /** Takes the key that is in that token already, instead of making one. */
  readonly existingKey?: boolean;
}

/** Certificates to be verified. */
export interface VerifyOptions {
  /** PEM or DER; several in one PEM are a certificate with its chain. */
  readonly certificates: string | Uint8Array;
  /** Trust anchors, PEM or DER. */
  readonly roots: readonly (string | Uint8Array)[];
  /** Further certificates that may stand in a path. */
  readonly untrusted?: readonly (string | Uint8Array)[];
  /** A built-in policy's name, a file, a loaded policy, or `none` for the path alone; `sami` where absent. */
  readonly policy?: string | Policy;
  /** The moment to judge at; now where absent. */
  readonly at?: Date;
  /** The role to judge in; by default a root in `roots` is a root and everything else a device. */
  readonly role?: Role;
}

/**
 * Makes a self-signed root in the vendor's directory: `root.crt`, `root.key` and the ledger.
 * Throws `exists.*` where there is one, `policy.refused` with its findings, `name.*`, `io.*`; then nothing was written.
 */
export function createRoot(options: CreateRootOptions): Issued {
  const subject = typeof options.subject === "string" ? parseName(options.subject) : options.subject;
  return withVendor(options, (deps, shared) => {
    const place = deps.rootPlace();
    const existingKey = options.existingKey === true;
    return makeRoot({ subject, ...shared, existingKey, ...(place === undefined ? {} : { place }) }, deps);
  });
}

/**
 * Issues one device's key and certificate: `devices/<serial>.key` and `.crt` in the vendor's directory, or in a line's.
 * Throws `serial.duplicate`, `policy.refused` with its findings, `key.*`, `io.*`; then nothing was written.
 */
export function issueDevice(options: IssueDeviceOptions): Issued {
  const serial =
    typeof options.serial === "string" ? parseSerial(options.serial) : parseSerial(String(options.serial));
  const subject = Object.entries(options.attributes ?? {}).map(([type, text]) => ({ type, text }));
  const { name, deviceKey } = options;
  const line = options.line === undefined ? {} : { line: options.line };
  return withVendor(options, (deps, shared) => {
    const inToken =
      deviceKey === undefined
        ? {}
        : { keyPlace: deps.devicePlace(deviceKey, serial), existingKey: options.existingKey === true };
    return makeDevice({ serial, name, subject, ...line, ...shared, ...inToken }, deps);
  });
}

/**
 * Tells of each certificate whether its path and its policy are in order. Throws `pem.*` and `policy.*` for unusable input,
 * `io.key-list` where samicerts is not whole.
 */
export function verify(options: VerifyOptions): readonly VerifiedCertificate[] {
  const decode = (given: string | Uint8Array, what: string) =>
    takeCertificates(given, what).map((der) => decodeCertificate(der, what));
  const policy = options.policy ?? "sami";
  const verifier = createVerifier({
    anchors: options.roots.flatMap((root) => decode(root, "root")),
    untrusted: (options.untrusted ?? []).flatMap((certificate) => decode(certificate, "untrusted")),
    atMs: options.at?.getTime() ?? SYSTEM_CLOCK.now(),
    ...(policy === "none"
      ? {}
      : { judge: openJudge(typeof policy === "string" ? loadPolicy(policy) : policy) }),
    ...(options.role === undefined ? {} : { role: options.role }),
  });
  return verifier.verify({
    name: "certificate",
    certificates: takeCertificates(options.certificates, "certificate"),
  });
}

/** Loads a built-in policy by name, or one from a file; throws `policy.*` naming line and key, `io.*`. */
export function loadPolicy(nameOrPath: string): Policy {
  return loadPolicyFrom(nameOrPath, readPolicyFile);
}

type Shared = Pick<Parameters<typeof makeRoot>[0], "judge" | "key" | "validity">;

function withVendor(options: VendorOptions, work: (deps: OpenDeps, shared: Shared) => Issued): Issued {
  const deps = openDeps(options);
  try {
    const { policy, key, validity } = options;
    const loaded = typeof policy === "object" ? policy : policyInForce(policy, deps.workspace);
    return work(deps, {
      judge: openJudge(loaded),
      ...(key === undefined ? {} : { key: parseKeySpec(key) }),
      ...(validity === undefined ? {} : { validity }),
    });
  } finally {
    deps.close();
  }
}

function takeCertificates(given: string | Uint8Array, what: string): readonly Uint8Array[] {
  const bytes = typeof given === "string" ? Buffer.from(given) : given;
  if (!looksLikePem(bytes)) return [bytes];
  const certificates = readPem(bytes, what).filter(({ label }) => label === "CERTIFICATE");
  if (certificates.length === 0)
    throw new SamicertsError({
      kind: "input",
      code: "input.no-certificate",
      message: `the PEM given as ${what} holds no certificate`,
      hint: "give at least one CERTIFICATE block, or DER",
    });
  return certificates.map(({ der }) => der);
}
