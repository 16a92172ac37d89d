import type { FlagSpec } from "./flags.ts";

type SandboxFlagKey =
  | "state"
  | "port"
  | "apiPort"
  | "address"
  | "host"
  | "yes"
  | "name"
  | "vendor"
  | "issuer"
  | "id"
  | "redirect";

const WHERE = "Where:";
const WHAT = "What to add:";

/** The flags that `sandbox` alone takes. */
export const SANDBOX_FLAG: Readonly<Record<SandboxFlagKey, FlagSpec>> = {
  state: {
    name: "state",
    value: "file",
    group: "Files:",
    summary: "the SQLite file that the sandbox keeps its state in (default: memory)",
    environment: "SAMICERTS_SANDBOX_STATE",
    completes: "file",
  },
  port: {
    name: "port",
    value: "port",
    group: WHERE,
    summary: "the portal's port, HTTP (default: 8080); 0 is any that is free",
    completes: [],
  },
  apiPort: {
    name: "api-port",
    value: "port",
    group: WHERE,
    summary: "the device API's port, HTTPS (default: 8443); 0 is any that is free",
    completes: [],
  },
  address: {
    name: "address",
    value: "ip",
    group: WHERE,
    summary: "the address to listen at (default: 127.0.0.1, this machine alone)",
    completes: [],
  },
  host: {
    name: "host",
    value: "name",
    group: WHERE,
    summary: "a further name that devices and browsers call it by, repeatable",
    repeatable: true,
    completes: [],
  },
  yes: { name: "yes", group: "How to ask:", summary: "trust it without asking" },
  name: {
    name: "name",
    value: "name",
    group: WHAT,
    summary: "what it is called in the portal",
    completes: [],
  },
  vendor: {
    name: "vendor",
    value: "name",
    group: WHAT,
    summary: "the vendor whose type it is: its name or its root's SHA-256 (default: the only one)",
    completes: [],
  },
  issuer: {
    name: "issuer",
    value: "dn",
    group: WHAT,
    summary: "the issuer that the devices' certificates name (default: the vendor's root)",
    completes: [],
  },
  id: {
    name: "id",
    value: "id",
    group: WHAT,
    summary: "its id, where firmware has it already (default: a random one)",
    completes: [],
  },
  redirect: {
    name: "redirect",
    value: "uri",
    group: WHAT,
    summary: "where users may be sent back to, repeatable",
    repeatable: true,
    completes: [],
  },
};
