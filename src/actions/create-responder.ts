import { SamicertsError } from "../base/errors.ts";
import type { ValidityRequest } from "../policy/draft-validity.ts";
import type { Judge } from "../policy/evaluate.ts";
import type { Policy } from "../policy/policy.ts";
import type { KeySpec } from "../x509/algorithms.ts";
import { attributeValues } from "../x509/name.ts";
import { formatName } from "../x509/name-format.ts";
import type { Deps } from "./deps.ts";
import { type Authority, type FoundAuthority, findAuthority } from "./find-authority.ts";
import { freeSerial } from "./free-serial.ts";
import { carryOut, freshKey } from "./issuance.ts";
import { prepareDeviceApprover } from "./issue-device.ts";
import { type Issued, issued } from "./issued.ts";

/** Who is to answer OCSP. */
export interface CreateResponderInput {
  /** In whose stead. */
  readonly authority: Authority;
  /** The vendor's policy, which may not allow it. */
  readonly policy: Policy;
  /** The policy of responders, ready to judge. */
  readonly judge: Judge;
  /** That policy's own default where absent. */
  readonly key?: KeySpec;
  readonly validity?: ValidityRequest;
}

/** A responder's certificate that was made. */
export interface ResponderIssued extends Issued {
  readonly authority: Authority;
  /** The authority's DN. */
  readonly issuer: string;
}

const COMMON_NAME = "2.5.4.3";
/** A common name's upper bound (RFC 5280, appendix A). */
const MOST_CHARACTERS = 64;
const SUFFIX = " OCSP";

/**
 * Makes a short-lived certificate for who answers OCSP in an authority's stead (RFC 6960, 4.2.2.2), with a key of its own;
 * earlier ones stay until they have expired. Throws `policy.no-responder` (kind `refused`), as `findAuthority`, and as
 * `issueDevice`.
 */
export function createResponder(input: CreateResponderInput, deps: Deps): ResponderIssued {
  const { authority, judge, policy } = input;
  const found = findAuthority(deps, authority);
  checkAllowed(policy, found);
  const { certificate, id, responders } = found;
  const nowMs = deps.clock.now();
  const ledger = deps.ledger();
  const line = ledger.lines().find(({ issuer }) => issuer === id);
  const octets = judge.policy.issue.device?.serialOctets ?? 16;
  const serial = freeSerial(line?.serials, octets, id, ledger, deps.random);
  const place = responders.place(serial.toString());
  const issuer = { certificate, signer: found.openSigner(), chain: [certificate], carried: [] };
  const { key, validity } = input;
  const approver = prepareDeviceApprover(issuer, {
    judge,
    ...(key === undefined ? {} : { key }),
    ...(validity === undefined ? {} : { validity }),
  });
  const name = nameOf(found);
  const made = carryOut(
    {
      role: "device",
      serial,
      name,
      issuer: { ...issuer, place: (other) => responders.place(other) },
      judge,
      place,
      newKey: () => freshKey(deps, approver.key, judge.policy, "device"),
      approve: (publicKey) => approver.approve({ serial, name }, publicKey, nowMs),
    },
    deps,
    nowMs,
  );
  return {
    ...issued(made, "device", judge.policy, place.paths),
    authority,
    issuer: formatName(certificate.subject),
  };
}

function checkAllowed({ name, issue }: Policy, { role }: FoundAuthority): void {
  if (issue[role]?.ocspResponder !== false) return;
  throw new SamicertsError({
    kind: "refused",
    code: "policy.no-responder",
    message: `the policy "${name}" allows nobody to answer OCSP in the stead of ${role === "root" ? "a root" : "a line"}`,
    hint: `set issue.${role}.ocspResponder in the policy, or publish CRLs alone: samicerts crl`,
  });
}

/** The authority's own name with what the responder is. */
function nameOf({ certificate: { subject } }: FoundAuthority): string {
  const [own = formatName(subject)] = attributeValues(subject, COMMON_NAME);
  const room = MOST_CHARACTERS - SUFFIX.length;
  return `${[...own].slice(0, room).join("")}${SUFFIX}`;
}
