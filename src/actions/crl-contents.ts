import { SamicertsError } from "../base/errors.ts";
import type { IssuerId } from "../ledger/ledger.ts";
import type { Revocations } from "../ledger/revocation.ts";
import { memorySource } from "../x509/byte-source.ts";
import type { Certificate } from "../x509/certificate.ts";
import { decodeCrl } from "../x509/crl.ts";
import { assembleCrl, type CrlDraft, encodeCrlEntries, encodeTbsCrl } from "../x509/crl-encode.ts";
import { verifySignature } from "../x509/signature.ts";
import type { Signer } from "../x509/signer.ts";

/** A CRL's entries, encoded, in pieces. */
export interface CrlContents {
  readonly pieces: readonly Uint8Array[];
  readonly count: number;
}

/** So many are asked for at once; between two pages others may write. */
const PAGE_ROWS = 5000;

/** Encodes all that an issuer has revoked, but for what had ended by `keptFromMs` and was on record then. */
export function collectEntries(
  revocations: Revocations,
  issuer: IssuerId,
  keptFromMs: number | undefined,
): CrlContents {
  const pieces: Uint8Array[] = [];
  let count = 0;
  for (let after = 0; ; ) {
    const rows = revocations.page({
      issuer,
      after,
      limit: PAGE_ROWS,
      ...(keptFromMs === undefined ? {} : { keptFromMs }),
    });
    const last = rows.at(-1);
    if (last === undefined) return { pieces, count };
    pieces.push(encodeCrlEntries(rows.map((row) => ({ ...row, serial: BigInt(row.serial) }))));
    count += rows.length;
    after = last.place;
  }
}

/**
 * Signs a CRL and reads it again as a stranger's, entry by entry and its signature; gives its DER.
 * Throws `crl.faulty` (kind `key`) where it does not hold: what signs is broken.
 */
export function signCrl(
  draft: Omit<CrlDraft, "signatureAlgorithm">,
  { pieces, count }: CrlContents,
  signer: Signer,
  { publicKey }: Certificate,
): Uint8Array {
  const { algorithm } = signer;
  const tbs = encodeTbsCrl({ ...draft, signatureAlgorithm: algorithm }, pieces);
  const signature = signer.sign(tbs);
  const der = Buffer.concat(assembleCrl(tbs, algorithm, signature));
  let found = 0;
  decodeCrl(memorySource(der), "the new CRL", () => void found++);
  const verdict = verifySignature(tbs, algorithm, signature, publicKey);
  if (verdict.ok && found === count) return der;
  throw new SamicertsError({
    kind: "key",
    code: "crl.faulty",
    message: `the CRL does not hold after it was signed: ${verdict.ok ? `it has ${found} entries, not ${count}` : verdict.reason}`,
    hint: "nothing was published; check the key, and the token that it is in",
  });
}
