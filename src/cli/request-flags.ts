import type { FlagSpec } from "./flags.ts";

const KEY = "The device's own key:";

/** The flags for a key that the device keeps to itself, and for its request. */
export const REQUEST_FLAG: Readonly<
  Record<"csr" | "publicKey" | "noProof" | "out" | "subject" | "force", FlagSpec>
> = {
  csr: {
    name: "csr",
    value: "file|-",
    group: KEY,
    summary: "the device's certificate request, PEM or DER; no key is made",
    completes: "file",
  },
  publicKey: {
    name: "public-key",
    value: "file|-",
    group: KEY,
    summary: "its public key, of a device that can't make a request; needs --no-proof",
    completes: "file",
  },
  noProof: {
    name: "no-proof",
    group: KEY,
    summary: "your word that the device has the private key; it is recorded in the ledger",
  },
  out: {
    name: "out",
    value: "path",
    group: "Files:",
    summary: "where: <path>.key and <path>.csr (default: the name)",
    completes: "file",
  },
  subject: {
    name: "subject",
    value: "dn",
    group: "What to make:",
    summary: "the name to ask for; the vendor's policy decides (default: CN=<name>)",
    completes: [],
  },
  force: { name: "force", group: "Files:", summary: "replace a request that is there, never a key" },
};
