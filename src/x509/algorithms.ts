import { SamicertsError } from "../base/errors.ts";
import type { DerReader } from "./der-reader.ts";
import { encodeNull, encodeOid, encodeSequence } from "./der-writer.ts";

/** An algorithm's OID with its parameters as written (RFC 5280, 4.1.1.2). */
export interface AlgorithmIdentifier {
  readonly oid: string;
  /** The parameters' whole element, or undefined where there is none. */
  readonly parameters: Uint8Array | undefined;
  /** The whole SEQUENCE. */
  readonly der: Uint8Array;
}

/** Reads an AlgorithmIdentifier. */
export function readAlgorithm(reader: DerReader, what: string): AlgorithmIdentifier {
  const start = reader.offset;
  const sequence = reader.sequence(what);
  const oid = sequence.oid(`${what}.algorithm`);
  const parameters = sequence.done ? undefined : sequence.element(`${what}.parameters`);
  sequence.end(what);
  return { oid, parameters, der: reader.bytes.subarray(start, reader.offset) };
}

/** Makes an AlgorithmIdentifier; `parameters` is a whole element. */
export function algorithmIdentifier(oid: string, parameters?: Uint8Array): AlgorithmIdentifier {
  const der =
    parameters === undefined ? encodeSequence(encodeOid(oid)) : encodeSequence(encodeOid(oid), parameters);
  return { oid, parameters, der };
}

/** A hash, by the name node:crypto gives it. */
export type HashName = "sha1" | "sha224" | "sha256" | "sha384" | "sha512";

/** A signature algorithm that we can check, and where `issue` is true also make. */
export interface SignatureAlgorithm {
  readonly oid: string;
  readonly name: string;
  readonly family: "ecdsa" | "rsa" | "rsa-pss" | "ed25519";
  /** Absent where the algorithm fixes its own, or its parameters name it. */
  readonly hash?: HashName;
  /** `absent`, `null`, or `pss`: what the parameters must be (RFC 3279, 4055, 5758, 8410). */
  readonly parameters: "absent" | "null" | "pss";
  readonly issue: boolean;
}

/** The signature algorithms, by OID. */
export const SIGNATURE_ALGORITHMS: ReadonlyMap<string, SignatureAlgorithm> = new Map(
  (
    [
      ["1.2.840.10045.4.1", "ecdsa-with-SHA1", "ecdsa", "sha1", "absent", false],
      ["1.2.840.10045.4.3.1", "ecdsa-with-SHA224", "ecdsa", "sha224", "absent", false],
      ["1.2.840.10045.4.3.2", "ecdsa-with-SHA256", "ecdsa", "sha256", "absent", true],
      ["1.2.840.10045.4.3.3", "ecdsa-with-SHA384", "ecdsa", "sha384", "absent", true],
      ["1.2.840.10045.4.3.4", "ecdsa-with-SHA512", "ecdsa", "sha512", "absent", true],
      ["1.2.840.113549.1.1.5", "sha1WithRSAEncryption", "rsa", "sha1", "null", false],
      ["1.2.840.113549.1.1.14", "sha224WithRSAEncryption", "rsa", "sha224", "null", false],
      ["1.2.840.113549.1.1.11", "sha256WithRSAEncryption", "rsa", "sha256", "null", true],
      ["1.2.840.113549.1.1.12", "sha384WithRSAEncryption", "rsa", "sha384", "null", true],
      ["1.2.840.113549.1.1.13", "sha512WithRSAEncryption", "rsa", "sha512", "null", true],
      ["1.2.840.113549.1.1.10", "RSASSA-PSS", "rsa-pss", undefined, "pss", false],
      ["1.3.101.112", "Ed25519", "ed25519", undefined, "absent", true],
    ] as const
  ).map(([oid, name, family, hash, parameters, issue]) => [
    oid,
    hash === undefined
      ? { oid, name, family, parameters, issue }
      : { oid, name, family, hash, parameters, issue },
  ]),
);

/** Elliptic curves by OID: our name, OpenSSL's name, bits of the field. */
export interface Curve {
  readonly oid: string;
  readonly name: string;
  readonly opensslName: string;
  readonly bits: number;
}

/** The curves we know, the weak ones among them: a path may be refused for its curve by name. */
export const CURVES: readonly Curve[] = [
  { oid: "1.2.840.10045.3.1.1", name: "P-192", opensslName: "prime192v1", bits: 192 },
  { oid: "1.3.132.0.33", name: "P-224", opensslName: "secp224r1", bits: 224 },
  { oid: "1.2.840.10045.3.1.7", name: "P-256", opensslName: "prime256v1", bits: 256 },
  { oid: "1.3.132.0.34", name: "P-384", opensslName: "secp384r1", bits: 384 },
  { oid: "1.3.132.0.35", name: "P-521", opensslName: "secp521r1", bits: 521 },
  { oid: "1.3.132.0.10", name: "secp256k1", opensslName: "secp256k1", bits: 256 },
  { oid: "1.3.36.3.3.2.8.1.1.7", name: "brainpoolP256r1", opensslName: "brainpoolP256r1", bits: 256 },
  { oid: "1.3.36.3.3.2.8.1.1.11", name: "brainpoolP384r1", opensslName: "brainpoolP384r1", bits: 384 },
  { oid: "1.3.36.3.3.2.8.1.1.13", name: "brainpoolP512r1", opensslName: "brainpoolP512r1", bits: 512 },
];

