import type { Pkcs11Uri } from "./pkcs11-uri.ts";

/** Writes a `pkcs11:` URI (RFC 7512); `parsePkcs11Uri` reads the same out of it. */
export function formatPkcs11Uri(uri: Pkcs11Uri): string {
  const path = joined(
    [
      ["token", uri.token],
      ["manufacturer", uri.manufacturer],
      ["serial", uri.serial],
      ["model", uri.model],
      ["slot-id", uri.slotId?.toString()],
      ["slot-description", uri.slotDescription],
      ["slot-manufacturer", uri.slotManufacturer],
      ["object", uri.object],
      ["id", uri.id],
      ["type", uri.type],
    ],
    ";",
    PATH_FREE,
  );
  const query = joined(
    [
      ["module-path", uri.modulePath],
      ["module-name", uri.moduleName],
      ["pin-source", uri.pinSource],
    ],
    "&",
    QUERY_FREE,
  );
  return `pkcs11:${path}${query === "" ? "" : `?${query}`}`;
}

/** The key a URI names, for people: `"root" in the token "vendor"`. */
export function describeKey(uri: Pkcs11Uri): string {
  const object =
    uri.object !== undefined
      ? `"${uri.object}"`
      : uri.id === undefined
        ? "of any name"
        : `with id ${Buffer.from(uri.id).toString("hex")}`;
  return `${object} in ${describeToken(uri)}`;
}

/** The token a URI names, for people: `the token "vendor"`. */
export function describeToken(uri: Pkcs11Uri): string {
  const { token, serial, slotId, model, manufacturer } = uri;
  if (token !== undefined) return `the token "${token}"${serial === undefined ? "" : ` (serial ${serial})`}`;
  if (serial !== undefined) return `the token with serial ${serial}`;
  if (slotId !== undefined) return `slot ${slotId}`;
  const make = [manufacturer, model].filter((part) => part !== undefined).join(" ");
  return make === "" ? "the token" : `the token of ${make}`;
}

/** Unencoded wherever it stands; of what RFC 7512 leaves free, only what no shell takes for its own. */
const PATH_FREE: RegExp = /[A-Za-z0-9._~:@+,-]/;
const QUERY_FREE: RegExp = /[A-Za-z0-9._~:@+,/-]/;

function joined(
  attributes: readonly (readonly [name: string, value: string | Uint8Array | undefined])[],
  separator: string,
  free: RegExp,
): string {
  return attributes
    .filter(([, value]) => value !== undefined)
    .map(([name, value]) => `${name}=${encoded(value as string | Uint8Array, free)}`)
    .join(separator);
}

function encoded(value: string | Uint8Array, free: RegExp): string {
  // RFC 7512, 2.3 wants every octet of an id encoded.
  if (typeof value !== "string") return [...value].map(percent).join("");
  return [...Buffer.from(value, "utf8")]
    .map((octet) => {
      const character = String.fromCharCode(octet);
      return octet < 0x80 && free.test(character) ? character : percent(octet);
    })
    .join("");
}

function percent(octet: number): string {
  return `%${octet.toString(16).toUpperCase().padStart(2, "0")}`;
}
