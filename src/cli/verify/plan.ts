import type { Policy, Role } from "../../policy/policy.ts";
import type { VerifyRun } from "../../report/verify-run.ts";
import type { PlannedCrl } from "./crls.ts";

/** How verify's result is written. */
export type VerifyFormat = "human" | "json" | "junit" | "sarif";

/** All that verifying follows, in a form that a thread can be handed. */
export interface VerifyPlan {
  readonly run: VerifyRun;
  readonly format: VerifyFormat;
  readonly verbose: boolean;
  readonly quiet: boolean;
  /** Absent for the path alone. */
  readonly policy?: Policy;
  /** Trust anchors, DER; all of them have been decoded before. */
  readonly anchors: readonly Uint8Array[];
  /** Further certificates for the path, DER; decoded before as well. */
  readonly untrusted: readonly Uint8Array[];
  /** Of these, the vendor's own lines and what binds its roots, DER. */
  readonly intermediates: readonly Uint8Array[];
  /** CRLs that must cover every path; none are asked for where there are none. */
  readonly crls: readonly PlannedCrl[];
  /** The ledger that the certificates must be in; absent to ask none. */
  readonly ledger?: string;
  /** Milliseconds since 1970. */
  readonly atMs: number;
  /** By OID. */
  readonly purpose?: string;
  readonly role?: Role;
  /** The file of the key that must belong to the certificate, instead of the one beside it. */
  readonly matchKey?: string;
  readonly allowKeyMode: boolean;
  /** Opens PKCS#12 files, and the key to match. */
  readonly passphrase?: Uint8Array;
}
