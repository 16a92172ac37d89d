import { type GeneratedKey, generateKey } from "../../../src/keys/generate.ts";
import { prepareDrafter } from "../../../src/policy/draft.ts";
import { prepareDeviceSubject } from "../../../src/policy/draft-subject.ts";
import { settleValidity } from "../../../src/policy/draft-validity.ts";
import type { Policy, Role } from "../../../src/policy/policy.ts";
import type { Judged } from "../../../src/policy/rule.ts";
import { parseKeySpec, signatureAlgorithmFor } from "../../../src/x509/algorithms.ts";
import { attributeTypeByName } from "../../../src/x509/attribute-types.ts";
import {
  assembleCertificate,
  type Certificate,
  type CertificateDraft,
  decodeCertificate,
  encodeTbsCertificate,
} from "../../../src/x509/certificate.ts";
import { DerReader } from "../../../src/x509/der-reader.ts";
import { encodeName, type Name } from "../../../src/x509/name.ts";
import { decodePublicKey } from "../../../src/x509/public-key.ts";
import { serialValue } from "../../../src/x509/serial.ts";

/** The moment at which everything here is made and judged. */
export const NOW_MS: number = Date.UTC(2026, 10, 23, 12);
export const DAY_MS = 86_400_000;

/** What a test says about one certificate; the rest is the policy's. */
export interface CertificatePlan {
  readonly key?: string;
  readonly subject?: string;
  readonly name?: string;
  readonly serial?: bigint;
  /** Changes the draft before it is signed. */
  readonly change?: (draft: CertificateDraft) => CertificateDraft;
}

/** A chain's plans; `intermediate` is made where it is there. */
export type ChainPlan = Readonly<Partial<Record<Role, CertificatePlan>>>;

/** A chain that a policy's own defaults made, root first. */
export interface Chain {
  readonly root: Certificate;
  readonly intermediate?: Certificate;
  readonly device: Certificate;
}

/** Makes chains; keys are made once per kind and role, so that a table of cases stays fast. */
export function chainMaker(): (policy: Policy, plan?: ChainPlan) => Chain {
  const keys = new Map<string, GeneratedKey>();
  const keyFor = (role: Role, spec: string): GeneratedKey => {
    const made = keys.get(`${role} ${spec}`) ?? generateKey(parseKeySpec(spec));
    keys.set(`${role} ${spec}`, made);
    return made;
  };
  return (policy, plan = {}) => {
    const make = (
      role: Role,
      issuer: Certificate | undefined,
      issuerKey: GeneratedKey | undefined,
    ): [Certificate, GeneratedKey] => {
      const own = plan[role] ?? {};
      const key = keyFor(role, own.key ?? policy.issue[role]?.key ?? "");
      const certificate = makeCertificate(policy, role, own, key, issuer, issuerKey ?? key);
      return [certificate, key];
    };
    const [root, rootKey] = make("root", undefined, undefined);
    if (plan.intermediate === undefined) return { root, device: make("device", root, rootKey)[0] };
    const [intermediate, lineKey] = make("intermediate", root, rootKey);
    return { root, intermediate, device: make("device", intermediate, lineKey)[0] };
  };
}

/** A name from `/C=US/CN=x`, with none of `parseName`'s checks: strangers write what they like. */
export function nameOf(text: string): Name {
  const attributes = text.split("/").slice(1);
  return encodeName(
    attributes.map((attribute) => {
      const [type = "", value = ""] = attribute.split("=");
      const known = attributeTypeByName(type);
      if (known === undefined) throw new Error(`no attribute type ${type}`);
      return [{ oid: known.oid, tag: known.tag, text: value }];
    }),
  );
}

/** A certificate of a chain in its place. */
export function judgedIn(chain: Chain, role: Role): Judged {
  const { root, intermediate, device } = chain;
  const path = [device, ...(intermediate === undefined ? [] : [intermediate]), root];
  const start = role === "device" ? 0 : role === "root" ? path.length - 1 : 1;
  const certificate = path[start] ?? root;
  return { certificate, role, issuer: path[start + 1] ?? root, path: path.slice(start), atMs: NOW_MS };
}

/** A change that replaces an extension, or with `undefined` takes it out. */
export function extension(
  oid: string,
  encoded: Uint8Array | undefined,
): NonNullable<CertificatePlan["change"]> {
  return (draft) => {
    const others = draft.extensions.filter((der) => new DerReader(der).sequence("e").oid("e") !== oid);
    return { ...draft, extensions: encoded === undefined ? others : [...others, encoded] };
  };
}

const SUBJECTS: Readonly<Record<Role, string>> = {
  root: "/C=US/ST=California/O=MyOrg/OU=MyDep/CN=MyDevAuthority",
  intermediate: "/C=US/O=MyOrg/OU=MyDep/CN=Line 1",
  device: "",
};

function makeCertificate(
  policy: Policy,
  role: Role,
  plan: CertificatePlan,
  key: GeneratedKey,
  issuer: Certificate | undefined,
  issuerKey: GeneratedKey,
): Certificate {
  const defaults = policy.issue[role];
  if (defaults === undefined) throw new Error(`${policy.name} makes no ${role}`);
  const serial =
    plan.serial ?? serialValue(Uint8Array.from({ length: defaults.serialOctets }, (_, i) => 0x41 + i));
  const signatureAlgorithm = signatureAlgorithmFor(issuerKey.publicKey, defaults.hash);
  const draft = prepareDrafter({
    policy,
    role,
    signatureAlgorithm,
    ...(issuer === undefined ? {} : { issuer }),
  })({
    serial,
    subject:
      role === "device" && plan.subject === undefined && issuer !== undefined
        ? prepareDeviceSubject(defaults, issuer, [])({ serial, name: plan.name ?? "my-device" })
        : nameOf(plan.subject ?? SUBJECTS[role]),
    publicKey: key.publicKey,
    ...settleValidity({}, defaults, issuer, NOW_MS),
  });
  const changed = plan.change?.(draft) ?? draft;
  const tbs = encodeTbsCertificate(changed);
  const signature = issuerKey.signer().sign(tbs);
  return decodeCertificate(assembleCertificate(tbs, changed.signatureAlgorithm, signature), role);
}

/** A public key that we would not make ourselves, from its SPKI. */
export function foreignKey(spki: Uint8Array): NonNullable<CertificatePlan["change"]> {
  return (draft) => ({ ...draft, publicKey: decodePublicKey(spki).der });
}
