import { SamicertsError } from "../../src/base/errors.ts";
import { type Certificate, decodeCertificate } from "../../src/x509/certificate.ts";
import { DerReader } from "../../src/x509/der-reader.ts";
import {
  encode,
  encodeOctetString,
  encodeOid,
  encodeSequence,
  encodeText,
} from "../../src/x509/der-writer.ts";
import { EXTENSION_OID } from "../../src/x509/oids.ts";

/** A part in which zlint's certificates have a defect that is not their lint's: which lints are about it, and a sound one. */
interface Part {
  readonly error: RegExp;
  /** Lints that this part decides; for them it is left as it is. */
  readonly of: RegExp;
  readonly mend: (der: Uint8Array) => Uint8Array;
}

const PARTS: readonly Part[] = [
  {
    // What the name says is left; only RDNs that say nothing go.
    error: /^certificate: (issuer|subject) at byte \d+: an RDN has at least one attribute/,
    of: /(?!)/,
    mend: (der) =>
      mapFields(der, (fields) => {
        // Version, serial number and algorithm stand before the issuer, the validity before the subject.
        const place = fields[0]?.[0] === 0xa0 ? 3 : 2;
        return fields.map((field, index) =>
          index === place || index === place + 2 ? dropEmpty(field) : field,
        );
      }),
  },
  {
    error: /^certificate: the list of extensions is empty/,
    of: /extensions/,
    mend: dropExtensions,
  },
  extension(
    "authorityKeyIdentifier",
    /authority_key/,
    encodeSequence(encode(0x80, Uint8Array.of(1, 2, 3, 4))),
  ),
  extension("inhibitAnyPolicy", /(?!)/, Uint8Array.of(2, 1, 0)),
  extension(
    "subjectAltName",
    /_san_|dnsname|subject_empty/,
    encodeSequence(encodeText(0x82, "mended.example")),
  ),
  extension(
    "subjectInfoAccess",
    /(?!)/,
    encodeSequence(
      encodeSequence(encodeOid("1.3.6.1.5.5.7.48.5"), encodeText(0x86, "http://mended.example/")),
    ),
  ),
  extension(
    "freshestCrl",
    /(?!)/,
    encodeSequence(encodeSequence(encode(0xa0, encode(0xa0, encodeText(0x86, "http://mended.example/"))))),
  ),
  extension(
    "nameConstraints",
    /name_constraint/,
    encodeSequence(encode(0xa0, encodeSequence(encodeText(0x82, "mended.example")))),
  ),
];

/** Lints of whichever sequence is empty: nothing may be mended for them. */
const EMPTINESS = /cannot_be_empty_sequence/;

/** Decodes a certificate; defects in parts that `lint` is not about are mended first. Throws as `decodeCertificate` does. */
export function decodeMended(der: Uint8Array, lint: string): Certificate {
  let mended = der;
  for (let turn = 0; ; turn++) {
    try {
      return decodeCertificate(mended);
    } catch (error) {
      if (!(error instanceof SamicertsError)) throw error;
      const { message } = error;
      const part = PARTS.find((one) => one.error.test(message));
      if (part === undefined || part.of.test(lint) || EMPTINESS.test(lint) || turn === PARTS.length)
        throw error;
      mended = part.mend(mended);
    }
  }
}

function extension(name: keyof typeof EXTENSION_OID, of: RegExp, value: Uint8Array): Part {
  const oid = encodeOid(EXTENSION_OID[name]);
  return {
    error: new RegExp(`^${name} at byte`),
    of,
    mend: (der) =>
      mapFields(der, (fields) =>
        fields.map((field) => (field[0] === 0xa3 ? encode(0xa3, mapExtensions(field, oid, value)) : field)),
      ),
  };
}

function mapExtensions(field: Uint8Array, oid: Uint8Array, value: Uint8Array): Uint8Array {
  const list = elements(new DerReader(field).enter(0xa3, "extensions").sequence("extensions"));
  return encodeSequence(
    ...list.map((one) => {
      const parts = elements(new DerReader(one).sequence("extension"));
      if (!Buffer.from(oid).equals(parts[0] as Uint8Array)) return one;
      return encodeSequence(...parts.slice(0, -1), encodeOctetString(value));
    }),
  );
}

function dropExtensions(der: Uint8Array): Uint8Array {
  return mapFields(der, (fields) => fields.filter((field) => field[0] !== 0xa3));
}

function dropEmpty(name: Uint8Array): Uint8Array {
  return encodeSequence(...elements(new DerReader(name).sequence("name")).filter((rdn) => rdn.length > 2));
}

/** The certificate with other fields in what is signed; its signature is no longer of it. */
function mapFields(
  der: Uint8Array,
  change: (fields: readonly Uint8Array[]) => readonly Uint8Array[],
): Uint8Array {
  const [tbs, ...rest] = elements(new DerReader(der).sequence("certificate"));
  const fields = elements(new DerReader(tbs as Uint8Array).sequence("tbsCertificate"));
  return encodeSequence(encodeSequence(...change(fields)), ...rest);
}

function elements(reader: DerReader): readonly Uint8Array[] {
  const all: Uint8Array[] = [];
  while (!reader.done) all.push(reader.element("part"));
  return all;
}
