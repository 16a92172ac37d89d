import { DerReader } from "../../../src/x509/der-reader.ts";
import { readName } from "../../../src/x509/name.ts";
import { nameKey } from "../../../src/x509/name-compare.ts";
import { formatName } from "../../../src/x509/name-format.ts";
import { parseName } from "../../../src/x509/name-syntax.ts";
import { octets, text, withDer, withWords } from "../grammar.ts";
import { type CreateTarget, repeated } from "../target.ts";
import { largeNames } from "./large-certificates.ts";

const WORDS = [
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

const NAMES = [
  "/C=US/ST=California/O=MyOrg/OU=MyDep/CN=MyDevAuthority",
  "CN=Steve Kille,O=Isode Limited,C=GB",
  'CN="a,b"+serialNumber=17,O=x\\, y,DC=example',
  "1.2.840.113549.1.9.1=#1603612e62,OID.2.5.4.3=\\C3\\A9",
];

/** Names in DER. */
export const createEncodedName: CreateTarget = () => ({
  name: "name, encoded",
  seeds: NAMES.map((name) => parseName(name).der),
  mutate: withDer,
  read: (input) => {
    const name = readName(new DerReader(input), "name");
    nameKey(name);
    formatName(name, "rfc4514");
    formatName(name, "slash");
    return name;
  },
  large: (size) => largeNames(size).map(({ der }) => der),
});

/** Names as a person types them. */
export const createTypedName: CreateTarget = () => ({
  name: "name, typed",
  seeds: octets(...NAMES),
  mutate: withWords(WORDS),
  read: (input) => {
    const name = parseName(text(input));
    return [formatName(name, "slash"), formatName(name, "rfc4514")];
  },
  large: (size) => [
    repeated("/O=x", size),
    repeated("O=x,", size),
    Buffer.concat([Buffer.from("CN="), repeated("\\c3\\a9", size)]),
    Buffer.concat([Buffer.from('CN="'), repeated("a ", size)]),
    Buffer.concat([Buffer.from("CN=#0c"), repeated("61", size)]),
    repeated("/CN=a+", size),
    repeated("\\", size),
  ],
});
