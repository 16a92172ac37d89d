import type { Clock, Lock, Random } from "../base/effects.ts";
import type { GeneratedKey } from "../keys/generate.ts";
import type { Ledger } from "../ledger/ledger.ts";
import type { Workspace } from "../workspace/workspace.ts";
import type { KeySpec } from "../x509/algorithms.ts";
import type { Signer } from "../x509/signer.ts";

/** What issuing needs of the world, handed in by whoever calls. */
export interface Deps {
  readonly clock: Clock;
  readonly random: Random;
  /** The vendor's directory. */
  readonly workspace: Workspace;
  /** Opens the ledger on the first call, gives the same one afterwards. */
  readonly ledger: () => Ledger;
  /** The ledger where it is open, or there to be opened; makes none. */
  readonly existingLedger: () => Ledger | undefined;
  /** Locks a file for this process; undefined where another has it. */
  readonly lock: Lock;
  readonly generateKey: (spec: KeySpec) => GeneratedKey;
  /** Writes a key that was made, PKCS#8 DER, as its file's PEM: encrypted where there is a passphrase for it. */
  readonly keyText: (pkcs8: Uint8Array) => string;
  /** Whether it does encrypt. */
  readonly sealsKeys: boolean;
  /** Opens the root's private key; throws `key.*`. */
  readonly openRootSigner: () => Signer;
  /** Opens a line's private key; throws `key.*`. */
  readonly openLineSigner: (name: string) => Signer;
  /** Opens a private key that is there already; throws `key.*`. */
  readonly openKey: (path: string) => Signer;
}
