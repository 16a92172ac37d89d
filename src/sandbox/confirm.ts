import { ApiError } from "./api-error.ts";
import { type Devices, readDeviceName } from "./devices.ts";
import type { RegistrationRow } from "./registrations.ts";
import { hashSecret, sameText } from "./secrets.ts";
import type { Store } from "./store.ts";
import type { SandboxWorld } from "./world.ts";

/**
 * What the owner enters: the PIN, and the name of a new device or the id of one that is to be registered again. The portal
 * asks for the type and the last four digits of the certificate's serial number as well; the API has neither.
 */
export interface Confirmation {
  readonly pin?: unknown;
  readonly deviceName?: unknown;
  readonly deviceId?: unknown;
  readonly deviceTypeId?: string;
  readonly lastFour?: string;
}

/** The registration that was confirmed. */
export interface Confirmed {
  readonly rid: string;
  readonly dtid: string;
  readonly vdid: string;
}

/** How often a PIN may be tried. */
export const PIN_ATTEMPTS = 3;
/** How long wrong PINs of one user count, in milliseconds: as long as a request stands. */
const WINDOW_MS = 15 * 60_000;

interface Parts {
  readonly store: Store;
  readonly world: SandboxWorld;
  readonly devices: Devices;
}

/**
 * Confirms the open registration that has this PIN. A try that fails counts against the request that it was aimed at,
 * which type and last four digits tell, and against the user: after three, request and user are refused.
 * Throws ApiError 400, 403 for a wrong PIN and a dead request, 404 and 409 for `deviceId`, 429 after three wrong PINs.
 */
export function confirmRegistration(parts: Parts, uid: string, confirmation: Confirmation): Confirmed {
  const { store, world, devices } = parts;
  const now = world.clock.now();
  const { pin, deviceId, deviceTypeId, lastFour } = confirmation;
  if (typeof pin !== "string") throw new ApiError(400, "pin is missing");
  const name = deviceId === undefined ? readDeviceName(confirmation.deviceName) : undefined;
  if (deviceId !== undefined && typeof deviceId !== "string")
    throw new ApiError(400, "deviceId is not a text");
  const device = deviceId === undefined ? undefined : devices.own(uid, deviceId);
  if (device?.sha256 !== undefined)
    throw new ApiError(409, "that device is registered; clear its registration first");
  const outcome = store.within((): Confirmed | ApiError => {
    store.run("DELETE FROM wrong_pins WHERE at_ms <= ?", now - WINDOW_MS);
    const failures =
      store.get<{ n: number }>("SELECT count(*) AS n FROM wrong_pins WHERE uid = ?", uid)?.n ?? 0;
    const hash = hashSecret(pin.trim().toUpperCase());
    const open = store.all<RegistrationRow>(
      "SELECT * FROM registrations WHERE pin = ? AND status = 'PENDING_USER_CONFIRMATION' AND expires_ms > ?",
      hash,
      now,
    );
    const row = open.find(
      (each) =>
        (deviceTypeId === undefined || each.dtid === deviceTypeId) &&
        (lastFour === undefined || sameText(each.last_four, lastFour.trim())) &&
        (device === undefined || each.dtid === device.dtid),
    );
    if (failures >= PIN_ATTEMPTS) {
      for (const { rid } of open) kill(store, rid);
      return new ApiError(
        429,
        "three wrong PINs; the request is dead, register the device again in 15 minutes",
      );
    }
    if (row === undefined) {
      store.run("INSERT INTO wrong_pins (uid, at_ms) VALUES (?, ?)", uid, now);
      for (const { rid } of targets(store, open, confirmation, now)) countAttempt(store, rid);
      const left = PIN_ATTEMPTS - failures - 1;
      const what = lastFour === undefined ? "the PIN is" : "the PIN or the last four digits are";
      return new ApiError(
        403,
        left > 0
          ? `${what} wrong, or the PIN has expired; ${left} ${left === 1 ? "attempt" : "attempts"} left`
          : `${what} wrong for the third time; the request is dead, register the device again in 15 minutes`,
      );
    }
    store.run("DELETE FROM wrong_pins WHERE uid = ?", uid);
    store.run(
      `UPDATE registrations SET status = 'PENDING_DEVICE_COMPLETION', pin = '', uid = ?, name = ?, did = ? WHERE rid = ?`,
      uid,
      name ?? null,
      device?.did ?? null,
      row.rid,
    );
    return { rid: row.rid, dtid: row.dtid, vdid: row.vdid };
  });
  // What was counted is kept, so it is thrown when that is done.
  if (outcome instanceof ApiError) throw outcome;
  return outcome;
}

/** How many PINs a user may get wrong before the next is refused. */
export function attemptsLeft({ store, world }: Pick<Parts, "store" | "world">, uid: string): number {
  const since = world.clock.now() - WINDOW_MS;
  const wrong = store.get<{ n: number }>(
    "SELECT count(*) AS n FROM wrong_pins WHERE uid = ? AND at_ms > ?",
    uid,
    since,
  );
  return Math.max(0, PIN_ATTEMPTS - (wrong?.n ?? 0));
}

/** What a try that failed was meant for: the PIN was right, or type and digits point to it. */
function targets(
  store: Store,
  samePin: readonly RegistrationRow[],
  { deviceTypeId, lastFour }: Confirmation,
  now: number,
): readonly RegistrationRow[] {
  if (samePin.length > 0 || deviceTypeId === undefined || lastFour === undefined) return samePin;
  return store.all<RegistrationRow>(
    `SELECT * FROM registrations WHERE dtid = ? AND last_four = ? AND status = 'PENDING_USER_CONFIRMATION'
       AND expires_ms > ?`,
    deviceTypeId,
    lastFour.trim(),
    now,
  );
}

function countAttempt(store: Store, rid: string): void {
  store.run("UPDATE registrations SET attempts = attempts + 1 WHERE rid = ?", rid);
  store.run(
    "UPDATE registrations SET status = 'REVOKED', pin = '' WHERE rid = ? AND attempts >= ?",
    rid,
    PIN_ATTEMPTS,
  );
}

function kill(store: Store, rid: string): void {
  store.run("UPDATE registrations SET status = 'REVOKED', pin = '' WHERE rid = ?", rid);
}
