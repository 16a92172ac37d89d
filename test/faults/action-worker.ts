import { constants, existsSync, readFileSync } from "node:fs";
import { createLine } from "../../src/actions/create-line.ts";
import { issueDevice } from "../../src/actions/issue-device.ts";
import { publishCrl } from "../../src/actions/publish-crl.ts";
import { renew } from "../../src/actions/renew.ts";
import { replaceRoot } from "../../src/actions/replace-root.ts";
import { revoke } from "../../src/actions/revoke.ts";
import { lockFile } from "../../src/ledger/file-lock.ts";
import type { Ledger } from "../../src/ledger/ledger.ts";
import { type OpenDeps, openDeps } from "../../src/open-deps.ts";
import { openJudge } from "../../src/open-judge.ts";
import { loadPolicy } from "../../src/policy/load-policy.ts";
import { crlSource, openCrlFile } from "../../src/workspace/crl-file.ts";
import { nodeFiles } from "../../src/workspace/node-files.ts";
import { parseName } from "../../src/x509/name-syntax.ts";
import { readRequest } from "../../src/x509/read-request.ts";
import { failingFiles } from "./failing-files.ts";

/**
 * Does one action in `dir`, and at the n-th call of the file system or the ledger that writes, or once all is done, dies
 * on the spot, as where the plug is pulled. Prints the outcome, and how many calls there were.
 */
const [dir = "", n = "-1", action = "", ...words] = process.argv.slice(2);
let calls = 0;
const tick = (): void => {
  if (calls++ === Number(n)) process.kill(process.pid, "SIGKILL");
};
/** What reads changes nothing, and what flushes nothing that a process that dies leaves: to die there is to die later. */
const READS: ReadonlySet<string> = new Set([
  ...["read", "fstat", "stat", "lstat", "list", "close"],
  ...["fsync", "fchmod", "syncFileSystem"],
]);
const LEDGER_READS: ReadonlySet<string> = new Set([
  ...[
    "find",
    "findKey",
    "findNames",
    "findRefusals",
    "list",
    "lines",
    "issuers",
    "successors",
    "batches",
    "close",
    "page",
    "lastCrl",
  ],
]);
const { files } = failingFiles(nodeFiles, ({ method, flags }) => {
  if (!READS.has(method) && !(method === "open" && isReading(flags))) tick();
  return undefined;
});
const policy = loadPolicy("sami", () => "");
const judge = openJudge(policy);

const ACTIONS: Readonly<Record<string, (deps: OpenDeps, words: readonly string[]) => void>> = {
  intermediate: (deps, [name = "", dn = "", from = "", to = ""]) => {
    createLine({ name, subject: parseName(dn), judge, serials: { from, to } }, deps);
  },
  "intermediate-again": (deps, [name = "", dn = ""]) => {
    createLine({ name, subject: parseName(dn), judge, replaceCertificate: true }, deps);
  },
  devices: (deps, [from = "", count = ""]) => {
    for (let index = 0; index < Number(count); index++)
      issueDevice({ serial: BigInt(from) + BigInt(index), name: `Device ${index}`, judge }, deps);
  },
  replace: (deps) => {
    replaceRoot({ judge }, deps);
  },
  // Whatever was cut off, the root that is there can issue; then the same command goes on.
  "issue-and-replace": (deps, [serial = ""]) => {
    issueDevice({ serial: BigInt(serial), name: "Meanwhile", judge }, deps);
    replaceRoot({ judge }, deps);
  },
  renew: (deps, [serial = "", how = ""]) => {
    renew(
      { named: { serial: BigInt(serial) }, how: how === "rekey" ? how : "renew", judge, revoke: true },
      deps,
    );
  },
  revoke: (deps, [serial = ""]) => {
    const named = { serial: BigInt(serial) };
    revoke({ named }, { reason: "keyCompromise" }, { ...deps, ledger: deps.ledger() });
  },
  crl: (deps) => {
    publishCrl(
      { authority: {}, policy },
      {
        ...deps,
        lockCrl: (issuer) => lockFile(`${deps.workspace.paths.ledger}-crl-${issuer}`),
        openCrls: (path) =>
          existsSync(path)
            ? openCrlFile(nodeFiles, path).map((crl) => ({
                name: crl.name,
                source: crlSource(nodeFiles, crl),
              }))
            : undefined,
      },
    );
  },
  "client-csr": (deps, [serial = "", name = "", csr = ""]) => {
    const request = readRequest(readFileSync(csr), csr);
    const foreignKey = { publicKey: request.publicKey, request };
    issueDevice({ serial: BigInt(serial), name, judge, foreignKey }, deps);
  },
};

function isReading(flags: string | number | undefined): boolean {
  return (
    flags === "r" || (typeof flags === "number" && (flags & (constants.O_WRONLY | constants.O_RDWR)) === 0)
  );
}

/** The ledger, with a moment to die at before each of its calls that writes. */
function watched<T extends object>(ledger: T): T {
  return new Proxy(ledger, {
    get(target, name) {
      const member = Reflect.get(target, name) as unknown;
      if (name === "revocations") return watched(member as object);
      if (typeof member !== "function") return member;
      return (...given: unknown[]) => {
        if (!LEDGER_READS.has(String(name))) tick();
        return (member as (...all: unknown[]) => unknown).apply(target, given);
      };
    },
  });
}

const opened = openDeps({ dir, files });
let ledger: Ledger | undefined;
const deps: OpenDeps = {
  ...opened,
  ledger: () => {
    ledger ??= watched(opened.ledger());
    return ledger;
  },
};
let outcome = "done";
try {
  ACTIONS[action]?.(deps, words);
  tick();
} catch (error) {
  outcome = (error as { readonly code?: string }).code ?? String(error);
} finally {
  opened.close();
}
process.stdout.write(`${JSON.stringify({ outcome, calls })}\n`);
