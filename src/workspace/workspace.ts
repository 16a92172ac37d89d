import type { CrlFiles, LinePaths, OldRootPaths, PairFiles, WorkspacePaths } from "./paths.ts";
import type { KeyFile } from "./read-file.ts";

/**
 * The vendor's directory, by what the actions do in it. Opening it touches nothing.
 * Every write is durable when it returns, and leaves nothing where it throws.
 * Besides what each says, reads throw `io.missing`, `io.is-a-directory`, `io.not-a-file`, `io.failed`, and
 * `input.too-large`; writes throw `exists.file`, `io.no-space`, `io.read-only`, `io.not-a-directory`, `io.failed`.
 */
export interface Workspace {
  readonly paths: WorkspacePaths;
  /** Makes the directory itself (its last component, 0755) where it is absent; throws `io.missing` without a parent. */
  prepare(): void;
  /** True where root.crt or root.key is there, whatever it is. */
  hasRoot(): boolean;
  /** True where root.key is there, whatever it is. */
  hasRootKey(): boolean;
  /** The bytes of root.crt; where it is absent the hint is to make a root first. */
  readRootCertificate(): Uint8Array;
  /** The bytes of root.key; throws `key.permissions` where others may read it, unless `allowMode`. */
  readRootKey(options?: { readonly allowMode?: boolean }): KeyFile;
  /** The `pkcs11:` URI of the root's key in root.key.uri; undefined where there is no such file. */
  readRootKeyUri(): string | undefined;
  /** Writes root.key.uri (0644). */
  writeRootKeyUri(uri: string): void;
  /** Removes root.key.uri where it is there. */
  removeRootKeyUri(): void;
  /** The text of policy.json, undefined where there is none; throws `input.not-utf8`. */
  readPolicyText(): { readonly path: string; readonly text: string } | undefined;
  /** Throws `exists.file` where root.crt or root.key is there. */
  checkRootAbsent(): void;
  /** Writes root.key (0600), then root.crt (0644). */
  writeRoot(pair: PairText): void;
  /** Writes root.crt anew for the key that is there; `replace` writes over the certificate. */
  writeRootCertificate(certificate: string, options?: { readonly replace?: boolean }): void;
  /** Writes what everybody may read (0644) to a file anywhere, in the place of an older one; `pieces` one after the other. */
  writePublic(path: string, pieces: Iterable<Uint8Array>): void;
  /** The same in a directory, whose last component is made where it is absent. */
  writePublicIn(directory: string, name: string, pieces: Iterable<Uint8Array>): void;
  /** Who answers OCSP in the root's stead. */
  readonly responders: Responders;
  /** A device of the root; `serial` in decimal. */
  device(serial: string): PairPlace;
  /** A factory line, whether it is there or not; throws `line.name`. */
  line(name: string): LineDirectory;
  /** The names of the lines that have a directory. */
  lineNames(): readonly string[];
  /** The roots that were replaced, oldest first; the last one may be being replaced. */
  oldRoots(): readonly OldRoot[];
  /** The directory of the `number`-th of them, whether it is there or not. */
  oldRoot(number: number): OldRoot;
}

/** The directory of a root that was replaced, or is being replaced. */
export interface OldRoot {
  readonly number: number;
  readonly paths: OldRootPaths;
  /** Its CRL: what it has issued stays valid. */
  readonly crl: CrlFiles;
  readonly responders: Responders;
  /** Makes the directory where it is absent. */
  prepare(): void;
  /** The bytes of one of its certificates; undefined where it is not there. */
  read(which: "certificate" | "oldWithNew" | "newWithOld" | "nextCertificate"): Uint8Array | undefined;
  /** The cross-certificates; no key lies beside them. */
  readonly oldWithNew: PairPlace;
  readonly newWithOld: PairPlace;
  /** The new root, until it is in its place. */
  readonly next: PairPlace;
  /** Removes temporary files that a run left when it was cut off; only where that run is gone. */
  removeLeftovers(): void;
  /** True where the new root, or its key, is not in its place yet. */
  hasNext(): boolean;
  /** Writes the new root's key (0600). */
  writeNextKey(key: string): void;
  /** Gives root.key a second name here and copies root.crt, where they are not here yet. */
  keep(): void;
  /** Puts the new root in its place, the certificate first; the old one must be kept. */
  putNext(): void;
}

/** The directory of those who answer OCSP in an authority's stead. */
export interface Responders {
  readonly directory: string;
  /** One of them; `serial` in decimal. */
  place(serial: string): PairPlace;
  /** Those that are there, by their serials. */
  all(): readonly PairPlace[];
}

/** A factory line's directory. */
export interface LineDirectory {
  readonly name: string;
  readonly paths: LinePaths;
  /** Who answers OCSP in its stead. */
  readonly responders: Responders;
  /** The line's own certificate and key. */
  readonly own: PairPlace;
  /** The bytes of line.crt; where it is absent the hint is to make the line first. */
  readCertificate(): Uint8Array;
  /** The bytes of line.key; throws `key.permissions` where others may read it, unless `allowMode`. */
  readKey(options?: { readonly allowMode?: boolean }): KeyFile;
  /** A device of this line; `serial` in decimal. */
  device(serial: string): PairPlace;
}

/** One certificate with its key, wherever it lies. */
export interface PairPlace {
  readonly paths: PairFiles;
  /** True where one of its files is there, whatever it is. */
  isThere(): boolean;
  /** Throws `exists.file` where one of its files is there. */
  checkAbsent(): void;
  /** What is there of it: after a run that was cut off it may be the key alone. */
  read(): { readonly certificate: Uint8Array | undefined; readonly key: Uint8Array | undefined };
  /** Writes the key (0600), then the certificate (0644), then the chain; makes their directory where needed. */
  write(pair: PairText): void;
  /** As `write`, where the key lies at `keyFrom` already: it gets a second name, or where there can be none, is copied. */
  writeLinked(keyFrom: string, pair: Omit<PairText, "key">): void;
  /** Writes the certificate for a key that is there, or that is not ours; `replace` writes over the certificate. */
  writeCertificate(certificate: string, options?: { readonly replace?: boolean }): void;
  /** Writes the chain, over an older one too; nothing where the place has none. */
  writeChain(chain: string): void;
  /** The bytes of the chain; undefined where there is none. */
  readChain(): Uint8Array | undefined;
  /** Removes temporary files that a run left when it was cut off; only where that run is gone. */
  removeLeftovers(): void;
}

/** A pair as it is written: PEM texts. */
export interface PairText {
  readonly key: string;
  readonly certificate: string;
  /** The certificate and those above it; left out where the place has none. */
  readonly chain?: string;
}
