import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { parentPort, workerData } from "node:worker_threads";
import { attempt } from "./attempt.ts";
import { createTargets } from "./targets/index.ts";

/** What a thread tells: that it has begun, that it has read an input, that it is at its end. */
export interface Told {
  readonly what: "begun" | "read" | "end";
  /** Octets of heap in use, all inputs made. */
  readonly heap: number;
  /** Octets of the largest input. */
  readonly largest: number;
}

const {
  target: name,
  octets,
  only,
} = workerData as { target: string; octets: number; only: "begin" | "all" };
const target = createTargets().find((one) => one.name === name);
if (target === undefined) throw new Error(`there is no target ${name}`);
// Once, so that what is made at the first call only is there.
for (const seed of target.seeds) attempt(target, seed);
const inputs = target.large(octets);
const largest = Math.max(...inputs.map(({ length }) => length));
const tell = (what: Told["what"]): void => parentPort?.postMessage({ what, heap: heapUsed(), largest });

function heapUsed(): number {
  setFlagsFromString("--expose-gc");
  (runInNewContext("gc") as () => void)();
  return process.memoryUsage().heapUsed;
}

tell("begun");
if (only === "all") {
  for (const input of inputs) {
    attempt(target, input);
    tell("read");
  }
  tell("end");
}
