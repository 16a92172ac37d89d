import { hash } from "node:crypto";
import { type ErrorParts, SamicertsError } from "../base/errors.ts";
import type { GeneratedKey } from "../keys/generate.ts";
import type { IssuedFacts } from "../ledger/issued-columns.ts";
import type { ValidityRequest } from "../policy/draft-validity.ts";
import { formatKeySpec, type KeySpec } from "../x509/algorithms.ts";
import { assembleCertificate } from "../x509/certificate.ts";
import { writePem } from "../x509/pem.ts";
import { decodePublicKey, type PublicKey } from "../x509/public-key.ts";
import { decodeRequest } from "../x509/request.ts";
import type { DeviceEncoder, EncodedDevices } from "./batch-output.ts";
import type { Approved } from "./certify.ts";
import { DeviceColumns } from "./device-columns.ts";
import type { DeviceApprover } from "./issue-device.ts";
import { type NotGranted, notGranted } from "./not-granted.ts";
import { forOwnKey } from "./own-key.ts";
import { signatureCheck } from "./signature-check.ts";

/** A device to be made, its serial reserved: plain data, for whichever thread. */
export interface DeviceJob {
  readonly serial: bigint;
  readonly name: string;
  /** Where it differs from the batch's own. */
  readonly key?: KeySpec;
  readonly days?: number;
  /** The SubjectPublicKeyInfo of a key that is there already; one is made where absent. */
  readonly publicKey?: Uint8Array;
  /** The certificate request that it came in, DER, which was checked. */
  readonly request?: Uint8Array;
}

/** What came of some jobs, in their order: plain data. */
export interface DevicesMade {
  /** Those that were made, as the output takes them. */
  readonly encoded: EncodedDevices;
  /** The same, as the ledger does. */
  readonly facts: IssuedFacts;
  /** Those that could not be. */
  readonly refused: readonly { readonly index: number; readonly error: RefusalParts }[];
  /** Of those that were made: what their requests asked for in vain. */
  readonly notGranted: readonly { readonly serial: bigint; readonly items: readonly NotGranted[] }[];
}

/** What an error says, as another thread can be handed it. */
export type RefusalParts = Pick<ErrorParts, "kind" | "code" | "message" | "hint" | "findings">;

/** What making devices needs. */
export interface DeviceMakerOptions {
  readonly approver: DeviceApprover;
  /** Gives a function that makes a key of the kind at each call. */
  readonly keyGenerator: (spec: KeySpec) => () => GeneratedKey;
  /** Checks every signature, not only some. */
  readonly checkAll: boolean;
  readonly encoder: DeviceEncoder;
}

/** Makes devices; `atMs` is when they are issued. What the policy refuses is told of and not signed. */
export interface DeviceMaker {
  /** All of it: a key, a draft, the judge's word, a signature, PEM. */
  make(jobs: readonly DeviceJob[], atMs: number): DevicesMade;
  /** All that comes before the signature. */
  prepare(jobs: readonly DeviceJob[], atMs: number): PreparedDevices;
}

/** Devices that are only to be signed. */
export interface PreparedDevices {
  /** What the judge has passed, in the jobs' order. */
  readonly approved: readonly Approved[];
  /** Checks and encodes what was signed elsewhere, in that order; throws `path.invalid` where a signature does not hold. */
  finish(signatures: readonly Uint8Array[]): DevicesMade;
  /** Overwrites the keys of devices that are given up. */
  wipe(): void;
}

interface Prepared {
  readonly job: DeviceJob;
  /** Absent where the device has its key already. */
  readonly made: GeneratedKey | undefined;
  readonly publicKey: PublicKey;
  readonly approved: Approved;
}

/** What a call works at. */
interface Work {
  readonly atMs: number;
  readonly columns: DeviceColumns;
  readonly notGranted: DevicesMade["notGranted"][number][];
}

const DAY_MS = 86_400_000;

/**
 * Prepares to make an issuer's devices.
 * Throws `path.invalid` where a signature does not hold, `key.*`, `token.*`.
 */
