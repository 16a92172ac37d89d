import { dirname, isAbsolute, join, normalize } from "node:path";
import { SamicertsError } from "../base/errors.ts";
import { nearestWord } from "../base/nearest.ts";
import { BUILTIN_POLICIES } from "./builtin.ts";
import type { PolicyLayer } from "./document.ts";
import type { Policy } from "./policy.ts";
import { policyError, readPolicy } from "./read-policy.ts";
import { resolvePolicy } from "./resolve.ts";
import type { Rule } from "./rule.ts";
import { RULES } from "./rules/index.ts";

/** The most documents that one policy may be made of. */
const MAX_LAYERS = 32;

/** Reads a policy file as text; throws what its reader throws. */
export type ReadText = (path: string) => string;

/**
 * Loads a policy with everything it extends, frozen.
 * `nameOrPath` is a built-in policy's name, or a file: whatever has a slash or a dot in it.
 * Throws `policy.unknown`, `policy.cycle`, and `policy.*` for a file that is no good policy, naming line and key.
 */
export function loadPolicy(nameOrPath: string, readText: ReadText, rules: readonly Rule[] = RULES): Policy {
  const layers: PolicyLayer[] = [];
  collectLayers(isPath(nameOrPath) ? normalizePath(nameOrPath) : nameOrPath, {
    layers,
    done: new Set(),
    open: [],
    readText,
    rules,
  });
  return resolvePolicy(layers, rules);
}

interface Collection {
  readonly layers: PolicyLayer[];
  /** Names and paths that are in `layers`. */
  readonly done: Set<string>;
  /** Those whose parents are being collected. */
  readonly open: readonly string[];
  readonly readText: ReadText;
  readonly rules: readonly Rule[];
}

/**
 * Puts a policy's parents and then the policy itself into `layers`, each document once, at its first place: so a floor
 * that two parents share lies under both, and the later parent adds only what it says itself.
 */
function collectLayers(reference: string, collection: Collection): void {
  const { layers, done, open, readText, rules } = collection;
  if (done.has(reference)) return;
  const layer = builtinLayer(reference) ?? readPolicy(readText(reference), reference, rules);
  const parents = layer.document.extends ?? [];
  for (const [index, parent] of parents.entries()) {
    const place = layer.where(["extends", String(index)]);
    const target = parentReference(parent, reference, place);
    if (target === reference || open.includes(target))
      throw policyError(
        "cycle",
        place,
        `${[...open, reference, target].join(" extends ")}`,
        "take one of them out",
      );
    if (layers.length + open.length >= MAX_LAYERS)
      throw policyError(
        "cycle",
        place,
        `more than ${MAX_LAYERS} policies extend one another`,
        "extend fewer",
      );
    collectLayers(target, { ...collection, open: [...open, reference] });
  }
  layers.push(layer);
  done.add(reference);
}

function builtinLayer(reference: string): PolicyLayer | undefined {
  if (isPath(reference)) return undefined;
  const document = BUILTIN_POLICIES.get(reference);
  if (document === undefined) throw unknownPolicy(reference, "");
  return { origin: reference, document, where: (path) => `${reference}: ${path.join(".")}` };
}

function parentReference(parent: string, child: string, place: string): string {
  if (isPath(parent)) return normalizePath(isAbsolute(parent) ? parent : join(dirname(child), parent));
  if (!BUILTIN_POLICIES.has(parent)) throw unknownPolicy(parent, `${place}: `);
  return parent;
}

function isPath(reference: string): boolean {
  return /[./\\]/.test(reference);
}

function unknownPolicy(name: string, place: string): SamicertsError {
  const names = [...BUILTIN_POLICIES.keys()];
  const nearest = nearestWord(name, names);
  return new SamicertsError({
    kind: "input",
    code: "policy.unknown",
    message: `${place}there is no policy ${JSON.stringify(name.slice(0, 64))}`,
    hint: `${nearest === undefined ? "" : `did you mean ${nearest}? `}there are ${names.join(", ")}; a file is written with a slash or a dot, such as ./policy.json`,
  });
}

/** The same path for the same file, and still one that can't be taken for a built-in policy's name. */
function normalizePath(path: string): string {
  const normal = normalize(path);
  return isPath(normal) ? normal : `./${normal}`;
}
