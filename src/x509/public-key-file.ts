import { SamicertsError } from "../base/errors.ts";
import { looksLikePem, readPem } from "./pem.ts";
import { decodePublicKey, type PublicKey } from "./public-key.ts";

/** Reads a file with exactly one SubjectPublicKeyInfo, PEM or DER; throws `public-key.missing`, `pem.*`, `der.*`. */
export function readPublicKeyFile(bytes: Uint8Array, file: string): PublicKey {
  if (!looksLikePem(bytes)) {
    if (bytes[0] === 0x30) return decodePublicKey(bytes, file);
    throw noPublicKey(bytes.length === 0 ? `${file} is empty` : `${file} is neither PEM nor DER`);
  }
  const blocks = readPem(bytes, file);
  const [block, second] = blocks;
  if (block?.label === "PUBLIC KEY" && second === undefined) return decodePublicKey(block.der, file);
  const labels = [...new Set(blocks.map(({ label }) => label))].join(", ");
  throw noPublicKey(`${file} does not hold one public key, but ${labels}`);
}

function noPublicKey(message: string): SamicertsError {
  return new SamicertsError({
    kind: "input",
    code: "public-key.missing",
    message,
    hint: "give one PUBLIC KEY (SubjectPublicKeyInfo), PEM or DER, such as openssl pkey -pubout writes",
  });
}
