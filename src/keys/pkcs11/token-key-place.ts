import type * as graphene from "graphene-pk11";
import { formatKeySpec, type KeySpec } from "../../x509/algorithms.ts";
import type { Certificate } from "../../x509/certificate.ts";
import { sameBytes, TAG } from "../../x509/der-reader.ts";
import { encode } from "../../x509/der-writer.ts";
import type { Signer } from "../../x509/signer.ts";
import type { Pkcs11Uri } from "../pkcs11-uri.ts";
import { describeKey, formatPkcs11Uri } from "../pkcs11-uri-format.ts";
import { ATTRIBUTE, findObjects, findPrivateKey, OBJECT_CLASS, readAttribute } from "./key-object.ts";
import { keyPairMechanism } from "./mechanisms.ts";
import { type OpenToken, openToken } from "./open-token.ts";
import {
  describeFailure,
  failureName,
  objectExists,
  tokenError,
  wasReset,
  withToken,
} from "./token-error.ts";
import { openKey, signerOf } from "./token-signer.ts";
import type { TokenWorld } from "./token-world.ts";

/** A place in a token for one key: where it is, or is to be made, and where it stays. */
export interface TokenKeyPlace {
  /** The URI, without anything secret. */
  readonly uri: string;
  /** For messages: `"root" in the token "vendor"`. */
  readonly name: string;
  /** The key that is there, undefined where none is; throws `token.object-ambiguous`, `token.key-extractable`. */
  find(): Signer | undefined;
  /**
   * Makes a key pair there whose private part never leaves the token, and checks that it is so.
   * `resumes`: a public key that is there alone is what a run left that was cut off, and goes; otherwise throws
   * `token.object-exists` (kind `exists`). Throws `token.key-unsupported` for a kind of key that it can't make.
   */
  generate(spec: KeySpec, resumes: boolean): Signer;
  /** Destroys the key that `generate` made. */
  discard(): void;
  /** Puts a certificate beside the key, with its label and id; gives why the token takes none, undefined where it did. */
  keep(certificate: Certificate): string | undefined;
  close(): void;
}

/** Attributes of a new object, by graphene's names. */
type Template = graphene.ITemplate;

const ID_OCTETS = 16;
/** What a key is not for that signs certificates, or is a device's own: tokens allow it unless told otherwise. */
const SIGNS_ONLY: { readonly public: Template; readonly private: Template } = {
  public: { encrypt: false, wrap: false },
  private: { decrypt: false, unwrap: false },
};
const REFUSES_TEMPLATE: ReadonlySet<string> = new Set([
  "CKR_ATTRIBUTE_TYPE_INVALID",
  "CKR_ATTRIBUTE_VALUE_INVALID",
  "CKR_TEMPLATE_INCONSISTENT",
]);
/** Failures of making a key that mean: not this kind, in this token. */
const NOT_THIS_KIND: ReadonlySet<string> = new Set([
  "CKR_ATTRIBUTE_VALUE_INVALID",
  "CKR_CURVE_NOT_SUPPORTED",
  "CKR_DOMAIN_PARAMS_INVALID",
  "CKR_KEY_SIZE_RANGE",
  "CKR_MECHANISM_INVALID",
  "CKR_MECHANISM_PARAM_INVALID",
]);

/** Opens a place for a key in a token, for writing; the URI must say the object's label or id. Throws `token.*`. */
export function openTokenKeyPlace(uri: Pkcs11Uri, world: TokenWorld): TokenKeyPlace {
  if (uri.object === undefined && uri.id === undefined)
    throw tokenError(
      "object-unnamed",
      "the pkcs11: URI does not say which key of the token is meant",
      "add ;object=... to its path, the label that the key has or is to have",
    );
  let open = openToken(uri, world, "write");
  const name = describeKey(uri);
  let made: Uint8Array | undefined;
  const live = (): OpenToken => {
    if (!isAlive(open)) open = openToken(uri, world, "write", open.pin);
    return open;
  };
  return {
    uri: formatPkcs11Uri(uri),
    name,
    find: () => {
      const token = live();
      return withToken(token.name, "the key was looked for", () =>
        findPrivateKey(token, uri) === undefined
          ? undefined
          : signerOf(uri, world, openKey(token, uri, world)),
      );
    },
    generate: (spec, resumes) => {
      const token = live();
      withToken(token.name, "the key was looked for", () => clearOrphans(token, uri, resumes, world));
      const id = uri.id ?? world.random.bytes(ID_OCTETS);
      makePair(token, { ...uri, id }, spec);
      made = id;
      try {
        return withToken(token.name, "the new key was checked", () =>
          signerOf(uri, world, openKey(token, { ...uri, id }, { ...world, allowExtractable: false })),
        );
      } catch (error) {
        destroy(token, { ...uri, id });
        made = undefined;
        throw error;
      }
    },
    discard: () => {
      if (made === undefined) return;
      // In a session of its own: what has failed in the other one may still be going on there.
      open.close();
      open = openToken(uri, world, "write", open.pin);
      const pair = { ...uri, id: made };
      withToken(open.name, "the new key was removed again", () => destroy(open, pair));
      made = undefined;
    },
    keep: (certificate) => keepCertificate(live, uri, certificate),
    close: () => open.close(),
  };
}

