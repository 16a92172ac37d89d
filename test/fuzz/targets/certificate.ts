import { inspect } from "../../../src/actions/inspect.ts";
import { openJudge } from "../../../src/open-judge.ts";
import { BUILTIN_POLICY_NAMES } from "../../../src/policy/builtin.ts";
import { loadPolicy } from "../../../src/policy/load-policy.ts";
import { ROLES } from "../../../src/policy/policy.ts";
import { inspectText } from "../../../src/report/human-inspect.ts";
import { PLAIN } from "../../../src/report/paint.ts";
import { decodeCertificate } from "../../../src/x509/certificate.ts";
import { buildPath } from "../../../src/x509/chain.ts";
import { withDer } from "../grammar.ts";
import type { CreateTarget } from "../target.ts";
import { largeCertificates } from "./large-certificates.ts";
import { CERTIFICATES } from "./seed-certificates.ts";
import { checkWords } from "./words.ts";

const NO_FILES = (): never => {
  throw new Error("a built-in policy reads no file");
};
const MOMENT = Date.UTC(2026, 10, 23);
/** The most octets of a certificate. */
const MOST = 1024 * 1024;
/** What verify and inspect do with a certificate: it is decoded, its path built, judged by a built-in policy, put into words. */
export const createCertificate: CreateTarget = (corpus) => {
  const judges = BUILTIN_POLICY_NAMES.map((name) => openJudge(loadPolicy(name, NO_FILES)));
  return {
    name: "certificate",
    seeds: [...CERTIFICATES, ...corpus],
    mutate: withDer,
    dear: 4,
    large: (octets) => largeCertificates(Math.min(octets, MOST)),
    read: (input) => {
      const certificate = decodeCertificate(input);
      const { path } = buildPath({
        target: certificate,
        anchors: [certificate],
        untrusted: [],
        atMs: MOMENT,
      });
      buildPath({ target: certificate, anchors: [], untrusted: [certificate], atMs: MOMENT });
      // One policy and role for each, as verify has; which ones the input decides, so that all have their turn.
      const judge = judges[input.length % judges.length];
      const role = ROLES[(input[input.length - 1] ?? 0) % ROLES.length] ?? "device";
      judge?.evaluate({ certificate, role, issuer: certificate, path, atMs: MOMENT });
      const [inspected] = inspect({ source: "some.crt", certificates: [certificate], atMs: MOMENT });
      if (inspected !== undefined)
        checkWords(inspectText(inspected, { paint: PLAIN, width: 80, atMs: MOMENT }));
      return certificate;
    },
  };
};
