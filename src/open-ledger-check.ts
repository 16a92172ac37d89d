import { constants } from "node:fs";
import { dirname, resolve } from "node:path";
import type { CheckDeps } from "./actions/ledger-check.ts";
import { SamicertsError } from "./base/errors.ts";
import { readKeyFacts, readPrivateKey } from "./keys/read-key.ts";
import type { Ledger } from "./ledger/ledger.ts";
import { SYSTEM_CLOCK, SYSTEM_RANDOM } from "./open-deps.ts";
import { policyInForce } from "./open-policy.ts";
import { namesDevices } from "./policy/names-devices.ts";
import { flushDirectory } from "./workspace/durable-write.ts";
import { errorCode, fileError } from "./workspace/file-error.ts";
import { readLayout } from "./workspace/layout.ts";
import { nodeFiles } from "./workspace/node-files.ts";
import { openWorkspace } from "./workspace/open-workspace.ts";
import { readPrivateKeyFile } from "./workspace/read-file.ts";
import type { Workspace } from "./workspace/workspace.ts";

/** Opens a vendor's directory for checking its files against the ledger, and for mending them. */
export function openLedgerCheck(dir: string, ledger: Ledger): CheckDeps {
  const files = nodeFiles;
  const workspace = openWorkspace(dir, files, SYSTEM_RANDOM);
  const lines = ledger.lines();
  const own = [workspace.paths.devices, ...lines.map(({ name }) => workspace.line(name).paths.devices)];
  return {
    clock: SYSTEM_CLOCK,
    ledger,
    workspace,
    named: arePutInSubjects(workspace),
    lines,
    deviceFiles: (directory) => {
      try {
        return files.list(directory);
      } catch (error) {
        if (errorCode(error) === "ENOENT") return [];
        throw fileError(error, "read", directory);
      }
    },
    openKey: (path) => {
      const { bytes, warning } = readPrivateKeyFile(files, path, { allowMode: true });
      const othersMayRead = warning !== undefined;
      if (readKeyFacts(bytes, path).scheme !== undefined) return { othersMayRead };
      return { publicKey: readPrivateKey(bytes, path).publicKey, othersMayRead };
    },
    isDevices: (output) =>
      own.some((devices) => output === resolve(devices) && readLayout(files, devices) === "flat"),
    makePrivate: (path) => {
      try {
        // Through a descriptor, and not through a link: what was looked at is what is changed.
        const fd = files.open(path, constants.O_RDONLY | (constants.O_NOFOLLOW ?? 0));
        try {
          files.fchmod(fd, 0o600);
          files.fsync(fd);
        } finally {
          files.close(fd);
        }
      } catch (error) {
        throw fileError(error, "write", path);
      }
    },
    remove: (path) => {
      try {
        files.unlink(path);
        flushDirectory(files, dirname(path));
      } catch (error) {
        // What was mended before it may have taken it away.
        if (errorCode(error) === "ENOENT") return;
        throw fileError(error, "write", path);
      }
    },
  };
}

/** Whether devices' names are in their subjects; of a policy that can't be read nobody knows, and files are checked all the same. */
function arePutInSubjects(workspace: Workspace): boolean {
  try {
    return namesDevices(policyInForce(undefined, workspace));
  } catch (error) {
    if (error instanceof SamicertsError) return false;
    throw error;
  }
}
