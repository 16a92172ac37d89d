/** Why a certificate is revoked, by the names and numbers of RFC 5280 (5.3.1); 7 is not used. */
const REASONS = [
  ["unspecified", 0],
  ["keyCompromise", 1],
  ["cACompromise", 2],
  ["affiliationChanged", 3],
  ["superseded", 4],
  ["cessationOfOperation", 5],
  ["certificateHold", 6],
  ["removeFromCRL", 8],
  ["privilegeWithdrawn", 9],
  ["aACompromise", 10],
] as const;

/** One reason, as RFC 5280 calls it. */
export type CrlReason = (typeof REASONS)[number][0];

/** A reason to revoke for; `removeFromCRL` takes a certificate off, in delta CRLs alone. */
export type RevocationReason = Exclude<CrlReason, "removeFromCRL">;

const CODES: ReadonlyMap<CrlReason, number> = new Map(REASONS);
const NAMES: ReadonlyMap<number, CrlReason> = new Map(REASONS.map(([name, code]) => [code, name]));

/** The reasons that a certificate can be revoked for, in the order of their numbers. */
export const REVOCATION_REASONS: readonly RevocationReason[] = REASONS.map(([name]) => name).filter(
  (name) => name !== "removeFromCRL",
);

/** A reason's number. */
export function reasonCode(reason: CrlReason): number {
  return CODES.get(reason) as number;
}

/** The reason with this number; undefined where there is none. */
export function reasonOf(code: number): CrlReason | undefined {
  return NAMES.get(code);
}
