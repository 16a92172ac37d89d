import { SamicertsError } from "../base/errors.ts";
import { nearestWord } from "../base/nearest.ts";

/** What kind of object a URI names (RFC 7512, 2.3). */
export type Pkcs11ObjectType = "private" | "public" | "cert" | "secret-key" | "data";

/** A `pkcs11:` URI, decoded (RFC 7512); what it does not say is absent. */
export interface Pkcs11Uri {
  readonly token?: string;
  readonly manufacturer?: string;
  readonly serial?: string;
  readonly model?: string;
  readonly slotId?: bigint;
  readonly slotDescription?: string;
  readonly slotManufacturer?: string;
  readonly object?: string;
  readonly id?: Uint8Array;
  readonly type?: Pkcs11ObjectType;
  /** The module's file, or the directory it lies in where `moduleName` is given too. */
  readonly modulePath?: string;
  /** The module's name, without `lib` and `.so`. */
  readonly moduleName?: string;
  /** The file with the PIN: a path, or a `file:` URI, as written. */
  readonly pinSource?: string;
}

/** Longer URIs are no address of a key. */
const MAX_LENGTH = 4096;
/** CK_ULONG. */
const MAX_SLOT_ID = 0xffff_ffff_ffff_ffffn;

type Place = "path" | "query";
type Reader = (value: string, name: string) => Partial<Pkcs11Uri>;

/** The attributes that are understood, by where they stand and what they are called. */
const PATH: ReadonlyMap<string, Reader> = new Map<string, Reader>([
  ["token", (value, name) => ({ token: text(value, name) })],
  ["manufacturer", (value, name) => ({ manufacturer: text(value, name) })],
  ["serial", (value, name) => ({ serial: text(value, name) })],
  ["model", (value, name) => ({ model: text(value, name) })],
  ["slot-id", (value, name) => ({ slotId: slotId(value, name) })],
  ["slot-description", (value, name) => ({ slotDescription: text(value, name) })],
  ["slot-manufacturer", (value, name) => ({ slotManufacturer: text(value, name) })],
  ["object", (value, name) => ({ object: text(value, name) })],
  ["id", (value, name) => ({ id: filled(octets(value), name) })],
  ["type", (value, name) => ({ type: objectType(value, name) })],
]);
const QUERY: ReadonlyMap<string, Reader> = new Map<string, Reader>([
  ["module-path", (value, name) => ({ modulePath: text(value, name) })],
  ["module-name", (value, name) => ({ moduleName: moduleName(value, name) })],
  ["pin-source", (value, name) => ({ pinSource: text(value, name) })],
  ["pin-value", refusePin],
]);
const TYPES: ReadonlySet<string> = new Set<Pkcs11ObjectType>([
  "private",
  "public",
  "cert",
  "secret-key",
  "data",
]);

