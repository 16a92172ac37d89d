import { algorithmIdentifier } from "../../src/x509/algorithms.ts";
import type { Certificate } from "../../src/x509/certificate.ts";
import { encode, encodeBoolean, encodeOid, encodeSequence, encodeText } from "../../src/x509/der-writer.ts";
import { encodeExtension, encodeExtKeyUsage } from "../../src/x509/extension-encode.ts";
import { EXTENSION_OID, purposeOid } from "../../src/x509/oids.ts";
import { mutateDer } from "../fuzz/mutate-der.ts";
import type { Random } from "../fuzz/random.ts";
import {
  commonName,
  DAY,
  ECDSA_SHA1,
  type MintInput,
  mint,
  NOW,
  type TestKey,
  testKey,
} from "../unit/x509/mint.ts";

/** One certificate to be judged, with what was done to it and to what is above it. */
export interface Made {
  readonly der: Uint8Array;
  readonly what: string;
  readonly scene: Scene;
}

/** A root and the authorities under it, the nearest to the device last. */
export interface Scene {
  readonly what: string;
  readonly root: Certificate;
  readonly lines: readonly Certificate[];
  /** Who signs devices. */
  readonly key: TestKey;
  readonly issuer: string;
}

/** certtool judges by the machine's clock, so what is valid is so for ten years. */
const YEAR = 365 * DAY;
const LASTING = { notAfterMs: NOW + 10 * YEAR };

type Change = Omit<Partial<MintInput>, "key" | "by" | "subject">;

const subtree = encodeSequence(encode(0xa0, encodeSequence(encodeText(0x82, "example.com"))));
const purpose = (name: string): string => purposeOid(name) as string;
const UNKNOWN = encodeExtension("1.3.6.1.4.1.55555.1.1", true, encodeBoolean(true));
const points = encodeSequence(
  encodeSequence(encode(0xa0, encode(0xa0, encodeText(0x86, "http://a.example/c")))),
);

const AUTHORITY_CHANGES: readonly (readonly [string, Change])[] = [
  ["sound", {}],
  ["expired", { notAfterMs: NOW - DAY / 2 }],
  ["not yet valid", { notBeforeMs: NOW + 20 * YEAR, notAfterMs: NOW + 30 * YEAR }],
  ["CA:FALSE", { ca: false }],
  ["no basicConstraints", { ca: "absent" }],
  ["no keyCertSign", { certSign: false }],
  ["no keyUsage", { certSign: "absent" }],
  ["pathLen 0", { pathLength: 0 }],
  ["for serverAuth only", { extensions: [encodeExtKeyUsage(false, [purpose("serverAuth")])] }],
  ["nameConstraints", { extensions: [encodeExtension(EXTENSION_OID.nameConstraints, true, subtree)] }],
  [
    "policyConstraints",
    {
      extensions: [
        encodeExtension(
          EXTENSION_OID.policyConstraints,
          true,
          encodeSequence(encode(0x80, Uint8Array.of(0))),
        ),
      ],
    },
  ],
  ["unknown critical", { extensions: [UNKNOWN] }],
  ["without key identifiers", { keyIdentifiers: false }],
  ["broken signature", { breakSignature: true }],
];

const DEVICE_CHANGES: readonly (readonly [string, Change])[] = [
  ["sound", {}],
  ["expired", { notAfterMs: NOW - DAY / 2 }],
  ["not yet valid", { notBeforeMs: NOW + 20 * YEAR, notAfterMs: NOW + 30 * YEAR }],
  ["valid to this very moment", { notAfterMs: NOW }],
  ["valid from this very moment", { notBeforeMs: NOW }],
  ["ends before it begins", { notBeforeMs: NOW + DAY, notAfterMs: NOW - DAY }],
  ["broken signature", { breakSignature: true }],
  ["a CA", { ca: true }],
  ["no basicConstraints", { ca: "absent" }],
  ["pathLen without CA", { ca: false, pathLength: 0 }],
  ["without key identifiers", { keyIdentifiers: false }],
  ["another authority's key identifier", { authorityKeyIdentifier: Buffer.alloc(20, 7) }],
  ["unknown critical", { extensions: [UNKNOWN] }],
  [
    "critical CRL points",
    { extensions: [encodeExtension(EXTENSION_OID.crlDistributionPoints, true, points)] },
  ],
  [
    "critical nameConstraints",
    { extensions: [encodeExtension(EXTENSION_OID.nameConstraints, true, subtree)] },
  ],
  ["for serverAuth only", { extensions: [encodeExtKeyUsage(true, [purpose("serverAuth")])] }],
  ["for clientAuth", { extensions: [encodeExtKeyUsage(false, [purpose("clientAuth")])] }],
  [
    "critical subjectAltName",
    {
      extensions: [
        encodeExtension(EXTENSION_OID.subjectAltName, true, encodeSequence(encodeText(0x82, "a.example"))),
      ],
    },
  ],
  [
    "critical certificatePolicies",
    {
      extensions: [
        encodeExtension(
          EXTENSION_OID.certificatePolicies,
          true,
          encodeSequence(encodeSequence(encodeOid("1.2.3.4"))),
        ),
      ],
    },
  ],
];

