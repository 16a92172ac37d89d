import { ecKey } from "../../../fixtures/recipes/keys.ts";
import {
  encode,
  encodeNull,
  encodeOctetString,
  encodeOid,
  encodeSequence,
  encodeText,
} from "../../../src/x509/der-writer.ts";
import { encodeExtension } from "../../../src/x509/extension-encode.ts";
import { decodeOcspRequest, MAX_OCSP_REQUEST } from "../../../src/x509/ocsp-request.ts";
import { OCSP_OID } from "../../../src/x509/oids.ts";
import { HASH_OIDS } from "../../../src/x509/rsa-signature.ts";
import { withDer } from "../grammar.ts";
import { type CreateTarget, repeated } from "../target.ts";

function certId(hash: "sha1" | "sha256", octets: number, serial: number): Uint8Array {
  const algorithm = encodeSequence(encodeOid(HASH_OIDS.get(hash) as string), encodeNull());
  const digest = encodeOctetString(Buffer.alloc(octets, serial));
  return encodeSequence(algorithm, digest, digest, Uint8Array.of(2, 1, serial));
}

function request(ids: readonly Uint8Array[], ...parts: readonly Uint8Array[]): Uint8Array {
  const [requestor = new Uint8Array(), extensions = new Uint8Array(), signature = new Uint8Array()] = parts;
  return encodeSequence(
    encodeSequence(requestor, encodeSequence(...ids.map((id) => encodeSequence(id))), extensions),
    signature,
  );
}

const NONCE = encode(
  0xa2,
  encodeSequence(encodeExtension(OCSP_OID.nonce, false, encodeOctetString(Buffer.alloc(32, 7)))),
);

/** What OCSP clients send. */
export const createOcspRequest: CreateTarget = () => ({
  name: "OCSP request",
  seeds: [
    request([certId("sha1", 20, 5)]),
    request([certId("sha256", 32, 6), certId("sha1", 20, 7)], new Uint8Array(), NONCE),
    request(
      [certId("sha1", 20, 8)],
      encode(0xa1, encodeText(0x82, "device")),
      NONCE,
      encode(0xa0, encodeSequence(ecKey("fuzz").publicKey.der)),
    ),
  ],
  mutate: withDer,
  read: (input) => decodeOcspRequest(input),
  large: () => {
    const size = MAX_OCSP_REQUEST - 256;
    const extension = (n: number): Uint8Array => encodeExtension(`1.2.${n}`, false, new Uint8Array());
    const extensions = Array.from({ length: size / 12 }, (_, n) => extension(n));
    return [
      request([repeated(encodeSequence(certId("sha1", 20, 5)), size)]),
      request([certId("sha1", 20, 5)], new Uint8Array(), encode(0xa2, encodeSequence(...extensions))),
      request([encodeSequence(encodeOid("1.2.3"), encodeOctetString(Buffer.alloc(size)))]),
    ];
  },
});
