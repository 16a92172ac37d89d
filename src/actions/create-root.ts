import { issueDefaults, prepareDrafter } from "../policy/draft.ts";
import { settleValidity, type ValidityRequest } from "../policy/draft-validity.ts";
import type { Judge } from "../policy/evaluate.ts";
import { type KeySpec, parseKeySpec, signatureAlgorithmFor } from "../x509/algorithms.ts";
import type { Name } from "../x509/name.ts";
import { formatName } from "../x509/name-format.ts";
import { writePem } from "../x509/pem.ts";
import { approve } from "./certify.ts";
import type { Deps } from "./deps.ts";
import { type Issued, issued } from "./issued.ts";
import { randomSerial } from "./random-serial.ts";
import { record } from "./record.ts";

/** What a root is to be. */
export interface CreateRootInput {
  readonly subject: Name;
  /** The policy, ready to judge. */
  readonly judge: Judge;
  /** The policy's own default where absent. */
  readonly key?: KeySpec;
  readonly validity?: ValidityRequest;
  /** Random where absent. */
  readonly serial?: bigint;
  /** Makes a new certificate for the root key that is there already. */
  readonly replaceCertificate?: boolean;
}

/**
 * Makes a self-signed root: its key, its certificate, and its place in the ledger.
 * Throws `exists.*` where there is one, `policy.refused` with findings, `io.*`; then nothing was written.
 */
export function createRoot(input: CreateRootInput, deps: Deps): Issued {
  const { judge } = input;
  const { policy } = judge;
  const { workspace } = deps;
  const defaults = issueDefaults(policy, "root");
  const nowMs = deps.clock.now();
  const validity = settleValidity(input.validity ?? {}, defaults, undefined, nowMs);
  const replace = input.replaceCertificate === true && workspace.hasRoot();
  if (!replace) workspace.checkRootAbsent();
  const key = replace ? undefined : deps.generateKey(input.key ?? parseKeySpec(defaults.key));
  const signer = key === undefined ? deps.openRootSigner() : key.signer();
  const signatureAlgorithm = signatureAlgorithmFor(signer.publicKey, defaults.hash);
  const draft = prepareDrafter({ policy, role: "root", signatureAlgorithm })({
    serial: input.serial ?? randomSerial(deps.random, defaults.serialOctets),
    subject: input.subject,
    publicKey: signer.publicKey,
    ...validity,
  });
  const approved = approve({ draft, role: "root", issuers: [], atMs: nowMs }, judge);
  workspace.prepare();
  const recorded = record(
    {
      approved,
      signer,
      issuers: [],
      name: formatName(input.subject),
      atMs: nowMs,
      renewsKey: replace,
    },
    {
      write: (der) => {
        const certificate = writePem("CERTIFICATE", der);
        if (key === undefined) workspace.writeRootCertificate(certificate, { replace: true });
        else workspace.writeRoot({ key: writePem("PRIVATE KEY", key.pkcs8), certificate });
      },
      leftBehind: () => workspace.hasRoot(),
    },
    deps.ledger(),
  );
  key?.wipe();
  return issued(
    recorded,
    "root",
    policy,
    { certificate: workspace.paths.rootCertificate, key: workspace.paths.rootKey },
    key !== undefined,
  );
}
