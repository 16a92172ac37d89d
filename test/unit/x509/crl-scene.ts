import { sign } from "node:crypto";
import {
  type AlgorithmIdentifier,
  readAlgorithm,
  signatureAlgorithmFor,
} from "../../../src/x509/algorithms.ts";
import { DerReader } from "../../../src/x509/der-reader.ts";
import {
  encode,
  encodeBoolean,
  encodeNamedBits,
  encodeOctetsInBits,
  encodeSequence,
  encodeSmallInteger,
  encodeUnsigned,
} from "../../../src/x509/der-writer.ts";
import { encodeExtension } from "../../../src/x509/extension-encode.ts";
import type { Name } from "../../../src/x509/name.ts";
import { CRL_OID } from "../../../src/x509/oids.ts";
import { encodeGeneralizedTime, encodeTime } from "../../../src/x509/time.ts";
import { commonName, DAY, NOW, type TestKey } from "./mint.ts";

/** A CRL to make; everything but the key has a default that gives a valid one without entries. */
export interface CrlChoice {
  readonly by: TestKey;
  readonly issuer?: Name | string;
  /** Whole entries. */
  readonly entries?: readonly Uint8Array[];
  /** Whole Extensions. */
  readonly extensions?: readonly Uint8Array[] | "absent";
  readonly version?: number | "absent";
  readonly thisUpdateMs?: number;
  readonly nextUpdateMs?: number | "absent";
  readonly algorithm?: AlgorithmIdentifier;
  readonly outerAlgorithm?: AlgorithmIdentifier;
  /** An empty list of entries, which is not allowed. */
  readonly emptyList?: true;
  readonly breakSignature?: true;
  /** Makes the signature in place of a sound one. */
  readonly sign?: (tbs: Uint8Array, by: TestKey) => Uint8Array;
}

/** Makes a CRL by hand, well formed or not; gives its DER. */
export function mintCrl(choice: CrlChoice): Uint8Array {
  const { by, entries = [], version = 1, issuer = "Root", nextUpdateMs = NOW + DAY } = choice;
  const algorithm = choice.algorithm ?? signatureAlgorithmFor(by.publicKey);
  const extensions = choice.extensions ?? [crlNumber(7)];
  const tbs = encodeSequence(
    ...(version === "absent" ? [] : [encodeSmallInteger(version)]),
    algorithm.der,
    (typeof issuer === "string" ? commonName(issuer) : issuer).der,
    encodeTime(choice.thisUpdateMs ?? NOW - DAY),
    ...(nextUpdateMs === "absent" ? [] : [encodeTime(nextUpdateMs)]),
    ...(entries.length > 0 || choice.emptyList === true ? [encodeSequence(...entries)] : []),
    ...(extensions === "absent" ? [] : [encode(0xa0, encodeSequence(...extensions))]),
  );
  const make = choice.sign ?? soundly;
  const signature = Buffer.from(make(tbs, by));
  if (choice.breakSignature === true) signature[signature.length - 1] = (signature.at(-1) as number) ^ 1;
  return encodeSequence(tbs, (choice.outerAlgorithm ?? algorithm).der, encodeOctetsInBits(signature));
}

function soundly(tbs: Uint8Array, { publicKey, privateKey }: TestKey): Uint8Array {
  return sign(publicKey.kind === "ed25519" ? null : "sha256", tbs, privateKey);
}

/** An entry; `serial` is a number, or the INTEGER's own octets. */
export function crlEntry(
  serial: bigint | Uint8Array,
  extensions: readonly Uint8Array[] = [],
  revokedMs: number = NOW - 2 * DAY,
): Uint8Array {
  const integer =
    typeof serial === "bigint"
      ? encodeUnsigned(Buffer.from(serial.toString(16).padStart(40, "0"), "hex"))
      : encode(0x02, serial);
  const list = extensions.length === 0 ? [] : [encodeSequence(...extensions)];
  return encodeSequence(integer, encodeTime(revokedMs), ...list);
}

/** A reasonCode of any number. */
export function reason(code: number): Uint8Array {
  return encodeExtension(CRL_OID.reasonCode, false, encodeSmallInteger(code, 0x0a));
}

/** An invalidityDate. */
export function invalidity(epochMs: number): Uint8Array {
  return encodeExtension(CRL_OID.invalidityDate, false, encodeGeneralizedTime(epochMs));
}

/** A cRLNumber. */
export function crlNumber(number: number): Uint8Array {
  return encodeExtension(CRL_OID.cRLNumber, false, encodeSmallInteger(number));
}

/** A deltaCRLIndicator. */
export function deltaIndicator(base: number): Uint8Array {
  return encodeExtension(CRL_OID.deltaCRLIndicator, true, encodeSmallInteger(base));
}

/** An issuingDistributionPoint with these flags. */
export function issuingPoint(
  flags: readonly ("user" | "ca" | "indirect" | "attribute" | "reasons")[],
  name: readonly Uint8Array[] = [],
): Uint8Array {
  const flag = (which: (typeof flags)[number], tag: number): Uint8Array[] =>
    flags.includes(which) ? [encodeBoolean(true, tag)] : [];
  const value = encodeSequence(
    ...name,
    ...flag("user", 0x81),
    ...flag("ca", 0x82),
    ...(flags.includes("reasons") ? [encodeNamedBits([1], 0x83)] : []),
    ...flag("indirect", 0x84),
    ...flag("attribute", 0x85),
  );
  return encodeExtension(CRL_OID.issuingDistributionPoint, true, value);
}

/** An algorithm from its DER. */
export function algorithmOf(der: Uint8Array): AlgorithmIdentifier {
  return readAlgorithm(new DerReader(der), "algorithm");
}
