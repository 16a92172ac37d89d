import { SamicertsError } from "./base/errors.ts";
import { builtDefaultPolicy, DEFAULT_POLICY } from "./policy/default-policy.ts";
import { loadPolicy } from "./policy/load-policy.ts";
import type { Policy } from "./policy/policy.ts";
import { nodeFiles } from "./workspace/node-files.ts";
import { readBounded } from "./workspace/read-file.ts";
import type { Workspace } from "./workspace/workspace.ts";

/** The largest policy file read, in bytes. */
const MAX_POLICY_FILE = 4 * 1024 * 1024;

/**
 * The policy that a command follows: the one that was named, else policy.json in the vendor's directory, else sami.
 * Throws `policy.*`, `io.*`.
 */
export function policyInForce(named: string | undefined, workspace: Workspace): Policy {
  const own = named === undefined ? workspace.readPolicyText() : undefined;
  if (own === undefined) {
    const name = named ?? DEFAULT_POLICY;
    return (name === DEFAULT_POLICY ? builtDefaultPolicy() : undefined) ?? loadPolicy(name, readPolicyFile);
  }
  return loadPolicy(asPath(own.path), (path) =>
    path === asPath(own.path) ? own.text : readPolicyFile(path),
  );
}

/** Reads a policy file's text; throws `io.*`, `input.too-large`, `input.not-utf8`. */
export function readPolicyFile(path: string): string {
  const bytes = readBounded(nodeFiles, path, MAX_POLICY_FILE, "a policy");
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  } catch (cause) {
    throw new SamicertsError({
      kind: "input",
      code: "input.not-utf8",
      message: `${path} is not UTF-8 text`,
      hint: "save the policy as UTF-8",
      cause,
    });
  }
}

/** A path that can't be taken for a policy's name. */
export function asPath(path: string): string {
  return /[./\\]/.test(path) ? path : `./${path}`;
}
