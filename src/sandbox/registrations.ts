import { ApiError } from "./api-error.ts";
import { type Client, isOfType } from "./client-check.ts";
import { attemptsLeft, type Confirmation, type Confirmed, confirmRegistration } from "./confirm.ts";
import type { Devices } from "./devices.ts";
import { drawHex, drawPin, hashSecret, isSecret } from "./secrets.ts";
import type { Store } from "./store.ts";
import type { Tokens } from "./tokens.ts";
import type { Vendors } from "./vendors.ts";
import type { SandboxWorld } from "./world.ts";

/** Where a registration stands, as the documentation names it. */
export type RegistrationStatus =
  | "PENDING_USER_CONFIRMATION"
  | "PENDING_DEVICE_COMPLETION"
  | "REGISTERED"
  | "EXPIRED"
  | "REVOKED";

/** What a device is told that registers. */
export interface Opened {
  /** 32 characters of hex, as the nonce. */
  readonly rid: string;
  /** 8 characters of A-Z and 0-9. */
  readonly pin: string;
  readonly nonce: string;
  /** Milliseconds since 1970. */
  readonly expiresOn: number;
}

/** Where a registration stands; `did` once the device is registered. */
export interface Standing {
  readonly status: RegistrationStatus;
  readonly did?: string;
}

/** What a device gets that has completed. */
export interface Completed {
  readonly accessToken: string;
  readonly uid: string;
  readonly did: string;
}

/** Registrations of secure devices. */
export interface Registrations {
  /** Throws ApiError 400, 401 where the certificate is not of the device type, 403 and 409 as documented. */
  open(client: Client, request: { deviceTypeId?: unknown; vendorDeviceId?: unknown }): Opened;
  /** For the device: throws ApiError 404 for an unknown rid, 403 for a certificate that is not the one that registered. */
  standing(client: Client, rid: string): Standing;
  /** The device's last step; throws ApiError 400, 401 for a wrong nonce, 403, 404. */
  complete(client: Client, rid: string, nonce: unknown): Completed;
  /** The owner's step: the PIN. Throws ApiError 400, 403, 404, 429. */
  confirm(uid: string, confirmation: Confirmation): Confirmed;
  /** How many PINs this user may get wrong before the next is refused. */
  attemptsLeft(uid: string): number;
  /** For the user who confirmed it: throws ApiError 404 where there is none. */
  standingForUser(uid: string, rid: string): Standing;
}

/** A row of the table of registrations. */
export interface RegistrationRow {
  readonly rid: string;
  readonly dtid: string;
  readonly vdid: string;
  readonly sha256: string;
  readonly certificate: string;
  readonly last_four: string;
  readonly pin: string;
  readonly nonce: string;
  readonly status: RegistrationStatus;
  readonly attempts: number;
  readonly uid: string | null;
  readonly name: string | null;
  readonly did: string | null;
  readonly expires_ms: number;
}

/** How long a request to register stands, in milliseconds. */
export const REGISTRATION_MS: number = 15 * 60_000;
/** How long one that has ended is remembered: its device may still ask. */
const REMEMBERED_MS = 24 * 3_600_000;
/** So many of one certificate: a device that registers again and again must not fill the state. */
const MOST_REMEMBERED = 20;

const OPEN = "('PENDING_USER_CONFIRMATION', 'PENDING_DEVICE_COMPLETION')";
const VENDOR_DEVICE_ID = /^[A-Za-z0-9_-]{1,64}$/;

