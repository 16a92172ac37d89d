import { SamicertsError } from "../base/errors.ts";
import type { Certificate } from "../x509/certificate.ts";
import { buildPath } from "../x509/chain.ts";
import { OCSP_OID, purposeOid } from "../x509/oids.ts";
import { sameKey } from "../x509/same-key.ts";
import { serialValue } from "../x509/serial.ts";
import type { Signer } from "../x509/signer.ts";
import type { AuthorityDeps, FoundAuthority } from "./find-authority.ts";
import { decodeSingle } from "./open-issuer.ts";

/** Who answers OCSP in an authority's stead. */
export interface Responder {
  readonly certificate: Certificate;
  readonly signer: Signer;
}

const SIGNING = purposeOid("OCSPSigning") as string;

/**
 * Opens the responder of an authority that is valid the longest; undefined where there is none that is valid now, signed
 * by the authority, with extKeyUsage OCSPSigning and ocsp-nocheck, and not revoked. Throws `key.*`, `ledger.*`.
 */
export function chooseResponder(authority: FoundAuthority, deps: AuthorityDeps): Responder | undefined {
  const nowMs = deps.clock.now();
  const fit = authority.responders.all().flatMap((place) => {
    const { certificate: path, key } = place.paths;
    const bytes = place.read().certificate;
    const certificate = bytes === undefined ? undefined : decoded(bytes, path);
    return certificate !== undefined && isFit(certificate, authority, deps, nowMs)
      ? [{ certificate, key }]
      : [];
  });
  const [best] = fit.sort((a, b) => b.certificate.notAfter.epochMs - a.certificate.notAfter.epochMs);
  if (best === undefined) return undefined;
  const signer = deps.openKey(best.key);
  if (sameKey(signer.publicKey, best.certificate.publicKey)) return { certificate: best.certificate, signer };
  throw new SamicertsError({
    kind: "key",
    code: "key.mismatched",
    message: `${best.key} is not the key of the certificate beside it`,
    hint: "make a new responder: samicerts ocsp responder",
  });
}

function decoded(bytes: Uint8Array, path: string): Certificate | undefined {
  try {
    return decodeSingle(bytes, path);
  } catch (error) {
    if (error instanceof SamicertsError) return undefined;
    throw error;
  }
}

function isFit(
  certificate: Certificate,
  { certificate: issuer, id }: FoundAuthority,
  deps: AuthorityDeps,
  atMs: number,
): boolean {
  if (certificate.known.extKeyUsage?.purposes.includes(SIGNING) !== true) return false;
  if (!certificate.extensions.some(({ oid }) => oid === OCSP_OID.noCheck)) return false;
  const { findings } = buildPath({ target: certificate, anchors: [issuer], untrusted: [], atMs });
  if (findings.length > 0) return false;
  const serial = serialValue(certificate.serial).toString();
  const row = deps.ledger().find(id, serial);
  return row?.certificate !== undefined && row.revocation === undefined;
}
