import { approve, sign } from "../src/actions/certify.ts";
import { prepareDeviceApprover } from "../src/actions/issue-device.ts";
import type { Issuer } from "../src/actions/open-issuer.ts";
import { checkPath } from "../src/actions/record.ts";
import { generateKey, keyGenerator } from "../src/keys/generate.ts";
import { openJudge } from "../src/open-judge.ts";
import { issueDefaults, prepareDrafter } from "../src/policy/draft.ts";
import { settleValidity } from "../src/policy/draft-validity.ts";
import type { Judge } from "../src/policy/evaluate.ts";
import { loadPolicy } from "../src/policy/load-policy.ts";
import { parseKeySpec, signatureAlgorithmFor } from "../src/x509/algorithms.ts";
import { decodeCertificate } from "../src/x509/certificate.ts";
import { parseName } from "../src/x509/name-syntax.ts";
import { writePem } from "../src/x509/pem.ts";

/** The policy that benchmarks issue and verify under. */
export const POLICY = "sami";

/** A device's files' contents. */
export interface DevicePems {
  readonly certificate: string;
  readonly key: string;
}

/** A root in memory and what it issues, without ledger and files. */
export interface MemoryIssuer {
  readonly root: Issuer;
  readonly rootPem: string;
  /** Makes one device's key and certificate; `checked` also verifies the signature as a stranger would. */
  issue(serial: bigint, checked: boolean): DevicePems;
}

/** Makes a P-256 root under `POLICY` and gives what issues by it. */
export function memoryIssuer(): MemoryIssuer {
  const judge = openJudge(loadPolicy(POLICY, () => ""));
  const root = makeRoot(judge);
  const approver = prepareDeviceApprover(root, { judge });
  const makeKey = keyGenerator(approver.key);
  return {
    root,
    rootPem: writePem("CERTIFICATE", root.certificate.der),
    issue: (serial, checked) => {
      const key = makeKey();
      const approved = approver.approve({ serial, name: `Lamp ${serial}` }, key.publicKey, Date.now());
      const der = sign(approved, root.signer);
      if (checked) checkPath(decodeCertificate(der, "the new certificate"), root.chain, Date.now());
      return { certificate: writePem("CERTIFICATE", der), key: writePem("PRIVATE KEY", key.pkcs8) };
    },
  };
}

function makeRoot(judge: Judge): Issuer {
  const { policy } = judge;
  const defaults = issueDefaults(policy, "root");
  const nowMs = Date.now();
  const key = generateKey(parseKeySpec("ec:P-256"));
  const signer = key.signer();
  const signatureAlgorithm = signatureAlgorithmFor(key.publicKey, defaults.hash);
  const draft = prepareDrafter({ policy, role: "root", signatureAlgorithm })({
    serial: 1n,
    subject: parseName("/C=US/ST=California/O=MyOrg/OU=MyDep/CN=MyDevAuthority"),
    publicKey: key.publicKey,
    ...settleValidity({}, defaults, undefined, nowMs),
  });
  const approved = approve({ draft, role: "root", issuers: [], atMs: nowMs }, judge);
  const certificate = decodeCertificate(sign(approved, signer), "the root");
  return { certificate, signer, chain: [certificate] };
}
