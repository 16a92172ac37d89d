import { readPrivateKey } from "../../../src/keys/read-key.ts";
import { encode, encodeSequence } from "../../../src/x509/der-writer.ts";
import { pointProblem } from "../../../src/x509/ec-point.ts";
import { writePem } from "../../../src/x509/pem.ts";
import { readPublicKeyFile } from "../../../src/x509/public-key-file.ts";
import { keyProblem } from "../../../src/x509/signature.ts";
import { withDerOrPem } from "../grammar.ts";
import { type CreateTarget, repeated } from "../target.ts";
import { privateKeyForms, publicKeyForms } from "./seed-keys.ts";

/** Private keys' files: PKCS#8, SEC1 and PKCS#1. */
export const createKeyFile: CreateTarget = () => ({
  name: "key file",
  seeds: privateKeyForms(),
  mutate: withDerOrPem,
  // What is read is a key of OpenSSL's, whose size has nothing to do with the file's.
  read: (input) => readPrivateKey(input, "some.key").publicKey.label,
  large: (octets) => {
    const version = Uint8Array.of(2, 1, 0);
    const one = encode(2, Buffer.alloc(octets / 9, 0x55));
    const pkcs1 = encodeSequence(version, one, one, one, one, one, one, one, one);
    return [
      pkcs1,
      encodeSequence(Uint8Array.of(2, 1, 1), encode(4, Buffer.alloc(octets, 1))),
      encodeSequence(
        version,
        encodeSequence(Buffer.from("06092a864886f70d0101010500", "hex")),
        encode(4, pkcs1),
      ),
      repeated(writePem("PRIVATE KEY", Buffer.alloc(48)), octets),
    ];
  },
});

/** Public keys' files, and what is asked of the key of a stranger. */
export const createPublicKeyFile: CreateTarget = () => ({
  name: "public key file",
  seeds: publicKeyForms(),
  mutate: withDerOrPem,
  read: (input) => {
    const key = readPublicKeyFile(input, "some.pub");
    keyProblem(key);
    pointProblem(key);
    return key;
  },
  large: (octets) => [
    encodeSequence(
      Buffer.from("300d06092a864886f70d0101010500", "hex"),
      encode(
        3,
        Uint8Array.of(0),
        encodeSequence(encode(2, Buffer.alloc(octets / 2, 0x55)), encode(2, Buffer.alloc(octets / 2, 0x55))),
      ),
    ),
    repeated(writePem("PUBLIC KEY", Buffer.alloc(48)), octets),
  ],
});
