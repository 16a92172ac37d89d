import type { CommandSpec } from "../command-spec.ts";
import { EXIT } from "../exit-codes.ts";
import { FLAG } from "../flags.ts";
import { SANDBOX_FLAG } from "../sandbox-flags.ts";
import { VERIFY_FLAG } from "../verify-flags.ts";
import { COMMON_FLAGS } from "./flag-sets.ts";

const ADD_EXITS = [EXIT.done, EXIT.input, EXIT.io, EXIT.exists];
const JUDGING = [FLAG.dir, FLAG.judgePolicy];

const VENDOR: CommandSpec = {
  name: "vendor",
  summary: "the vendors whose roots a sandbox trusts",
  operands: [],
  flags: [],
  examples: ["samicerts sandbox vendor add root.crt --state sandbox.db"],
  exitCodes: [],
  commands: [
    {
      name: "add",
      summary: "trust a vendor's root, after a look at its fingerprint and the policy's verdict",
      operands: [{ name: "root", summary: "its root's certificate, PEM or DER", completes: "file" }],
      flags: [
        ...JUDGING,
        SANDBOX_FLAG.state,
        FLAG.untrusted,
        SANDBOX_FLAG.name,
        SANDBOX_FLAG.yes,
        ...COMMON_FLAGS,
      ],
      examples: ["samicerts sandbox vendor add root.crt --state sandbox.db"],
      exitCodes: [EXIT.done, EXIT.notCompliant, EXIT.input, EXIT.io],
      load: async () => (await import("../commands/sandbox-state.ts")).addVendor,
    },
    {
      name: "list",
      summary: "the vendors and their device types",
      operands: [],
      flags: [...JUDGING, SANDBOX_FLAG.state, ...COMMON_FLAGS],
      examples: ["samicerts sandbox vendor list --state sandbox.db"],
      exitCodes: [EXIT.done, EXIT.input, EXIT.io],
      load: async () => (await import("../commands/sandbox-state.ts")).listVendors,
    },
  ],
};

const TYPE: CommandSpec = {
  name: "type",
  summary: "device types, each of one vendor and one issuer",
  operands: [],
  flags: [],
  examples: ["samicerts sandbox type add Lamp --state sandbox.db"],
  exitCodes: [],
  commands: [
    {
      name: "add",
      summary: "add a device type, or change the one with this id",
      operands: [{ name: "name", summary: "what it is called", completes: [] }],
      flags: [
        ...JUDGING,
        SANDBOX_FLAG.state,
        SANDBOX_FLAG.vendor,
        SANDBOX_FLAG.issuer,
        SANDBOX_FLAG.id,
        ...COMMON_FLAGS,
      ],
      examples: [
        "samicerts sandbox type add Lamp --state sandbox.db",
        "samicerts sandbox type add Lamp --id dt430e40b477dd42ccb09cc83241ef9b99 --state sandbox.db",
      ],
      exitCodes: [EXIT.done, EXIT.input, EXIT.io],
      load: async () => (await import("../commands/sandbox-state.ts")).addType,
    },
  ],
};

const ACCOUNT: CommandSpec = {
  name: "account",
  summary: "the people who own devices",
  operands: [],
  flags: [],
  examples: ["samicerts sandbox account add eve@example.com --state sandbox.db"],
  exitCodes: [],
  commands: [
    {
      name: "add",
      summary: "add an account; its password is drawn and shown once",
      operands: [{ name: "email", summary: "the address to sign in with", completes: [] }],
      flags: [...JUDGING, SANDBOX_FLAG.state, SANDBOX_FLAG.name, ...COMMON_FLAGS],
      examples: ["samicerts sandbox account add eve@example.com --name Eve --state sandbox.db"],
      exitCodes: ADD_EXITS,
      load: async () => (await import("../commands/sandbox-state.ts")).addAccount,
    },
    {
      name: "password",
      summary: "draw a new password for an account; whoever was signed in is signed out",
      operands: [{ name: "email", summary: "its address", completes: [] }],
      flags: [...JUDGING, SANDBOX_FLAG.state, ...COMMON_FLAGS],
      examples: ["samicerts sandbox account password demo@localhost --state sandbox.db"],
      exitCodes: [EXIT.done, EXIT.input, EXIT.io],
      load: async () => (await import("../commands/sandbox-state.ts")).newPassword,
    },
  ],
};

const APPLICATION: CommandSpec = {
  name: "application",
  summary: "the applications that users may give access to",
  operands: [],
  flags: [],
  examples: ["samicerts sandbox application add Hub --redirect http://localhost:3000/ --state sandbox.db"],
  exitCodes: [],
  commands: [
    {
      name: "add",
      summary: "add an application for OAuth 2; its id is what it sends as client_id",
      operands: [{ name: "name", summary: "what users are asked about", completes: [] }],
      flags: [...JUDGING, SANDBOX_FLAG.state, SANDBOX_FLAG.redirect, SANDBOX_FLAG.id, ...COMMON_FLAGS],
      examples: [
        "samicerts sandbox application add Hub --redirect http://localhost:3000/ --state sandbox.db",
      ],
      exitCodes: [EXIT.done, EXIT.input, EXIT.io],
      load: async () => (await import("../commands/sandbox-state.ts")).addApplication,
    },
  ],
};

/** `samicerts sandbox`: a local platform for secure device registration. */
export const SANDBOX_SPEC: CommandSpec = {
  name: "sandbox",
  summary: "run a local platform to rehearse secure device registration against, until it is ended",
  operands: [],
  flags: [
    FLAG.dir,
    FLAG.ledger,
    SANDBOX_FLAG.state,
    SANDBOX_FLAG.port,
    SANDBOX_FLAG.apiPort,
    SANDBOX_FLAG.address,
    SANDBOX_FLAG.host,
    FLAG.judgePolicy,
    FLAG.root,
    FLAG.untrusted,
    VERIFY_FLAG.crl,
    VERIFY_FLAG.noLedger,
    ...COMMON_FLAGS,
  ],
  examples: ["samicerts sandbox", "samicerts sandbox --state sandbox.db --port 8081 --api-port 8444"],
  exitCodes: [EXIT.done, EXIT.input, EXIT.io, EXIT.interrupted],
  load: async () => (await import("../commands/sandbox.ts")).start,
  commands: [VENDOR, TYPE, ACCOUNT, APPLICATION],
};
