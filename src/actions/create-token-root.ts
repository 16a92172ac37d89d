import { SamicertsError } from "../base/errors.ts";
import type { TokenKeyPlace } from "../keys/pkcs11/token-key-place.ts";
import { formatName } from "../x509/name-format.ts";
import { writePem } from "../x509/pem.ts";
import type { CreateRootInput } from "./create-root.ts";
import type { Deps } from "./deps.ts";
import { type Issued, issued } from "./issued.ts";
import { type PreparedRoot, prepareRoot } from "./prepare-root.ts";
import { record } from "./record.ts";
import { checkTokenKey } from "./token-key.ts";

/**
 * Makes a root whose key is in a token. That the key is to be there is written down first, in root.key.uri: a run that
 * is cut off after that is taken up by the next, so that there are never two keys.
 * Throws as `createRoot` does, and `token.*`; then nothing is left, neither in the token nor in the directory.
 */
export function createTokenRoot(input: CreateRootInput, place: TokenKeyPlace, deps: Deps): Issued {
  const { workspace } = deps;
  const { rootCertificate, rootKeyUri } = workspace.paths;
  const remembered = workspace.readRootKeyUri();
  if (remembered !== undefined && remembered !== place.uri) throw cutOffElsewhere(rootKeyUri, remembered);
  const resumes = remembered !== undefined;
  const there = place.find();
  checkTokenKey(there?.publicKey, { place, resumes, existing: input.existingKey === true, key: input.key });
  const root = prepareRoot(input, deps);
  // A key that is in a token stays there: the judge is asked before there is one.
  if (there === undefined) approveTrial(root, deps);
  else root.approve(there.publicKey);

  workspace.prepare();
  const ledger = deps.ledger();
  if (!resumes) workspace.writeRootKeyUri(place.uri);
  try {
    const signer = there ?? place.generate(root.key, resumes);
    const recorded = record(
      {
        approved: root.approve(signer.publicKey),
        signer,
        issuers: [],
        name: formatName(input.subject),
        atMs: root.nowMs,
        renewsKey: there !== undefined,
      },
      {
        write: (der) => workspace.writeRootCertificate(writePem("CERTIFICATE", der)),
        leftBehind: () => workspace.hasRoot(),
      },
      ledger,
    );
    const made = { recorded: { ...recorded, resumed: resumes }, keyCreated: there === undefined };
    const paths = { certificate: rootCertificate, key: place.uri, keyInToken: place.name };
    return issued(made, "root", input.judge.policy, paths);
  } catch (error) {
    undo(place, deps, resumes);
    throw there !== undefined && resumes ? asTorn(error, place) : error;
  }
}

function approveTrial(root: PreparedRoot, deps: Deps): void {
  const trial = deps.generateKey(root.key);
  trial.wipe();
  root.approve(trial.publicKey);
}

/** Takes back what was made, where no certificate says that it is needed; what can't be is left to the next run. */
function undo(place: TokenKeyPlace, { workspace }: Deps, resumes: boolean): void {
  try {
    if (workspace.hasRoot()) return;
    place.discard();
    if (!resumes) workspace.removeRootKeyUri();
  } catch {
    // What failed first is what must be said; root.key.uri still names the key.
  }
}

/** A key that a run was cut off in the middle of making can be there without being whole. */
function asTorn(error: unknown, place: TokenKeyPlace): unknown {
  if (!(error instanceof SamicertsError) || error.code !== "token.failed") return error;
  return new SamicertsError({
    kind: "key",
    code: "token.key-torn",
    message: `the key ${place.name}, which the run that was cut off was making, can't be used: ${error.message}`,
    hint: "remove it with the token's own tool, then run the same command again: it makes another one",
    cause: error,
  });
}

function cutOffElsewhere(path: string, remembered: string): SamicertsError {
  return new SamicertsError({
    kind: "exists",
    code: "exists.file",
    message: `${path} says that the root's key is another one: ${remembered}`,
    hint: `a run was cut off while it made a root with that key: leave --root-key out to finish it, or remove ${path}`,
  });
}
