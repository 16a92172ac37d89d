import { createHash, createHmac } from "node:crypto";
import { derivePkcs12, PURPOSE } from "../../../src/keys/pkcs12-kdf.ts";
import { readPkcs12 } from "../../../src/keys/pkcs12-read.ts";
import { encode, encodeOctetString, encodeOid, encodeSequence } from "../../../src/x509/der-writer.ts";
import { withDer } from "../grammar.ts";
import { type CreateTarget, repeated } from "../target.ts";
import { CERTIFICATES } from "./seed-certificates.ts";
import { seedKeys } from "./seed-keys.ts";

const PASSPHRASE = Buffer.from("pass");
/** So few that what is measured is the reading, and not what a file may ask for on top of it. */
const MAX_ROUNDS = 200;
const DATA = "1.2.840.113549.1.7.1";
const ENCRYPTED_DATA = "1.2.840.113549.1.7.6";
const VERSION_3 = Uint8Array.of(2, 1, 3);
const SALT = Buffer.alloc(8, 7);

/** PKCS#12 files; a changed one comes no further than its MAC. */
export const createPkcs12: CreateTarget = () => ({
  name: "PKCS#12",
  seeds: authenticatedSafes().flatMap((safe) => [sealed(safe), indefinite(sealed(safe))]),
  mutate: withDer,
  read: (input) => readPkcs12(input, "some.p12", () => PASSPHRASE, MAX_ROUNDS),
  large: (octets) => [
    sealed(encodeSequence(data(repeated("0000", octets)))),
    repeated(Uint8Array.of(0x30, 0x80), octets),
    indefinite(sealed(repeated(Uint8Array.of(0x24, 0x80, 4, 0, 0, 0), octets))),
  ],
});

/** What is in them; the MAC is made anew for each, as who makes such a file would. */
export const createSealedPkcs12: CreateTarget = () => ({
  name: "PKCS#12, sealed anew",
  seeds: authenticatedSafes().flatMap((safe) => [safe, indefinite(safe)]),
  mutate: withDer,
  read: (input) => readPkcs12(sealed(input), "some.p12", () => PASSPHRASE, MAX_ROUNDS),
  large: (octets) => {
    const certificate = certBag(Buffer.alloc(20));
    return [
      encodeSequence(data(encodeSequence(repeated(certificate, octets)))),
      encodeSequence(repeated(data(encodeSequence(certificate)), octets)),
      encodeSequence(repeated(encrypted("1.2.840.113549.1.12.1.6", Buffer.alloc(8)), octets)),
      encodeSequence(encrypted("1.2.840.113549.1.12.1.6", Buffer.alloc(octets & ~7))),
    ];
  },
});

function authenticatedSafes(): readonly Uint8Array[] {
  const [certificate] = CERTIFICATES;
  const [key] = seedKeys();
  const pkcs8 = key!.export({ type: "pkcs8", format: "der" });
  const keyBag = bag("1.2.840.113549.1.12.10.1.1", pkcs8);
  const plain = encodeSequence(certBag(certificate!), keyBag);
  return [
    encodeSequence(data(plain)),
    encodeSequence(data(encodeSequence(keyBag)), data(encodeSequence(certBag(certificate!)))),
    ...["3", "4", "5", "6"].map((scheme) =>
      encodeSequence(
        encrypted(`1.2.840.113549.1.12.1.${scheme}`, Buffer.alloc(48, 1)),
        data(encodeSequence(certBag(certificate!))),
      ),
    ),
    encodeSequence(
      data(encodeSequence(bag("1.2.840.113549.1.12.10.1.2", shrouded()), certBag(certificate!))),
    ),
  ];
}

function sealed(authSafe: Uint8Array): Uint8Array {
  const key = derivePkcs12(PASSPHRASE, { salt: SALT, iterations: 1, hash: "sha1" }, PURPOSE.mac);
  const mac = createHmac("sha1", key).update(authSafe).digest();
  const sha1 = encodeSequence(encodeOid("1.3.14.3.2.26"), Uint8Array.of(5, 0));
  const macData = encodeSequence(encodeSequence(sha1, encodeOctetString(mac)), encodeOctetString(SALT));
  return encodeSequence(VERSION_3, data(authSafe), macData);
}

function data(content: Uint8Array): Uint8Array {
  return encodeSequence(encodeOid(DATA), encode(0xa0, encodeOctetString(content)));
}

function encrypted(scheme: string, content: Uint8Array): Uint8Array {
  const info = encodeSequence(encodeOid(DATA), pbe(scheme), encode(0x80, content));
  return encodeSequence(
    encodeOid(ENCRYPTED_DATA),
    encode(0xa0, encodeSequence(Uint8Array.of(2, 1, 0), info)),
  );
}

function shrouded(): Uint8Array {
  return encodeSequence(pbe("1.2.840.113549.1.12.1.3"), encodeOctetString(createHash("sha256").digest()));
}

function pbe(scheme: string): Uint8Array {
  const parameters = encodeSequence(encodeOctetString(SALT), Uint8Array.of(2, 1, 1));
  return encodeSequence(encodeOid(scheme), parameters);
}

function certBag(certificate: Uint8Array): Uint8Array {
  const x509 = encodeOid("1.2.840.113549.1.9.22.1");
  return bag(
    "1.2.840.113549.1.12.10.1.3",
    encodeSequence(x509, encode(0xa0, encodeOctetString(certificate))),
  );
}

function bag(oid: string, value: Uint8Array): Uint8Array {
  return encodeSequence(encodeOid(oid), encode(0xa0, value));
}

/** The outermost element with an indefinite length; its header has four octets at most. */
function indefinite(der: Uint8Array): Uint8Array {
  const header = (der[1] as number) < 0x80 ? 2 : 2 + ((der[1] as number) & 0x7f);
  return Buffer.concat([Uint8Array.of(der[0] as number, 0x80), der.subarray(header), Uint8Array.of(0, 0)]);
}
