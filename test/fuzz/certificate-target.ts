import { BUILTIN_POLICY_NAMES } from "../../src/policy/builtin.ts";
import { compilePolicy } from "../../src/policy/evaluate.ts";
import { loadPolicy } from "../../src/policy/load-policy.ts";
import { ROLES } from "../../src/policy/policy.ts";
import { decodeCertificate } from "../../src/x509/certificate.ts";
import { buildPath } from "../../src/x509/chain.ts";

const NO_FILES = (): never => {
  throw new Error("a built-in policy reads no file");
};
const JUDGES = BUILTIN_POLICY_NAMES.map((name) => compilePolicy(loadPolicy(name, NO_FILES)));
const MOMENT = Date.UTC(2026, 10, 23);

/** Does with a certificate what verify does: decodes it, builds its path, judges it by a built-in policy. */
export function readCertificate(der: Uint8Array): unknown {
  const certificate = decodeCertificate(der);
  const { path } = buildPath({
    target: certificate,
    anchors: [certificate],
    untrusted: [],
    atMs: MOMENT,
  });
  buildPath({ target: certificate, anchors: [], untrusted: [certificate], atMs: MOMENT });
  // One policy and role for each, as verify has; which ones the input decides, so that all have their turn.
  const judge = JUDGES[der.length % JUDGES.length];
  const role = ROLES[(der[der.length - 1] ?? 0) % ROLES.length] ?? "device";
  judge?.evaluate({ certificate, role, issuer: certificate, path, atMs: MOMENT });
  return certificate;
}
