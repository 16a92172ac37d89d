import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { parentPort, workerData } from "node:worker_threads";
import { attempt } from "./attempt.ts";
import { createTargets } from "./targets/index.ts";

/** What a thread tells: that it has begun, that it has read an input, that it is at its end. */
export interface Told {
  readonly what: "begun" | "read" | "end";
  /** Octets of heap in use; the inputs are outside of it. */
  readonly heap: number;
}

const { target: name, inputs } = workerData as {
  readonly target: string;
  readonly inputs: readonly Uint8Array[];
};
const target = createTargets().find((one) => one.name === name);
if (target === undefined) throw new Error(`there is no target ${name}`);
// Once, so that what is made at the first call only is there.
for (const seed of target.seeds) attempt(target, seed);
const tell = (what: Told["what"]): void => parentPort?.postMessage({ what, heap: heapUsed() });

function heapUsed(): number {
  setFlagsFromString("--expose-gc");
  (runInNewContext("gc") as () => void)();
  return process.memoryUsage().heapUsed;
}

tell("begun");
for (const { buffer, byteOffset, length } of inputs) {
  const input = Buffer.from(buffer, byteOffset, length);
  attempt(target, input);
  tell("read");
}
tell("end");
