import { randomBytes } from "node:crypto";
import type { Deps } from "./actions/deps.ts";
import type { Clock, Files, Random } from "./base/effects.ts";
import { SamicertsError } from "./base/errors.ts";
import { keyText, type PassphraseSource } from "./keys/encrypted-key.ts";
import { generateKey } from "./keys/generate.ts";
import { keyEncrypted } from "./keys/key-error.ts";
import type { TokenKeyPlace } from "./keys/pkcs11/token-key-place.ts";
import { isPkcs11Uri } from "./keys/pkcs11-uri.ts";
import { readPrivateKey } from "./keys/read-key.ts";
import { ledgerExists } from "./ledger/exists.ts";
import { lockFile } from "./ledger/file-lock.ts";
import type { Ledger } from "./ledger/ledger.ts";
import { openLedger } from "./ledger/open.ts";
import { type KeyOpener, type KeyOptions, keyOpener, readTokenUri } from "./open-keys.ts";
import { nodeFiles } from "./workspace/node-files.ts";
import { openWorkspace } from "./workspace/open-workspace.ts";
import type { KeyFile } from "./workspace/read-file.ts";
import type { Workspace } from "./workspace/workspace.ts";
import type { Signer } from "./x509/signer.ts";

/** Where a vendor's things are, and how careful to be with them. */
export interface OpenOptions extends KeyOptions {
  /** The vendor's directory. */
  readonly dir: string;
  /** The ledger's file; `samicerts.db` in the directory where absent. */
  readonly ledger?: string;
  /** Makes a ledger where a root is there without one; by default that is an error, for its serials would be forgotten. */
  readonly newLedger?: boolean;
  /** Where the root's key is, or is to be made: a file, or a `pkcs11:` URI; root.key.uri says so, else root.key, where absent. */
  readonly rootKey?: string;
  readonly clock?: Clock;
  readonly random?: Random;
  /** The file system that keys and certificates go through; the machine's where absent. */
  readonly files?: Files;
}

/** The world as issuing needs it, and how to let go of it. */
export interface OpenDeps extends Deps {
  /** The place in a token where the root's key is to be; undefined where it is to be root.key. Throws `token.*`. */
  readonly rootPlace: () => TokenKeyPlace | undefined;
  /** The place in a token for a device's key; its label is the serial where the URI says neither label nor id. */
  readonly devicePlace: (uri: string, serial: bigint) => TokenKeyPlace;
  /** Closes the ledger and the sessions with tokens that were opened. */
  readonly close: () => void;
}

/** The machine's clock. */
export const SYSTEM_CLOCK: Clock = { now: () => Date.now() };

/** The machine's source of random bytes. */
export const SYSTEM_RANDOM: Random = { bytes: (count) => randomBytes(count) };

/** Opens a vendor's directory for issuing; touches nothing until an action does. */
export function openDeps(options: OpenOptions): OpenDeps {
  const random = options.random ?? SYSTEM_RANDOM;
  const files = options.files ?? nodeFiles;
  const workspace = openWorkspace(options.dir, files, random);
  const ledgerPath = options.ledger ?? workspace.paths.ledger;
  const keyOptions = { allowMode: options.allowKeyMode === true };
  const openKeyFile = (file: KeyFile, path: string): Signer => {
    if (file.warning !== undefined) options.warn?.(file.warning);
    return readPrivateKey(file.bytes, path, options.passphrase);
  };
  let keys: KeyOpener | undefined;
  const theKeys = (): KeyOpener => {
    keys ??= keyOpener(files, random, { ...options, passphrase: passphraseFor(options, workspace) });
    return keys;
  };
  const openTheLedger = (): Ledger => {
    // Without its ledger a root no longer knows its serials: a new one must be asked for.
    if (options.newLedger !== true && workspace.hasRoot() && !ledgerExists(files, ledgerPath))
      throw missingLedger(ledgerPath);
    return openLedger(ledgerPath);
  };
  let ledger: Ledger | undefined;
  const theLedger = (): Ledger => {
    ledger ??= openTheLedger();
    return ledger;
  };
  return {
    clock: options.clock ?? SYSTEM_CLOCK,
    random,
    workspace,
    ledger: theLedger,
    existingLedger: () => ledger ?? (ledgerExists(files, ledgerPath) ? theLedger() : undefined),
    lock: lockFile,
    generateKey,
    keyText: (pkcs8) => keyText(pkcs8, options.newPassphrase, random),
    sealsKeys: options.newPassphrase !== undefined,
    openRootSigner: () => {
      const where = options.rootKey ?? rememberedRootKey(workspace);
      if (where !== undefined) return theKeys().signer(where);
      return openKeyFile(workspace.readRootKey(keyOptions), workspace.paths.rootKey);
    },
    openLineSigner: (name) => {
      const line = workspace.line(name);
      return openKeyFile(line.readKey(keyOptions), line.paths.key);
    },
    openKey: (path) => theKeys().signer(path),
    rootPlace: () => {
      const where = options.rootKey ?? rememberedRootKey(workspace);
      return where === undefined ? undefined : theKeys().place(readTokenUri(where, "--root-key"));
    },
    devicePlace: (text, serial) => {
      const uri = readTokenUri(text, "--device-key");
      const named = uri.object !== undefined || uri.id !== undefined;
      return theKeys().place(named ? uri : { ...uri, object: serial.toString() });
    },
    close: () => {
      keys?.close();
      keys = undefined;
      ledger?.close();
      ledger = undefined;
    },
  };
}

/** What an earlier run made for a device, a line or a new root before it was cut off, it encrypted as this one would. */
function passphraseFor(options: OpenOptions, workspace: Workspace): PassphraseSource {
  const { paths } = workspace;
  const { newPassphrase, passphrase = noPassphrase } = options;
  const isMade = (file: string): boolean =>
    file.startsWith(paths.devices) ||
    file.startsWith(paths.lines) ||
    workspace.oldRoots().some((old) => old.paths.nextKey === file);
  return (file) => (newPassphrase !== undefined && isMade(file) ? newPassphrase : passphrase(file));
}

function noPassphrase(file: string): never {
  throw keyEncrypted(file);
}

/** The URI in root.key.uri; throws `key.ambiguous` where root.key is there too. */
function rememberedRootKey(workspace: Workspace): string | undefined {
  const { paths } = workspace;
  const uri = workspace.readRootKeyUri();
  if (uri !== undefined && !isPkcs11Uri(uri))
    throw new SamicertsError({
      kind: "input",
      code: "uri.malformed",
      message: `${paths.rootKeyUri} does not hold the pkcs11: URI of the root's key`,
      hint: "put it back as it was, or say with --root-key where the key is",
    });
  if (uri === undefined || !workspace.hasRootKey()) return uri;
  throw new SamicertsError({
    kind: "key",
    code: "key.ambiguous",
    message: `${paths.rootKey} is there, and ${paths.rootKeyUri}, which says that the root's key is in a token`,
    hint: "move away the one that is not the root's; --root-key says for one run which to use",
  });
}

function missingLedger(path: string): SamicertsError {
  return new SamicertsError({
    kind: "io",
    code: "ledger.missing",
    message: `there is a root, but its ledger ${path} is missing: which serials it has used is not known`,
    hint: "put the ledger back from your backup; for a root that has issued nothing yet, begin one with --new-ledger",
  });
}
