import type { FlagSpec } from "./flags.ts";

type RehearseFlagKey =
  | "api"
  | "cacert"
  | "type"
  | "name"
  | "autoConfirm"
  | "hub"
  | "nodes"
  | "sample"
  | "jobs"
  | "key";

const WHERE = "Where:";
const WHAT = "What to rehearse:";

/** The flags that `rehearse` alone takes. */
export const REHEARSE_FLAG: Readonly<Record<RehearseFlagKey, FlagSpec>> = {
  api: {
    name: "api",
    value: "url",
    group: WHERE,
    summary: "the device API of a sandbox that runs (default: https://localhost:8443)",
    completes: [],
  },
  cacert: {
    name: "cacert",
    value: "file",
    group: WHERE,
    summary: "the CA of its certificate (default: not checked on this machine)",
    completes: "file",
  },
  autoConfirm: {
    name: "auto-confirm",
    group: WHAT,
    summary:
      "play the owner too: with the tokens in SAMICERTS_SANDBOX_TOKEN, else against a sandbox of its own, for CI",
  },
  type: {
    name: "type",
    value: "id",
    group: WHAT,
    summary: "the device type (default: the one with the certificate's issuer)",
    completes: [],
  },
  name: {
    name: "name",
    value: "name",
    group: WHAT,
    summary: "what the owner calls the device (default: its common name)",
    completes: [],
  },
  key: {
    name: "key",
    value: "file|uri",
    group: WHAT,
    summary: "the device's private key: a file, or pkcs11:... (default: the one beside its certificate)",
    completes: "file",
  },
  hub: { name: "hub", group: WHAT, summary: "be a hub: create end nodes and send on their behalf" },
  nodes: { name: "nodes", value: "n", group: WHAT, summary: "so many end nodes (default: 3)", completes: [] },
  sample: {
    name: "sample",
    value: "n",
    group: WHAT,
    summary: "of a directory's devices so many, evenly spread (default: all)",
    completes: [],
  },
  jobs: {
    name: "jobs",
    value: "n",
    group: WHAT,
    summary: "so many devices at a time (default: 8)",
    completes: [],
  },
};
