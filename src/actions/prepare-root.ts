import { issueDefaults, prepareDrafter } from "../policy/draft.ts";
import { settleValidity } from "../policy/draft-validity.ts";
import { type KeySpec, parseKeySpec, signatureAlgorithmFor } from "../x509/algorithms.ts";
import type { PublicKey } from "../x509/public-key.ts";
import { type Approved, approve } from "./certify.ts";
import type { CreateRootInput } from "./create-root.ts";
import type { Deps } from "./deps.ts";
import { randomSerial } from "./random-serial.ts";

/** A root that only lacks its key. */
export interface PreparedRoot {
  /** The kind of key that it is to have. */
  readonly key: KeySpec;
  readonly nowMs: number;
  /** Drafts its certificate for a key and lets the judge read it; throws `policy.refused`, `name.*`. */
  approve(publicKey: PublicKey): Approved;
}

/** Settles all of a root but its key; throws `validity.*`. */
export function prepareRoot(input: CreateRootInput, deps: Pick<Deps, "clock" | "random">): PreparedRoot {
  const { judge } = input;
  const { policy } = judge;
  const defaults = issueDefaults(policy, "root");
  const nowMs = deps.clock.now();
  const validity = settleValidity(input.validity ?? {}, defaults, undefined, nowMs);
  const serial = input.serial ?? randomSerial(deps.random, defaults.serialOctets);
  return {
    key: input.key ?? parseKeySpec(defaults.key),
    nowMs,
    approve: (publicKey) => {
      const signatureAlgorithm = signatureAlgorithmFor(publicKey, defaults.hash);
      const draft = prepareDrafter({ policy, role: "root", signatureAlgorithm })({
        serial,
        subject: input.subject,
        publicKey,
        ...validity,
      });
      return approve({ draft, role: "root", issuers: [], atMs: nowMs }, judge);
    },
  };
}