export function createDeviceMaker(options: DeviceMakerOptions): DeviceMaker {
  const { approver, encoder } = options;
  const { signer, certificate: issuer } = approver.issuer;
  const generators = new Map<string, () => GeneratedKey>();
  const generate = (spec: KeySpec): GeneratedKey => {
    const name = formatKeySpec(spec);
    const known = generators.get(name) ?? options.keyGenerator(spec);
    generators.set(name, known);
    return known();
  };
  const check = signatureCheck(approver, options.checkAll || issuer.publicKey.kind === "rsa");
  const prepareOne = (job: DeviceJob, atMs: number): Prepared => {
    const made = job.publicKey === undefined ? generate(job.key ?? approver.key) : undefined;
    try {
      const publicKey = made?.publicKey ?? decodePublicKey(job.publicKey as Uint8Array);
      const device = { serial: job.serial, name: job.name, ...validityOf(job.days) };
      const approve = () => approver.approve(device, publicKey, atMs);
      return { job, made, publicKey, approved: made === undefined ? forOwnKey(approve) : approve() };
    } catch (error) {
      made?.wipe();
      throw error;
    }
  };
  const finishOne = (prepared: Prepared, signature: Uint8Array, first: boolean, work: Work): void => {
    const { job, made, publicKey, approved } = prepared;
    check(approved, signature, first);
    const der = assembleCertificate(approved.tbs, approved.algorithm, signature);
    const certificateSha256 = hash("sha256", der, "hex");
    const spkiSha256 = hash("sha256", publicKey.der, "hex");
    const notBeforeMs = approved.certificate.notBefore.epochMs;
    const notAfterMs = approved.certificate.notAfter.epochMs;
    work.columns.add({ der, certificateSha256, spkiSha256, notBeforeMs, notAfterMs });
    encoder.add({
      serial: job.serial.toString(),
      name: job.name,
      ...(made === undefined ? {} : { keyPem: writePem("PRIVATE KEY", made.pkcs8) }),
      certificatePem: writePem("CERTIFICATE", der),
      certificateSha256,
      spkiSha256,
      notAfterMs,
      issuedMs: work.atMs,
    });
    if (job.request === undefined) return;
    const items = notGranted(decodeRequest(job.request), approved.certificate);
    if (items.length > 0) work.notGranted.push({ serial: job.serial, items });
  };
  /** Goes through the jobs; gives those that are refused, and throws what is not about one of them. */
  const each = (jobs: readonly DeviceJob[], one: (job: DeviceJob) => void): DevicesMade["refused"] => {
    const refused: DevicesMade["refused"][number][] = [];
    for (const [index, job] of jobs.entries())
      try {
        one(job);
      } catch (error) {
        if (!(error instanceof SamicertsError) || !isOfRow(error)) throw error;
        refused.push({ index, error: refusalParts(error) });
      }
    return refused;
  };
  /** Has up to so many devices encoded by `add`. Where that fails, nothing of them is left for the next ones' output. */
  const encode = (most: number, atMs: number, add: (work: Work) => DevicesMade["refused"]): DevicesMade => {
    const work: Work = { atMs, columns: new DeviceColumns(most), notGranted: [] };
    try {
      const refused = add(work);
      const { columns, notGranted } = work;
      return { encoded: encoder.take(), facts: columns.take(), refused, notGranted };
    } catch (error) {
      encoder.take().output.fill(0);
      throw error;
    }
  };
  const makeOne = (job: DeviceJob, first: boolean, work: Work): void => {
    const prepared = prepareOne(job, work.atMs);
    const { tbs, algorithm } = prepared.approved;
    try {
      finishOne(prepared, signer.sign(tbs, algorithm), first, work);
    } finally {
      prepared.made?.wipe();
    }
  };
  const prepare = (jobs: readonly DeviceJob[], atMs: number): PreparedDevices => {
    const ready: Prepared[] = [];
    const wipe = (): void => {
      for (const { made } of ready) made?.wipe();
    };
    try {
      const refused = each(jobs, (job) => void ready.push(prepareOne(job, atMs)));
      const approved = ready.map((prepared) => prepared.approved);
      const finish = (signatures: readonly Uint8Array[]): DevicesMade => {
        try {
          return encode(ready.length, atMs, (work) => {
            for (const [index, prepared] of ready.entries())
              finishOne(prepared, signatures[index] as Uint8Array, index === 0, work);
            return refused;
          });
        } finally {
          wipe();
        }
      };
      return { approved, finish, wipe };
    } catch (error) {
      wipe();
      throw error;
    }
  };
  return {
    make: (jobs, atMs) =>
      encode(jobs.length, atMs, (work) => {
        let first = true;
        return each(jobs, (job) => {
          makeOne(job, first, work);
          first = false;
        });
      }),
    prepare,
  };
}

/** What the row's own validity asks for. */
export function validityOf(days: number | undefined): { readonly validity?: ValidityRequest } {
  return days === undefined ? {} : { validity: { lengthMs: days * DAY_MS } };
}

/** Whether an error is about one row; the others end the batch. */
export function isOfRow({ kind, code }: SamicertsError): boolean {
  return (kind === "input" || kind === "refused" || kind === "exists") && code !== "path.invalid";
}

/** An error as another thread can be handed it. */
export function refusalParts({ kind, code, message, hint, findings }: SamicertsError): RefusalParts {
  return { kind, code, message, hint, findings };
}
