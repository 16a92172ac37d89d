import { readFileSync } from "node:fs";
import { createLine } from "../../src/actions/create-line.ts";
import { issueDevice } from "../../src/actions/issue-device.ts";
import type { Ledger } from "../../src/ledger/ledger.ts";
import { type OpenDeps, openDeps } from "../../src/open-deps.ts";
import { compilePolicy } from "../../src/policy/evaluate.ts";
import { loadPolicy } from "../../src/policy/load-policy.ts";
import { nodeFiles } from "../../src/workspace/node-files.ts";
import { parseName } from "../../src/x509/name-syntax.ts";
import { readRequest } from "../../src/x509/read-request.ts";
import { failingFiles } from "./failing-files.ts";

/**
 * Does one action in `dir`, and at the n-th call of the file system or the ledger, before it or right after it, dies on
 * the spot, as where the plug is pulled. Prints the outcome, and how many calls there were.
 */
const [dir = "", n = "-1", action = "", ...words] = process.argv.slice(2);
let calls = 0;
const tick = (): void => {
  if (calls++ === Number(n)) process.kill(process.pid, "SIGKILL");
};
const { files } = failingFiles(nodeFiles, () => {
  tick();
  return undefined;
});
const judge = compilePolicy(loadPolicy("sami", () => ""));

const ACTIONS: Readonly<Record<string, (deps: OpenDeps, words: readonly string[]) => void>> = {
  intermediate: (deps, [name = "", dn = "", from = "", to = ""]) => {
    createLine({ name, subject: parseName(dn), judge, serials: { from, to } }, deps);
  },
  "client-csr": (deps, [serial = "", name = "", csr = ""]) => {
    const request = readRequest(readFileSync(csr), csr);
    const foreignKey = { publicKey: request.publicKey, request };
    issueDevice({ serial: BigInt(serial), name, judge, foreignKey }, deps);
  },
};

/** The ledger, with a moment to die at before and after each of its calls. */
function watched(ledger: Ledger): Ledger {
  return new Proxy(ledger, {
    get(target, name) {
      const member = Reflect.get(target, name) as unknown;
      if (typeof member !== "function") return member;
      return (...given: unknown[]) => {
        tick();
        const result = (member as (...all: unknown[]) => unknown).apply(target, given);
        tick();
        return result;
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
} catch (error) {
  outcome = (error as { readonly code?: string }).code ?? String(error);
} finally {
  opened.close();
}
process.stdout.write(`${JSON.stringify({ outcome, calls })}\n`);
