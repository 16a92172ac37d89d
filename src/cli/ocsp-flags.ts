import type { FlagSpec } from "./flags.ts";

type OcspFlagKey = "listen" | "path" | "valid" | "out" | "hash";

/** What `ocsp sign --hash` offers. */
export const CERT_ID_HASH_NAMES: readonly ("sha1" | "sha256")[] = ["sha1", "sha256"];

/** The flags that `ocsp` alone takes. */
export const OCSP_FLAG: Readonly<Record<OcspFlagKey, FlagSpec>> = {
  listen: {
    name: "listen",
    value: "host:port",
    group: "Where:",
    summary: "where to listen (default: 127.0.0.1:2560); port 0 is any that is free",
    completes: [],
  },
  path: {
    name: "path",
    value: "path",
    group: "Where:",
    summary: "what every address begins with (default: /)",
    completes: [],
  },
  valid: {
    name: "valid",
    value: "span",
    group: "What to say:",
    summary: "how long an answer is valid (default: 1h when it is asked for, 7d when it is signed before)",
    completes: [],
  },
  out: {
    name: "out",
    value: "dir",
    group: "Files:",
    summary: "where the answers go, <serial>.der each (default: ocsp-answers in --dir)",
    completes: "directory",
  },
  hash: {
    name: "hash",
    value: "hash",
    group: "What to say:",
    summary: "how certificates are named: sha1 (default), as clients ask, or sha256",
    completes: CERT_ID_HASH_NAMES,
  },
};
