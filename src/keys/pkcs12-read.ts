import { createHmac, timingSafeEqual } from "node:crypto";
import { type AlgorithmIdentifier, readAlgorithm } from "../x509/algorithms.ts";
import { toDefiniteForm } from "../x509/ber.ts";
import { type DerReader, readSequence } from "../x509/der-reader.ts";
import { HASH_OIDS } from "../x509/rsa-signature.ts";
import { type PassphraseSource, readSealedKey, wrongPassphrase } from "./encrypted-key.ts";
import { encryptionUnsupported, keyMalformed } from "./key-error.ts";
import { type Pbes2, readPbes2 } from "./pbes2.ts";
import { derivePkcs12, PURPOSE } from "./pkcs12-kdf.ts";
import { PKCS12_OID } from "./pkcs12-oids.ts";
import { readPkcs12Pbe } from "./pkcs12-pbe.ts";

const CONTEXT_0 = 0xa0;
const CONTEXT_0_PRIMITIVE = 0x80;
/** The most rounds of deriving keys that are done for all that a file asks: some seconds; Java and we ask for 2 million at most. */
const MAX_ROUNDS = 8_000_000;
/** What scrypt, whose memory is bounded, counts for. */
const SCRYPT_ROUNDS = 1_000_000;

/** So many rounds take no longer than reading the file does. */
const QUICK_ROUNDS = 10_000;
const EMPTY: Uint8Array = new Uint8Array(0);

/** What a PKCS#12 file holds. */
export interface Pkcs12 {
  /** DER; that of the key first. */
  readonly certificates: readonly Uint8Array[];
  /** PKCS#8 DER; it is secret. */
  readonly keys: readonly Uint8Array[];
  /** How it is guarded by the passphrase. */
  readonly mac: { readonly hash: string; readonly iterations: number };
}

/** What the bags of one file are read with. */
interface Reading {
  readonly file: string;
  readonly secret: Uint8Array;
  /** Says that so many rounds are to be done; throws `key.encryption` where those of the whole file become too many. */
  readonly spend: (rounds: number) => void;
}

/**
 * Reads a PKCS#12 file (RFC 7292) with a MAC, after checking that; `file` names it in errors. It may be BER, as NSS and
 * Windows write it, and encrypted in the old ways; the certificates in it are left as they are. At most `maxRounds`
 * rounds of deriving keys are done.
 * Throws `key.encrypted`, `key.passphrase`, `key.encryption`, `key.malformed`, `der.*`.
 */
export function readPkcs12(
  bytes: Uint8Array,
  file: string,
  passphrase: PassphraseSource,
  maxRounds: number = MAX_ROUNDS,
): Pkcs12 {
  const pfx = readBer(bytes, `${file}: PFX`);
  if (pfx.smallInteger(`${file}: version`) !== 3) throw keyMalformed(`${file}: a PFX has version 3`);
  const authSafe = readData(pfx, file);
  if (pfx.done) throw encryptionUnsupported(file, "it has no MAC that would tell whether it is whole");
  const mac = readMac(pfx, file);
  pfx.end(file);
  const spend = budget(maxRounds, file);
  const fits = (secret: Uint8Array): boolean => {
    spend(mac.iterations);
    return mac.fits(authSafe, secret);
  };
  const secret = findSecret(fits, mac.iterations, () => passphrase(file));
  if (secret === undefined) throw wrongPassphrase(file);
  const reading = { file, secret, spend };
  const found = { certificates: [] as Uint8Array[], keys: [] as Uint8Array[] };
  const infos = readBer(authSafe, `${file}: AuthenticatedSafe`);
  while (!infos.done) {
    const info = infos.sequence(`${file}: ContentInfo`);
    const bags = readBer(readSafe(info, reading), `${file}: SafeContents`);
    while (!bags.done) readBag(bags.sequence(`${file}: SafeBag`), reading, found);
  }
  return { ...found, mac: { hash: mac.hash, iterations: mac.iterations } };
}

/**
 * The passphrase that fits; undefined where that which `ask` gives does not. An empty one, with which other programs make
 * files that are not secret, is tried by itself: at once where that is quick, else where there is no other.
 */
function findSecret(
  fits: (secret: Uint8Array) => boolean,
  rounds: number,
  ask: () => Uint8Array,
): Uint8Array | undefined {
  const isQuick = rounds <= QUICK_ROUNDS;
  if (isQuick && fits(EMPTY)) return EMPTY;
  let secret: Uint8Array;
  try {
    secret = ask();
  } catch (error) {
    if (!isQuick && fits(EMPTY)) return EMPTY;
    throw error;
  }
  return fits(secret) ? secret : undefined;
}

function budget(maxRounds: number, file: string): (rounds: number) => void {
  let spent = 0;
  return (rounds) => {
    spent += rounds;
    if (spent > maxRounds)
      throw encryptionUnsupported(file, `it asks for more than ${maxRounds} rounds of deriving keys in all`);
  };
}

function roundsOf(scheme: Pbes2): number {
  return scheme.iterations ?? SCRYPT_ROUNDS;
}

