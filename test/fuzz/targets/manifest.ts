import { ecKey } from "../../../fixtures/recipes/keys.ts";
import { createManifestLines, headerLine } from "../../../src/batch-output/manifest-format.ts";
import { readManifestEntry, readManifestHeader } from "../../../src/batch-output/manifest-reader.ts";
import { signatureAlgorithmFor } from "../../../src/x509/algorithms.ts";
import { decodeCertificate } from "../../../src/x509/certificate.ts";
import { createDetachedSigner, readDetachedSignature } from "../../../src/x509/cms-signature.ts";
import { encode, encodeSequence } from "../../../src/x509/der-writer.ts";
import { verifyDetachedSignature } from "../../../src/x509/signature-detached.ts";
import { devicesOf, requestOf } from "../../unit/batch-output/sample-batch.ts";
import { octets, text, withDer, withWords } from "../grammar.ts";
import { type CreateTarget, repeated } from "../target.ts";
import { CERTIFICATES } from "./seed-certificates.ts";

const KEY = ecKey("fuzz");
const MOMENT = Date.UTC(2026, 10, 23);

function signature(): Uint8Array {
  const algorithm = signatureAlgorithmFor(KEY.publicKey);
  const signer = { publicKey: KEY.publicKey, algorithm, sign: (tbs: Uint8Array) => KEY.sign(tbs, "sha256") };
  return createDetachedSigner(signer, decodeCertificate(CERTIFICATES[0] as Uint8Array), MOMENT).sign(
    Buffer.alloc(32, 7),
  );
}

/** Signatures of manifests, and whether they hold. */
export const createManifestSignature: CreateTarget = () => ({
  name: "CMS signature",
  seeds: [signature()],
  mutate: withDer,
  read: (input) => {
    const read = readDetachedSignature(input, "some.p7s");
    verifyDetachedSignature(read, KEY.publicKey);
    return read;
  },
  large: (size) => [
    encodeSequence(
      Buffer.from("06092a864886f70d010702", "hex"),
      encode(
        0xa0,
        encodeSequence(
          Uint8Array.of(2, 1, 1),
          encode(0x31, repeated(Buffer.from("300c06082a864886f70d0205", "hex"), size)),
        ),
      ),
    ),
  ],
});

/** Lines of manifests: the first one, or one of a device. */
export const createManifest: CreateTarget = () => ({
  name: "manifest",
  seeds: octets(
    headerLine(requestOf("1").header, { kind: "tar", path: "line.tar" }),
    ...devicesOf(3).map((device) => createManifestLines()(device, `devices/${device.serial}.crt`)),
  ),
  mutate: withWords([
    "{",
    "}",
    '"',
    ":",
    ",",
    '"serial":',
    '"file":"../x"',
    '"output":{}',
    '"kind":"tar"',
    "null",
    "[]",
    "\\u0000",
    "0",
    "a",
    "9".repeat(50),
    "9".repeat(64),
    '"notAfter":"9999-12-31T23:59:59Z"',
    "1e999",
    '"\\ud800"',
    '"__proto__":{}',
  ]),
  read: (input) => {
    const line = text(input);
    return line.includes("schema") ? readManifestHeader(line, "some") : readManifestEntry(line, "some", 2);
  },
  large: (size) => [
    repeated("[", size),
    Buffer.concat([Buffer.from('{"schema":"'), repeated("a", size), Buffer.from('"}')]),
  ],
});
