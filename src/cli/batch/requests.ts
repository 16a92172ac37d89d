import { hash } from "node:crypto";
import { resolve } from "node:path";
import type {
  RequestedDevice,
  RequestJudged,
  RequestRead,
  RequestToRead,
} from "../../actions/batch-order.ts";
import { isOfRow, type RefusalParts, refusalParts, validityOf } from "../../actions/make-devices.ts";
import { forOwnKey } from "../../actions/own-key.ts";
import { SamicertsError } from "../../base/errors.ts";
import type { ValidityRequest } from "../../policy/draft-validity.ts";
import { nodeFiles } from "../../workspace/node-files.ts";
import { readBounded } from "../../workspace/read-file.ts";
import type { PublicKey } from "../../x509/public-key.ts";
import { readRequest } from "../../x509/read-request.ts";
import { MAX_REQUEST_SIZE } from "../../x509/request.ts";
import { asInput } from "../read-input.ts";

/** PEM takes a third more than DER, and there may be text around it. */
const MAX_FILE: number = 2 * MAX_REQUEST_SIZE;

const MISSING_HINT = "check the path: it begins in the directory that the list is in";

/** So much of a path that is none is shown. */
const SHOWN = 100;

/** Throws where a device with such a key is not to be made. */
type Judge = (
  device: { readonly serial: bigint; readonly name: string; readonly validity?: ValidityRequest },
  publicKey: PublicKey,
) => void;

/**
 * Reads certificate requests, each the PEM itself or a file's path from `directory` on, and checks that whoever made it
 * has the key, but for those that were proven before.
 */
export function readRequests(requests: readonly RequestToRead[], directory: string): readonly RequestRead[] {
  return requests.map(({ request, proven }) =>
    unlessRefused(() => {
      const octets = openRequest(request, directory);
      const isProven = proven !== undefined && sha256Of(octets) === proven;
      const { publicKey, der } = readRequest(octets.bytes, octets.name, isProven);
      return { publicKey: publicKey.der, request: der };
    }),
  );
}

/** Reads and checks requests in the same way, and has what would be made of each judged. */
export function judgeRequests(
  devices: readonly RequestedDevice[],
  directory: string,
  judge: Judge,
): readonly RequestJudged[] {
  return devices.map(({ serial, name, days, request }) =>
    unlessRefused(() => {
      const octets = openRequest(request, directory);
      const { publicKey } = readRequest(octets.bytes, octets.name);
      forOwnKey(() => judge({ serial, name, ...validityOf(days) }, publicKey));
      return { spkiSha256: hash("sha256", publicKey.der, "hex"), sha256: sha256Of(octets) };
    }),
  );
}

interface Octets {
  readonly bytes: Uint8Array;
  /** What they are called in messages. */
  readonly name: string;
}

function openRequest(request: string, directory: string): Octets {
  if (request.includes("-----BEGIN ")) return { bytes: Buffer.from(request), name: "the column csr" };
  if (request.includes("\0")) throw pathWithNul(request);
  const name = resolve(directory, request);
  try {
    return { bytes: readBounded(nodeFiles, name, MAX_FILE, "a certificate request"), name };
  } catch (error) {
    if (!(error instanceof SamicertsError)) throw error;
    const { kind, code, message } = asInput(error);
    if (code !== "io.missing") throw asInput(error);
    throw new SamicertsError({ kind, code, message, hint: MISSING_HINT, cause: error });
  }
}

function pathWithNul(path: string): SamicertsError {
  return new SamicertsError({
    kind: "input",
    code: "input.path",
    message: `the path ${JSON.stringify(path.slice(0, SHOWN))} in the column csr has a NUL in it, which no file's has`,
    hint: "write the path of the request's file, or the request itself as PEM",
  });
}

function sha256Of({ bytes }: Octets): string {
  return hash("sha256", bytes, "hex");
}

/** Gives what is wrong with one request as its result; what is not about one of them is thrown. */
function unlessRefused<Result>(work: () => Result): Result | { readonly error: RefusalParts } {
  try {
    return work();
  } catch (error) {
    if (!(error instanceof SamicertsError) || !isOfRow(error)) throw error;
    return { error: refusalParts(error) };
  }
}
