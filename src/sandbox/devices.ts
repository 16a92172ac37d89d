import { ApiError } from "./api-error.ts";
import type { Client } from "./client-check.ts";
import { drawHex } from "./secrets.ts";
import type { Store } from "./store.ts";
import { type Bearer, needScope, type Tokens } from "./tokens.ts";
import type { Vendors } from "./vendors.ts";
import type { SandboxWorld } from "./world.ts";

/** A user's device. */
export interface Device {
  /** 32 characters of hex. */
  readonly did: string;
  readonly dtid: string;
  readonly uid: string;
  readonly name: string;
  /** The vendor's own id of it, of a registered device. */
  readonly vdid?: string;
  /** Of its certificate, hex; of a registered device. */
  readonly sha256?: string;
  /** Its certificate's DER; of a registered device. */
  readonly certificate?: Uint8Array;
  /** What stood between that and the vendor's root when it registered, DER. */
  readonly chain?: readonly Uint8Array[];
  /** The hub that sends on its behalf, of an end node. */
  readonly hub?: string;
  readonly createdMs: number;
}

/** Users' devices. */
export interface Devices {
  find(did: string): Device | undefined;
  /** The device of this user; throws ApiError 404 where there is none, and where it is another's. */
  own(uid: string, did: string): Device;
  /** A user's devices, the oldest first; a hub's end nodes have its `hub`. */
  ofUser(uid: string): readonly Device[];
  /** Of a user's devices those that are no end node of another of theirs, the oldest first. */
  topOfUser(uid: string, count: number, offset: number): readonly Device[];
  /** How many those are. */
  countTop(uid: string): number;
  /** The end nodes of a hub that are this user's, the oldest first. */
  ofHub(uid: string, hub: string): readonly Device[];
  /** How many devices a user has. */
  count(uid: string): number;
  /** The registered device that has this certificate. */
  ofCertificate(sha256: string): Device | undefined;
  /**
   * Creates an end node: with an application's token for `uid`, by a hub that is registered; throws ApiError 400, 401, 403.
   */
  createEndNode(bearer: Bearer, client: Client, node: { uid: string; dtid: string; name: string }): Device;
  rename(uid: string, did: string, name: string): Device;
  /** Clears the association with a certificate: its token ends, its vendor's id is free again. */
  clearRegistration(uid: string, did: string): void;
  /** Deletes a device of this user, and its end nodes; what they have sent stays with its owner. */
  remove(uid: string, did: string): void;
}

interface DeviceRow {
  readonly did: string;
  readonly dtid: string;
  readonly uid: string;
  readonly name: string;
  readonly vdid: string | null;
  readonly sha256: string | null;
  /** Base64, with a blank before each of its chain. */
  readonly certificate: string | null;
  readonly hub: string | null;
  readonly created_ms: number;
}

const MOST_NAME = 64;
/** End nodes of one hub. */
const MOST_NODES = 1000;

/** A hub that is somebody else's is not shown, and so nothing stands under it. */
const TOP = `FROM devices WHERE uid = ? AND NOT EXISTS
  (SELECT 1 FROM devices AS hubs WHERE hubs.did = devices.hub AND hubs.uid = devices.uid)`;

/** A device's name as a person gave it, without blanks around it; throws ApiError 400 where it is empty or too long. */
export function readDeviceName(name: unknown): string {
  const trimmed = typeof name === "string" ? name.trim() : "";
  if (trimmed === "" || trimmed.length > MOST_NAME)
    throw new ApiError(400, `a device's name has 1 to ${MOST_NAME} characters`);
  return trimmed;
}

