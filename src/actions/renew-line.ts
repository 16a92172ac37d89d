import { SamicertsError } from "../base/errors.ts";
import type { LineRow } from "../ledger/factory-line.ts";
import type { IssuerId } from "../ledger/ledger.ts";
import type { LineDirectory, PairPlace } from "../workspace/workspace.ts";
import { sameBytes } from "../x509/der-reader.ts";
import { serialValue } from "../x509/serial.ts";
import type { Deps } from "./deps.ts";
import { carryOut, type Issuance, keptKey, type Made } from "./issuance.ts";
import { decodeSingle, refuseRevokedLine } from "./open-issuer.ts";
import { randomSerial } from "./random-serial.ts";
import { spkiDigest } from "./record.ts";
import { takeUp } from "./take-up.ts";

/** What a line's new certificate is made from. */
export interface LineRenewal {
  readonly line: LineRow;
  readonly directory: LineDirectory;
  /** The present root's number in the ledger. */
  readonly issuer: IssuerId;
  readonly serialOctets: number;
  /** All of it but key and link, for a serial and a place. */
  readonly prepare: (serial: bigint, place: PairPlace) => Issuance;
}

/**
 * Makes a line a new certificate for the key that it has, by the present root, in the place of line.crt: the line's
 * issuer stays the same, and with it what it has issued. Where an earlier run was cut off, its work is taken up.
 * Throws `line.unknown`, `line.busy`, and as `carryOut`.
 */
export function renewLine(renewal: LineRenewal, deps: Deps, nowMs: number): Made {
  const { directory, issuer, line } = renewal;
  const ledger = deps.ledger();
  const current = decodeSingle(directory.readCertificate(), directory.paths.certificate);
  const newest = ledger.findKey(spkiDigest(current.publicKey));
  const first = line.certificate;
  const isIts =
    first.certificate !== undefined && sameBytes(first.certificate.spkiSha256, spkiDigest(current.publicKey));
  if (!isIts)
    throw lineError(
      "unknown",
      `${directory.paths.certificate} is not the line ${line.name}'s`,
      "put back its own, which samicerts ledger repair writes where it is missing",
    );
  if (newest?.state === "reserved" && !newest.abandoned)
    throw lineError(
      "busy",
      `another process is at the line ${line.name}`,
      "wait until that process has ended",
    );
  refuseRevokedLine(line.name, current, deps, true);
  const interrupted = newest?.abandoned === true && newest.issuer === issuer ? newest : undefined;
  const serial =
    interrupted === undefined ? randomSerial(deps.random, renewal.serialOctets) : BigInt(interrupted.serial);
  const foreignKey = { publicKey: current.publicKey, renewed: true } as const;
  const issuance: Issuance = {
    ...renewal.prepare(serial, placeOver(directory, serial)),
    newKey: () => keptKey(foreignKey),
    foreignKey,
    link: { renews: { issuer: first.issuer, serial: first.serial } },
  };
  return interrupted === undefined
    ? carryOut(issuance, deps, nowMs)
    : takeUp(issuance, interrupted, deps, nowMs);
}

/** The place of line.crt, where only a certificate of this serial counts as being there already. */
function placeOver({ own }: LineDirectory, serial: bigint): PairPlace {
  const mine = (): Uint8Array | undefined => {
    const { certificate } = own.read();
    if (certificate === undefined) return undefined;
    return serialValue(decodeSingle(certificate, own.paths.certificate).serial) === serial
      ? certificate
      : undefined;
  };
  return {
    ...own,
    isThere: () => mine() !== undefined,
    checkAbsent: () => {},
    read: () => ({ certificate: mine(), key: undefined }),
    writeCertificate: (certificate) => own.writeCertificate(certificate, { replace: true }),
  };
}

function lineError(code: string, message: string, hint: string): SamicertsError {
  return new SamicertsError({ kind: "exists", code: `line.${code}`, message, hint });
}
