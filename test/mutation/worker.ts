import { type CollectedTest, collect } from "./test-framework.ts";

/** What a worker is asked for: a mutant (0 for none) and tests of one file, and whether to load the file anew. */
export interface Ask {
  readonly bundle: string;
  readonly mutant: number;
  /** Places in the list of tests; absent for all. */
  readonly tests?: readonly number[];
  readonly anew: boolean;
}

/** What it answers: the first test that failed, and per test what was reached and how long it took. */
export interface Answer {
  readonly failed?: string;
  readonly atLoad: readonly number[];
  readonly tests: readonly {
    readonly name: string;
    readonly ms: number;
    readonly reached: readonly number[];
  }[];
}

declare global {
  /** The mutant in force. */
  var mutant: number;
  /** Set where a mutant's place was reached. */
  var reached: Uint8Array;
}

const MOST_MUTANTS = 100_000;
globalThis.mutant = 0;
globalThis.reached = new Uint8Array(MOST_MUTANTS);

const loaded = new Map<string, readonly CollectedTest[]>();
let loads = 0;

function takeReached(): readonly number[] {
  const ids: number[] = [];
  globalThis.reached.forEach((value, id) => {
    if (value !== 0) ids.push(id);
  });
  globalThis.reached.fill(0);
  return ids;
}

async function answer({ bundle, mutant, tests, anew }: Ask): Promise<Answer> {
  globalThis.reached.fill(0);
  let all = loaded.get(bundle);
  if (all === undefined || anew) {
    globalThis.mutant = anew ? mutant : 0;
    all = await collect(async () => await import(`${bundle}?${++loads}`));
    if (!anew) loaded.set(bundle, all);
  }
  const atLoad = takeReached();
  globalThis.mutant = mutant;
  const done: Answer["tests"][number][] = [];
  for (const index of tests ?? all.keys()) {
    const test = all[index] as CollectedTest;
    const start = performance.now();
    try {
      await test.run();
    } catch (error) {
      globalThis.mutant = 0;
      const why = mutant === 0 ? `: ${(error as Error).message}` : "";
      return { failed: `${test.name}${why}`, atLoad, tests: done };
    }
    done.push({ name: test.name, ms: performance.now() - start, reached: mutant === 0 ? takeReached() : [] });
  }
  globalThis.mutant = 0;
  return { atLoad, tests: done };
}

// What tests print is nobody's to read here.
process.stdout.write = () => true;
process.on("message", (ask: Ask) => {
  answer(ask).then(
    (given) => process.send?.(given),
    (error) =>
      process.send?.({ failed: `at load: ${String(error)}`, atLoad: [], tests: [] } satisfies Answer),
  );
});
