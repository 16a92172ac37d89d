import type { KeyObject } from "node:crypto";
import type { RequestedDevice, RequestToRead } from "../../actions/batch-order.ts";
import type { DeviceEncoding } from "../../actions/batch-output.ts";
import type { DeviceJob } from "../../actions/make-devices.ts";
import type { SubjectAttribute } from "../../policy/draft-subject.ts";
import type { ValidityRequest } from "../../policy/draft-validity.ts";
import type { Policy } from "../../policy/policy.ts";
import type { AlgorithmIdentifier, KeySpec } from "../../x509/algorithms.ts";
import type { SharedKey } from "../../x509/signer.ts";
import type { OctetRows } from "./octet-rows.ts";

/** All that making devices follows, in a form that a thread can be handed. */
export interface MakerPlan {
  readonly policy: Policy;
  /** The certificates above a device, DER: its issuer first, the root last. */
  readonly chain: readonly Uint8Array[];
  /** The issuer's key; absent where other threads sign. */
  readonly key?: KeyObject;
  readonly deviceKey?: KeySpec;
  readonly validity?: ValidityRequest;
  readonly subject?: readonly SubjectAttribute[];
  readonly checkAll: boolean;
  /** How devices are written. */
  readonly encoding: DeviceEncoding;
  /** Where requests' paths begin. */
  readonly requestsFrom: string;
}

/** All that signing with a token's key takes, in a form that a thread can be handed. */
export interface SignerPlan {
  readonly shared: SharedKey;
  /** Has one of the threads after the other log in. */
  readonly gate: Int32Array<SharedArrayBuffer>;
  readonly algorithm: AlgorithmIdentifier;
}

/** Memory of an earlier output, to be filled again. */
export interface Refill {
  readonly memory?: ArrayBuffer | undefined;
}

/** What a thread is asked: to make devices, at once or in two steps with the signatures in between, or to read requests, or to judge them. */
export type MakerTask =
  | ({ readonly kind: "make"; readonly jobs: readonly DeviceJob[]; readonly atMs: number } & Refill)
  | { readonly kind: "prepare"; readonly jobs: readonly DeviceJob[]; readonly atMs: number }
  | ({ readonly kind: "finish"; readonly ticket: number; readonly signatures: OctetRows } & Refill)
  | { readonly kind: "drop"; readonly ticket: number }
  | { readonly kind: "read"; readonly requests: readonly RequestToRead[] }
  | { readonly kind: "judge"; readonly devices: readonly RequestedDevice[]; readonly atMs: number };
