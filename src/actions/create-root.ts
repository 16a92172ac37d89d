import { SamicertsError } from "../base/errors.ts";
import { shellQuoted } from "../base/shell-quoted.ts";
import type { TokenKeyPlace } from "../keys/pkcs11/token-key-place.ts";
import type { ValidityRequest } from "../policy/draft-validity.ts";
import type { Judge } from "../policy/evaluate.ts";
import type { Workspace } from "../workspace/workspace.ts";
import type { KeySpec } from "../x509/algorithms.ts";
import type { Name } from "../x509/name.ts";
import { formatName } from "../x509/name-format.ts";
import { writePem } from "../x509/pem.ts";
import type { PublicKey } from "../x509/public-key.ts";
import { createTokenRoot } from "./create-token-root.ts";
import type { Deps } from "./deps.ts";
import { type Issued, issued } from "./issued.ts";
import { checkNewKey } from "./key-protection.ts";
import { prepareRoot } from "./prepare-root.ts";
import { record, spkiDigest } from "./record.ts";
import { recordingRefusal } from "./refusal.ts";

/** The most certificates of a root's own among which it is looked for others. */
const MOST_ROOTS = 1000;

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
  /** The place in a token where its key is made; root.key where absent. */
  readonly place?: TokenKeyPlace;
  /** Takes the key that is in the token already, instead of making one. */
  readonly existingKey?: boolean;
}

/**
 * Makes a self-signed root: its key, its certificate, and its place in the ledger.
 * Throws `exists.*` where there is one, `policy.refused` with findings, `io.*`; then nothing was written.
 */
export function createRoot(input: CreateRootInput, deps: Deps): Issued {
  const asked = { what: "root", name: formatName(input.subject) };
  return recordingRefusal(deps, asked, () => create(input, deps));
}

function create(input: CreateRootInput, deps: Deps): Issued {
  const { workspace } = deps;
  refuseWhileReplacing(workspace);
  const replace = input.replaceCertificate === true && workspace.hasRoot();
  if (!replace) workspace.checkRootAbsent();
  if (!replace && input.place !== undefined) return createTokenRoot(input, input.place, deps);
  const { key: spec, approve, nowMs } = prepareRoot(input, deps);
  if (!replace) checkNewKey(input.judge.policy, "root", deps.sealsKeys);
  const key = replace ? undefined : deps.generateKey(spec);
  const signer = key === undefined ? deps.openRootSigner() : key.signer();
  if (replace) refuseOtherName(input.subject, signer.publicKey, deps);
  const approved = approve(signer.publicKey);
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
        else workspace.writeRoot({ key: deps.keyText(key.pkcs8), certificate });
      },
      leftBehind: () => workspace.hasRoot(),
    },
    deps.ledger(),
  );
  key?.wipe();
  const paths = {
    certificate: workspace.paths.rootCertificate,
    key: signer.source ?? workspace.paths.rootKey,
  };
  const made = { recorded, keyCreated: key !== undefined };
  const sealed =
    key === undefined ? signer.plainFile !== true && signer.source === undefined : deps.sealsKeys;
  return issued(sealed ? { ...made, keyEncrypted: true } : made, "root", input.judge.policy, paths);
}

/** What a root has issued names it: under another name for its key, none of that would have an issuer any more. */
function refuseOtherName(subject: Name, publicKey: PublicKey, deps: Deps): void {
  const ledger = deps.ledger();
  const own = spkiDigest(publicKey);
  const asked = formatName(subject);
  const digest = Buffer.from(own).toString("hex");
  const issuer = ledger
    .issuers()
    .filter((one) => Buffer.from(own).equals(one.spkiSha256) && one.subject !== asked)
    .find(({ id }) =>
      ledger
        .list({ issuer: id, state: "issued" }, { limit: MOST_ROOTS })
        .rows.some(({ spkiSha256 }) => spkiSha256 !== digest),
    );
  if (issuer === undefined) return;
  throw new SamicertsError({
    kind: "exists",
    code: "root.other-name",
    message: `the root's key has issued certificates as ${issuer.subject}: under another name for it they would have no issuer any more`,
    hint: `leave its name as it is: samicerts root ${shellQuoted(issuer.subject)} --force; or make a new root, with a new key: samicerts root ${shellQuoted(asked)} --replace`,
  });
}

function refuseWhileReplacing(workspace: Workspace): void {
  if (workspace.oldRoots().at(-1)?.hasNext() !== true) return;
  throw new SamicertsError({
    kind: "exists",
    code: "root.unfinished",
    message: "a replacement of the root was begun and cut off",
    hint: "finish it first: samicerts root --replace",
  });
}
