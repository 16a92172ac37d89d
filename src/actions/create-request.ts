import { SamicertsError } from "../base/errors.ts";
import type { PairPlace } from "../workspace/workspace.ts";
import { formatKeySpec, type KeySpec, parseKeySpec } from "../x509/algorithms.ts";
import type { Name } from "../x509/name.ts";
import { formatName } from "../x509/name-format.ts";
import { writePem } from "../x509/pem.ts";
import { assembleRequest, checkProof, decodeRequest, encodeRequestInfo } from "../x509/request.ts";
import type { Signer } from "../x509/signer.ts";
import type { Deps } from "./deps.ts";
import { sha256Hex, signatureName } from "./summary.ts";

/** A request that a device is to make. */
export interface CreateRequestInput {
  readonly subject: Name;
  /** On P-256 where absent; nothing where the key is there already. */
  readonly key?: KeySpec;
  /** Where key and request lie. */
  readonly place: PairPlace;
  /** Makes the request anew where there is one. */
  readonly replaceRequest?: boolean;
}

/** A request that was made: where it lies, and what it says. */
export interface RequestMade {
  readonly paths: { readonly request: string; readonly key: string };
  /** False where the key was there before. */
  readonly keyCreated: boolean;
  /** Whether the key's file is encrypted. */
  readonly keyEncrypted: boolean;
  readonly subject: string;
  /** As `--key` writes it. */
  readonly key: string;
  readonly signatureAlgorithm: string;
  /** SHA-256 of the SubjectPublicKeyInfo, lower-case hex. */
  readonly spkiSha256: string;
  /** The request, PEM. */
  readonly pem: string;
}

const DEFAULT_KEY = "ec:P-256";

/**
 * Makes a device's key and a request for its certificate; where the key is there alone, the request is made for it.
 * Throws `exists.file` where the request is there, `key.*`, `io.*`; then nothing was written.
 */
export function createRequest(
  input: CreateRequestInput,
  deps: Pick<Deps, "generateKey" | "keyText" | "sealsKeys" | "openKey">,
): RequestMade {
  const { place, subject } = input;
  const { certificate: path, key: keyPath } = place.paths;
  const there = place.read();
  if (there.certificate !== undefined && input.replaceRequest !== true) throw requestThere(path);
  const fresh =
    there.key === undefined ? deps.generateKey(input.key ?? parseKeySpec(DEFAULT_KEY)) : undefined;
  if (fresh !== undefined && there.certificate !== undefined) throw keyLost(path, keyPath);
  const signer = fresh?.signer() ?? deps.openKey(keyPath);
  checkKind(signer, input.key, keyPath);
  const pem = writePem("CERTIFICATE REQUEST", signRequest(subject, signer));
  if (fresh === undefined) place.writeCertificate(pem, { replace: input.replaceRequest === true });
  else place.write({ key: deps.keyText(fresh.pkcs8), certificate: pem });
  fresh?.wipe();
  return {
    paths: { request: path, key: keyPath },
    keyCreated: fresh !== undefined,
    keyEncrypted: fresh === undefined ? signer.plainFile !== true : deps.sealsKeys,
    subject: formatName(subject),
    key: signer.publicKey.label,
    signatureAlgorithm: signatureName(signer.algorithm),
    spkiSha256: sha256Hex(signer.publicKey.der),
    pem,
  };
}

function checkKind({ publicKey }: Signer, asked: KeySpec | undefined, path: string): void {
  if (asked === undefined || publicKey.label === formatKeySpec(asked)) return;
  throw new SamicertsError({
    kind: "exists",
    code: "exists.key",
    message: `${path} is there, a key of kind ${publicKey.label}, not ${formatKeySpec(asked)}; it was not touched`,
    hint: "leave --key out to make the request for it, or choose another --out",
  });
}

/** Signs a request, and reads it as whoever gets it will. */
function signRequest(subject: Name, signer: Signer): Uint8Array {
  const info = encodeRequestInfo({ subject, publicKey: signer.publicKey.der });
  const der = assembleRequest(info, signer.algorithm, signer.sign(info));
  checkProof(decodeRequest(der, "the new request"), "the new request");
  return der;
}

function requestThere(path: string): SamicertsError {
  return new SamicertsError({
    kind: "exists",
    code: "exists.file",
    message: `${path} exists already; it was not touched`,
    hint: "choose another --out, or make it anew for the key that is there with --force",
  });
}

function keyLost(path: string, keyPath: string): SamicertsError {
  return new SamicertsError({
    kind: "exists",
    code: "exists.file",
    message: `${path} is there, but its key ${keyPath} is not`,
    hint: "put the key back; or move the request away to begin with a new key",
  });
}
