import { statSync } from "node:fs";
import { createLedgerChecker } from "../../actions/check-in-ledger.ts";
import type { Ledger } from "../../ledger/ledger.ts";
import { openLedger } from "../../ledger/open.ts";
import type { Revocation } from "../../sandbox/client-check.ts";
import { errorCode } from "../../workspace/file-error.ts";
import { nodeFiles } from "../../workspace/node-files.ts";
import type { Workspace } from "../../workspace/workspace.ts";
import { createCrlChecker, type PathCheck } from "../../x509/crl-checker.ts";
import type { UsableCrl } from "../../x509/crl-fitness.ts";
import { openCrls, type PlannedCrl, usableCrls } from "../verify/crls.ts";

/** What a running sandbox asks about revocation, always as it is now, and how to let go of it. */
export interface LiveRevocation extends Revocation {
  /** The CRLs that were there when it began. */
  readonly names: readonly string[];
  close(): void;
}

interface Loaded {
  readonly stamp: string;
  readonly planned: readonly PlannedCrl[];
  readonly usable: readonly UsableCrl[];
}

/**
 * Watches CRLs, each read again when its file changes, and the vendor's ledger. `named` must be there now; those of
 * `workspace` may come later. An authority that has published no CRL is not asked for one.
 * `warn` is told of one that can't be read any more: what it last said stays in force.
 */
export function watchRevocation(
  named: readonly string[],
  workspace: Workspace,
  ledgerPath: string | undefined,
  warn: (problem: string) => void,
): LiveRevocation {
  const loaded = new Map<string, Loaded>();
  const close = ({ planned }: Loaded): void => {
    for (const { place } of planned) if ("fd" in place) nodeFiles.close(place.fd);
  };
  const load = (path: string): Loaded | undefined => {
    const stamp = stampOf(path);
    const known = loaded.get(path);
    if (stamp === undefined || known?.stamp === stamp) return known;
    const planned = openCrls([path]);
    if (known !== undefined) close(known);
    const fresh = { stamp, planned, usable: usableCrls(planned) };
    loaded.set(path, fresh);
    return fresh;
  };
  for (const path of named) load(path) ?? openCrls([path]);
  const ledger: Ledger | undefined = ledgerPath === undefined ? undefined : openLedger(ledgerPath);
  // What SQLite has written lies in the second until it is moved.
  const ledgerFiles = ledgerPath === undefined ? [] : [ledgerPath, `${ledgerPath}-wal`];
  let watched: readonly string[] = [];
  let told = "";
  const current = (): readonly UsableCrl[] => {
    watched = [...new Set([...named, ...ownCrls(workspace)])];
    return watched.flatMap((path) => {
      try {
        return load(path)?.usable ?? [];
      } catch (error) {
        const problem = `${(error as Error).message}; what it said before stays in force`;
        if (problem !== told) warn(problem);
        told = problem;
        return loaded.get(path)?.usable ?? [];
      }
    });
  };
  return {
    version: () => [...watched, ...ledgerFiles].map(shownStamp).join(","),
    checks: (atMs) => {
      const crls = current();
      return [
        ...(crls.length === 0 ? [] : [wherePublished(createCrlChecker(crls, atMs))]),
        ...(ledger === undefined ? [] : [createLedgerChecker(ledger, atMs)]),
      ];
    },
    names: current().map(({ name }) => name),
    close: () => {
      for (const each of loaded.values()) close(each);
      ledger?.close();
    },
  };
}

/** Most vendors here have published none, and are not refused for it. */
function wherePublished(check: PathCheck): PathCheck {
  return (path) => check(path).filter(({ rule }) => rule !== "revocation.no-crl");
}

function ownCrls(workspace: Workspace): readonly string[] {
  const lines = workspace.lineNames().map((name) => workspace.line(name).paths.crl.pem);
  return [workspace.paths.crl.pem, ...lines];
}

function stampOf(path: string): string | undefined {
  // Most have published no CRL, and an error is dear: this is asked in every request.
  const found = statSync(path, { throwIfNoEntry: false });
  return found === undefined ? undefined : `${found.ino} ${found.mtimeMs} ${found.size}`;
}

function shownStamp(path: string): string {
  try {
    return stampOf(path) ?? "";
  } catch (error) {
    return errorCode(error) ?? "?";
  }
}
