import { sha256Hex } from "../actions/summary.ts";
import { createVerifier } from "../actions/verify.ts";
import { SamicertsError } from "../base/errors.ts";
import type { Finding } from "../base/finding.ts";
import type { Judge } from "../policy/evaluate.ts";
import { type Certificate, decodeCertificate } from "../x509/certificate.ts";
import { formatName } from "../x509/name-format.ts";
import { parseName } from "../x509/name-syntax.ts";
import { drawHex } from "./secrets.ts";
import type { Store } from "./store.ts";
import type { SandboxWorld } from "./world.ts";

/** A vendor whose root is trusted. */
export interface Vendor {
  readonly id: string;
  readonly name: string;
  readonly root: Certificate;
  /** SHA-256 of the root's DER, hex. */
  readonly sha256: string;
  /** Its lines and what binds its roots: may stand in a path. */
  readonly further: readonly Certificate[];
  readonly addedMs: number;
}

/** A kind of device: whose it is, and which issuer its certificates name. */
export interface DeviceType {
  /** `dt` and 32 characters of hex. */
  readonly id: string;
  readonly vendor: string;
  readonly name: string;
  /** As openssl writes it: `/C=US/O=...`. */
  readonly issuerDn: string;
  /** Whether its devices must be secure ("requires secure protocol"). */
  readonly rsp: boolean;
}

/** What the policy says of a root that is to be trusted. */
export interface RootVerdict {
  readonly compliant: boolean;
  readonly findings: readonly Finding[];
}

/** Vendors and their device types. */
export interface Vendors {
  /** Judges a root as one that is to be trusted. */
  judge(root: Certificate): RootVerdict;
  /** Trusts a root; gives the vendor that it belongs to already where there is one, with `further` added to its own. */
  add(root: Certificate, further?: readonly Certificate[], name?: string): Vendor;
  all(): readonly Vendor[];
  find(id: string): Vendor | undefined;
  /** Throws `sandbox.no-vendor`, and `name.*` where the issuer is not a DN. The id is drawn where none is given. */
  addType(type: { vendor: string; name: string; issuerDn?: string; id?: string; rsp?: boolean }): DeviceType;
  types(): readonly DeviceType[];
  findType(id: string): DeviceType | undefined;
  /** A number that grows whenever a vendor was added here. */
  generation(): number;
}

interface VendorRow {
  readonly id: string;
  readonly name: string;
  readonly root: string;
  readonly sha256: string;
  readonly further: string;
  readonly added_ms: number;
}

interface TypeRow {
  readonly id: string;
  readonly vendor: string;
  readonly name: string;
  readonly issuer_dn: string;
  readonly rsp: number;
}

/** The id of the device type that a vendor's root brings with it: the same at every start. */
export function ownTypeId(rootSha256: string): string {
  return `dt${rootSha256.slice(0, 32)}`;
}

/** Opens the vendors of a store. */
export function openVendors(store: Store, world: SandboxWorld, judge: Judge): Vendors {
  let generation = 0;
  const find = (id: string): Vendor | undefined => {
    const row = store.get<VendorRow>("SELECT * FROM vendors WHERE id = ?", id);
    return row === undefined ? undefined : readVendor(row);
  };
  const findType = (id: string): DeviceType | undefined => {
    const row = store.get<TypeRow>("SELECT * FROM device_types WHERE id = ?", id);
    return row === undefined ? undefined : readType(row);
  };
  return {
    judge: (root) => judgeRoot(root, judge, world.clock.now()),
    add: (root, further = [], name) => {
      generation++;
      const sha256 = sha256Hex(root.der);
      const known = store.get<VendorRow>("SELECT * FROM vendors WHERE sha256 = ?", sha256);
      const chain = new Set([...(known === undefined ? [] : unjoin(known.further)), ...further.map(text)]);
      if (known !== undefined) {
        store.run("UPDATE vendors SET further = ? WHERE id = ?", [...chain].join(" "), known.id);
        return find(known.id) as Vendor;
      }
      const id = drawHex(world.random);
      store.run(
        "INSERT INTO vendors (id, name, root, sha256, further, added_ms) VALUES (?, ?, ?, ?, ?, ?)",
        id,
        name ?? formatName(root.subject),
        text(root),
        sha256,
        [...chain].join(" "),
        world.clock.now(),
      );
      return find(id) as Vendor;
    },
    all: () => store.all<VendorRow>("SELECT * FROM vendors ORDER BY added_ms, rowid").map(readVendor),
    find,
    addType: ({ vendor, name, issuerDn, id = `dt${drawHex(world.random)}`, rsp = true }) => {
      const owner = find(vendor);
      if (owner === undefined)
        throw new SamicertsError({
          kind: "input",
          code: "sandbox.no-vendor",
          message: `there is no vendor ${vendor}`,
          hint: "add its root first: samicerts sandbox vendor add root.crt",
        });
      const dn = formatName(issuerDn === undefined ? owner.root.subject : parseName(issuerDn));
      store.run(
        `INSERT INTO device_types (id, vendor, name, issuer_dn, rsp, created_ms) VALUES (?, ?, ?, ?, ?, ?)
         ON CONFLICT (id) DO UPDATE SET vendor = excluded.vendor, name = excluded.name,
           issuer_dn = excluded.issuer_dn, rsp = excluded.rsp`,
        id,
        vendor,
        name,
        dn,
        rsp ? 1 : 0,
        world.clock.now(),
      );
      return findType(id) as DeviceType;
    },
    types: () => store.all<TypeRow>("SELECT * FROM device_types ORDER BY created_ms, rowid").map(readType),
    findType,
    generation: () => generation,
  };
}

function judgeRoot(root: Certificate, judge: Judge, atMs: number): RootVerdict {
  const verifier = createVerifier({ anchors: [root], untrusted: [], judge, atMs, role: "root" });
  const [checked] = verifier.check({ name: "the root", certificates: [root.der] });
  return { compliant: checked?.verdict === "compliant", findings: checked?.findings ?? [] };
}

function readVendor(row: VendorRow): Vendor {
  return {
    id: row.id,
    name: row.name,
    root: decodeCertificate(Buffer.from(row.root, "base64"), row.name),
    sha256: row.sha256,
    further: unjoin(row.further).map((each) => decodeCertificate(Buffer.from(each, "base64"), row.name)),
    addedMs: row.added_ms,
  };
}

function readType({ id, vendor, name, issuer_dn, rsp }: TypeRow): DeviceType {
  return { id, vendor, name, issuerDn: issuer_dn, rsp: rsp === 1 };
}

function text({ der }: Certificate): string {
  return Buffer.from(der).toString("base64");
}

function unjoin(joined: string): readonly string[] {
  return joined.split(" ").filter((each) => each !== "");
}
