import type { Deps } from "./actions/deps.ts";
import { generateKey } from "./keys/generate.ts";
import { SYSTEM_RANDOM } from "./open-deps.ts";
import { keyOpener } from "./open-keys.ts";
import { nodeFiles } from "./workspace/node-files.ts";
import { pairPlace } from "./workspace/pair-place.ts";
import type { PairFiles } from "./workspace/paths.ts";
import type { PairPlace } from "./workspace/workspace.ts";

/** A key and what belongs to it, outside of a vendor's directory. */
export interface PairOptions {
  readonly paths: PairFiles;
  /** What to do where one of the files is there already. */
  readonly hint: string;
  readonly allowKeyMode: boolean;
  readonly warn: (warning: string) => void;
}

/** What making such a pair needs of the world. */
export type PairDeps = Pick<Deps, "generateKey" | "openKey"> & { readonly place: PairPlace };

/** Opens the place of a pair; touches nothing until an action does. */
export function openPairDeps({ paths, hint, allowKeyMode, warn }: PairOptions): PairDeps {
  const files = nodeFiles;
  const keys = keyOpener(files, SYSTEM_RANDOM, { allowKeyMode, warn });
  return {
    generateKey,
    openKey: (path) => keys.signer(path),
    place: pairPlace({ files, random: SYSTEM_RANDOM }, paths, { hint }),
  };
}
