import { SamicertsError } from "../base/errors.ts";
import type { IssuerId, Ledger } from "../ledger/ledger.ts";
import { formatKeySpec, type KeySpec } from "../x509/algorithms.ts";
import type { PublicKey } from "../x509/public-key.ts";
import type { BatchRow } from "./batch-row.ts";
import type { Deps } from "./deps.ts";
import type { DeviceApprover } from "./issue-device.ts";
import { validityOf } from "./make-devices.ts";

/** What rows are held against before anything is reserved. */
export interface RowCheckOptions {
  readonly approver: DeviceApprover;
  readonly deps: Pick<Deps, "clock" | "generateKey">;
  /** The ledger, and the issuer in it: a serial or name that is taken is refused; absent to ask none. */
  readonly taken?: { readonly ledger: Ledger; readonly issuer: IssuerId };
}

/**
 * Checks rows as the policy wants them, each with a key of its kind that is made for this alone. What a first walk through
 * an input has refused, a second one refuses again, and looks at nothing else.
 */
export class RowCheck {
  /** Lines refused in the walk that looked at all. */
  private readonly refused = new Set<number>();
  private readonly trialKeys = new Map<string, PublicKey>();
  private readonly options: RowCheckOptions;
  private mode: "all" | "refused" | "none" = "all";

  constructor(options: RowCheckOptions) {
    this.options = options;
  }

  /** The walk that looked at all is over. */
  again(): void {
    this.mode = "refused";
  }

  /** Looks at no row: each is judged when its turn comes. */
  never(): void {
    this.mode = "none";
  }

  /** Throws for a row that can't be issued. */
  readonly checkRow = (row: BatchRow): void => {
    if (row.csr !== undefined && row.key !== undefined) throw twoKeys();
    if (this.mode === "none" || (this.mode === "refused" && !this.refused.has(row.line))) return;
    try {
      this.judge(row);
      this.checkTaken(row);
    } catch (error) {
      this.refused.add(row.line);
      throw error;
    }
  };

  /** Throws where the policy does not let such a device pass. */
  judge({ serial, name, key, days }: Omit<BatchRow, "line">): void {
    const { approver, deps } = this.options;
    const device = { serial, name, ...validityOf(days) };
    approver.approve(device, this.trialKey(key ?? approver.key), deps.clock.now());
  }

  private trialKey(spec: KeySpec): PublicKey {
    const name = formatKeySpec(spec);
    const known = this.trialKeys.get(name);
    if (known !== undefined) return known;
    const made = this.options.deps.generateKey(spec);
    made.wipe();
    this.trialKeys.set(name, made.publicKey);
    return made.publicKey;
  }

  private checkTaken({ serial, name }: BatchRow): void {
    const { taken } = this.options;
    if (taken === undefined) return;
    const other = taken.ledger.findTaken(taken.issuer, serial.toString(), name);
    if (other === undefined) return;
    if (other.serial !== serial.toString()) throw nameTaken(name, other.serial);
    throw new SamicertsError({
      kind: "exists",
      code: "serial.duplicate",
      message: `the serial ${serial} is taken: by ${JSON.stringify(other.name)}`,
      hint: "give the device another serial",
    });
  }
}

/** The error for a row whose name another certificate of the issuer has. */
export function nameTaken(name: string, serial: string): SamicertsError {
  return new SamicertsError({
    kind: "exists",
    code: "name.duplicate",
    message: `the name ${JSON.stringify(name)} is taken: the certificate with the serial ${serial} has it`,
    hint: "give the device another name, or renew that certificate: samicerts renew",
  });
}

function twoKeys(): SamicertsError {
  return new SamicertsError({
    kind: "input",
    code: "input.two-keys",
    message: "the row says in the column key what key to make, and brings its own in csr",
    hint: "leave one of the two empty",
  });
}
