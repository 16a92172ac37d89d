import type { CommandSpec } from "./command-spec.ts";
import { AUDIT_SPEC } from "./specs/audit.ts";
import { BATCH_SPEC } from "./specs/batch.ts";
import { COMPLETION_SPEC } from "./specs/completion.ts";
import { CRL_SPEC } from "./specs/crl.ts";
import { EXPORT_SPEC } from "./specs/export.ts";
import { CLIENT_SPEC, ROOT_SPEC } from "./specs/issue.ts";
import { INSPECT_SPEC, VERIFY_SPEC } from "./specs/judge.ts";
import { KEY_SPEC } from "./specs/keys.ts";
import { LEDGER_SPEC, LIST_SPEC } from "./specs/ledger.ts";
import { INTERMEDIATE_SPEC } from "./specs/lines.ts";
import { OCSP_SPEC } from "./specs/ocsp.ts";
import { POLICY_SPEC } from "./specs/policy.ts";
import { REHEARSE_SPEC } from "./specs/rehearse.ts";
import { NEEDS_RENEWAL_SPEC, REKEY_SPEC, RENEW_SPEC } from "./specs/renew.ts";
import { CSR_SPEC } from "./specs/requests.ts";
import { REVOKE_SPEC } from "./specs/revoke.ts";
import { SANDBOX_SPEC } from "./specs/sandbox.ts";

/** Every command, in the order of help. */
export const COMMANDS: readonly CommandSpec[] = [
  ROOT_SPEC,
  CLIENT_SPEC,
  BATCH_SPEC,
  INTERMEDIATE_SPEC,
  RENEW_SPEC,
  REKEY_SPEC,
  NEEDS_RENEWAL_SPEC,
  REVOKE_SPEC,
  CRL_SPEC,
  OCSP_SPEC,
  CSR_SPEC,
  KEY_SPEC,
  VERIFY_SPEC,
  INSPECT_SPEC,
  LIST_SPEC,
  LEDGER_SPEC,
  AUDIT_SPEC,
  EXPORT_SPEC,
  POLICY_SPEC,
  SANDBOX_SPEC,
  REHEARSE_SPEC,
  COMPLETION_SPEC,
];
