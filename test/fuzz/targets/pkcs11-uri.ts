import { parsePkcs11Uri } from "../../../src/keys/pkcs11-uri.ts";
import { formatPkcs11Uri } from "../../../src/keys/pkcs11-uri-format.ts";
import { octets, text, withWords } from "../grammar.ts";
import { type CreateTarget, repeated } from "../target.ts";

const WORDS = [
  "pkcs11:",
  ";",
  "&",
  "?",
  "=",
  "%",
  "%00",
  "%41",
  "%c3%a9",
  "%2",
  "token=",
  "object=",
  "id=%01",
  "type=private",
  "slot-id=",
  "module-path=/x",
  "module-name=",
  "pin-source=",
  "pin-value=1",
  "99999999999999999999",
  " ",
  "é",
  "\u0000",
];

/** Addresses of keys in tokens. */
export const createPkcs11Uri: CreateTarget = () => ({
  name: "PKCS#11 URI",
  seeds: octets(
    "pkcs11:token=vendor;object=root?module-path=/usr/lib/x.so&pin-source=file:/path/to/pin",
    "pkcs11:id=%01%02;slot-id=7;manufacturer=A%20B;type=private?module-name=softhsm2",
    "pkcs11:",
  ),
  mutate: withWords(WORDS),
  read: (input) => formatPkcs11Uri(parsePkcs11Uri(text(input))),
  large: (size) => [
    Buffer.concat([Buffer.from("pkcs11:token="), repeated("%41", size)]),
    Buffer.concat([Buffer.from("pkcs11:"), repeated("a=b;", size)]),
    Buffer.concat([Buffer.from("pkcs11:token="), repeated("a", 4000)]),
  ],
});
