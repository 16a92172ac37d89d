import { sha256Hex } from "../../actions/summary.ts";
import { generateKey } from "../../keys/generate.ts";
import { SYSTEM_CLOCK, SYSTEM_RANDOM } from "../../open-deps.ts";
import { openJudge } from "../../open-judge.ts";
import { policyInForce } from "../../open-policy.ts";
import type { ToldVendor } from "../../report/human-sandbox.ts";
import type { Revocation } from "../../sandbox/client-check.ts";
import { openPlatform, type Platform } from "../../sandbox/platform.ts";
import { ownTypeId, type Vendor } from "../../sandbox/vendors.ts";
import type { SandboxWorld } from "../../sandbox/world.ts";
import type { Workspace } from "../../workspace/workspace.ts";
import type { Certificate } from "../../x509/certificate.ts";
import { attributeValues } from "../../x509/name.ts";
import { formatName } from "../../x509/name-format.ts";
import { readAnchors, readBridges, readLines } from "../anchors.ts";
import type { Flags } from "../flag-values.ts";
import { FLAG } from "../flags.ts";

/** The world of this very process. */
export const SANDBOX_WORLD: SandboxWorld = { clock: SYSTEM_CLOCK, random: SYSTEM_RANDOM, generateKey };

const COMMON_NAME = "2.5.4.3";

/** Opens a platform that judges as `--policy` says. */
export function openJudgingPlatform(
  flags: Flags,
  workspace: Workspace,
  state: string | undefined,
  revocation?: Revocation,
): Platform {
  const policy = policyInForce(flags.text(FLAG.judgePolicy), workspace);
  return openPlatform(
    {
      judge: openJudge(policy),
      ...(state === undefined ? {} : { state }),
      ...(revocation === undefined ? {} : { revocation }),
    },
    SANDBOX_WORLD,
  );
}

/** Trusts the vendor's own root, and those that it has replaced, with its lines; each brings a type of device. */
export function trustOwn(platform: Platform, workspace: Workspace): readonly Vendor[] {
  const lines = readLines(workspace);
  const further = [...lines, ...readBridges(workspace)];
  return readAnchors([], workspace).map((root) => {
    const vendor = platform.vendors.add(root, further);
    bringTypes(platform, vendor, lines);
    return vendor;
  });
}

/** Makes the type of a vendor's root, and of each line's, under ids that are the same at every start. */
export function bringTypes(platform: Platform, vendor: Vendor, lines: readonly Certificate[]): void {
  const issuers = [
    vendor.root,
    ...lines.filter(({ issuer }) => formatName(issuer) === formatName(vendor.root.subject)),
  ];
  for (const issuer of issuers)
    platform.vendors.addType({
      vendor: vendor.id,
      id: ownTypeId(sha256Hex(issuer.der)),
      name: commonName(issuer),
      issuerDn: formatName(issuer.subject),
    });
}

/** What a certificate authority calls itself. */
export function commonName({ subject }: Certificate): string {
  return attributeValues(subject, COMMON_NAME)[0] ?? formatName(subject);
}

/** A vendor as reports tell of it. */
export function toldVendor({ vendors }: Platform, vendor: Vendor): ToldVendor {
  return {
    name: vendor.name,
    sha256: vendor.sha256,
    compliant: vendors.judge(vendor.root).compliant,
    types: vendors
      .types()
      .filter((type) => type.vendor === vendor.id)
      .map(({ id, name, issuerDn }) => ({ id, name, issuerDn })),
  };
}
