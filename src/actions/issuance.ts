import type { Judge } from "../policy/evaluate.ts";
import type { Policy, Role } from "../policy/policy.ts";
import type { PairPlace } from "../workspace/workspace.ts";
import type { KeySpec } from "../x509/algorithms.ts";
import type { Certificate } from "../x509/certificate.ts";
import { writePem } from "../x509/pem.ts";
import type { PublicKey } from "../x509/public-key.ts";
import type { CertificateRequest } from "../x509/request.ts";
import type { Approved } from "./certify.ts";
import type { Deps } from "./deps.ts";
import { checkNewKey } from "./key-protection.ts";
import type { VendorIssuer } from "./open-issuer.ts";
import { type KeyProof, type Recorded, type ReservationLink, record } from "./record.ts";

/** One certificate that an issuer is to make, whatever it is for. */
export interface Issuance {
  readonly role: Role;
  readonly serial: bigint;
  /** Who it is for, as the ledger says it. */
  readonly name: string;
  readonly issuer: VendorIssuer;
  readonly judge: Judge;
  readonly place: PairPlace;
  /** Gives the key that it is for, which may have to be made. */
  readonly newKey: () => NewKey;
  /** Drafts it and lets the judge read it; throws `policy.refused`, `validity.*`, `name.*`. */
  readonly approve: (publicKey: PublicKey) => Approved;
  readonly link?: ReservationLink;
  /** The key that the device keeps to itself, where it is for such a one. */
  readonly foreignKey?: ForeignKey;
  /** The key that it must be for, where that is known before. */
  readonly knownKey?: PublicKey;
}

/** A key that a device keeps to itself: its public half, as `takeForeignKey` gives it. */
export interface ForeignKey {
  readonly publicKey: PublicKey;
  /** The request that proves it to be the device's; where absent that is the operator's word, or the token's. */
  readonly request?: CertificateRequest;
  /** True where it has an earlier certificate of the device, which this one takes the place of. */
  readonly renewed?: true;
  /** True where it is in a token that this very run has a session with. */
  readonly inToken?: true;
}

/** How a key is known to be the device's own. */
export function proofOf({ request, renewed, inToken }: ForeignKey): KeyProof {
  if (renewed === true) return "renewal";
  if (inToken === true) return "token";
  return request === undefined ? "word" : "request";
}

/** A key that a certificate is about to be made for. */
export interface NewKey {
  readonly publicKey: PublicKey;
  /** Whether it is made now. */
  readonly created: boolean;
  /** Whether it is made now, and its file encrypted. */
  readonly encrypted?: true;
  /** Writes key, certificate and chain where they belong, durably. */
  readonly write: (place: PairPlace, certificate: string, chain: string | undefined) => void;
  /** Forgets what is secret of it. */
  readonly wipe: () => void;
}

/** What came of an issuance. */
export interface Made {
  readonly recorded: Recorded;
  readonly keyCreated: boolean;
  /** Whether its file, which was made now, is encrypted. */
  readonly keyEncrypted?: true;
}

/** Makes a key of a kind, to be written beside its certificate; throws `policy.plain-key`. */
export function freshKey(deps: Deps, spec: KeySpec, policy: Policy, role: Role): NewKey {
  checkNewKey(policy, role, deps.sealsKeys);
  const key = deps.generateKey(spec);
  return {
    publicKey: key.publicKey,
    created: true,
    ...(deps.sealsKeys ? { encrypted: true } : {}),
    write: (place, certificate, chain) => {
      const pair = { key: deps.keyText(key.pkcs8), certificate };
      place.write(chain === undefined ? pair : { ...pair, chain });
    },
    wipe: () => key.wipe(),
  };
}

/** A key that the device keeps to itself: its certificate is written alone. */
export function keptKey({ publicKey }: ForeignKey): NewKey {
  return {
    publicKey,
    created: false,
    write: (place, certificate, chain) => {
      place.writeCertificate(certificate);
      if (chain !== undefined) place.writeChain(chain);
    },
    wipe: () => {},
  };
}

/** A key that lies at another place already, with an earlier certificate of its own. */
export function linkedKey(publicKey: PublicKey, keyFrom: string): NewKey {
  return {
    publicKey,
    created: false,
    write: (place, certificate, chain) =>
      place.writeLinked(keyFrom, chain === undefined ? { certificate } : { certificate, chain }),
    wipe: () => {},
  };
}

/**
 * Makes a certificate of which nothing is there yet. Throws `serial.duplicate`, `policy.refused` with findings, `key.*`,
 * `io.*`; then nothing was written.
 */
export function carryOut(issuance: Issuance, deps: Deps, nowMs: number): Made {
  const { issuer, name, place, link, foreignKey } = issuance;
  const key = issuance.newKey();
  const approved = issuance.approve(key.publicKey);
  const recorded = record(
    {
      approved,
      signer: issuer.signer,
      issuers: issuer.chain,
      name,
      atMs: nowMs,
      ...(link === undefined ? {} : { link }),
      ...(foreignKey === undefined ? {} : { keyElsewhere: proofOf(foreignKey) }),
    },
    {
      write: (der) => key.write(place, writePem("CERTIFICATE", der), chainText(der, issuer.carried)),
      leftBehind: () => place.isThere(),
    },
    deps.ledger(),
  );
  key.wipe();
  return { recorded, keyCreated: key.created, ...(key.encrypted === true ? { keyEncrypted: true } : {}) };
}

/** A certificate and those that it carries as one PEM text; undefined where it carries none. */
export function chainText(der: Uint8Array, carried: readonly Certificate[]): string | undefined {
  if (carried.length === 0) return undefined;
  return [der, ...carried.map((above) => above.der)].map((one) => writePem("CERTIFICATE", one)).join("");
}
