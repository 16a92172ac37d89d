import { ecKey, ed25519Key } from "../../../fixtures/recipes/keys.ts";
import { inspectRequest } from "../../../src/actions/inspect-request.ts";
import { SamicertsError } from "../../../src/base/errors.ts";
import { inspectRequestText } from "../../../src/report/human-inspect-others.ts";
import { PLAIN } from "../../../src/report/paint.ts";
import { signatureAlgorithmFor } from "../../../src/x509/algorithms.ts";
import { encode, encodeOid, encodeSequence, encodeSetOf } from "../../../src/x509/der-writer.ts";
import { encodeExtKeyUsage, encodeKeyUsage } from "../../../src/x509/extension-encode.ts";
import { formatName } from "../../../src/x509/name-format.ts";
import { parseName } from "../../../src/x509/name-syntax.ts";
import { writePem } from "../../../src/x509/pem.ts";
import { readRequest } from "../../../src/x509/read-request.ts";
import { assembleRequest, checkProof, decodeRequest, encodeRequestInfo } from "../../../src/x509/request.ts";
import { withDerOrPem } from "../grammar.ts";
import type { CreateTarget } from "../target.ts";
import { largeNames } from "./large-certificates.ts";
import { checkWords } from "./words.ts";

/** The most octets of a request. */
const MOST = 64 * 1024;

function seeds(): Uint8Array[] {
  return [ecKey("fuzz"), ecKey("fuzz", "P-384"), ed25519Key("fuzz")].flatMap((key) => {
    const info = encodeRequestInfo({
      subject: parseName("CN=lamp,serialNumber=17"),
      publicKey: key.publicKey.der,
      extensions: [
        encodeKeyUsage(true, ["digitalSignature"]),
        encodeExtKeyUsage(false, ["1.3.6.1.5.5.7.3.2"]),
      ],
    });
    const algorithm = signatureAlgorithmFor(key.publicKey);
    const hash = key.publicKey.curve === "P-384" ? "sha384" : "sha256";
    const der = assembleRequest(info, algorithm, key.sign(info, hash));
    return [der, Buffer.from(writePem("CERTIFICATE REQUEST", der))];
  });
}

/** Requests: decoded, their proof of possession checked, and read as a file. */
export const createRequest: CreateTarget = () => ({
  name: "request",
  seeds: seeds(),
  mutate: withDerOrPem,
  read: (input) => {
    if (input[0] !== 0x30) return readRequest(input, "some.csr");
    const request = decodeRequest(input);
    formatName(request.subject);
    checkWords(inspectRequestText(inspectRequest("some.csr", request), { paint: PLAIN, width: 80, atMs: 0 }));
    try {
      checkProof(request);
    } catch (error) {
      // Of nearly every changed one: what is read of it counts.
      if (!(error instanceof SamicertsError)) throw error;
    }
    return request;
  },
  large: (octets) => {
    const size = Math.min(octets, MOST) - 1024;
    const attribute = (n: number): Uint8Array =>
      encodeSequence(encodeOid(`1.2.3.${n}`), encodeSetOf([encode(4, Buffer.alloc(size / 64))]));
    const attributes = Array.from({ length: 60 }, (_, n) => attribute(n)).sort(Buffer.compare);
    const body = (tail: Uint8Array, subject = parseName("CN=x").der): Uint8Array =>
      assembleRequest(
        encodeSequence(Uint8Array.of(2, 1, 0), subject, ecKey("fuzz").publicKey.der, tail),
        signatureAlgorithmFor(ecKey("fuzz").publicKey),
        new Uint8Array(64),
      );
    return [body(encode(0xa0, ...attributes)), ...largeNames(size).map(({ der }) => body(encode(0xa0), der))];
  },
});