const CURVES_BY_OID: ReadonlyMap<string, Curve> = new Map(CURVES.map((curve) => [curve.oid, curve]));
const CURVES_BY_NAME: ReadonlyMap<string, Curve> = new Map(CURVES.map((curve) => [curve.name, curve]));

/** The curve with this OID, where we know it. */
export function curveByOid(oid: string): Curve | undefined {
  return CURVES_BY_OID.get(oid);
}

/** The curve with this name of ours, where we know it. */
export function curveByName(name: string): Curve | undefined {
  return CURVES_BY_NAME.get(name);
}

/** Key algorithms' OIDs (RFC 3279, 5480, 8410). */
export const KEY_OID = {
  rsa: "1.2.840.113549.1.1.1",
  rsaPss: "1.2.840.113549.1.1.10",
  ec: "1.2.840.10045.2.1",
  ed25519: "1.3.101.112",
} as const;

/** The curves that keys are made on. */
export type IssueCurve = "P-256" | "P-384" | "P-521";

/** A key to be made. */
export type KeySpec =
  | { readonly kind: "ec"; readonly curve: IssueCurve }
  | { readonly kind: "rsa"; readonly bits: number }
  | { readonly kind: "ed25519" };

/** The least and the most bits of an RSA key that is made. */
export const RSA_BITS = { least: 2048, most: 8192 } as const;

/** Reads `ec:P-256`, `rsa:3072` or `ed25519`; throws `key.unknown-type` or `key.size`. */
export function parseKeySpec(text: string): KeySpec {
  const [kind, detail, ...more] = text.split(":");
  if (more.length === 0) {
    if (kind === "ed25519" && detail === undefined) return { kind: "ed25519" };
    if (kind === "ec" && (detail === "P-256" || detail === "P-384" || detail === "P-521"))
      return { kind: "ec", curve: detail };
    if (kind === "rsa" && detail !== undefined && /^[1-9]\d{0,5}$/.test(detail)) {
      const bits = Number(detail);
      if (bits >= RSA_BITS.least && bits <= RSA_BITS.most && bits % 8 === 0) return { kind: "rsa", bits };
      throw new SamicertsError({
        kind: "input",
        code: "key.size",
        message: `an RSA key of ${bits} bits can't be made`,
        hint: `use rsa:2048, rsa:3072 or rsa:4096 (a multiple of 8 from ${RSA_BITS.least} to ${RSA_BITS.most})`,
      });
    }
  }
  throw new SamicertsError({
    kind: "input",
    code: "key.unknown-type",
    message: `${JSON.stringify(text.slice(0, 60))} is not a kind of key`,
    hint: "use ec:P-256, ec:P-384, ec:P-521, rsa:2048, rsa:3072, rsa:4096 or ed25519",
  });
}

/** A key's kind as `--key` writes it. */
export function formatKeySpec(spec: KeySpec): string {
  if (spec.kind === "ec") return `ec:${spec.curve}`;
  return spec.kind === "rsa" ? `rsa:${spec.bits}` : spec.kind;
}

const ECDSA_HASH: ReadonlyMap<string, string> = new Map([
  ["P-256", "1.2.840.10045.4.3.2"],
  ["P-384", "1.2.840.10045.4.3.3"],
  ["P-521", "1.2.840.10045.4.3.4"],
]);

const RSA_HASH: ReadonlyMap<string, string> = new Map([
  ["sha256", "1.2.840.113549.1.1.11"],
  ["sha384", "1.2.840.113549.1.1.12"],
  ["sha512", "1.2.840.113549.1.1.13"],
]);

/**
 * The algorithm that a key signs certificates with: a curve's own hash (RFC 5758, 3.2), for RSA PKCS#1 v1.5 with `hash`.
 * Throws `key.unsupported` for other keys.
 */
export function signatureAlgorithmFor(
  key: { readonly kind: string; readonly curve?: string },
  hash: "sha256" | "sha384" | "sha512" = "sha256",
): AlgorithmIdentifier {
  if (key.kind === "ed25519") return algorithmIdentifier(KEY_OID.ed25519);
  const oid =
    key.kind === "ec" ? ECDSA_HASH.get(key.curve ?? "") : key.kind === "rsa" ? RSA_HASH.get(hash) : undefined;
  if (oid === undefined)
    throw new SamicertsError({
      kind: "key",
      code: "key.unsupported",
      message: `a key of kind ${key.kind}${key.curve === undefined ? "" : ` on ${key.curve}`} can't sign certificates here`,
      hint: "use an EC key on P-256, P-384 or P-521, an RSA key of 2048 to 8192 bits, or Ed25519",
    });
  return key.kind === "rsa" ? algorithmIdentifier(oid, encodeNull()) : algorithmIdentifier(oid);
}