/** A maker of certificates; its keys are made once, so that a hundred thousand certificates cost their signatures alone. */
export interface Generator {
  readonly scenes: readonly Scene[];
  next(random: Random): Made;
}

/** Prepares keys and authorities: every change of one, at every place of chains of one to three. */
export function createGenerator(): Generator {
  const scenes: Scene[] = [];
  const keys = [
    testKey(),
    testKey(),
    testKey("rsa", { modulusLength: 2048 }),
    testKey("ec", { namedCurve: "P-384" }),
    testKey("ed25519", {}),
  ];
  for (const [what, change] of AUTHORITY_CHANGES)
    for (const depth of [0, 1, 2])
      for (const place of what === "sound" ? [0] : Array.from({ length: depth + 1 }, (_, index) => index))
        scenes.push(makeScene(scenes.length, keys, depth, place, what, change));
  const devices: readonly (readonly [string, TestKey])[] = [
    ["P-256", testKey()],
    ["P-384", testKey("ec", { namedCurve: "P-384" })],
    ["P-224", testKey("ec", { namedCurve: "secp224r1" })],
    ["P-192", testKey("ec", { namedCurve: "prime192v1" })],
    ["RSA 2048", testKey("rsa", { modulusLength: 2048 })],
    ["RSA 1024", testKey("rsa", { modulusLength: 1024 })],
    ["Ed25519", testKey("ed25519", {})],
  ];
  let previous: Uint8Array = scenes[0]?.root.der as Uint8Array;
  let serial = 0;
  return {
    scenes,
    next(random) {
      const scene = random.pick(scenes);
      const [what, change] = random.below(3) === 0 ? (["sound", {}] as const) : random.pick(DEVICE_CHANGES);
      const [kind, key] =
        random.below(2) === 0 ? (devices[0] as (typeof devices)[number]) : random.pick(devices);
      const name = random.below(12) === 0 ? scene.issuer.toUpperCase().replace(/ /g, "  ") : scene.issuer;
      const ec = scene.key.publicKey.curve === "P-256";
      const sha1 = ec && random.below(25) === 0;
      const outer = ec && random.below(40) === 0;
      const made = mint({
        subject: `Device ${serial++}`,
        issuer: commonName(name, random.below(12) === 0 ? 0x13 : 0x0c),
        key,
        by: scene.key,
        ...LASTING,
        ...change,
        ...(sha1 ? { algorithm: ECDSA_SHA1 } : {}),
        ...(outer ? { outerAlgorithm: algorithmIdentifier("1.2.840.10045.4.3.3") } : {}),
      } as MintInput);
      const damaged = random.below(10) === 0;
      const der = damaged ? mutateDer(made.der, previous, random) : made.der;
      previous = made.der;
      const extras = [
        kind,
        sha1 ? "SHA-1" : "",
        outer ? "two algorithms" : "",
        name === scene.issuer ? "" : "name written otherwise",
        damaged ? "damaged" : "",
      ];
      return { der, scene, what: [what, ...extras.filter((extra) => extra !== "")].join(", ") };
    },
  };
}

function makeScene(
  number: number,
  keys: readonly TestKey[],
  depth: number,
  place: number,
  what: string,
  change: Change,
): Scene {
  const pick = (index: number): TestKey => keys[(number + index) % keys.length] as TestKey;
  const name = (index: number): string => (index === 0 ? `Root ${number}` : `Line ${number}.${index}`);
  const made: Certificate[] = [];
  for (let index = 0; index <= depth; index++) {
    made.push(
      mint({
        subject: name(index),
        ...(index === 0 ? {} : { issuer: name(index - 1), by: pick(index - 1) }),
        key: pick(index),
        ca: true,
        ...LASTING,
        ...(index === place ? change : {}),
      }),
    );
  }
  const [root, ...lines] = made as [Certificate, ...Certificate[]];
  const where = place === 0 ? "root" : place === depth ? "issuer" : "line";
  return {
    what: what === "sound" ? "sound" : `${where} ${what}`,
    root,
    lines,
    key: pick(depth),
    issuer: name(depth),
  };
}
