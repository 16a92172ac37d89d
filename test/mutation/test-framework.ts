import { createRequire } from "node:module";
import { pathToFileURL } from "node:url";

/** A test as it was written down, with what is to be done around it. */
export interface CollectedTest {
  readonly name: string;
  readonly run: () => Promise<void>;
}

type Body = (...given: unknown[]) => unknown;
interface Scope {
  readonly name: string;
  readonly outer: Scope | undefined;
  readonly beforeEach: Body[];
  readonly afterEach: Body[];
}

// What Vitest's own `expect` is made of, from where Vitest finds it.
const require = createRequire(import.meta.url);
const fromVitest = createRequire(require.resolve("vitest/package.json"));
const load = async (name: string) => await import(pathToFileURL(fromVitest.resolve(name)).href);
const matchers = await load("@vitest/expect");
const chai = await load("chai");
for (const plugin of [matchers.JestExtend, matchers.JestChaiExpect, matchers.JestAsymmetricMatchers])
  chai.use(plugin);

/** As Vitest's. */
export const expect: (value: unknown, message?: string) => unknown = Object.assign(
  (value: unknown, message?: string) => chai.expect(value, message),
  chai.expect,
  (globalThis as never)[matchers.ASYMMETRIC_MATCHERS_OBJECT],
);

let scope: Scope = newScope("", undefined);
let collected: CollectedTest[] = [];
let preparations: Body[] = [];

function newScope(name: string, outer: Scope | undefined): Scope {
  return { name, outer, beforeEach: [], afterEach: [] };
}

/** Runs what writes tests down, and what is to be done before all of them, and gives them. */
export async function collect(load: () => Promise<unknown>): Promise<readonly CollectedTest[]> {
  scope = newScope("", undefined);
  collected = [];
  preparations = [];
  await load();
  for (const prepare of preparations) await prepare();
  return collected;
}

function lineage(of: Scope): readonly Scope[] {
  return of.outer === undefined ? [of] : [...lineage(of.outer), of];
}

function writeDown(name: string, body: Body): void {
  const scopes = lineage(scope);
  const run = async (): Promise<void> => {
    for (const one of scopes) for (const hook of one.beforeEach) await hook();
    try {
      await body();
    } finally {
      for (const one of scopes.toReversed()) for (const hook of one.afterEach) await hook();
    }
  };
  const full = [...scopes.map((one) => one.name), name].filter((part) => part !== "").join(" > ");
  collected.push({ name: full, run });
}

function group(name: string, body: Body): void {
  scope = newScope(name, scope);
  body();
  scope = scope.outer as Scope;
}

/** `write` for each of a table's rows, which are its arguments. */
function each(write: (name: string, body: Body) => void): Table["each"] {
  return (rows) => (name, body) => {
    for (const row of rows) {
      const given = Array.isArray(row) ? row : [row];
      write(`${name} ${String(given[0])}`, () => body(...given));
    }
  };
}

type Write = (name: string, body: Body) => void;
type Table = { each: (rows: readonly unknown[]) => Write };

/** As Vitest's; `only` and the like are not in the house's tests. */
export const it: Write & Table = Object.assign(writeDown, { each: each(writeDown) });
/** As Vitest's. */
export const test: Write & Table = it;
/** As Vitest's. */
export const describe: Write & Table = Object.assign(group, { each: each(group) });
/** As Vitest's. */
export const beforeEach = (body: Body): number => scope.beforeEach.push(body);
/** As Vitest's. */
export const afterEach = (body: Body): number => scope.afterEach.push(body);
/** As Vitest's, but before all tests of the file. */
export const beforeAll = (body: Body): number => preparations.push(body);
/** Left undone: what tests leave behind is in a folder of the run's. */
export const afterAll = (): void => undefined;