/** Opens the registrations of a store. */
export function openRegistrations(
  store: Store,
  world: SandboxWorld,
  vendors: Vendors,
  devices: Devices,
  tokens: Tokens,
): Registrations {
  const { clock, random } = world;
  const find = (rid: string): RegistrationRow | undefined =>
    store.get<RegistrationRow>("SELECT * FROM registrations WHERE rid = ?", rid);
  const own = (client: Client, rid: string): RegistrationRow => {
    const row = find(rid);
    if (row === undefined) throw new ApiError(404, "there is no such registration");
    if (row.sha256 !== client.sha256)
      throw new ApiError(403, "the certificate is not the one that this registration was opened with");
    return row;
  };
  const standing = (row: RegistrationRow): Standing => {
    const expired = row.status.startsWith("PENDING") && row.expires_ms <= clock.now();
    if (expired) return { status: "EXPIRED" };
    return {
      status: row.status,
      ...(row.status === "REGISTERED" && row.did !== null ? { did: row.did } : {}),
    };
  };
  return {
    open(client, { deviceTypeId, vendorDeviceId }) {
      if (typeof deviceTypeId !== "string") throw new ApiError(400, "deviceTypeId is missing");
      if (typeof vendorDeviceId !== "string" || !VENDOR_DEVICE_ID.test(vendorDeviceId))
        throw new ApiError(400, "vendorDeviceId has 1 to 64 characters of A-Z, a-z, 0-9, _ and -");
      const type = vendors.findType(deviceTypeId);
      if (type === undefined) throw new ApiError(400, `there is no device type ${deviceTypeId.slice(0, 64)}`);
      if (!isOfType(client, type))
        throw new ApiError(
          401,
          `the certificate is not of this device type, whose issuer is ${type.issuerDn}`,
        );
      return store.within(() => {
        if (devices.ofCertificate(client.sha256) !== undefined)
          throw new ApiError(403, "this device is registered already");
        const taken = store.get("SELECT 1 FROM devices WHERE dtid = ? AND vdid = ?", type.id, vendorDeviceId);
        if (taken !== undefined)
          throw new ApiError(409, `the vendor device id ${vendorDeviceId} is registered by another device`);
        const now = clock.now();
        store.run("DELETE FROM registrations WHERE expires_ms <= ?", now - REMEMBERED_MS);
        store.run(
          `UPDATE registrations SET status = 'REVOKED' WHERE sha256 = ? AND status IN ${OPEN}`,
          client.sha256,
        );
        store.run(
          `DELETE FROM registrations WHERE sha256 = ? AND status NOT IN ${OPEN} AND rowid NOT IN
             (SELECT rowid FROM registrations WHERE sha256 = ? ORDER BY rowid DESC LIMIT ${MOST_REMEMBERED})`,
          client.sha256,
          client.sha256,
        );
        const opened = {
          rid: drawHex(random),
          pin: drawPin(random),
          nonce: drawHex(random),
          expiresOn: now + REGISTRATION_MS,
        };
        store.run(
          `INSERT INTO registrations (rid, dtid, vdid, sha256, certificate, last_four, pin, nonce, status,
             created_ms, expires_ms) VALUES (?, ?, ?, ?, ?, ?, ?, ?, 'PENDING_USER_CONFIRMATION', ?, ?)`,
          opened.rid,
          type.id,
          vendorDeviceId,
          client.sha256,
          [client.certificate.der, ...client.chain]
            .map((der) => Buffer.from(der).toString("base64"))
            .join(" "),
          client.lastFour,
          hashSecret(opened.pin),
          hashSecret(opened.nonce),
          now,
          opened.expiresOn,
        );
        return opened;
      });
    },
    standing: (client, rid) => standing(own(client, rid)),
    complete(client, rid, nonce) {
      const row = own(client, rid);
      // Whoever has the nonce may know where it stands; to anybody else all are the same.
      if (typeof nonce !== "string" || row.nonce === "" || !isSecret(nonce, row.nonce))
        throw new ApiError(401, "the nonce is wrong, or was used");
      const { status } = standing(row);
      if (status !== "PENDING_DEVICE_COMPLETION" || row.uid === null)
        throw new ApiError(403, NOT_YET[status] ?? "the registration can't be completed");
      return store.within(() => completeRegistration(row, row.uid as string));
    },
    confirm: (uid, confirmation) => confirmRegistration({ store, world, devices }, uid, confirmation),
    attemptsLeft: (uid) => attemptsLeft({ store, world }, uid),
    standingForUser(uid, rid) {
      const row = find(rid);
      if (row === undefined || row.uid !== uid)
        throw new ApiError(404, "there is no such registration of yours");
      return standing(row);
    },
  };

  function completeRegistration(row: RegistrationRow, uid: string): Completed {
    const taken = store.get("SELECT 1 FROM devices WHERE dtid = ? AND vdid = ?", row.dtid, row.vdid);
    if (taken !== undefined)
      throw new ApiError(409, `the vendor device id ${row.vdid} was registered by another device meanwhile`);
    const did = row.did ?? drawHex(random);
    const values = [row.vdid, row.sha256, row.certificate] as const;
    const again = store.run(
      "UPDATE devices SET vdid = ?, sha256 = ?, certificate = ? WHERE did = ? AND uid = ? AND sha256 IS NULL",
      ...values,
      did,
      uid,
    );
    if (again === 0 && row.did !== null)
      throw new ApiError(409, "the device that was to be registered again is there no more");
    if (again === 0)
      store.run(
        `INSERT INTO devices (vdid, sha256, certificate, did, uid, dtid, name, created_ms)
         VALUES (?, ?, ?, ?, ?, ?, ?, ?)`,
        ...values,
        did,
        uid,
        row.dtid,
        row.name ?? row.vdid,
        clock.now(),
      );
    store.run(
      "UPDATE registrations SET status = 'REGISTERED', did = ?, pin = '', nonce = '' WHERE rid = ?",
      did,
      row.rid,
    );
    return { accessToken: tokens.issueDevice(uid, did), uid, did };
  }
}

const NOT_YET: Readonly<Partial<Record<RegistrationStatus, string>>> = {
  PENDING_USER_CONFIRMATION: "its owner has not confirmed the PIN yet",
  EXPIRED: "the registration has expired; register again",
  REVOKED: "the registration was revoked; register again",
};
