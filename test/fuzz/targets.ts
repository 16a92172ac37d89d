import { generateKeyPairSync } from "node:crypto";
import { RECIPES } from "../../fixtures/recipes/index.ts";
import { readPrivateKey } from "../../src/keys/read-key.ts";
import { BUILTIN_POLICIES } from "../../src/policy/builtin.ts";
import { loadPolicy } from "../../src/policy/load-policy.ts";
import { DerReader } from "../../src/x509/der-reader.ts";
import { readName } from "../../src/x509/name.ts";
import { nameKey } from "../../src/x509/name-compare.ts";
import { formatName } from "../../src/x509/name-format.ts";
import { parseName } from "../../src/x509/name-syntax.ts";
import { readPem, writePem } from "../../src/x509/pem.ts";
import { formatSerial, parseSerial } from "../../src/x509/serial.ts";
import { formatTime, parseTime } from "../../src/x509/time.ts";
import { ARCHIVE_TARGETS } from "./archive-targets.ts";
import { readCertificate } from "./certificate-target.ts";
import { mutateBytes } from "./mutate-bytes.ts";
import { mutateDer } from "./mutate-der.ts";
import { mutateText, type Words } from "./mutate-text.ts";
import type { Target } from "./target.ts";

const text = (bytes: Uint8Array): string => Buffer.from(bytes).toString();
const octets = (...texts: string[]): Uint8Array[] => texts.map((one) => Buffer.from(one));

/** Grammar three times out of four, octets otherwise. */
const withDer: Target["mutate"] = (input, other, random) =>
  random.below(4) === 0 ? mutateBytes(input, other, random) : mutateDer(input, other, random);
const withWords =
  (words: Words): Target["mutate"] =>
  (input, other, random) =>
    random.below(4) === 0 ? mutateBytes(input, other, random) : mutateText(input, words, random);

const NAME_WORDS = [
  "/",
  "\\",
  "+",
  ",",
  ";",
  "=",
  '"',
  "#",
  "CN=",
  "/O=",
  "C=US",
  " ",
  "\\,",
  "\\2c",
  "\\c3",
  "OID.2.5.4.3=",
  "#0c0161",
  "\u0000",
  "\u00e9",
  "\ud83d\ude00",
  "1.2.3.4=x",
];
const TIME_WORDS = [
  "2026",
  "-",
  "T",
  ":",
  ".5",
  "Z",
  "+00:00",
  "-23:59",
  "24:00:00",
  "60",
  "02-29",
  "9999",
  "0000",
  " ",
  "9".repeat(400),
];
const SERIAL_WORDS = [
  "0x",
  "0",
  "-",
  "+",
  " ",
  ":",
  "e9",
  "f",
  "00",
  "9".repeat(60),
  "_",
  "\u0661",
  "F".repeat(41),
];
const PEM_WORDS = [
  "-----",
  "BEGIN ",
  "END ",
  "CERTIFICATE",
  "PRIVATE KEY",
  "-----\n",
  "\n",
  "\r\n",
  "=",
  "====",
  "A",
  "Proc-Type: 4,ENCRYPTED\n",
  "DEK-Info: x\n",
  " ",
  "\t",
  "\ufeff",
  "\u0000",
];
const POLICY_WORDS = [
  "{",
  "}",
  "[",
  "]",
  ",",
  ":",
  '"rules":',
  '"extends":["sami"]',
  '"__proto__":{}',
  "null",
  "true",
  "1e999",
  "-0",
  "0.5",
  '"\\ud800"',
  '"error"',
  '"severity":"off"',
  '"parameters":{}',
  '"pattern":"(a+)+$"',
  '"\\u0000"',
  '"name":"x"',
];

const CERTIFICATES: readonly Uint8Array[] = RECIPES.flatMap(({ pass, fail }) => [...pass, ...fail])
  .map(({ certificate }) => certificate.der)
  .filter((der) => der.length < 4096);

