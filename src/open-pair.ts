import type { Deps } from "./actions/deps.ts";
import { keyText, type PassphraseSource } from "./keys/encrypted-key.ts";
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
  /** Gives the passphrase of a key that is there. */
  readonly passphrase?: PassphraseSource;
  /** Encrypts a key that is made. */
  readonly newPassphrase?: Uint8Array;
}

/** What making such a pair needs of the world. */
export type PairDeps = Pick<Deps, "generateKey" | "keyText" | "sealsKeys" | "openKey"> & {
  readonly place: PairPlace;
};

/** Opens the place of a pair; touches nothing until an action does. */
export function openPairDeps(options: PairOptions): PairDeps {
  const { paths, hint, newPassphrase } = options;
  const files = nodeFiles;
  const keys = keyOpener(files, SYSTEM_RANDOM, options);
  return {
    generateKey,
    keyText: (pkcs8) => keyText(pkcs8, newPassphrase, SYSTEM_RANDOM),
    sealsKeys: newPassphrase !== undefined,
    openKey: (path) => keys.signer(path),
    place: pairPlace({ files, random: SYSTEM_RANDOM }, paths, { hint }),
  };
}