function readBer(bytes: Uint8Array, what: string): DerReader {
  return readSequence(toDefiniteForm(bytes, what), what);
}

/** How something in such a file is encrypted: by PBES2, or as PKCS#12 had it of old. */
function readScheme(algorithm: AlgorithmIdentifier, file: string): Pbes2 {
  return readPkcs12Pbe(algorithm, file) ?? readPbes2(algorithm, file);
}

/** The content of a ContentInfo of the type data. */
function readData(reader: DerReader, file: string): Uint8Array {
  const info = reader.sequence(`${file}: ContentInfo`);
  if (info.oid(`${file}: contentType`) !== PKCS12_OID.data)
    throw encryptionUnsupported(file, "it is protected by a public key, not by a passphrase");
  return readWrapped(info, file);
}

function readWrapped(info: DerReader, file: string): Uint8Array {
  const explicit = info.enter(CONTEXT_0, `${file}: content`);
  const content = explicit.octetString(`${file}: content`);
  explicit.end(file);
  info.end(file);
  return content;
}

function readSafe(info: DerReader, { file, secret, spend }: Reading): Uint8Array {
  const type = info.oid(`${file}: contentType`);
  if (type === PKCS12_OID.data) return readWrapped(info, file);
  if (type !== PKCS12_OID.encryptedData) throw keyMalformed(`${file}: a safe of the type ${type}`);
  const explicit = info.enter(CONTEXT_0, `${file}: content`);
  const value = explicit.sequence(`${file}: EncryptedData`);
  value.smallInteger(`${file}: version`);
  const content = value.sequence(`${file}: EncryptedContentInfo`);
  content.oid(`${file}: contentType`);
  const scheme = readScheme(readAlgorithm(content, `${file}: contentEncryptionAlgorithm`), file);
  spend(roundsOf(scheme));
  const plain = scheme.decrypt(readEncrypted(content, `${file}: encryptedContent`), secret);
  if (plain === undefined) throw wrongPassphrase(file);
  return plain;
}

/** An implicitly tagged octet string, which in BER may be made of several. */
function readEncrypted(content: DerReader, what: string): Uint8Array {
  if (content.peek() !== CONTEXT_0) return content.content(CONTEXT_0_PRIMITIVE, what);
  const segments: Uint8Array[] = [];
  const inner = content.enter(CONTEXT_0, what);
  while (!inner.done) segments.push(inner.octetString(what));
  return Buffer.concat(segments);
}

function readBag(
  bag: DerReader,
  { file, secret, spend }: Reading,
  found: { readonly certificates: Uint8Array[]; readonly keys: Uint8Array[] },
): void {
  const type = bag.oid(`${file}: bagId`);
  const value = bag.enter(CONTEXT_0, `${file}: bagValue`);
  const element = value.element(`${file}: bagValue`);
  const ofKey = !bag.done && Buffer.from(bag.element(`${file}: bagAttributes`)).includes(LOCAL_KEY_ID);
  if (type === PKCS12_OID.keyBag) found.keys.push(element);
  else if (type === PKCS12_OID.shroudedKeyBag) {
    const sealed = readSealedKey(element, file, readScheme);
    spend(roundsOf(sealed.scheme));
    found.keys.push(sealed.open(secret));
  } else if (type === PKCS12_OID.certBag) {
    const cert = readSequence(element, `${file}: CertBag`);
    if (cert.oid(`${file}: certId`) !== PKCS12_OID.x509Certificate) return;
    const der = cert.enter(CONTEXT_0, `${file}: certValue`).octetString(`${file}: certValue`);
    if (ofKey) found.certificates.unshift(der);
    else found.certificates.push(der);
  }
}

/** localKeyId's OID, its contents octets (RFC 7292, 4.2): the certificate that has it is the key's. */
const LOCAL_KEY_ID: Buffer = Buffer.from("2a864886f70d010915", "hex");

function readMac(pfx: DerReader, file: string) {
  const macData = pfx.sequence(`${file}: MacData`);
  const info = macData.sequence(`${file}: mac`);
  const { oid } = readAlgorithm(info, `${file}: digestAlgorithm`);
  const expected = info.octetString(`${file}: digest`);
  const salt = macData.octetString(`${file}: macSalt`);
  const iterations = macData.done ? 1 : macData.smallInteger(`${file}: iterations`);
  const hash = [...HASH_OIDS].find(([, each]) => each === oid)?.[0];
  if (hash === undefined)
    throw encryptionUnsupported(file, `its MAC is made with ${oid}, which is not read here`);
  if (iterations < 1) throw keyMalformed(`${file}: its MAC asks for ${iterations} rounds`);
  return {
    hash,
    iterations,
    fits(content: Uint8Array, secret: Uint8Array): boolean {
      const key = derivePkcs12(secret, { salt, iterations, hash }, PURPOSE.mac);
      const mac = createHmac(hash, key).update(content).digest();
      return mac.length === expected.length && timingSafeEqual(mac, expected);
    },
  };
}
