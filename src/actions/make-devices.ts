import { hash } from "node:crypto";
import { type ErrorParts, SamicertsError } from "../base/errors.ts";
import type { GeneratedKey } from "../keys/generate.ts";
import type { IssuedFacts } from "../ledger/issued-columns.ts";
import type { ValidityRequest } from "../policy/draft-validity.ts";
import { formatKeySpec, type KeySpec } from "../x509/algorithms.ts";
import { assembleCertificate } from "../x509/certificate.ts";
import { writePem } from "../x509/pem.ts";
import { decodePublicKey } from "../x509/public-key.ts";
import { createVerifier } from "../x509/signature.ts";
import type { DeviceEncoder, EncodedDevices } from "./batch-output.ts";
import type { Approved } from "./certify.ts";
import { DeviceColumns } from "./device-columns.ts";
import type { DeviceApprover } from "./issue-device.ts";
import { pathInvalid } from "./record.ts";

/** A device to be made, its serial reserved: plain data, for whichever thread. */
export interface DeviceJob {
  readonly serial: bigint;
  readonly name: string;
  /** Where it differs from the batch's own. */
  readonly key?: KeySpec;
  readonly days?: number;
  /** The SubjectPublicKeyInfo of a key that is there already; one is made where absent. */
  readonly publicKey?: Uint8Array;
}

/** What came of some jobs, in their order: plain data. */
export interface DevicesMade {
  /** Those that were made, as the output takes them. */
  readonly encoded: EncodedDevices;
  /** The same, as the ledger does. */
  readonly facts: IssuedFacts;
  /** Those that could not be. */
  readonly refused: readonly { readonly index: number; readonly error: RefusalParts }[];
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

/** Makes devices: a key, a draft, the judge's word, a signature, PEM; `atMs` is when they are issued. */
export type DeviceMaker = (jobs: readonly DeviceJob[], atMs: number) => DevicesMade;

const DAY_MS = 86_400_000;

/**
 * Prepares to make an issuer's devices. What the policy refuses is told of and not signed.
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
  const makeOne = (job: DeviceJob, atMs: number, first: boolean, columns: DeviceColumns): void => {
    const made = job.publicKey === undefined ? generate(job.key ?? approver.key) : undefined;
    const publicKey = made?.publicKey ?? decodePublicKey(job.publicKey as Uint8Array);
    const device = { serial: job.serial, name: job.name, ...validityOf(job.days) };
    let approved: Approved;
    try {
      approved = approver.approve(device, publicKey, atMs);
    } catch (error) {
      made?.wipe();
      throw error;
    }
    const signature = signer.sign(approved.tbs, approved.algorithm);
    check(approved, signature, first);
    const der = assembleCertificate(approved.tbs, approved.algorithm, signature);
    const certificateSha256 = hash("sha256", der, "hex");
    const spkiSha256 = hash("sha256", publicKey.der, "hex");
    const notBeforeMs = approved.certificate.notBefore.epochMs;
    const notAfterMs = approved.certificate.notAfter.epochMs;
    columns.add({ der, certificateSha256, spkiSha256, notBeforeMs, notAfterMs });
    encoder.add({
      serial: job.serial.toString(),
      name: job.name,
      ...(made === undefined ? {} : { keyPem: writePem("PRIVATE KEY", made.pkcs8) }),
      certificatePem: writePem("CERTIFICATE", der),
      certificateSha256,
      spkiSha256,
      notAfterMs,
      issuedMs: atMs,
    });
    made?.wipe();
  };
  return (jobs, atMs) => {
    const columns = new DeviceColumns(jobs.length);
    const refused: DevicesMade["refused"][number][] = [];
    for (const [index, job] of jobs.entries())
      try {
        makeOne(job, atMs, index === 0, columns);
      } catch (error) {
        if (!(error instanceof SamicertsError) || !isOfRow(error)) throw error;
        refused.push({ index, error: refusalParts(error) });
      }
    return { encoded: encoder.take(), facts: columns.take(), refused };
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

/** So many signatures are checked as one of them. */
const CHECKED_OF = 64;

/**
 * Checks signatures under the issuer's certificate, by which the world will check them. With RSA every one: that costs a
 * fortieth of signing. On a curve to check is twice the price of signing, and a batch would take half as long again; so
 * there it is the first of every job, and others that nobody can foretell, and all of them with `--check-all`. Why that
 * is enough: the path above a device, names, times and extensions are judged for each one before it is signed. What is
 * left is the signature, all of a thread's made by one KeyObject and one implementation: a wrong key, a wrong algorithm
 * or a broken one makes all of them wrong and is found in the first. A single one spoiled by failing memory can do no
 * harm but that its device is refused, and `samicerts verify --manifest` finds it before it is shipped.
 */
function signatureCheck(
  { issuer }: DeviceApprover,
  all: boolean,
): (approved: Approved, signature: Uint8Array, first: boolean) => void {
  const verifier = createVerifier(issuer.certificate.publicKey);
  return ({ tbs, algorithm, certificate }, signature, first) => {
    // The signature's own last octets are as good as random.
    if (!all && !first && (signature.at(-1) ?? 0) % CHECKED_OF !== 0) return;
    const verdict = verifier.verify(tbs, algorithm, signature);
    if (verdict.ok) return;
    throw pathInvalid([
      {
        rule: "path.signature",
        severity: "error",
        subject: `serial 0x${Buffer.from(certificate.serial).toString("hex")}`,
        message: `a signature that was just made does not hold: ${verdict.reason}`,
        expected: "a signature by the issuer's key",
        actual: verdict.reason,
        citation: "RFC 5280, 6.1.3",
        hint: "nothing of this chunk was written; check the machine's memory, and that the key is the issuer's",
      },
    ]);
  };
}