/** A signer may have found this session forgotten, and have closed it. */
function isAlive({ session }: OpenToken): boolean {
  try {
    session.lib.C_GetSessionInfo(session.handle);
    return true;
  } catch (error) {
    if (wasReset(error)) return false;
    throw error;
  }
}

function clearOrphans(token: OpenToken, uri: Pkcs11Uri, resumes: boolean, world: TokenWorld): void {
  const orphans = findObjects(token, uri, OBJECT_CLASS.publicKey);
  if (orphans.length > 0 && !resumes)
    throw objectExists(
      `there is a public key ${describeKey(uri)} already, without its private key`,
      "choose another object=, or remove what is there with the token's own tool",
    );
  for (const orphan of orphans) orphan.destroy();
  if (!resumes) return;
  const nameless = [OBJECT_CLASS.privateKey, OBJECT_CLASS.publicKey]
    .flatMap((each) => findObjects(token, {}, each))
    .filter((each) => isEmpty(each, ATTRIBUTE.label) && isEmpty(each, ATTRIBUTE.id));
  if (nameless.length > 0)
    world.warn(
      `${token.name} holds ${nameless.length} keys or halves of keys without name and id, which the run that was cut ` +
        "off may have left: look at them with the token's own tool, and remove them",
    );
}

function isEmpty(object: graphene.SessionObject, attribute: number): boolean {
  return (readAttribute(object, attribute)?.length ?? 0) === 0;
}

function makePair(token: OpenToken, named: Pkcs11Uri & { readonly id: Uint8Array }, spec: KeySpec): void {
  const chosen = keyPairMechanism(spec, token);
  if (chosen === undefined) throw cannotMake(token, spec);
  const common: Template = {
    token: true,
    id: Buffer.from(named.id),
    ...(named.object === undefined ? {} : { label: named.object }),
  };
  const generate = (publicMore: Template, privateMore: Template): void => {
    token.session.generateKeyPair(
      { name: chosen.mechanism, params: null },
      { ...common, private: false, verify: true, ...publicMore, ...chosen.parameters },
      { ...common, sign: true, sensitive: true, extractable: false, ...privateMore },
    );
  };
  try {
    try {
      generate(SIGNS_ONLY.public, SIGNS_ONLY.private);
    } catch (error) {
      // A few know none of these attributes for such a key.
      if (!REFUSES_TEMPLATE.has(failureName(error) ?? "")) throw error;
      generate({}, {});
    }
  } catch (error) {
    if (NOT_THIS_KIND.has(failureName(error) ?? "")) throw cannotMake(token, spec, error);
    throw describeFailure(error, token.name, "the key was made");
  }
}

function cannotMake(token: OpenToken, spec: KeySpec, cause?: unknown): Error {
  return tokenError(
    "key-unsupported",
    `${token.name} can't make ${formatKeySpec(spec)} keys`,
    "choose another kind with --key; ec:P-256 and rsa:2048 are made by most",
    cause,
  );
}

function destroy(token: OpenToken, pair: Pkcs11Uri): void {
  for (const part of [OBJECT_CLASS.privateKey, OBJECT_CLASS.publicKey])
    for (const object of findObjects(token, pair, part)) object.destroy();
}

/** What a token says that takes no certificates, or not this one, is told and no more: the file has it. */
function keepCertificate(
  live: () => OpenToken,
  uri: Pkcs11Uri,
  certificate: Certificate,
): string | undefined {
  try {
    const token = live();
    const key = findPrivateKey(token, uri);
    const id = key === undefined ? undefined : readAttribute(key, ATTRIBUTE.id);
    const label = key === undefined ? undefined : readAttribute(key, ATTRIBUTE.label)?.toString();
    const named = id === undefined || id.length === 0 ? { object: label ?? "" } : { id };
    const there = findObjects(token, named, OBJECT_CLASS.certificate);
    if (
      there.some((each) =>
        sameBytes(readAttribute(each, ATTRIBUTE.value) ?? Buffer.alloc(0), certificate.der),
      )
    )
      return undefined;
    token.session.create({
      class: OBJECT_CLASS.certificate,
      // CKC_X_509
      certType: 0,
      token: true,
      private: false,
      ...(label === undefined ? {} : { label }),
      ...(id === undefined ? {} : { id }),
      subject: Buffer.from(certificate.subject.der),
      issuer: Buffer.from(certificate.issuer.der),
      serial: Buffer.from(encode(TAG.integer, certificate.serial)),
      value: Buffer.from(certificate.der),
    });
    return undefined;
  } catch (error) {
    return failureName(error) ?? (error instanceof Error ? error.message : String(error));
  }
}