/** Opens the devices of a store. */
export function openDevices(
  store: Store,
  { clock, random }: SandboxWorld,
  vendors: Vendors,
  tokens: Tokens,
): Devices {
  const find = (did: string): Device | undefined => {
    const row = store.get<DeviceRow>("SELECT * FROM devices WHERE did = ?", did);
    return row === undefined ? undefined : readDevice(row);
  };
  const own = (uid: string, did: string): Device => {
    const device = find(did);
    if (device === undefined || device.uid !== uid) throw new ApiError(404, "you have no such device");
    return device;
  };
  const ofCertificate = (sha256: string): Device | undefined => {
    const row = store.get<DeviceRow>("SELECT * FROM devices WHERE sha256 = ?", sha256);
    return row === undefined ? undefined : readDevice(row);
  };
  const clear = (did: string): void => {
    tokens.revokeDevice(did);
    store.run("UPDATE devices SET vdid = NULL, sha256 = NULL, certificate = NULL WHERE did = ?", did);
    store.run("UPDATE registrations SET status = 'REVOKED' WHERE did = ? AND status = 'REGISTERED'", did);
  };
  return {
    find,
    own,
    ofUser: (uid) =>
      store
        .all<DeviceRow>("SELECT * FROM devices WHERE uid = ? ORDER BY created_ms, rowid", uid)
        .map(readDevice),
    topOfUser: (uid, count, offset) =>
      store
        .all<DeviceRow>(`SELECT * ${TOP} ORDER BY created_ms, rowid LIMIT ? OFFSET ?`, uid, count, offset)
        .map(readDevice),
    countTop: (uid) => store.get<{ n: number }>(`SELECT count(*) AS n ${TOP}`, uid)?.n ?? 0,
    ofHub: (uid, hub) =>
      // A hub has few devices, a user may have thousands: +uid keeps SQLite from going through those.
      store
        .all<DeviceRow>(
          "SELECT * FROM devices WHERE +uid = ? AND hub = ? ORDER BY created_ms, rowid",
          uid,
          hub,
        )
        .map(readDevice),
    count: (uid) => store.get<{ n: number }>("SELECT count(*) AS n FROM devices WHERE uid = ?", uid)?.n ?? 0,
    ofCertificate,
    createEndNode(bearer, client, { uid, dtid, name }) {
      needScope(bearer, "write");
      if (bearer.kind !== "user")
        throw new ApiError(403, "a device's own token can't create devices; send the application's");
      if (bearer.uid !== uid) throw new ApiError(403, "the token is another user's");
      const hub = ofCertificate(client.sha256);
      if (hub === undefined)
        throw new ApiError(403, "the certificate is not a registered device's, so it is no hub");
      const type = vendors.findType(dtid);
      if (type === undefined) throw new ApiError(400, `there is no device type ${dtid.slice(0, 64)}`);
      if (type.vendor !== client.vendor) throw new ApiError(403, "the device type is another vendor's");
      const nodes =
        store.get<{ n: number }>("SELECT count(*) AS n FROM devices WHERE hub = ?", hub.did)?.n ?? 0;
      if (nodes >= MOST_NODES) throw new ApiError(403, `a hub has ${MOST_NODES} end nodes at most`);
      const did = drawHex(random);
      store.run(
        "INSERT INTO devices (did, dtid, uid, name, hub, created_ms) VALUES (?, ?, ?, ?, ?, ?)",
        did,
        dtid,
        uid,
        readDeviceName(name),
        hub.did,
        clock.now(),
      );
      return find(did) as Device;
    },
    rename(uid, did, name) {
      own(uid, did);
      store.run("UPDATE devices SET name = ? WHERE did = ?", readDeviceName(name), did);
      return find(did) as Device;
    },
    clearRegistration(uid, did) {
      if (own(uid, did).sha256 === undefined) throw new ApiError(404, "the device is not registered");
      store.within(() => clear(did));
    },
    remove(uid, did) {
      own(uid, did);
      store.within(() => {
        clear(did);
        store.run("DELETE FROM devices WHERE did = ? OR hub = ?", did, did);
      });
    },
  };
}

function readDevice(row: DeviceRow): Device {
  const { did, dtid, uid, name, vdid, sha256, hub } = row;
  const [certificate, ...chain] =
    row.certificate?.split(" ").map((each) => Buffer.from(each, "base64")) ?? [];
  return {
    did,
    dtid,
    uid,
    name,
    createdMs: row.created_ms,
    ...(vdid === null ? {} : { vdid }),
    ...(sha256 === null ? {} : { sha256 }),
    ...(certificate === undefined ? {} : { certificate, chain }),
    ...(hub === null ? {} : { hub }),
  };
}
