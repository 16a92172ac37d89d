import { randomBytes } from "node:crypto";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { generateKey } from "../src/keys/generate.ts";
import { openJudge } from "../src/open-judge.ts";
import { loadPolicy } from "../src/policy/load-policy.ts";
import { openPlatform, type Platform } from "../src/sandbox/platform.ts";
import { decodeCertificate } from "../src/x509/certificate.ts";
import { readPem } from "../src/x509/pem.ts";
import { memoryIssuer, POLICY } from "./issuer.ts";

/** A device that is registered: what it shows in TLS, PEM, and what it sends with. */
export interface FleetDevice {
  readonly certificate: string;
  readonly key: string;
  readonly did: string;
  readonly token: string;
}

const FIRST_SERIAL = 100_000_000n;
/** Devices of one owner. */
const OWNED = 50;
const GROUP = 500;

/** Makes `count` devices and registers them as they would themselves, in a sandbox's state at `statePath`. */
export async function makeFleet(
  count: number,
  directory: string,
  statePath: string,
): Promise<readonly FleetDevice[]> {
  const issuer = memoryIssuer();
  writeFileSync(join(directory, "root.crt"), issuer.rootPem);
  const platform = openSandboxState(statePath);
  try {
    const vendor = platform.vendors.add(issuer.root.certificate);
    const { id: dtid } = platform.vendors.addType({ vendor: vendor.id, name: "Lamp" });
    const devices: FleetDevice[] = [];
    let owner = "";
    while (devices.length < count)
      platform.store.within(() => {
        for (let made = 0; made < GROUP && devices.length < count; made++) {
          if (devices.length % OWNED === 0) owner = addOwner(platform, devices.length);
          const { certificate, key } = issuer.issue(FIRST_SERIAL + BigInt(devices.length), false);
          devices.push({ certificate, key, ...register(platform, certificate, dtid, owner) });
        }
      });
    return devices;
  } finally {
    platform.close();
  }
}

/** Opens a sandbox's state, as the sandbox itself does. */
export function openSandboxState(path: string): Platform {
  const judge = openJudge(loadPolicy(POLICY, () => ""));
  const clock = { now: () => Date.now() };
  return openPlatform(
    { state: path, judge },
    { clock, random: { bytes: (octets) => randomBytes(octets) }, generateKey },
  );
}

/** Nobody signs in: an account without a password, which would take long to derive. */
function addOwner({ store }: Platform, number: number): string {
  const uid = randomBytes(16).toString("hex");
  store.run(
    "INSERT INTO users (uid, email, name, password, created_ms) VALUES (?, ?, ?, '', 0)",
    uid,
    `owner${number}@localhost`,
    `Owner ${number}`,
  );
  return uid;
}

function register(
  { clients, registrations }: Platform,
  pem: string,
  deviceTypeId: string,
  owner: string,
): { readonly did: string; readonly token: string } {
  const der = readPem(Buffer.from(pem), "a device")[0]?.der;
  if (der === undefined) throw new Error("a device without a certificate");
  const { client, refused } = clients.check([der]);
  if (client === undefined) throw new Error(refused.reason);
  const vendorDeviceId = decodeCertificate(der, "a device").serial.reduce(
    (text, octet) => text + octet.toString(16).padStart(2, "0"),
    "v",
  );
  const { rid, pin, nonce } = registrations.open(client, { deviceTypeId, vendorDeviceId });
  registrations.confirm(owner, { pin, deviceName: "Lamp" });
  const { did, accessToken } = registrations.complete(client, rid, nonce);
  return { did, token: accessToken };
}
