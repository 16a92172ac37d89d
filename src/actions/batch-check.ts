import { SamicertsError } from "../base/errors.ts";
import { formatKeySpec, type KeySpec } from "../x509/algorithms.ts";
import type { PublicKey } from "../x509/public-key.ts";
import type { BatchRow } from "./batch-row.ts";
import type { Deps } from "./deps.ts";
import type { IsDone } from "./done-rows.ts";
import type { DeviceApprover } from "./issue-device.ts";
import { validityOf } from "./make-devices.ts";

/** What rows are held against before anything is reserved. */
export interface RowCheckOptions {
  readonly approver: DeviceApprover;
  readonly deps: Pick<Deps, "clock" | "generateKey">;
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
  private isDone: IsDone = () => false;
  private mode: "all" | "without requests" | "refused" | "none" = "all";

  constructor(options: RowCheckOptions) {
    this.options = options;
  }

  /** Looks at every row from now on, as it does at first; with `requests` false somebody else looks at those that bring one. */
  all(requests: boolean): void {
    this.mode = requests ? "all" : "without requests";
  }

  /** Somebody else has refused the row in this line. */
  refuse(line: number): void {
    this.refused.add(line);
  }

  /** The walk that looked at all is over. */
  again(): void {
    this.mode = "refused";
  }

  /** Looks at no row. */
  never(): void {
    this.mode = "none";
  }

  /** Refuses no row from now on that an earlier run has issued. */
  passOver(isDone: IsDone): void {
    this.isDone = isDone;
  }

  /** Throws for a row that can't be issued. */
  readonly checkRow = (row: BatchRow): void => {
    if (row.csr !== undefined && row.key !== undefined) throw twoKeys();
    const { mode } = this;
    if (mode === "none" || (mode === "refused" && !this.refused.has(row.line))) return;
    if (mode === "without requests" && row.csr !== undefined) return;
    try {
      this.judge(row);
    } catch (error) {
      if (this.isDone(row)) return;
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
}

/** The error for a row whose name another certificate of the issuer has. */
export function nameTaken(name: string, serial: string): SamicertsError {
  return new SamicertsError({
    kind: "exists",
    code: "name.duplicate",
    message: `the name ${JSON.stringify(name)} is taken: the certificate with the serial ${serial} has it`,
    hint: `give the device another name, or renew that certificate: samicerts renew ${serial}`,
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
