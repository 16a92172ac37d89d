import { readPem, writePem } from "../../../src/x509/pem.ts";
import { octets, PEM_WORDS, withWords } from "../grammar.ts";
import { type CreateTarget, repeated } from "../target.ts";
import { CERTIFICATES } from "./seed-certificates.ts";

/** PEM files. */
export const createPem: CreateTarget = () => ({
  name: "PEM",
  seeds: octets(
    ...CERTIFICATES.slice(0, 20).map((der) => writePem("CERTIFICATE", der)),
    CERTIFICATES.slice(0, 3)
      .map((der) => `subject=x\n${writePem("CERTIFICATE", der)}`)
      .join("\r\n"),
  ),
  mutate: withWords(PEM_WORDS),
  read: (input) => readPem(input, "some.pem"),
  large: (size) => {
    const block = writePem("X", Buffer.alloc(3));
    return [
      Buffer.from(writePem("CERTIFICATE", Buffer.alloc((size * 3) / 4))),
      repeated(block, size),
      repeated("-----BEGIN X-----\n", size),
      Buffer.concat([
        Buffer.from("-----BEGIN X-----\n"),
        repeated("A", size),
        Buffer.from("\n-----END X-----\n"),
      ]),
      Buffer.concat([Buffer.from("-----BEGIN X-----\n"), repeated("A: b\n", size)]),
      Buffer.concat([repeated("\n", size), Buffer.from(block)]),
      Buffer.concat([repeated("-", size), Buffer.from(`\n${block}`)]),
    ];
  },
});
