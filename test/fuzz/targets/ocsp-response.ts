import { ecKey } from "../../../fixtures/recipes/keys.ts";
import { inspectOcspResponse } from "../../../src/actions/inspect-ocsp.ts";
import { inspectOcspResponseText } from "../../../src/report/human-inspect-revocation.ts";
import { PLAIN } from "../../../src/report/paint.ts";
import { signatureAlgorithmFor } from "../../../src/x509/algorithms.ts";
import { encode, encodeOctetString, encodeSequence } from "../../../src/x509/der-writer.ts";
import { encodeExtension } from "../../../src/x509/extension-encode.ts";
import { decodeOcspResponse } from "../../../src/x509/ocsp-answer.ts";
import {
  assembleOcspResponse,
  encodeCertId,
  encodeOcspFailure,
  encodeResponseData,
  type SingleAnswer,
} from "../../../src/x509/ocsp-response.ts";
import { OCSP_OID } from "../../../src/x509/oids.ts";
import { withDer } from "../grammar.ts";
import type { CreateTarget } from "../target.ts";
import { CERTIFICATES } from "./seed-certificates.ts";
import { checkWords } from "./words.ts";

const MOMENT = Date.UTC(2026, 10, 23);
const DIGEST = Buffer.alloc(20, 9);
const [CERTIFICATE = new Uint8Array()] = CERTIFICATES;

function answer(serial: number, status: SingleAnswer["status"]): SingleAnswer {
  const id = encodeCertId("sha1", DIGEST, DIGEST, Uint8Array.of(serial));
  return { id, status, thisUpdateMs: MOMENT, nextUpdateMs: MOMENT + 86_400_000 };
}

function response(answers: readonly SingleAnswer[], nonce?: Uint8Array): Uint8Array {
  const data = encodeResponseData({
    responderKeyHash: DIGEST,
    producedAtMs: MOMENT,
    answers,
    ...(nonce === undefined ? {} : { nonce }),
  });
  const algorithm = signatureAlgorithmFor(ecKey("fuzz").publicKey);
  return assembleOcspResponse(data, algorithm, new Uint8Array(64), CERTIFICATE);
}

/** What OCSP responders answer, put into words as inspect does. */
export const createOcspResponse: CreateTarget = () => ({
  name: "OCSP response",
  seeds: [
    encodeOcspFailure("tryLater"),
    response([answer(5, { status: "good" })], encodeOctetString(Buffer.alloc(16, 3))),
    response([
      answer(6, { status: "unknown" }),
      answer(7, { status: "revoked", revokedMs: MOMENT, reason: "keyCompromise" }),
    ]),
  ],
  mutate: withDer,
  read: (input) => {
    const decoded = decodeOcspResponse(input);
    const words = inspectOcspResponse("some.der", input, decoded, MOMENT);
    checkWords(inspectOcspResponseText(words, { paint: PLAIN, width: 80, atMs: MOMENT }));
    return decoded;
  },
  large: (octets) => {
    const many = Array.from({ length: Math.min(2000, octets / 96) }, (_, n) =>
      answer(n & 0x7f, { status: "good" }),
    );
    const extension = encode(
      0xa1,
      encodeSequence(encodeExtension(OCSP_OID.nonce, false, Buffer.alloc(octets))),
    );
    return [response(many), encodeSequence(Uint8Array.of(10, 1, 0), encode(0xa0, extension))];
  },
});
