import type { Bundles } from "./bundle.ts";
import type { Mutant } from "./schemata.ts";
import type { WorkerProcess } from "./worker-process.ts";

/** What became of a mutant: a test failed, or none ended in time, or all passed; or no test gets to its place. */
export type Fate = "killed" | "hung" | "survived" | "not reached";

/** A mutant with its fate, and the test that failed. */
export interface Examined {
  readonly mutant: Mutant;
  readonly fate: Fate;
  readonly by?: string;
}

interface FileOfTests {
  readonly file: string;
  readonly switched: string;
  readonly ms: number;
  readonly atLoad: ReadonlySet<number>;
  readonly tests: readonly { readonly ms: number; readonly reached: ReadonlySet<number> }[];
}

/** What is known of the tests before any mutant: which places each gets to, and how long it takes. */
export type Survey = readonly FileOfTests[];

const LONGEST_MS = 300_000;
/** A mutant has so many times as long as its tests, and so long besides. */
const TIMES = 6;
const BESIDES_MS = 1500;

/** Runs every test once without a mutant; throws where one fails. */
export async function survey(worker: WorkerProcess, { of }: Bundles): Promise<Survey> {
  const files: FileOfTests[] = [];
  for (const [file, { marked, switched }] of of) {
    const answer = await worker.ask({ bundle: marked, mutant: 0, anew: true }, LONGEST_MS);
    if (answer === "hung") throw new Error(`${file} does not end`);
    if (answer.failed !== undefined) throw new Error(`${file} fails without a mutant: ${answer.failed}`);
    files.push({
      file,
      switched,
      ms: answer.tests.reduce((sum, { ms }) => sum + ms, 0),
      atLoad: new Set(answer.atLoad),
      tests: answer.tests.map(({ ms, reached }) => ({ ms, reached: new Set(reached) })),
    });
  }
  worker.end();
  return files.sort((a, b) => a.ms - b.ms);
}

/** Runs the tests that get to a mutant's place until one fails, the quick ones first. */
export async function examine(worker: WorkerProcess, mutant: Mutant, files: Survey): Promise<Examined> {
  const { id } = mutant;
  let reached = false;
  for (const { file, switched, tests } of files) {
    const indices = [...tests.keys()].filter((index) => tests[index]?.reached.has(id) === true);
    if (indices.length === 0) continue;
    reached = true;
    const cost = (index: number): number => tests[index]?.ms ?? 0;
    indices.sort((a, b) => cost(a) - cost(b));
    const ms = indices.reduce((sum, index) => sum + cost(index), 0);
    const fate = await tried(worker, { bundle: switched, mutant: id, tests: indices, anew: false }, ms, file);
    if (fate !== undefined) return { mutant, ...fate };
  }
  // What a file works out when it is loaded is changed only where it is loaded anew.
  for (const { file, switched, atLoad, ms } of files) {
    if (!atLoad.has(id)) continue;
    reached = true;
    const fate = await tried(worker, { bundle: switched, mutant: id, anew: true }, ms, file);
    if (fate !== undefined) return { mutant, ...fate };
  }
  return { mutant, fate: reached ? "survived" : "not reached" };
}

async function tried(
  worker: WorkerProcess,
  ask: Parameters<WorkerProcess["ask"]>[0],
  ms: number,
  file: string,
): Promise<Omit<Examined, "mutant"> | undefined> {
  for (let attempt = 0; ; attempt++) {
    // Loading makes keys, which takes a while the first time.
    const answer = await worker.ask(ask, TIMES * ms + BESIDES_MS + 6000);
    if (answer === "hung") return { fate: "hung", by: file };
    if (answer.failed === undefined) return undefined;
    if (ask.anew || attempt === 1) return { fate: "killed", by: `${file}: ${answer.failed}` };
    // What an earlier mutant left behind may be what fails: without a mutant it must pass, else all begins anew.
    const sound = await worker.ask({ ...ask, mutant: 0 }, LONGEST_MS);
    if (sound !== "hung" && sound.failed === undefined)
      return { fate: "killed", by: `${file}: ${answer.failed}` };
    worker.end();
  }
}
