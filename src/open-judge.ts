import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { prepareDebianKeyTest } from "./keys/debian-keys.ts";
import { compilePolicy, type Judge } from "./policy/evaluate.ts";
import type { KnownKeyTest } from "./policy/known-keys.ts";
import type { Policy } from "./policy/policy.ts";
import { nodeFiles } from "./workspace/node-files.ts";

const LISTS = "data/debian-keys";

/** Makes a policy ready to judge, with the lists of known keys that come along; throws as `compilePolicy`. */
export function openJudge(policy: Policy): Judge {
  return compilePolicy(policy, openKnownKeys());
}

let known: KnownKeyTest | undefined;

/**
 * The test for known keys by the lists that come along; nothing is read before there is a key to look up, and what was
 * read serves every judge of this process.
 */
export function openKnownKeys(): KnownKeyTest {
  known ??= prepareDebianKeyTest(nodeFiles, findLists);
  return known;
}

/** The lists' directory: beside src/ and dist/; where this is in somebody's own bundle, beside or above that. */
function findLists(): string {
  const url = import.meta.url;
  // Where this is bundled as CommonJS, the build makes a path of the URL.
  const start = dirname(url.startsWith("file:") ? fileURLToPath(url) : url);
  for (let at = start; at !== dirname(at); at = dirname(at)) {
    const lists = join(at, LISTS);
    if (isThere(lists)) return lists;
  }
  return join(start, LISTS);
}

function isThere(path: string): boolean {
  try {
    return nodeFiles.stat(path).kind === "directory";
  } catch {
    return false;
  }
}
