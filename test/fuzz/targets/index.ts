import type { CreateTarget, Target } from "../target.ts";
import { createCsv, createNdjson } from "./batch-input.ts";
import { createCertificate } from "./certificate.ts";
import { createCrl } from "./crl.ts";
import { createDer } from "./der.ts";
import { createKeyFile, createPublicKeyFile } from "./key-file.ts";
import { createManifest, createManifestSignature } from "./manifest.ts";
import { createEncodedName, createTypedName } from "./name.ts";
import { createOcspRequest } from "./ocsp-request.ts";
import { createOcspResponse } from "./ocsp-response.ts";
import { createPem } from "./pem.ts";
import { createPkcs11Uri } from "./pkcs11-uri.ts";
import { createPkcs12, createSealedPkcs12 } from "./pkcs12.ts";
import { createPolicy } from "./policy.ts";
import { createRequest } from "./request.ts";
import { createSignedData } from "./signed-data.ts";
import { createTar } from "./tar.ts";
import { createKeySpec, createSerial, createTime } from "./typed-values.ts";

/** Every target. To add one, write its file beside this one and list it; test/fuzz/fuzz.test.ts misses what is not listed. */
const TARGETS: readonly CreateTarget[] = [
  createDer,
  createCertificate,
  createPem,
  createEncodedName,
  createTypedName,
  createSerial,
  createTime,
  createKeySpec,
  createKeyFile,
  createPublicKeyFile,
  createPolicy,
  createRequest,
  createCrl,
  createOcspRequest,
  createOcspResponse,
  createSignedData,
  createCsv,
  createNdjson,
  createPkcs11Uri,
  createPkcs12,
  createSealedPkcs12,
  createManifest,
  createManifestSignature,
  createTar,
];

/** Makes every target; `corpus` are more certificates to begin from, such as other people's malformed ones. */
export function createTargets(corpus: readonly Uint8Array[] = []): readonly Target[] {
  return TARGETS.map((create) => create(corpus));
}
