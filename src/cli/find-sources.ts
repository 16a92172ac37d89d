import { type Dirent, existsSync, opendirSync, type Stats, statSync } from "node:fs";
import { extname, join } from "node:path";
import { SamicertsError } from "../base/errors.ts";
import { fileError } from "../workspace/file-error.ts";
import { asInput, STDIN } from "./sources.ts";
import { usageError } from "./usage.ts";

const SUFFIXES: ReadonlySet<string> = new Set([".crt", ".cer", ".pem", ".der", ".p12", ".pfx"]);
const KEY_SUFFIX = ".key";
/** What `samicerts crl` publishes, as an address in a certificate gives it. */
const CRL_SUFFIX = ".crl.der";
const MAX_DIRECTORY_DEPTH = 32;
/** Entries asked of the system at once. */
const ENTRIES = 1024;
/** Elsewhere a key's file may be found under a name in other letters. */
const NAMES_ARE_EXACT: boolean = process.platform === "linux";

/** A file that a command is to look into. */
export interface SourcePath {
  readonly path: string;
  /** Found in a directory rather than named: it may well hold something else. */
  readonly found: boolean;
  /** Its directory was read, and there is no key of its name in it. */
  readonly keyless: boolean;
}

/** Files to be looked into, in order; their names are held, and little else. */
export interface Sources {
  readonly count: number;
  paths(): Iterable<SourcePath>;
}

/**
 * The files that the operands stand for: directories are searched to the bottom for certificate files.
 * Throws `io.*` for what is not there and `usage.empty-directory`.
 */
export function findSources(operands: readonly string[]): Sources {
  const all = operands.map((operand) => {
    if (operand === STDIN || !factsOf(operand).isDirectory()) return named(operand);
    const found = sourcesBelow(operand);
    if (found.count > 0) return found;
    throw usageError(
      "empty-directory",
      `${operand} holds no certificate`,
      `name a directory with ${[...SUFFIXES].join(", ")} files in it`,
    );
  });
  return joined(all);
}

function named(path: string): Sources {
  return { count: 1, paths: () => [{ path, found: false, keyless: false }] };
}

function joined(all: readonly Sources[]): Sources {
  return {
    count: all.reduce((sum, { count }) => sum + count, 0),
    *paths() {
      for (const each of all) yield* each.paths();
    },
  };
}

/** What the system says of a path that was named; throws `io.*` as errors of input. */
export function factsOf(path: string): Stats {
  try {
    return statSync(path);
  } catch (error) {
    throw asInput(missedDevice(fileError(error, "read", path), path));
  }
}

/** A serial in place of the certificate's file is what other commands take: where there is such a file, it is named. */
function missedDevice(error: SamicertsError, path: string): SamicertsError {
  const file = join("devices", `${path}.crt`);
  if (error.code !== "io.missing" || !/^[0-9]+$/.test(path) || !existsSync(file)) return error;
  const { kind, code, message } = error;
  return new SamicertsError({ kind, code, message, hint: `did you mean ${file}?`, cause: error });
}

/** The certificate files in a directory and below it; throws `io.*`. */
export function sourcesBelow(directory: string): Sources {
  return searchDirectory(directory, 0);
}

/** What an authority's directory has beside its certificate that is no device's: who answers OCSP, and its answers. */
const OF_OCSP: readonly string[] = ["ocsp", "ocsp-answers"];
const AUTHORITIES: readonly string[] = ["root.crt", "line.crt"];

/** What a directory has, in the order of its names, what is below it in its place. */
function searchDirectory(directory: string, depth: number): Sources {
  if (depth > MAX_DIRECTORY_DEPTH) return joined([]);
  const names: string[] = [];
  const keys = new Set<string>();
  const below = new Map<string, Sources>();
  for (const entry of entriesOf(directory)) {
    const { name } = entry;
    if (isCertificateName(name)) names.push(name);
    // Not followed where it is a link, which could lead in a circle.
    else if (entry.isDirectory()) below.set(name, joined([]));
    else if (isKeyName(name)) keys.add(name);
  }
  if (names.some((name) => AUTHORITIES.includes(name))) for (const name of OF_OCSP) below.delete(name);
  for (const name of below.keys()) {
    const found = searchDirectory(join(directory, name), depth + 1);
    if (found.count > 0) names.push(name);
    below.set(name, found);
  }
  names.sort();
  const keyless = names.map((name) => NAMES_ARE_EXACT && !keys.has(keyName(name)));
  let count = 0;
  for (const name of names) count += below.get(name)?.count ?? 1;
  return {
    count,
    *paths() {
      for (const [index, name] of names.entries()) {
        const deeper = below.get(name);
        if (deeper !== undefined) yield* deeper.paths();
        else yield { path: join(directory, name), found: true, keyless: keyless[index] === true };
      }
    },
  };
}

function* entriesOf(path: string): Generator<Dirent> {
  try {
    const directory = opendirSync(path, { bufferSize: ENTRIES });
    try {
      for (let entry = directory.readSync(); entry !== null; entry = directory.readSync()) yield entry;
    } finally {
      directory.closeSync();
    }
  } catch (error) {
    throw fileError(error, "read", path);
  }
}

/** Whether a file of this name is looked into for certificates. */
export function isCertificateName(name: string): boolean {
  const lower = name.toLowerCase();
  return SUFFIXES.has(extname(lower)) && !lower.endsWith(CRL_SUFFIX);
}

/** Whether a file of this name is taken for the key of a certificate. */
export function isKeyName(name: string): boolean {
  return extname(name) === KEY_SUFFIX;
}

/** The name of the key's file beside a certificate's: `x.key` beside `x.crt`. */
export function keyName(path: string): string {
  return `${path.slice(0, path.length - extname(path).length)}${KEY_SUFFIX}`;
}
