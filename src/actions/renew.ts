import { SamicertsError } from "../base/errors.ts";
import type { IssuedCertificate, Ledger, LedgerRow } from "../ledger/ledger.ts";
import { decodeCertificate } from "../x509/certificate.ts";
import type { RevocationReason } from "../x509/crl-reason.ts";
import { serialValue } from "../x509/serial.ts";
import { formatTime } from "../x509/time.ts";
import type { Deps } from "./deps.ts";
import { type FoundCertificate, findCertificate, type NamedCertificate } from "./find-certificate.ts";
import { carryOut, proofOf } from "./issuance.ts";
import { type Issued, issued } from "./issued.ts";
import { notGranted } from "./not-granted.ts";
import { type PreparedRenewal, prepareRenewal, type RenewalInput } from "./prepare-renewal.ts";
import { recordingRefusal } from "./refusal.ts";
import { type CertificateSummary, summarize } from "./summary.ts";
import { takeUp } from "./take-up.ts";

/** A certificate that another is to take the place of. */
export interface RenewInput extends RenewalInput {
  readonly named: NamedCertificate;
  /** The line that issued it, where the serial alone does not tell. */
  readonly line?: string;
  /** Revokes the earlier one as superseded, once the new one is durable. */
  readonly revoke?: boolean;
}

/** A certificate that took another's place. */
export interface Renewed extends Issued {
  readonly how: RenewInput["how"];
  /** The line that issued both. */
  readonly line?: string;
  readonly previous: CertificateSummary;
  /** Why the earlier one is revoked or on hold now; absent where it is not. */
  readonly revoked?: RevocationReason;
}

/**
 * Issues a new certificate for a device that has one: with the same key (`renew`) or another (`rekey`), a serial of its
 * own and a new validity. The earlier one is kept, and is linked with it in the ledger; one certificate is renewed once.
 * Where an earlier run was cut off, its work is taken up. Throws `certificate.unknown`, `serial.ambiguous`, `renewal.*`,
 * `rekey.*`, and as `issueDevice`.
 */
export function renew(input: RenewInput, deps: Deps): Renewed {
  const { named, how } = input;
  const serial = "serial" in named ? { serial: named.serial.toString() } : {};
  return recordingRefusal(deps, { what: how, ...serial }, () => renewFound(input, deps));
}

function renewFound(input: RenewInput, deps: Deps): Renewed {
  const { how } = input;
  const nowMs = deps.clock.now();
  // Without a root there is nothing to renew, and no ledger to be begun.
  deps.workspace.readRootCertificate();
  const ledger = deps.ledger();
  const found = findCertificate(input.named, input.line, ledger);
  const { row, line } = found;
  const successors = ledger.successors(row.issuer, row.serial);
  const successor = successors.find(({ state }) => state === "issued") ?? successors.at(-1);
  checkRenewable(found, successor, how);
  const revokes = input.revoke === true && row.revocation === undefined;
  // A run that was cut off may have left nothing to do but to revoke.
  const onlyRevokes = revokes && successor?.certificate !== undefined;
  const result = onlyRevokes
    ? tellAgain(found, successor.certificate, input, deps)
    : make(prepareRenewal(found, successor, input, deps, nowMs), input, deps, nowMs);
  if (revokes) revokeSuperseded(row, ledger, nowMs);
  const revoked = revokes ? "superseded" : row.revocation?.reason;
  return {
    ...result,
    how,
    ...(line === undefined ? {} : { line }),
    previous: summarize(found.certificate),
    ...(revoked === undefined ? {} : { revoked }),
  };
}

function make(
  { issuance, interrupted }: PreparedRenewal,
  { judge }: RenewInput,
  deps: Deps,
  nowMs: number,
): Issued {
  const made =
    interrupted === undefined ? carryOut(issuance, deps, nowMs) : takeUp(issuance, interrupted, deps, nowMs);
  const { foreignKey, place } = issuance;
  if (foreignKey === undefined) return issued(made, "device", judge.policy, place.paths);
  const { key: _, ...paths } = place.paths;
  const { request } = foreignKey;
  return {
    ...issued(made, "device", judge.policy, paths),
    foreignKey: {
      proof: proofOf(foreignKey),
      notGranted: request === undefined ? [] : notGranted(request, made.recorded.certificate),
    },
  };
}

/** What an earlier run has issued already. */
function tellAgain(
  { line }: FoundCertificate,
  { der }: IssuedCertificate,
  { judge }: RenewInput,
  { workspace }: Deps,
): Issued {
  const certificate = decodeCertificate(der, "the ledger's copy");
  const serial = serialValue(certificate.serial).toString();
  const place = line === undefined ? workspace.device(serial) : workspace.line(line).device(serial);
  const recorded = { der, certificate, findings: [], resumed: true };
  return issued({ recorded, keyCreated: false }, "device", judge.policy, place.paths);
}

function checkRenewable(
  { row, isAuthority, line }: FoundCertificate,
  successor: LedgerRow | undefined,
  how: RenewInput["how"],
): void {
  if (isAuthority)
    throw new SamicertsError({
      kind: "input",
      code: "renewal.authority",
      message: `serial ${row.serial} is the certificate of a certificate authority, ${row.name}`,
      hint: "for the root: samicerts root with --force (the same key) or --replace (another); for a line: intermediate with --force",
    });
  const { revocation } = row;
  if (how === "rekey" || revocation === undefined || successor !== undefined) return;
  const since = formatTime(revocation.revokedMs);
  const which = `${row.serial}${line === undefined ? "" : ` --line ${line}`}`;
  const isHeld = revocation.reason === "certificateHold";
  throw new SamicertsError({
    kind: "refused",
    code: "renewal.revoked",
    message: isHeld
      ? `serial ${row.serial} is on hold since ${since}`
      : `serial ${row.serial} was revoked at ${since} (${revocation.reason}), and its key with it`,
    hint: isHeld
      ? `take it off hold first: samicerts revoke ${which} --release`
      : `give the device a new key: samicerts rekey ${which}`,
  });
}

function revokeSuperseded({ issuer, serial }: LedgerRow, ledger: Ledger, nowMs: number): void {
  const request = { issuer, serial, reason: "superseded", revokedMs: nowMs } as const;
  const [outcome] = ledger.revocations.revoke([request], nowMs);
  if (outcome?.outcome === "refused" && outcome.error.code !== "revocation.duplicate") throw outcome.error;
}
