import { issueDevice } from "../../src/actions/issue-device.ts";
import { openDeps } from "../../src/open-deps.ts";
import { openJudge } from "../../src/open-judge.ts";
import { loadPolicy } from "../../src/policy/load-policy.ts";
import { nodeFiles } from "../../src/workspace/node-files.ts";
import { failingFiles } from "./failing-files.ts";

/**
 * Issues one device in `dir`, and at the n-th call of the file system either dies on the spot (`KILL`), as where the
 * plug is pulled, or is told of an error. Prints the outcome, and how many calls there were.
 */
const [dir = "", serial = "", name = "", n = "-1", how = "KILL"] = process.argv.slice(2);
const { files, calls } = failingFiles(nodeFiles, (_call, index) => {
  if (index !== Number(n)) return undefined;
  if (how === "KILL") process.kill(process.pid, "SIGKILL");
  return how;
});
const deps = openDeps({ dir, files });
let outcome = "issued";
try {
  const judge = openJudge(loadPolicy("sami", () => ""));
  issueDevice({ serial: BigInt(serial), name, judge }, deps);
} catch (error) {
  outcome = (error as { readonly code?: string }).code ?? String(error);
} finally {
  deps.close();
}
process.stdout.write(`${JSON.stringify({ outcome, calls: calls.length, failed: calls[Number(n)] })}\n`);
