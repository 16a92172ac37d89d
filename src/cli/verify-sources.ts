import type { VerifiedCertificate, Verifier } from "../actions/verify.ts";
import { SamicertsError } from "../base/errors.ts";
import { nodeFiles } from "../workspace/node-files.ts";
import type { Call } from "./command-spec.ts";
import { FLAG } from "./flags.ts";
import { keyBeside, openKey } from "./key-file.ts";
import { startProgress } from "./progress.ts";
import { asInput, noCertificate, readCertificates, type SourcePath, STDIN, sourceName } from "./sources.ts";

/**
 * Reads and verifies one file after another; one that can't be read is a result too, so that the others are looked at.
 * `matchKey` is the key's file that must belong to the certificate, instead of the one beside it.
 */
export function verifySources(
  sources: readonly SourcePath[],
  verifier: Verifier,
  { flags, host }: Call,
  matchKey: string | undefined,
): readonly VerifiedCertificate[] {
  const progress = startProgress(host.stderr, sources.length, "files", Date.now);
  const allowMode = flags.on(FLAG.allowKeyMode);
  const results: VerifiedCertificate[] = [];
  for (const [done, { path, found }] of sources.entries()) {
    if (!flags.on(FLAG.quiet)) progress.report(done);
    const name = sourceName(path);
    try {
      const { certificates, hasKey } = readCertificates(path, nodeFiles);
      // A directory may well have keys in .pem files beside the certificates.
      if (certificates.length === 0 && found && hasKey) continue;
      if (certificates.length === 0) throw noCertificate(name, "it is a private key");
      const beside = path === STDIN ? undefined : () => keyBeside(path, nodeFiles);
      const key = matchKey === undefined ? beside?.() : () => openKey(matchKey, nodeFiles, allowMode);
      const source = { name, certificates, ...(key === undefined ? {} : { key }) };
      // Not spread into push: a bundle may hold more certificates than a call takes arguments.
      for (const result of verifier.verify(source)) results.push(result);
    } catch (error) {
      if (!(error instanceof SamicertsError)) throw error;
      results.push(unreadable(name, asInput(error)));
    }
  }
  progress.end();
  return results;
}

function unreadable(source: string, error: SamicertsError): VerifiedCertificate {
  return { source, index: 0, verdict: "unreadable", findings: [], path: [], keyMatches: null, error };
}
