import { isIP } from "node:net";
import { approve, sign } from "../actions/certify.ts";
import { randomSerial } from "../actions/random-serial.ts";
import { issueDefaults, prepareDrafter } from "../policy/draft.ts";
import { settleValidity } from "../policy/draft-validity.ts";
import { compilePolicy } from "../policy/evaluate.ts";
import type { Policy } from "../policy/policy.ts";
import { parseKeySpec, signatureAlgorithmFor } from "../x509/algorithms.ts";
import { decodeCertificate } from "../x509/certificate.ts";
import { encode, encodeSequence, encodeText } from "../x509/der-writer.ts";
import { encodeExtension } from "../x509/extension-encode.ts";
import { parseName } from "../x509/name-syntax.ts";
import { EXTENSION_OID } from "../x509/oids.ts";
import { writePem } from "../x509/pem.ts";
import type { Store } from "./store.ts";
import type { SandboxWorld } from "./world.ts";

/** What the device API shows its clients, PEM. */
export interface ServerCertificate {
  readonly key: string;
  readonly certificate: string;
  /** The sandbox's own CA, for clients to trust: never a vendor's. Its key is gone since it signed. */
  readonly ca: string;
  /** The last moment of its validity, milliseconds since 1970. */
  readonly notAfterMs: number;
  /** The DNS names and IP addresses that it is for. */
  readonly names: readonly string[];
}

const FACT = "server-certificate";
const VALIDITY_MS = 397 * 24 * 3_600_000;
/** One that ends within so many milliseconds is made anew at the next start. */
const LEAST_LEFT_MS = 30 * 24 * 3_600_000;

/** The sandbox's server certificate: the one in its state where it is still of use, else a new one of a new CA. */
export function serverCertificate(
  store: Store,
  world: SandboxWorld,
  policy: Policy,
  names: readonly string[],
): ServerCertificate {
  const row = store.get<{ readonly value: string }>("SELECT value FROM facts WHERE name = ?", FACT);
  const kept = row === undefined ? undefined : (JSON.parse(row.value) as ServerCertificate);
  const fits = names.every((name) => kept?.names.includes(name));
  if (kept !== undefined && fits && kept.notAfterMs - world.clock.now() > LEAST_LEFT_MS) return kept;
  const made = makeServerCertificate(world, policy, names);
  store.run(
    "INSERT INTO facts (name, value) VALUES (?, ?) ON CONFLICT (name) DO UPDATE SET value = excluded.value",
    FACT,
    JSON.stringify(made),
  );
  return made;
}

/** Issues it as any certificate is issued: drafted from a policy, judged, signed. */
function makeServerCertificate(
  world: SandboxWorld,
  policy: Policy,
  names: readonly string[],
): ServerCertificate {
  const ours = forServers(policy);
  // The keys are made right here.
  const judge = compilePolicy(ours, () => false);
  const nowMs = world.clock.now();

  const rootDefaults = issueDefaults(ours, "root");
  const rootKey = world.generateKey(parseKeySpec(rootDefaults.key));
  const rootSigner = rootKey.signer();
  const rootAlgorithm = signatureAlgorithmFor(rootKey.publicKey, rootDefaults.hash);
  const subject = parseName("/O=samicerts sandbox/CN=samicerts sandbox CA");
  const rootDraft = prepareDrafter({ policy: ours, role: "root", signatureAlgorithm: rootAlgorithm })({
    serial: randomSerial(world.random, rootDefaults.serialOctets),
    subject,
    publicKey: rootKey.publicKey,
    ...settleValidity({ lengthMs: VALIDITY_MS }, rootDefaults, undefined, nowMs),
  });
  const rootDer = sign(
    approve({ draft: rootDraft, role: "root", issuers: [], atMs: nowMs }, judge),
    rootSigner,
  );
  const root = decodeCertificate(rootDer, "the sandbox's CA");

  const defaults = issueDefaults(ours, "device");
  const key = world.generateKey(parseKeySpec(defaults.key));
  const validity = settleValidity({ notAfterMs: root.notAfter.epochMs }, defaults, root, nowMs);
  const draft = prepareDrafter({
    policy: ours,
    role: "device",
    issuer: root,
    signatureAlgorithm: rootAlgorithm,
  })({
    serial: randomSerial(world.random, defaults.serialOctets),
    subject: parseName("/O=samicerts sandbox/CN=localhost"),
    publicKey: key.publicKey,
    ...validity,
  });
  const named = { ...draft, extensions: [...draft.extensions, encodeNames(names)] };
  const approved = approve({ draft: named, role: "device", issuers: [root], atMs: nowMs }, judge);
  const made = {
    key: writePem("PRIVATE KEY", key.pkcs8),
    certificate: writePem("CERTIFICATE", sign(approved, rootSigner)),
    ca: writePem("CERTIFICATE", rootDer),
    notAfterMs: validity.notAfterMs,
    names,
  };
  rootKey.wipe();
  key.wipe();
  return made;
}

/** RFC 5280's rules, and certificates for TLS servers. */
function forServers(policy: Policy): Policy {
  const { device } = policy.issue;
  if (device === undefined) throw new Error("the policy has no defaults for an end entity");
  return { ...policy, issue: { ...policy.issue, device: { ...device, extKeyUsage: ["serverAuth"] } } };
}

/** subjectAltName, not critical (RFC 5280, 4.2.1.6). */
function encodeNames(names: readonly string[]): Uint8Array {
  const parts = names.map((name) =>
    isIP(name) === 0 ? encodeText(0x82, name) : encode(0x87, addressOctets(name)),
  );
  return encodeExtension(EXTENSION_OID.subjectAltName, false, encodeSequence(...parts));
}

function addressOctets(address: string): Uint8Array {
  if (isIP(address) === 4) return Uint8Array.from(address.split(".").map(Number));
  const [head = "", tail] = address.split("::");
  const groups = (text: string): number[] =>
    text === "" ? [] : text.split(":").map((group) => Number.parseInt(group, 16));
  const [first, last] = [groups(head), groups(tail ?? "")];
  const all = [...first, ...new Array<number>(8 - first.length - last.length).fill(0), ...last];
  return Uint8Array.from(all.flatMap((group) => [group >> 8, group & 0xff]));
}
