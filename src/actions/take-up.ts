import { SamicertsError } from "../base/errors.ts";
import { type Finding, hasSeverity } from "../base/finding.ts";
import type { Ledger, LedgerRow, Reservation } from "../ledger/ledger.ts";
import { sameBytes } from "../x509/der-reader.ts";
import { writePem } from "../x509/pem.ts";
import { sameKey } from "../x509/same-key.ts";
import { serialValue } from "../x509/serial.ts";
import type { Deps } from "./deps.ts";
import { chainText, type Issuance, type Made, proofOf } from "./issuance.ts";
import { decodeSingle } from "./open-issuer.ts";
import { checkPath, ledgerEntry, type Recorded, record, spkiDigest } from "./record.ts";

interface Interrupted {
  readonly issuance: Issuance;
  readonly deps: Deps;
  readonly ledger: Ledger;
  readonly reservation: Reservation;
  readonly nowMs: number;
}

/** Whether a row is what an earlier run for the same name left when it was cut off; what renews another is not. */
export function isInterrupted(row: LedgerRow | undefined, name: string): row is LedgerRow {
  const isSuccessor = (row?.renews ?? row?.replaces) !== undefined;
  return row?.abandoned === true && row.name === name && !isSuccessor;
}

/**
 * Takes up what an earlier run of the same issuance left when it was cut off, `row` being its reservation: a certificate
 * that is there whole is adopted, a key that is there alone gets its certificate, and where there is neither, both are
 * made. Throws `exists.file` where what lies there is not that run's.
 */
export function takeUp(issuance: Issuance, row: LedgerRow, deps: Deps, nowMs: number): Made {
  const { name, place, link, foreignKey } = issuance;
  const { issuer, serial } = row;
  const ledger = deps.ledger();
  // In a token there may be a key already, which nothing here knows of: another would be a second one.
  if (foreignKey === undefined && row.keyElsewhere === true) throw keyNotOurs(serial);
  const known = foreignKey?.publicKey ?? issuance.knownKey;
  const key = {
    ...(foreignKey === undefined ? {} : { keyElsewhere: true as const }),
    ...(known === undefined ? {} : { spkiSha256: spkiDigest(known) }),
  };
  const reservation = ledger.takeOver({ issuer, serial, name, atMs: nowMs, ...key, ...link });
  const interrupted: Interrupted = { issuance, deps, ledger, reservation, nowMs };
  const found = giveBackOnError(interrupted, () => {
    place.removeLeftovers();
    const there = place.read();
    if (foreignKey !== undefined && there.key !== undefined) throw keyInTheWay(place.paths.key, serial);
    return there;
  });
  const { certificate } = found;
  if (certificate === undefined) return finish(interrupted, found.key !== undefined);
  return { recorded: giveBackOnError(interrupted, () => adopt(interrupted, certificate)), keyCreated: false };
}

/** Leaves the reservation to the next run where this one fails. */
function giveBackOnError<T>(interrupted: Interrupted, work: () => T): T {
  try {
    return work();
  } catch (error) {
    try {
      interrupted.ledger.release(interrupted.reservation);
    } catch {
      // What failed first is what must be said; it becomes abandoned when this process ends.
    }
    throw error;
  }
}

/** Issues under the reservation that was taken over, with the key that is there or a new one. */
function finish(interrupted: Interrupted, keyIsThere: boolean): Made {
  const { issuance, deps, ledger, reservation, nowMs } = interrupted;
  const { place, issuer, name, foreignKey } = issuance;
  const { key, approved } = giveBackOnError(interrupted, () => {
    const made = keyIsThere ? undefined : issuance.newKey();
    const publicKey = made?.publicKey ?? deps.openKey(place.paths.key).publicKey;
    return { key: made, approved: issuance.approve(publicKey) };
  });
  const recorded = record(
    {
      approved,
      signer: issuer.signer,
      issuers: issuer.chain,
      name,
      atMs: nowMs,
      reservation,
      ...(foreignKey === undefined ? {} : { keyElsewhere: proofOf(foreignKey) }),
    },
    {
      write: (der) => {
        const certificate = writePem("CERTIFICATE", der);
        const chain = chainText(der, issuer.carried);
        if (key !== undefined) key.write(place, certificate, chain);
        else {
          place.writeCertificate(certificate);
          if (chain !== undefined) place.writeChain(chain);
        }
      },
      // A reservation that was taken over goes back to being abandoned, never to being free.
      leftBehind: () => false,
    },
    ledger,
  );
  key?.wipe();
  return {
    recorded,
    keyCreated: key?.created === true,
    ...(key?.encrypted === true ? { keyEncrypted: true } : {}),
  };
}

/** Commits a certificate that was durable already, after judging it as if it were a stranger's. */
function adopt(interrupted: Interrupted, bytes: Uint8Array): Recorded {
  const { issuance, deps, ledger, reservation, nowMs } = interrupted;
  const { place, issuer } = issuance;
  const path = place.paths.certificate;
  const certificate = decodeSingle(bytes, path);
  const { publicKey } = issuance.foreignKey ?? deps.openKey(place.paths.key);
  const wanted = issuance.approve(publicKey).certificate;
  const same =
    serialValue(certificate.serial) === issuance.serial &&
    sameKey(certificate.publicKey, publicKey) &&
    sameBytes(certificate.subject.der, wanted.subject.der);
  if (!same) throw notOurs(path, reservation.serial);
  checkPath(certificate, issuer.chain, nowMs);
  const findings: readonly Finding[] = issuance.judge.evaluate({
    certificate,
    role: issuance.role,
    issuer: issuer.certificate,
    path: [certificate, ...issuer.chain],
    atMs: nowMs,
  });
  if (hasSeverity(findings, "error")) throw notOurs(path, reservation.serial);
  const chain = chainText(certificate.der, issuer.carried);
  if (chain !== undefined) place.writeChain(chain);
  ledger.commit(reservation, ledgerEntry(certificate, nowMs));
  return { der: certificate.der, certificate, findings, resumed: true };
}

function notOurs(path: string, serial: string): SamicertsError {
  return new SamicertsError({
    kind: "exists",
    code: "exists.file",
    message: `${path} is there, but is not the certificate that an earlier run was making for serial ${serial}`,
    hint: "find out whose it is before moving it away; samicerts inspect shows what it says",
  });
}

/** An earlier run had made a key of its own for this serial: the device's must not get a certificate beside it. */
function keyInTheWay(path: string, serial: string): SamicertsError {
  return new SamicertsError({
    kind: "exists",
    code: "exists.file",
    message: `${path} is there: a run for serial ${serial} that was cut off had made a key of its own`,
    hint: "finish that run with the same command without --csr, --public-key or --device-key, or move the key away",
  });
}

/** An earlier run had a device's own key, which this one was not given. */
function keyNotOurs(serial: string): SamicertsError {
  return new SamicertsError({
    kind: "exists",
    code: "exists.device-key",
    message: `serial ${serial} was reserved by a run that was cut off, for a key that the device keeps to itself`,
    hint: "finish that run with the same command and the same --csr, --public-key or --device-key; or choose another serial",
  });
}
