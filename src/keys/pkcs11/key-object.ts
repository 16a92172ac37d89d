import type * as graphene from "graphene-pk11";
import type { Pkcs11Uri } from "../pkcs11-uri.ts";
import { describeKey } from "../pkcs11-uri-format.ts";
import type { OpenToken } from "./open-token.ts";
import { failureName, tokenError } from "./token-error.ts";

/** CKO_... */
export const OBJECT_CLASS = { certificate: 1, publicKey: 2, privateKey: 3 } as const;

/** CKA_... */
export const ATTRIBUTE = {
  label: 0x3,
  value: 0x11,
  id: 0x102,
  keyType: 0x100,
  sensitive: 0x103,
  sign: 0x108,
  modulus: 0x120,
  publicExponent: 0x122,
  extractable: 0x162,
  neverExtractable: 0x164,
  ecParameters: 0x180,
  ecPoint: 0x181,
  alwaysAuthenticate: 0x202,
} as const;

/**
 * The one private key that a URI names, undefined where there is none.
 * Throws `token.object-ambiguous` where there are several.
 */
export function findPrivateKey(token: OpenToken, uri: Pkcs11Uri): graphene.SessionObject | undefined {
  const found = findObjects(token, uri, OBJECT_CLASS.privateKey);
  if (found.length < 2) return found[0];
  const ids = found.map((each) => {
    const label = readAttribute(each, ATTRIBUTE.label)?.toString() ?? "";
    const id = readAttribute(each, ATTRIBUTE.id)?.toString("hex") ?? "";
    return `${JSON.stringify(label)} with id ${id === "" ? "(none)" : id}`;
  });
  throw tokenError(
    "object-ambiguous",
    `${found.length} private keys fit ${describeKey(uri)}: ${ids.join(", ")}`,
    "say which, by ;object=... or ;id=%.. in the URI's path, each octet of an id as %hh; nothing was signed or made",
  );
}

/** The error for a key that is not in its token. */
export function objectAbsent(token: OpenToken, uri: Pkcs11Uri): Error {
  const labels = findObjects(token, {}, OBJECT_CLASS.privateKey)
    .slice(0, 5)
    .map((each) => JSON.stringify(readAttribute(each, ATTRIBUTE.label)?.toString() ?? ""));
  return tokenError(
    "object-absent",
    `there is no private key ${describeKey(uri)}${labels.length === 0 ? ", nor any other" : `; there is ${labels.join(", ")}`}`,
    "check object= and id= in the URI; a key that was made elsewhere, or deleted, can't be made again",
  );
}

/** The error for a key that took another's place while the token was not looked at. */
export function keyChanged(uri: Pkcs11Uri): Error {
  return tokenError(
    "key-changed",
    `there is another key ${describeKey(uri)} than before`,
    "find out who has changed the token; nothing was signed with it",
  );
}

/** The objects of a class that a URI names. */
export function findObjects(
  token: OpenToken,
  uri: Pick<Pkcs11Uri, "object" | "id">,
  objectClass: number,
): graphene.SessionObject[] {
  const found = token.session.find({
    class: objectClass,
    ...(uri.object === undefined ? {} : { label: uri.object }),
    ...(uri.id === undefined ? {} : { id: Buffer.from(uri.id) }),
  });
  const objects: graphene.SessionObject[] = [];
  for (let index = 0; index < found.length; index++) objects.push(found.items(index));
  return objects;
}

/** An attribute's octets; undefined where the object has none such, or does not give it away. */
export function readAttribute(object: graphene.SessionObject, attribute: number): Buffer | undefined {
  try {
    return object.getAttribute(attribute);
  } catch (error) {
    const name = failureName(error);
    if (name === "CKR_ATTRIBUTE_TYPE_INVALID" || name === "CKR_ATTRIBUTE_SENSITIVE") return undefined;
    throw error;
  }
}

/** A CK_BBOOL attribute; undefined where it is not told. */
export function readFlag(object: graphene.SessionObject, attribute: number): boolean | undefined {
  const octets = readAttribute(object, attribute);
  return octets?.length === 1 ? octets[0] !== 0 : undefined;
}
