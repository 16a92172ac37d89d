import { ecKey } from "../../../fixtures/recipes/keys.ts";
import { inspectCrl } from "../../../src/actions/inspect-crl.ts";
import { inspectCrlText } from "../../../src/report/human-inspect-revocation.ts";
import { PLAIN } from "../../../src/report/paint.ts";
import { signatureAlgorithmFor } from "../../../src/x509/algorithms.ts";
import { memorySource } from "../../../src/x509/byte-source.ts";
import { type Crl, decodeCrl } from "../../../src/x509/crl.ts";
import { encodeCrlEntries } from "../../../src/x509/crl-encode.ts";
import { findCrlEntry, indexCrl } from "../../../src/x509/crl-index.ts";
import { REVOCATION_REASONS } from "../../../src/x509/crl-reason.ts";
import {
  encode,
  encodeBoolean,
  encodeOctetsInBits,
  encodeSequence,
  encodeSmallInteger,
} from "../../../src/x509/der-writer.ts";
import { encodeExtension } from "../../../src/x509/extension-encode.ts";
import { parseName } from "../../../src/x509/name-syntax.ts";
import { CRL_OID } from "../../../src/x509/oids.ts";
import { encodeTime } from "../../../src/x509/time.ts";
import { withDer } from "../grammar.ts";
import type { CreateTarget } from "../target.ts";
import { checkWords } from "./words.ts";

const MOMENT = Date.UTC(2026, 10, 23);
const DAY = 86_400_000;
/** Of the index: any octets do, so long as they are the same each time. */
const RANDOM = { bytes: (count: number): Uint8Array => Buffer.alloc(count, 0x6d) };

function crl(entries: Uint8Array, extensions: readonly Uint8Array[] = []): Uint8Array {
  const algorithm = signatureAlgorithmFor(ecKey("fuzz").publicKey);
  return encodeSequence(
    encodeSequence(
      encodeSmallInteger(1),
      algorithm.der,
      parseName("CN=fuzz").der,
      encodeTime(MOMENT),
      encodeTime(MOMENT + DAY),
      ...(entries.length === 0 ? [] : [encodeSequence(entries)]),
      ...(extensions.length === 0 ? [] : [encode(0xa0, encodeSequence(...extensions))]),
    ),
    algorithm.der,
    encodeOctetsInBits(new Uint8Array(64)),
  );
}

function entriesOf(count: number): Uint8Array {
  return encodeCrlEntries(
    Array.from({ length: count }, (_, n) => ({
      serial: BigInt(n) * 7_919n + 1n,
      reason: REVOCATION_REASONS[n % REVOCATION_REASONS.length] as (typeof REVOCATION_REASONS)[number],
      revokedMs: MOMENT - n * 1000,
      ...(n % 3 === 0 ? { invalidFromMs: MOMENT - DAY } : {}),
    })),
  );
}

const SCOPES: readonly Uint8Array[] = [
  encodeExtension(CRL_OID.cRLNumber, false, encodeSmallInteger(7)),
  encodeExtension(CRL_OID.deltaCRLIndicator, true, encodeSmallInteger(3)),
  encodeExtension(
    CRL_OID.issuingDistributionPoint,
    true,
    encodeSequence(encodeBoolean(true, 0x81), encodeBoolean(true, 0x84)),
  ),
];

/** CRLs: decoded whole, indexed, looked into. */
export const createCrl: CreateTarget = () => ({
  name: "CRL",
  seeds: [crl(new Uint8Array()), crl(entriesOf(3), SCOPES.slice(0, 1)), crl(entriesOf(40), SCOPES)],
  mutate: withDer,
  read: (input): Crl => {
    const source = memorySource(input);
    decodeCrl(source, "some.crl");
    const indexed = indexCrl(source, "some.crl", RANDOM);
    findCrlEntry(source, indexed, Uint8Array.of(1), "some.crl");
    findCrlEntry(source, indexed, Uint8Array.of(0x1e, 0xf0), "some.crl");
    const words = inspectCrl({ source: "some.crl", octets: source, atMs: MOMENT, issuers: [] });
    checkWords(inspectCrlText(words, { paint: PLAIN, width: 80, atMs: MOMENT }));
    return indexed as unknown as Crl;
  },
  large: (octets) => {
    const one = encodeCrlEntries([{ serial: 5n, reason: "keyCompromise", revokedMs: MOMENT }]);
    return [
      crl(entriesOf(octets / 48)),
      // All of one serial number, which meet in one place.
      crl(Buffer.concat(Array(Math.floor(octets / one.length)).fill(one))),
    ];
  },
});
