import type { SamicertsError } from "../base/errors.ts";

/** One device as it goes into an output and a manifest. */
export interface IssuedPair {
  /** In decimal digits. */
  readonly serial: string;
  readonly name: string;
  /** PEM text, ASCII; absent where the device keeps its key to itself. */
  readonly keyPem?: Uint8Array | string;
  /** PEM text, ASCII. */
  readonly certificatePem: Uint8Array | string;
  /** SHA-256 of the certificate's DER, in lower-case hex. */
  readonly certificateSha256: string;
  /** SHA-256 of its SubjectPublicKeyInfo, likewise. */
  readonly spkiSha256: string;
  /** Milliseconds since 1970, as is the other. */
  readonly notAfterMs: number;
  /** When it was issued: the time that an archive gives its files. */
  readonly issuedMs: number;
}

/** What kind of thing a batch writes to. */
export type OutputKind = "directory" | "tar" | "tar.gz" | "ndjson" | "stdout";

/** How devices are written into an output, in a form that a thread can be handed. */
export interface DeviceEncoding {
  readonly kind: OutputKind;
  /** Whether files are spread over a thousand directories. */
  readonly sharded: boolean;
  /** The output's own name, where places in it are named after it; else empty. */
  readonly name: string;
}

/** Makes of devices what an output and its manifest take, in whichever thread makes the devices. */
export interface DeviceEncoder {
  add(device: IssuedPair): void;
  /** Those that were added since the last time. */
  take(): EncodedDevices;
  /** Takes back the memory of an `output`, to fill it again. */
  reuse(memory: ArrayBuffer): void;
}

/** Devices as an output and its manifest take them, in memory that can be given away. */
export interface EncodedDevices {
  /** The very octets of an archive or a pipe; for a directory the files' contents, one after the other. */
  readonly output: Uint8Array<ArrayBuffer>;
  /** For a directory: of each device the octets of its key, 0 where it keeps it to itself, and of its certificate. */
  readonly lengths?: Uint32Array<ArrayBuffer>;
  /** Lines of the manifest; empty where there is none. */
  readonly manifest: Uint8Array<ArrayBuffer>;
}

/** How far a batch's files were durable at the last commit: the ledger keeps it with each chunk, and gives it back. */
export interface CommittedLengths {
  /** What `BatchOutput.flush` gave: octets, or 0 where the output is a directory. */
  readonly output: number;
  /** What `BatchManifest.flush` gave: octets. */
  readonly manifest: number;
}

/**
 * Where a batch's devices go. The order for each chunk: `write`, `flush`, then the ledger's commit with what `flush`
 * gave. What was written after the last commit is undone when the output is opened again, so any call may fail, and
 * the process may die in any of them. Each throws `io.*`; after that it is of no more use, and only `close` is called.
 */
export interface BatchOutput {
  readonly kind: OutputKind;
  /** The path as it was given; `-` for standard output. */
  readonly path: string;
  /** False for standard output: what is gone down a pipe can't be taken back. */
  readonly resumable: boolean;
  /** Where this device's certificate is in the output, as the manifest says it. */
  fileOf(serial: string): string;
  /**
   * The error for a row whose place is taken by a file that this batch has not made (`exists.file`): ask before the
   * serial is reserved. Always undefined for an archive.
   */
  taken(serial: string): SamicertsError | undefined;
  /**
   * What an interrupted run of this batch wrote for a serial that it had reserved and not committed. Each part is whole
   * where it is there. Ask for every row that was reserved before. Undefined where there is nothing, as in an archive,
   * whose uncommitted end is cut off.
   */
  leftover(serial: string): Leftover | undefined;
  /**
   * Takes devices, in the batch's order, whose serials are these; those with a `leftover` key have only their certificate
   * written.
   */
  write(serials: readonly string[], encoded: EncodedDevices): void;
  /** Makes all that was written durable; gives the length to be committed. */
  flush(): number;
  /** Ends it once every row is committed: an archive's closing blocks. Durable; may be repeated after a crash. */
  finish(): void;
  /** Lets go of the files without ending the output. */
  close(): void;
}

/** The files of one device that an interrupted run left. */
export interface Leftover {
  /** PEM. */
  readonly key?: Uint8Array;
  /** PEM. */
  readonly certificate?: Uint8Array;
}

/** What a manifest says of the batch as a whole, in its first line. */
export interface ManifestHeader {
  readonly batch: string;
  /** The input's digest. */
  readonly input: string;
  /** The policy's name, and its digest in lower-case hex. */
  readonly policy: string;
  readonly policyDigest: string;
  /** The issuer's subject DN in words, and SHA-256 of its SubjectPublicKeyInfo in lower-case hex. */
  readonly issuer: string;
  readonly issuerSpkiSha256: string;
  /** When the batch was begun, in milliseconds since 1970. */
  readonly createdMs: number;
}

/** The list of what a batch has made, beside its output; it lasts and is taken back as the output is. */
export interface BatchManifest {
  readonly path: string;
  /** Where the signature is put: the manifest's path with `.sig`. */
  readonly signaturePath: string;
  /** Takes the lines of devices, in the batch's order; of those that were adopted too. */
  write(lines: Uint8Array): void;
  /** Makes all that was written durable; gives the length to be committed. */
  flush(): number;
  /**
   * Puts the detached signature beside the manifest, durably; may be repeated after a crash.
   * The signer is given the digest of the whole manifest (see `createManifestSigner`).
   */
  finish(signer: ManifestSigner): void;
  close(): void;
}

/** Signs a manifest, whatever its length. */
export interface ManifestSigner {
  /** What the manifest is to be digested with. */
  readonly hash: string;
  /** Gives the signature file's text. */
  sign(digest: Uint8Array): string;
}

/** What a batch needs to open its files. */
export interface BatchFilesRequest {
  /** The batch's id in the ledger: letters, digits and hyphens. */
  readonly batch: string;
  /** The ledger's lengths where an unfinished batch goes on, `{ output: 0, manifest: 0 }` too; absent for a new one. */
  readonly committed?: CommittedLengths;
  /** Devices that are written at most before they are committed. */
  readonly mostUncommitted: number;
  /** Must be the same again where a batch goes on. */
  readonly header: ManifestHeader;
  /** PEM of what a device's chain has after the device: a directory gets a chain beside each. Absent under the root itself. */
  readonly above?: string;
}

/** A batch's files, open for writing. */
export interface BatchFiles {
  readonly output: BatchOutput;
  /** Absent for standard output. */
  readonly manifest?: BatchManifest;
  /** What makes of devices what these files take, in this thread. */
  readonly encoder: DeviceEncoder;
}

/**
 * A batch's output, held by this process and no other until it is released or the process ends. Nothing but the lock
 * is made by holding it, so hold it first, then open the batch in the ledger, then the files.
 */
export interface OutputClaim {
  /** What identifies the output in the ledger: its kind, layout and absolute path. */
  readonly identity: string;
  /** How devices are written into it. */
  readonly encoding: DeviceEncoding;
  /** Makes sure that nothing is in a new batch's way; throws `exists.file`, `io.*`. */
  checkFree(): void;
  /**
   * Opens the files of a new batch, or brings those of an unfinished one back to what was committed.
   * Throws `exists.file` where something is there that is not this batch's, `output.missing` and `output.damaged`
   * (kind `io`) where what was committed is not there any more, `output.ahead` where more was than the ledger knows of,
   * and `io.*`.
   */
  open(request: BatchFilesRequest): BatchFiles;
  release(): void;
}
