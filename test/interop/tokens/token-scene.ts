import { generateKeyPairSync } from "node:crypto";
import { type OpenSigner, openSigner } from "../../../src/keys/open.ts";
import { openTokenKeyPlace } from "../../../src/keys/pkcs11/token-key-place.ts";
import type { TokenWorld } from "../../../src/keys/pkcs11/token-world.ts";
import { parsePkcs11Uri } from "../../../src/keys/pkcs11-uri.ts";
import { parseKeySpec } from "../../../src/x509/algorithms.ts";
import { encodeOid } from "../../../src/x509/der-writer.ts";
import { createVerifier } from "../../../src/x509/signature.ts";
import { MODULE, makeTokenPlace, type OpenSession, PIN, type TokenPlace } from "./soft-hsm.ts";

/** The address of the key `root`. */
export const URI: string = `pkcs11:token=vendor;object=root?module-path=${MODULE}&pin-source=file:pin`;

/** What the tests have signed. */
export const TBS: Buffer = Buffer.from("to be signed");

/** A token in this very process, a session with it that is logged in, and what samicerts asked of the world. */
export class TokenScene {
  readonly place: TokenPlace = makeTokenPlace();
  hand: OpenSession = this.place.session();
  readonly warnings: string[] = [];
  pinsRead = 0;

  /** The world as samicerts is to find it. */
  world(more: Partial<TokenWorld> = {}): Parameters<typeof openSigner>[1] {
    return {
      defaultModule: undefined,
      look: () => "file",
      readPin: () => {
        this.pinsRead++;
        return PIN;
      },
      askPin: () => undefined,
      allowExtractable: false,
      warn: (warning) => void this.warnings.push(warning),
      random: { bytes: (count) => Buffer.alloc(count, 7) },
      passphrase: () => {
        throw new Error("no key file is read");
      },
      readKeyFile: () => {
        throw new Error("no file is meant");
      },
      ...more,
    };
  }

  /** Opens a key. */
  open(uri: string = URI, more: Partial<TokenWorld> = {}): OpenSigner {
    return openSigner(uri, this.world(more));
  }

  /** Makes a key in the token, and opens it. */
  makeKey(kind = "ec:P-256", uri: string = URI): OpenSigner {
    const there = openTokenKeyPlace(parsePkcs11Uri(uri), this.world());
    there.generate(parseKeySpec(kind), false);
    there.close();
    return this.open(uri);
  }

  /** Puts an EC key `root` into the token by hand, its private part with further attributes. */
  putKey(attributes: object): void {
    const { session, graphene } = this.hand;
    const pair = generateKeyPairSync("ec", { namedCurve: "P-256" });
    const jwk = pair.privateKey.export({ format: "jwk" });
    const octets = (part: string | undefined): Buffer => Buffer.from(part ?? "", "base64url");
    const common = {
      keyType: graphene.KeyType.EC,
      token: true,
      label: "root",
      id: Buffer.from("root"),
      paramsEC: Buffer.from(encodeOid("1.2.840.10045.3.1.7")),
    };
    session.create({
      class: graphene.ObjectClass.PUBLIC_KEY,
      ...common,
      private: false,
      verify: true,
      pointEC: Buffer.concat([Buffer.from([4, 0x41, 4]), octets(jwk.x), octets(jwk.y)]),
    });
    session.create({
      class: graphene.ObjectClass.PRIVATE_KEY,
      ...common,
      private: true,
      sign: true,
      sensitive: true,
      extractable: false,
      value: octets(jwk.d),
      ...attributes,
    });
  }

  /** Ends the session of the tests and begins another, in the module started anew. */
  startAnew(): void {
    this.hand.close();
    this.hand = this.place.session();
  }

  remove(): void {
    this.hand.close();
    this.place.remove();
  }
}

/** Whether a signer signs so that its public key takes it. */
export function isSigned(signer: OpenSigner): boolean {
  return createVerifier(signer.publicKey).verify(TBS, signer.algorithm, signer.sign(TBS)).ok;
}
