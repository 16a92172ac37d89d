import { encodeCertificatesOnly } from "../../../src/x509/certificates-only.ts";
import { derKind } from "../../../src/x509/der-kind.ts";
import { readSignedData } from "../../../src/x509/signed-data.ts";
import { withDer } from "../grammar.ts";
import type { CreateTarget } from "../target.ts";
import { CERTIFICATES } from "./seed-certificates.ts";

/** PKCS#7 files that carry certificates, and the guess at what any DER is. */
export const createSignedData: CreateTarget = () => ({
  name: "signed data",
  seeds: [encodeCertificatesOnly(CERTIFICATES.slice(0, 2)), encodeCertificatesOnly([])],
  mutate: withDer,
  read: (input) => {
    derKind(input);
    return readSignedData(input, "some.p7b");
  },
  large: (octets) => {
    const [one = new Uint8Array()] = CERTIFICATES;
    return [
      encodeCertificatesOnly(Array(Math.floor(octets / one.length)).fill(one)),
      encodeCertificatesOnly(Array(Math.floor(octets / 2)).fill(Uint8Array.of(5, 0))),
    ];
  },
});
