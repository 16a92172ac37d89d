import { closeSync, openSync, writeSync } from "node:fs";
import { keyGenerator } from "../src/keys/generate.ts";
import { parseKeySpec } from "../src/x509/algorithms.ts";
import { parseName } from "../src/x509/name-syntax.ts";
import { writePem } from "../src/x509/pem.ts";
import { assembleRequest, encodeRequestInfo } from "../src/x509/request.ts";

/** Writes a list of so many devices, each with a certificate request of its own key on P-256. */
export function writeRequestList(path: string, count: number): void {
  const makeKey = keyGenerator(parseKeySpec("ec:P-256"));
  const file = openSync(path, "wx");
  writeSync(file, "serial,name,csr\n");
  for (let n = 0; n < count; n++) {
    const name = `Device-${n}`;
    const key = makeKey();
    const signer = key.signer();
    const subject = parseName(`/CN=${name}`);
    const info = encodeRequestInfo({ subject, publicKey: key.publicKey.der });
    const der = assembleRequest(info, signer.algorithm, signer.sign(info));
    writeSync(file, `${100_000_001 + n},${name},"${writePem("CERTIFICATE REQUEST", der).trimEnd()}"\n`);
    key.wipe();
  }
  closeSync(file);
}
