import type { SamicertsError } from "../base/errors.ts";
import type { Batch } from "../ledger/batch.ts";
import type { Ledger } from "../ledger/ledger.ts";
import type { Judge } from "../policy/evaluate.ts";
import type { PublicKey } from "../x509/public-key.ts";
import type { InVain } from "./asked-in-vain.ts";
import type { DeviceEncoding, OutputClaim, OutputKind } from "./batch-output.ts";
import type { BatchInput, BatchRow, RejectedRow } from "./batch-row.ts";
import type { Deps } from "./deps.ts";
import type { IsDone } from "./done-rows.ts";
import type { DeviceApprover, IssueDeviceInput } from "./issue-device.ts";
import type { LateMakers } from "./late-makers.ts";
import type { DeviceJob, DevicesMade, RefusalParts } from "./make-devices.ts";
import type { NotGranted } from "./not-granted.ts";
import type { ProvenRequests } from "./proven-requests.ts";

/** A batch as it is asked for. */
export interface BatchOrder extends Pick<IssueDeviceInput, "key" | "validity" | "subject" | "line"> {
  readonly judge: Judge;
  /** Opens the input; `checkRow` throws for a row that can't be issued. */
  readonly openInput: (checkRow: (row: BatchRow) => void) => Promise<BatchInput>;
  /** For a range its first and last row: where these are refused, so is all of it. */
  readonly ends?: readonly Pick<BatchRow, "serial" | "name">[];
  /** Looks at the output as it is; what it gives tells what is in the way of a serial's files. */
  readonly lookAtOutput?: () => InTheWay;
  /** Holds the output for this process. */
  readonly claimOutput: () => OutputClaim;
  /** Where rows that are refused go; with `again` an earlier run may have written some of them. */
  readonly openRejects?: (input: BatchInput, again: boolean) => RejectedRows;
  /** What else makes it this batch and no other, in words; empty for nothing. */
  readonly settings: string;
  /** Goes through the whole input before anything is signed, where it can. */
  readonly precheck: boolean;
  /** More rows refused than this end it. */
  readonly maxErrors?: number;
  /** Makes nothing, and says what would be made. */
  readonly dryRun?: boolean;
  /** Rows that are committed at once; by the kind of key where absent. What is made does not depend on it. */
  readonly chunkRows?: number;
}

/** Why a serial's files can't be made; undefined where they can. */
export type InTheWay = (serial: string) => SamicertsError | undefined;

/** Takes rows that were refused. */
export interface RejectedRows {
  readonly path: string;
  readonly leftOut: number;
  write(rejected: RejectedRow, row?: Pick<BatchRow, "serial" | "name">): void;
  /** Every refused row was told. */
  finish(): void;
  /** The batch is to go on another time, and every refused row will be told again then. */
  leave(): void;
}

/** What a batch needs of the world. */
export interface BatchDeps extends Deps {
  /** Starts what makes devices, for about so many rows; undefined where nobody knows how many. */
  readonly startMakers: (
    approver: DeviceApprover,
    rows: number | undefined,
    encoding: DeviceEncoding,
  ) => Makers;
  /** Reads a private key's file; throws `key.*`. */
  readonly readKey: (bytes: Uint8Array, file: string) => PublicKey;
  /** Begins to watch for whoever wants it to stop. */
  readonly watchStop: () => StopWatch;
}

/** Makes devices, in this thread or in others. */
export interface Makers {
  make(jobs: readonly DeviceJob[], atMs: number): Promise<DevicesMade>;
  /** Takes back the memory of outputs that are written, to fill it again: new memory costs as much as filling it. */
  reuse(memory: readonly ArrayBuffer[]): void;
  /** Reads requests and checks them: their keys, or why they are refused. */
  readRequests(requests: readonly RequestToRead[]): Promise<readonly RequestRead[]>;
  /** Reads and checks requests, and judges what would be made of them; signs nothing. */
  judgeRequests(devices: readonly RequestedDevice[], atMs: number): Promise<readonly RequestJudged[]>;
  /** Ends the threads. */
  close(): Promise<void>;
}

/** A request as its row has it. */
export interface RequestToRead {
  readonly request: string;
  /** The SHA-256, in lower-case hex, of octets whose proof was checked in this run already. */
  readonly proven?: string;
}

/** A request's SubjectPublicKeyInfo and the request itself, DER both; or why it is refused. */
export type RequestRead =
  | { readonly publicKey: Uint8Array; readonly request: Uint8Array }
  | { readonly error: RefusalParts };

/** A device that brings a request, as its row says it. */
export interface RequestedDevice {
  readonly serial: bigint;
  readonly name: string;
  readonly days?: number;
  readonly request: string;
}

/** What was found of a request: both digests are in lower-case hex. */
export type RequestJudged =
  | {
      /** SHA-256 of its SubjectPublicKeyInfo. */
      readonly spkiSha256: string;
      /** SHA-256 of the request's octets, as they were read. */
      readonly sha256: string;
    }
  | { readonly error: RefusalParts };

/** Whether a person wants it to stop. */
export interface StopWatch {
  readonly requested: boolean;
  /** Is fulfilled then. */
  readonly asked: Promise<void>;
  end(): void;
}

/** What happens while a batch is made. */
export type BatchEvent =
  /** So many rows are looked through before anything is made. */
  | { readonly kind: "checked"; readonly rows: number }
  | {
      readonly kind: "begun";
      readonly batch: number;
      readonly resumed: boolean;
      /** Rows in the input; undefined for a stream. */
      readonly total: number | undefined;
      /** Rows that an earlier run has done. */
      readonly done: number;
    }
  | {
      readonly kind: "refused";
      readonly line: number;
      readonly row?: BatchRow;
      readonly error: SamicertsError;
    }
  /** A device is made, and its request had asked for more, or for something else. */
  | {
      readonly kind: "not-granted";
      readonly row: BatchRow;
      readonly notGranted: readonly NotGranted[];
    }
  /** Durable and in the ledger: so many in all, earlier runs' too. */
  | { readonly kind: "committed"; readonly issued: number; readonly refused: number; readonly line: number };

/** How a batch ended. */
export interface BatchResult {
  /** `already`: an earlier run had finished it. `checked`: a dry run. */
  readonly state: "finished" | "already" | "interrupted" | "checked";
  /** Its number in the ledger; absent where it has none yet. */
  readonly batch?: number;
  readonly resumed: boolean;
  /** Devices of the batch that are made, or could be. */
  readonly issued: number;
  /** Of these, in this run. */
  readonly issuedNow: number;
  readonly refused: number;
  /** What requests asked for in vain, in this run; most often first. */
  readonly notGranted?: readonly InVain[];
  readonly total?: number;
  readonly output?: { readonly kind: OutputKind; readonly path: string };
  readonly manifest?: { readonly path: string; readonly signature: string };
  readonly rejects?: { readonly path: string; readonly leftOut: number };
  /** Where an earlier run had finished it: when, in milliseconds since 1970. */
  readonly finishedMs?: number;
}

/** A batch's part of the ledger, and what it is made with. */
export interface OpenedBatch {
  readonly order: BatchOrder;
  readonly deps: BatchDeps;
  readonly approver: DeviceApprover;
  readonly input: BatchInput;
  readonly claim: OutputClaim;
  readonly ledger: Ledger;
  readonly batch: Batch;
  readonly makers: LateMakers;
  readonly isDone: IsDone;
  /** Absent where the input was not looked through in this run. */
  readonly proven?: ProvenRequests;
}