const NAMES = [
  "/C=US/ST=California/O=MyOrg/OU=MyDep/CN=MyDevAuthority",
  "CN=Steve Kille,O=Isode Limited,C=GB",
  'CN="a,b"+serialNumber=17,O=x\\, y,DC=example',
  "1.2.840.113549.1.9.1=#1603612e62,OID.2.5.4.3=\\C3\\A9",
];

function pairs(): readonly ReturnType<typeof generateKeyPairSync>[] {
  const ec = (namedCurve: string) => generateKeyPairSync("ec", { namedCurve });
  return [
    ec("P-256"),
    ec("P-384"),
    ec("P-521"),
    generateKeyPairSync("rsa", { modulusLength: 2048 }),
    generateKeyPairSync("ed25519"),
  ] as never;
}

/** Every form of every kind of key, DER and PEM; made anew in each run, the one part of it that the seed does not decide. */
function keys(): Uint8Array[] {
  return pairs().flatMap(({ privateKey }) => {
    const forms =
      privateKey.asymmetricKeyType === "ec"
        ? ["pkcs8", "sec1"]
        : privateKey.asymmetricKeyType === "rsa"
          ? ["pkcs8", "pkcs1"]
          : ["pkcs8"];
    return forms.flatMap((type) => [
      privateKey.export({ type, format: "der" } as never) as unknown as Buffer,
      Buffer.from(privateKey.export({ type, format: "pem" } as never) as unknown as string),
    ]);
  });
}

function policies(): Uint8Array[] {
  return octets(
    ...[...BUILTIN_POLICIES.values()].map((document) =>
      JSON.stringify({ ...document, name: "mine" }, null, 1),
    ),
  );
}

/** Every target; `corpus` are more certificates to begin from, such as other people's malformed ones. */
export function createTargets(corpus: readonly Uint8Array[] = []): readonly Target[] {
  return [
    {
      name: "DER",
      seeds: CERTIFICATES,
      mutate: withDer,
      read: (input) => {
        const reader = new DerReader(input);
        let count = 0;
        while (!reader.done) count += reader.element("element").length;
        return count;
      },
    },
    { name: "certificate", seeds: [...CERTIFICATES, ...corpus], mutate: withDer, read: readCertificate },
    {
      name: "PEM",
      seeds: octets(...CERTIFICATES.slice(0, 20).map((der) => writePem("CERTIFICATE", der))),
      mutate: withWords(PEM_WORDS),
      read: (input) => readPem(input, "some.pem"),
    },
    {
      name: "name, encoded",
      seeds: NAMES.map((name) => parseName(name).der),
      mutate: withDer,
      read: (input) => {
        const reader = new DerReader(input);
        const name = readName(reader, "name");
        nameKey(name);
        formatName(name, "rfc4514");
        formatName(name, "slash");
        return name;
      },
    },
    {
      name: "name, typed",
      seeds: octets(...NAMES),
      mutate: withWords(NAME_WORDS),
      read: (input) => {
        const name = parseName(text(input));
        return [formatName(name, "slash"), formatName(name, "rfc4514")];
      },
    },
    {
      name: "serial",
      seeds: octets("100000001", "0x5f5e101", "05:f5:e1:01", "0"),
      mutate: withWords(SERIAL_WORDS),
      read: (input) => formatSerial(parseSerial(text(input))),
    },
    {
      name: "time",
      seeds: octets("2026-01-01T00:00:00Z", "2026-02-28", "9999-12-31T23:59:59+01:00"),
      mutate: withWords(TIME_WORDS),
      read: (input) => formatTime(parseTime(text(input))),
    },
    {
      name: "key file",
      seeds: keys(),
      mutate: (input, other, random) =>
        (input[0] === 0x30 ? withDer : withWords(PEM_WORDS))(input, other, random),
      // What is read is a key of OpenSSL's, whose size has nothing to do with the file's.
      read: (input) => readPrivateKey(input, "some.key").publicKey.label,
    },
    {
      name: "policy",
      seeds: policies(),
      mutate: withWords(POLICY_WORDS),
      read: (input) => {
        loadPolicy("./some.json", () => text(input));
        return undefined;
      },
    },
    ...ARCHIVE_TARGETS,
  ];
}
