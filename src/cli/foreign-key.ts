import type { ForeignKey } from "../actions/issuance.ts";
import { SamicertsError } from "../base/errors.ts";
import { nodeFiles } from "../workspace/node-files.ts";
import { takeForeignKey } from "../x509/foreign-key.ts";
import { readPublicKeyFile } from "../x509/public-key-file.ts";
import { readRequest } from "../x509/read-request.ts";
import { MAX_REQUEST_SIZE } from "../x509/request.ts";
import type { Flags } from "./flag-values.ts";
import { FLAG } from "./flags.ts";
import { asInput, readInput, sourceName } from "./read-input.ts";
import { REQUEST_FLAG } from "./request-flags.ts";
import { usageError } from "./usage.ts";

/** PEM takes a third more than DER, and there may be text around it. */
const MAX_FILE: number = 2 * MAX_REQUEST_SIZE;

/**
 * The key that the device keeps to itself, as the flags name it; undefined where one is to be made.
 * Throws `usage.conflict`, `usage.no-proof`, `request.*`, `key.unsafe`, `key.unsupported`, `pem.*`, `der.*`.
 */
export function readForeignKey(flags: Flags): ForeignKey | undefined {
  const csr = flags.text(REQUEST_FLAG.csr);
  const file = flags.text(REQUEST_FLAG.publicKey);
  const noProof = flags.on(REQUEST_FLAG.noProof);
  const [given] = [csr, file].filter((each) => each !== undefined);
  if (given === undefined) {
    if (!noProof) return undefined;
    throw usageError("no-proof", "--no-proof says nothing without --public-key", "leave it out");
  }
  if (flags.text(FLAG.key) !== undefined)
    throw usageError(
      "conflict",
      "--key says what key to make, but the device brings its own",
      "leave --key out, or --csr and --public-key",
    );
  if (csr !== undefined && file !== undefined)
    throw usageError(
      "conflict",
      "--csr and --public-key can't be given together",
      "a request has the key in it",
    );
  if (csr !== undefined && noProof)
    throw usageError(
      "conflict",
      "a request is always checked: --no-proof is for --public-key",
      "leave it out",
    );
  if (file !== undefined && !noProof)
    throw usageError(
      "no-proof",
      "a public key alone does not show that the device has its private key",
      "have the device make a request and give it with --csr; or give your word with --no-proof, which is recorded",
    );
  const name = sourceName(given);
  const bytes = readBytes(given, csr === undefined ? "a public key" : "a certificate request");
  if (csr === undefined) return { publicKey: takeForeignKey(readPublicKeyFile(bytes, name), name) };
  const request = readRequest(bytes, name);
  return { publicKey: request.publicKey, request };
}

function readBytes(path: string, what: string): Uint8Array {
  try {
    return readInput(path, nodeFiles, MAX_FILE, what);
  } catch (error) {
    throw error instanceof SamicertsError ? asInput(error) : error;
  }
}
