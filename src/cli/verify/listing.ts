import { join } from "node:path";
import { type SourcePath, sourcesBelow } from "../find-sources.ts";

/** What a directory has, and what of it was asked for. */
export class Listing {
  private readonly directory: string;
  private readonly paths: readonly string[];
  private readonly keyless: ReadonlySet<string> | undefined;
  private readonly taken: Uint8Array;

  /** Reads the directory; throws `io.*`. */
  constructor(directory: string) {
    this.directory = directory;
    const found = [...sourcesBelow(directory).paths()];
    this.paths = found.map(({ path }) => path).sort();
    const keyless = found.filter((source) => source.keyless);
    this.keyless = keyless.length === found.length ? undefined : new Set(keyless.map(({ path }) => path));
    this.taken = new Uint8Array(found.length);
  }

  /** A file by its path in the directory, whether it is there or not. */
  take(file: string): SourcePath {
    const path = join(this.directory, file);
    const at = this.find(path);
    if (at >= 0) this.taken[at] = 1;
    return this.source(path, false);
  }

  /** The certificates' files that were not asked for. */
  *left(): Generator<SourcePath> {
    for (const [at, path] of this.paths.entries()) if (this.taken[at] === 0) yield this.source(path, true);
  }

  private source(path: string, found: boolean): SourcePath {
    return { path, found, keyless: this.keyless?.has(path) ?? this.paths.length > 0 };
  }

  /** Where a path is among the sorted ones; -1 where it is not. */
  private find(path: string): number {
    let low = 0;
    let high = this.paths.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((this.paths[middle] as string) < path) low = middle + 1;
      else high = middle;
    }
    return this.paths[low] === path ? low : -1;
  }
}
