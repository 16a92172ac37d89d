import type { IssuerId, Ledger, LedgerRow } from "../ledger/ledger.ts";
import type { Judge } from "../policy/evaluate.ts";
import type { Role } from "../policy/policy.ts";
import type { PairPlace } from "../workspace/workspace.ts";
import type { Certificate } from "../x509/certificate.ts";
import { sameBytes } from "../x509/der-reader.ts";
import type { PublicKey } from "../x509/public-key.ts";
import { serialValue } from "../x509/serial.ts";
import type { Signer } from "../x509/signer.ts";
import type { Approved } from "./certify.ts";
import type { Deps } from "./deps.ts";
import { carryOut, type Issuance, keptKey, type Made } from "./issuance.ts";
import { decodeSingle } from "./open-issuer.ts";
import { randomSerial } from "./random-serial.ts";
import { issuerEntry, type ReservationLink, spkiDigest } from "./record.ts";
import { takeUp } from "./take-up.ts";

/** One certificate of a root's replacement: for a key that is there already. */
export interface RootStep {
  readonly role: Role;
  /** What the ledger calls it; no other reservation of this issuer has this name. */
  readonly name: string;
  readonly publicKey: PublicKey;
  readonly place: PairPlace;
  /** Who signs it: the certificate itself, not signed yet, where it signs itself. */
  readonly issuer: Certificate;
  readonly signer: Signer;
  readonly selfSigned: boolean;
  readonly approve: (serial: bigint) => Approved;
}

const PAGE_ROWS = 1000;
/** Octets of a serial; as a root's own. */
const SERIAL_OCTETS = 16;

/** Has a step's certificate made, durable and in the ledger, whatever an earlier run has done of that. */
export function ensureIssued(step: RootStep, judge: Judge, deps: Deps, nowMs: number): Made {
  const ledger = deps.ledger();
  const issuerId = ledger.addIssuer(issuerEntry(step.issuer, nowMs));
  const done = findDone(step, issuerId, ledger);
  if (done !== undefined) return done;
  const interrupted = findInterrupted(step.name, issuerId, ledger);
  const serial =
    interrupted === undefined ? randomSerial(deps.random, SERIAL_OCTETS) : BigInt(interrupted.serial);
  const issuance = prepare(step, serial, judge, linkOf(step, ledger));
  if (interrupted !== undefined) return takeUp(issuance, interrupted, deps, nowMs);
  return carryOut(issuance, deps, nowMs);
}

function findDone(step: RootStep, issuer: IssuerId, ledger: Ledger): Made | undefined {
  const bytes = step.place.read().certificate;
  if (bytes === undefined) return undefined;
  const certificate = decodeSingle(bytes, step.place.paths.certificate);
  const row = ledger.find(issuer, serialValue(certificate.serial).toString());
  if (row?.certificate === undefined || !sameBytes(row.certificate.der, certificate.der)) return undefined;
  return { recorded: { der: certificate.der, certificate, findings: [], resumed: true }, keyCreated: false };
}

/** The reservation that an earlier run left for this step; the lock that this one has says that it is gone. */
function findInterrupted(name: string, issuer: IssuerId, ledger: Ledger): LedgerRow | undefined {
  for (let after: string | undefined; ; ) {
    const page = ledger.list(
      { issuer, state: "reserved" },
      { limit: PAGE_ROWS, ...(after === undefined ? {} : { after }) },
    );
    const found = page.rows.find((row) => row.name === name && row.abandoned);
    if (found !== undefined) return ledger.find(issuer, found.serial);
    after = page.next;
    if (after === undefined) return undefined;
  }
}

/** A cross-certificate is for a key that has one: the ledger links the two. */
function linkOf({ selfSigned, publicKey }: RootStep, ledger: Ledger): ReservationLink {
  const row = selfSigned ? undefined : ledger.findKey(spkiDigest(publicKey));
  return row?.state === "issued" ? { renews: { issuer: row.issuer, serial: row.serial } } : {};
}

function prepare(step: RootStep, serial: bigint, judge: Judge, link: ReservationLink): Issuance {
  const { role, name, place, issuer, signer, selfSigned, publicKey } = step;
  const chain = selfSigned ? [] : [issuer];
  const foreignKey = { publicKey, renewed: true } as const;
  return {
    role,
    serial,
    name,
    judge,
    place,
    issuer: { certificate: issuer, signer, chain, carried: [], place: () => place },
    newKey: () =>
      selfSigned
        ? {
            publicKey,
            created: true,
            write: (at, certificate) => at.writeCertificate(certificate),
            wipe: () => {},
          }
        : keptKey(foreignKey),
    approve: () => step.approve(serial),
    link,
    ...(selfSigned ? {} : { foreignKey }),
  };
}
