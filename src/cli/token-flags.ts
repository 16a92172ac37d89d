import type { FlagSpec } from "./flags.ts";

const KEYS = "Keys:";

/** The flags that say where keys are, beside `--key`, which says of what kind. */
export const TOKEN_FLAG: Readonly<
  Record<"rootKey" | "rootPlace" | "deviceKey" | "existingKey" | "pkcs11Module", FlagSpec>
> = {
  rootKey: {
    name: "root-key",
    value: "uri|file",
    group: KEYS,
    summary: "the root's key: pkcs11:..., or a file (default: root.key.uri, else root.key)",
    environment: "SAMICERTS_ROOT_KEY",
    completes: "file",
  },
  rootPlace: {
    name: "root-key",
    value: "uri",
    group: KEYS,
    summary: "the token that the root's key is made in and never leaves: pkcs11:token=...;object=...",
    environment: "SAMICERTS_ROOT_KEY",
    completes: [],
  },
  deviceKey: {
    name: "device-key",
    value: "uri",
    group: KEYS,
    summary: "the secure element that the device's key is made in and never leaves: pkcs11:token=...",
    completes: [],
  },
  existingKey: {
    name: "existing-key",
    group: KEYS,
    summary: "take the key that is in the token already",
  },
  pkcs11Module: {
    name: "pkcs11-module",
    value: "file",
    group: KEYS,
    summary: "the PKCS#11 module, where the URI names none",
    environment: "SAMICERTS_PKCS11_MODULE",
    completes: "file",
  },
};
