import { SamicertsError } from "../base/errors.ts";
import type { IssuerId, LedgerRow } from "../ledger/ledger.ts";
import type { ValidityRequest } from "../policy/draft-validity.ts";
import type { Judge } from "../policy/evaluate.ts";
import type { Policy } from "../policy/policy.ts";
import type { KeySpec } from "../x509/algorithms.ts";
import { attributeValues } from "../x509/name.ts";
import { formatName } from "../x509/name-format.ts";
import type { Deps } from "./deps.ts";
import { type Authority, type FoundAuthority, findAuthority } from "./find-authority.ts";
import { freeSerial } from "./free-serial.ts";
import { carryOut, freshKey, type Issuance } from "./issuance.ts";
import { prepareDeviceApprover } from "./issue-device.ts";
import { type Issued, issued } from "./issued.ts";
import { isInterrupted, takeUp } from "./take-up.ts";

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
/** So many serials that are being issued are looked through for one of an earlier run. */
const LOOKED_AT = 1000;

/**
 * Makes a short-lived certificate for who answers OCSP in an authority's stead (RFC 6960, 4.2.2.2), with a key of its own;
 * earlier ones stay until they have expired. One that was cut off is finished. Throws `policy.no-responder` (kind `refused`), as `findAuthority`, and as
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
  const name = nameOf(found);
  const begun = findBegun(name, id, line?.name, deps);
  const serial =
    begun === undefined ? freeSerial(line?.serials, octets, id, ledger, deps.random) : BigInt(begun.serial);
  const place = responders.place(serial.toString());
  const issuer = { certificate, signer: found.openSigner(), chain: [certificate], carried: [] };
  const { key, validity } = input;
  const approver = prepareDeviceApprover(issuer, {
    judge,
    ...(key === undefined ? {} : { key }),
    ...(validity === undefined ? {} : { validity }),
  });
  const issuance: Issuance = {
    role: "device",
    serial,
    name,
    issuer: { ...issuer, place: (other) => responders.place(other) },
    judge,
    place,
    newKey: () => freshKey(deps, approver.key, judge.policy, "device"),
    approve: (publicKey) => approver.approve({ serial, name }, publicKey, nowMs),
  };
  const made = begun === undefined ? carryOut(issuance, deps, nowMs) : takeUp(issuance, begun, deps, nowMs);
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

/** What a run that was cut off has left of a responder; a device of such a name has its files elsewhere. */
function findBegun(
  name: string,
  issuer: IssuerId,
  line: string | undefined,
  deps: Deps,
): LedgerRow | undefined {
  const ledger = deps.ledger();
  const { rows } = ledger.list({ issuer, state: "reserved" }, { limit: LOOKED_AT });
  for (const { serial } of rows) {
    const row = ledger.find(issuer, serial);
    if (!isInterrupted(row, name) || row.batch !== undefined) continue;
    const place =
      line === undefined ? deps.workspace.device(serial) : deps.workspace.line(line).device(serial);
    if (!place.isThere()) return row;
  }
  return undefined;
}

/** The authority's own name with what the responder is. */
function nameOf({ certificate: { subject } }: FoundAuthority): string {
  const [own = formatName(subject)] = attributeValues(subject, COMMON_NAME);
  const room = MOST_CHARACTERS - SUFFIX.length;
  return `${[...own].slice(0, room).join("")}${SUFFIX}`;
}