/** What may stand unencoded in a value (RFC 7512, 2.3): `&` in the path alone, `/`, `?` and `|` in the query alone. */
const ALLOWED: Readonly<Record<Place, RegExp>> = {
  path: /^(?:[A-Za-z0-9._~:[\]@!$'()*+,=&-]|%[0-9A-Fa-f]{2})*$/,
  query: /^(?:[A-Za-z0-9._~:[\]@!$'()*+,=/?|-]|%[0-9A-Fa-f]{2})*$/,
};

/** Tells whether a text is meant as a `pkcs11:` URI. */
export function isPkcs11Uri(text: string): boolean {
  return /^pkcs11:/i.test(text);
}

/**
 * Reads a `pkcs11:` URI strictly: every attribute known, none twice, nothing unencoded that must be encoded.
 * Throws `uri.malformed`, and `token.pin-in-uri` for a PIN in the URI itself; neither shows a PIN.
 */
export function parsePkcs11Uri(uri: string): Pkcs11Uri {
  if (!isPkcs11Uri(uri)) throw malformed("it does not begin with pkcs11:");
  if (uri.length > MAX_LENGTH) throw malformed(`it is longer than ${MAX_LENGTH} characters`);
  const rest = uri.slice("pkcs11:".length);
  const at = rest.indexOf("?");
  const path = at === -1 ? rest : rest.slice(0, at);
  const parsed = {
    ...readAttributes(at === -1 ? "" : rest.slice(at + 1), "&", "query", QUERY),
    ...readAttributes(path, ";", "path", PATH),
  };
  if (parsed.type !== undefined && parsed.type !== "private")
    throw malformed(
      `type=${parsed.type} is not a private key`,
      "write type=private, or leave the type out: samicerts looks for private keys only",
    );
  return parsed;
}

function readAttributes(
  part: string,
  separator: string,
  place: Place,
  known: ReadonlyMap<string, Reader>,
): Partial<Pkcs11Uri> {
  let found: Partial<Pkcs11Uri> = {};
  if (part === "") return found;
  const seen = new Set<string>();
  for (const attribute of part.split(separator)) {
    const at = attribute.indexOf("=");
    // Not shown: it may be a part of a PIN that was not encoded.
    if (at === -1) throw malformed(`a part of its ${place} is not name=value`);
    const name = attribute.slice(0, at);
    const value = attribute.slice(at + 1);
    const read = known.get(name);
    if (read === undefined) throw unknownAttribute(name, place);
    if (seen.has(name)) throw malformed(`${name} is given twice`, `keep one ${name}`);
    seen.add(name);
    // A PIN is refused for being one, whatever it consists of.
    if (read === refusePin) throw refusePin();
    if (!ALLOWED[place].test(value)) throw notEncoded(name, value, place);
    found = { ...found, ...read(value, name) };
  }
  return found;
}

function unknownAttribute(name: string, place: Place): SamicertsError {
  const other = place === "path" ? QUERY : PATH;
  if (other.has(name))
    return malformed(
      `${name} does not belong into its ${place}`,
      "the token and the object come first, parted by ;, then ?, then module-path and pin-source, parted by &",
    );
  const near = nearestWord(name, [...PATH.keys(), ...QUERY.keys()]);
  return malformed(
    `it has an attribute that is not known here${/^[A-Za-z0-9_-]{1,40}$/.test(name) ? `, ${name}` : ""}`,
    near === undefined
      ? `its path takes ${[...PATH.keys()].join(", ")}; its query module-path, module-name and pin-source`
      : `did you mean ${near}?`,
  );
}

function notEncoded(name: string, value: string, place: Place): SamicertsError {
  const character = [...value.replace(/%[0-9A-Fa-f]{2}/g, "")].find((each) => !ALLOWED[place].test(each));
  const encoded = [...Buffer.from(character ?? "")].map((octet) => `%${hex(octet)}`).join("");
  return malformed(
    `the value of ${name} has a character that must be percent-encoded: ${JSON.stringify(character ?? "")}`,
    `write ${encoded} for it`,
  );
}

function text(value: string, name: string): string {
  let decoded: string;
  try {
    decoded = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(octets(value));
  } catch {
    throw malformed(`the value of ${name} is not UTF-8`);
  }
  if (decoded === "") throw malformed(`${name} is empty`, `give ${name} a value, or leave it out`);
  if (decoded.includes("\0")) throw malformed(`the value of ${name} has a NUL in it`);
  return decoded;
}

function octets(value: string): Uint8Array {
  const bytes: number[] = [];
  for (let at = 0; at < value.length; at++) {
    if (value[at] !== "%") bytes.push(value.charCodeAt(at));
    else {
      bytes.push(Number.parseInt(value.slice(at + 1, at + 3), 16));
      at += 2;
    }
  }
  return Uint8Array.from(bytes);
}

function filled(bytes: Uint8Array, name: string): Uint8Array {
  if (bytes.length === 0) throw malformed(`${name} is empty`, `give ${name} a value, or leave it out`);
  return bytes;
}

function slotId(value: string, name: string): bigint {
  if (!/^[0-9]{1,20}$/.test(value) || BigInt(value) > MAX_SLOT_ID)
    throw malformed(`${name} is not a whole number`, "write it in decimal, as in slot-id=0");
  return BigInt(value);
}

function objectType(value: string, name: string): Pkcs11ObjectType {
  if (!TYPES.has(value)) throw malformed(`${name} can't be that`, "write type=private, or leave it out");
  return value as Pkcs11ObjectType;
}

function moduleName(value: string, name: string): string {
  const decoded = text(value, name);
  if (/[/\\]/.test(decoded) || decoded === "." || decoded === "..")
    throw malformed(
      `${name} is a path`,
      "give a path as module-path; module-name is the bare name, as in softhsm2",
    );
  return decoded;
}

function refusePin(): never {
  throw new SamicertsError({
    kind: "input",
    code: "token.pin-in-uri",
    message:
      "a PIN in a pkcs11: URI (pin-value) is not accepted: every process on this machine could read it",
    hint: "write it into a file with mode 0600 and name that: pin-source=file:/path/to/pin; and change the PIN",
  });
}

function malformed(why: string, hint: string = HINT): SamicertsError {
  return new SamicertsError({
    kind: "input",
    code: "uri.malformed",
    message: `the pkcs11: URI can't be read: ${why}`,
    hint,
  });
}

function hex(octet: number): string {
  return octet.toString(16).toUpperCase().padStart(2, "0");
}

const HINT =
  "for example: 'pkcs11:token=vendor;object=root?module-path=/usr/lib/x.so&pin-source=file:/path/to/pin'";
