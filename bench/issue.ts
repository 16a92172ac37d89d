// How near one thread's issuing comes to what the machine's cryptography alone allows.
import { createECDH, generateKeyPairSync, randomBytes, sign as signBytes } from "node:crypto";
import process from "node:process";
import { approve, sign } from "../src/actions/certify.ts";
import { prepareDeviceApprover } from "../src/actions/issue-device.ts";
import type { Issuer } from "../src/actions/open-issuer.ts";
import { checkPath } from "../src/actions/record.ts";
import { generateKey, keyGenerator } from "../src/keys/generate.ts";
import { issueDefaults, prepareDrafter } from "../src/policy/draft.ts";
import { settleValidity } from "../src/policy/draft-validity.ts";
import { compilePolicy, type Judge } from "../src/policy/evaluate.ts";
import { loadPolicy } from "../src/policy/load-policy.ts";
import { parseKeySpec, signatureAlgorithmFor } from "../src/x509/algorithms.ts";
import { decodeCertificate } from "../src/x509/certificate.ts";
import { parseName } from "../src/x509/name-syntax.ts";
import { writePem } from "../src/x509/pem.ts";
import { writeResults } from "./results.ts";
import { summarize } from "./statistics.ts";

const ROUNDS = 9;
const ROUND_MS = 1000;
const GOAL_SHARE = 0.45;
const POLICY = "sami";

/** Something done again and again; gives bytes, so that nothing of it can be left out. */
type Step = (turn: number) => Uint8Array | string;

/** A key and a signature over as many bytes as a device's certificate has to sign: the limit. */
function rawLimit(): Step {
  const { privateKey } = generateKeyPairSync("ec", { namedCurve: "P-256" });
  const ecdh = createECDH("prime256v1");
  const tbs = randomBytes(400);
  return () => {
    ecdh.generateKeys();
    return signBytes("sha256", tbs, { key: privateKey, dsaEncoding: "der" });
  };
}

/**
 * A device's key and certificate as PEM: drafted, encoded, decoded, judged and signed; `checked` also verifies the
 * signature as a stranger would, which is what a single `samicerts client` does.
 */
function issuing(judge: Judge, checked: boolean): Step {
  const approver = prepareDeviceApprover(makeIssuer(judge), { judge });
  const makeKey = keyGenerator(approver.key);
  return (turn) => {
    const key = makeKey();
    const device = { serial: BigInt(100_000_000 + turn), name: `Lamp ${turn}` };
    const approved = approver.approve(device, key.publicKey, Date.now());
    const der = sign(approved, approver.issuer.signer);
    if (checked) checkPath(decodeCertificate(der, "the new certificate"), approver.issuer.chain, Date.now());
    return writePem("CERTIFICATE", der) + writePem("PRIVATE KEY", key.pkcs8);
  };
}

function makeIssuer(judge: Judge): Issuer {
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

/** Runs `step` for a round; gives how many it did a second. */
function rate(step: Step, from: number): number {
  const start = process.hrtime.bigint();
  let bytes = 0;
  let turns = 0;
  let elapsedMs = 0;
  while (elapsedMs < ROUND_MS) {
    for (let i = 0; i < 100; i++) bytes += step(from + turns++).length;
    elapsedMs = Number(process.hrtime.bigint() - start) / 1e6;
  }
  if (bytes === 0) throw new Error("nothing was made");
  return (turns / elapsedMs) * 1000;
}

interface Contender {
  readonly name: string;
  readonly step: Step;
  readonly rates: number[];
}

const judge = compilePolicy(loadPolicy(POLICY, () => ""));
const limit: Contender = { name: "the limit", step: rawLimit(), rates: [] };
const plain: Contender = { name: "samicerts", step: issuing(judge, false), rates: [] };
const checked: Contender = { name: "with every signature verified", step: issuing(judge, true), rates: [] };
const contenders = [limit, plain, checked];
for (let round = 0; round <= ROUNDS; round++) {
  for (const one of contenders) {
    const measured = rate(one.step, round * 1_000_000);
    // The first round warms up.
    if (round > 0) one.rates.push(measured);
  }
}

const limitMedian = summarize(limit.rates).median;
const share = summarize(plain.rates).median / limitMedian;
const count = (value: number): string => Math.round(value).toLocaleString("en");
const percent = (value: number): string => `${(value * 100).toFixed(0)} %`;
writeResults({
  name: "issue",
  title: "Issuing in one thread",
  method:
    `P-256 root and devices under the policy \`${POLICY}\`: key, draft, encode, decode, judge, sign and PEM, in memory; ` +
    `${ROUNDS} rounds of ${ROUND_MS} ms in turn with the limit, which is key and signature alone. Certificates a second.`,
  columns: ["", "median", "least", "most", "of the limit"],
  rows: contenders.map(({ name, rates }) => {
    const { median, least, most } = summarize(rates);
    return [name, ...[median, least, most].map(count), percent(median / limitMedian)];
  }),
  conclusions: [
    `The goal is ${percent(GOAL_SHARE)} of the limit: ${share >= GOAL_SHARE ? "met" : "missed"}.`,
  ],
  data: { share, rates: Object.fromEntries(contenders.map(({ name, rates }) => [name, rates])) },
});
