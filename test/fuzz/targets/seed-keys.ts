import { createPublicKey, type KeyObject } from "node:crypto";
import { ecPrivateKey, ed25519PrivateKey, rsaPrivateKey } from "../../../fixtures/recipes/keys.ts";

/** A key of every kind; the same ones in every run. */
export function seedKeys(): readonly KeyObject[] {
  return [
    ...["P-256", "P-384", "P-521"].map((curve) => ecPrivateKey("fuzz", curve)),
    rsaPrivateKey("fuzz", 2048),
    ed25519PrivateKey("fuzz"),
  ];
}

/** Every form of every kind of private key, DER and PEM. */
export function privateKeyForms(): Uint8Array[] {
  return seedKeys().flatMap((key) => {
    const own = { ec: ["pkcs8", "sec1"], rsa: ["pkcs8", "pkcs1"] }[key.asymmetricKeyType as "ec" | "rsa"];
    return (own ?? ["pkcs8"]).flatMap((type) => [
      key.export({ type, format: "der" } as never) as unknown as Buffer,
      Buffer.from(key.export({ type, format: "pem" } as never) as unknown as string),
    ]);
  });
}

/** Every kind of public key, DER and PEM. */
export function publicKeyForms(): Uint8Array[] {
  return seedKeys().flatMap((key) => {
    const own = createPublicKey(key);
    return [
      own.export({ type: "spki", format: "der" }),
      Buffer.from(own.export({ type: "spki", format: "pem" })),
    ];
  });
}
