import type { Random } from "../../base/effects.ts";

/** What opening a token needs of the world around it. */
export interface TokenWorld {
  /** The PKCS#11 module for URIs that name none. */
  readonly defaultModule: string | undefined;
  /** What there is at a path, links followed. */
  look(path: string): "file" | "directory" | "other" | undefined;
  /** Reads the PIN out of the file at `path`; throws `token.pin-*`, `io.*`. */
  readPin(path: string): string;
  /** Asks a person for the PIN of `token`; undefined where there is nobody to ask. */
  askPin(token: string): string | undefined;
  /** Accepts a key that can leave its token, which is then told through `warn`. */
  readonly allowExtractable: boolean;
  warn(warning: string): void;
  /** Where several threads share a token: has one after the other log in, and none after one that was refused. */
  readonly oneLogin?: (logIn: () => void) => void;
  readonly random: Random;
}
