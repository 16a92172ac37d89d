import type { KeyObject } from "node:crypto";
import type { DeviceEncoding } from "../../actions/batch-output.ts";
import type { DeviceJob } from "../../actions/make-devices.ts";
import type { SubjectAttribute } from "../../policy/draft-subject.ts";
import type { ValidityRequest } from "../../policy/draft-validity.ts";
import type { Policy } from "../../policy/policy.ts";
import type { KeySpec } from "../../x509/algorithms.ts";
import type { SharedKey } from "../../x509/signer.ts";

/** All that making devices follows, in a form that a thread can be handed. */
export interface MakerPlan {
  readonly policy: Policy;
  /** The certificates above a device, DER: its issuer first, the root last. */
  readonly chain: readonly Uint8Array[];
  /** The issuer's key, or where it is and who of the threads may log in there (see LoginGate). */
  readonly key: KeyObject | { readonly shared: SharedKey; readonly gate: Int32Array<SharedArrayBuffer> };
  readonly deviceKey?: KeySpec;
  readonly validity?: ValidityRequest;
  readonly subject?: readonly SubjectAttribute[];
  readonly checkAll: boolean;
  /** How devices are written. */
  readonly encoding: DeviceEncoding;
  /** Where requests' paths begin. */
  readonly requestsFrom: string;
}

/** What a thread is asked: to make devices, or to read requests. */
export type MakerTask =
  | { readonly kind: "make"; readonly jobs: readonly DeviceJob[]; readonly atMs: number }
  | { readonly kind: "read"; readonly requests: readonly string[] };
