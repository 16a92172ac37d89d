import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";

/** Octets of memory, in and outside the heap, that the results of so many calls of `make` keep alive, for each call. */
export function retainedBy(make: () => unknown, calls = 100): number {
  setFlagsFromString("--expose-gc");
  const collect = runInNewContext("gc") as () => void;
  const used = (): number => {
    collect();
    collect();
    const { heapUsed, external } = process.memoryUsage();
    return heapUsed + external;
  };
  make();
  const kept: unknown[] = new Array(calls);
  const before = used();
  for (let call = 0; call < kept.length; call++) kept[call] = make();
  const after = used();
  return (after - before) / kept.length;
}
