import { sha256Hex } from "../actions/summary.ts";
import { createVerifier, type Verifier } from "../actions/verify.ts";
import type { Finding } from "../base/finding.ts";
import type { Judge } from "../policy/evaluate.ts";
import type { Certificate } from "../x509/certificate.ts";
import type { PathCheck } from "../x509/crl-checker.ts";
import { nameKey } from "../x509/name-compare.ts";
import { formatName } from "../x509/name-format.ts";
import { parseName } from "../x509/name-syntax.ts";
import { purposeOid } from "../x509/oids.ts";
import { formatSerial } from "../x509/serial.ts";
import type { Store } from "./store.ts";
import type { DeviceType, Vendors } from "./vendors.ts";
import type { SandboxWorld } from "./world.ts";

/** A client's certificate that belongs. */
export interface Client {
  readonly certificate: Certificate;
  /** What stands between it and the vendor's root, DER: its line, where it has one. */
  readonly chain: readonly Uint8Array[];
  /** Of its DER, hex: what the platform knows a device by. */
  readonly sha256: string;
  readonly subject: string;
  /** Decimal, and its last four digits, which the owner types. */
  readonly serial: string;
  readonly lastFour: string;
  /** The vendor whose root it comes from. */
  readonly vendor: string;
}

/** What came of looking at a client's certificate. */
export type ClientVerdict =
  | { readonly client: Client; readonly refused?: undefined }
  | { readonly client?: undefined; readonly refused: RefusedClient };

/** A client's certificate that does not belong, or none. */
export interface RefusedClient {
  /** In one sentence, with the rule where one said no. */
  readonly reason: string;
  readonly subject?: string;
  readonly serial?: string;
  readonly sha256?: string;
  readonly findings: readonly Finding[];
}

/** Whether anything in a path was revoked, always as it is now. */
export interface Revocation {
  /** What is asked of every path at the moment `atMs`. */
  checks(atMs: number): readonly PathCheck[];
  /** Changes when what was revoked may have; cheap, for every request asks for it. */
  version(): string;
}

/** Where nobody can be asked what was revoked. */
export const NO_REVOCATION: Revocation = { checks: () => [], version: () => "" };

/** Looks at what clients show in the TLS handshake. */
export interface ClientChecker {
  /** `chain` as it was sent, the client's own certificate first, DER; verified as `samicerts verify` does. */
  check(chain: readonly Uint8Array[]): ClientVerdict;
  /** What a verdict holds for: it must be asked for again where this has changed. */
  epoch(): string;
}

/** How old a verdict may get, in milliseconds: a certificate expires. */
const EPOCH_MS = 1000;
/** A device, its line, and what binds roots; whatever else was sent is of no use. */
const MOST_SENT = 4;

/** Makes a checker that trusts the roots of all vendors. */
export function createClientChecker(
  store: Store,
  vendors: Vendors,
  world: SandboxWorld,
  judge: Judge,
  revocation: Revocation,
): ClientChecker {
  let prepared: { readonly epoch: string; readonly verifier: Verifier; readonly owners: Map<string, string> };
  let anchors: { readonly version: string; readonly all: ReturnType<Vendors["all"]> } | undefined;
  const trust = () => {
    const version = `${store.version()}.${vendors.generation()}`;
    if (anchors?.version !== version) anchors = { version, all: vendors.all() };
    return anchors;
  };
  const epoch = (): string =>
    `${trust().version}.${Math.floor(world.clock.now() / EPOCH_MS)}.${revocation.version()}`;
  const prepare = () => {
    const now = epoch();
    if (prepared?.epoch === now) return prepared;
    const atMs = world.clock.now();
    const { all } = trust();
    const purpose = purposeOid("clientAuth");
    const verifier = createVerifier({
      anchors: all.map(({ root }) => root),
      untrusted: all.flatMap(({ further }) => further),
      intermediates: all.flatMap(({ further }) => further),
      judge,
      atMs,
      role: "device",
      pathChecks: revocation.checks(atMs),
      ...(purpose === undefined ? {} : { purpose }),
    });
    prepared = { epoch: now, verifier, owners: new Map(all.map(({ sha256, id }) => [sha256, id])) };
    return prepared;
  };
  return {
    epoch,
    check(chain) {
      if (chain.length === 0)
        return { refused: { reason: "no certificate was shown in the TLS handshake", findings: [] } };
      const { verifier, owners } = prepare();
      const certificates = chain.slice(0, MOST_SENT);
      const checked = verifier.check({ name: "the client's certificate", certificates })[0];
      if (checked === undefined) throw new Error("nothing was checked");
      const { certificate, path, findings, error } = checked;
      if (certificate === undefined)
        return { refused: { reason: error?.message ?? "the certificate can't be read", findings: [] } };
      const { decimal, lastFour } = formatSerial(certificate.serial);
      const facts = {
        subject: formatName(certificate.subject),
        serial: decimal,
        sha256: sha256Hex(certificate.der),
      };
      const problem = findings.find(({ severity }) => severity === "error");
      if (problem !== undefined) return { refused: { reason: inWords(problem), ...facts, findings } };
      const anchor = path?.at(-1);
      const vendor = anchor === undefined ? undefined : owners.get(sha256Hex(anchor.der));
      if (vendor === undefined) throw new Error("a path that ends in no vendor's root passed");
      const between = path?.slice(1, -1).map(({ der }) => der) ?? [];
      return { client: { certificate, chain: between, ...facts, lastFour, vendor } };
    },
  };
}

/** Whether a certificate is of the device type: its vendor's, and its issuer the one that the type names. */
export function isOfType({ certificate, vendor }: Client, type: DeviceType): boolean {
  return vendor === type.vendor && nameKey(certificate.issuer) === nameKey(parseName(type.issuerDn));
}

function inWords({ rule, message, expected, actual }: Finding): string {
  const facts = [expected, actual].every((text) => text !== "")
    ? `: expected ${expected}, found ${actual}`
    : "";
  return `${message}${facts} [${rule}]`;
}
