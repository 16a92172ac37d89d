import { ApiError } from "./api-error.ts";
import type { Devices } from "./devices.ts";
import { drawHex } from "./secrets.ts";
import type { SandboxWorld } from "./world.ts";

/** What a user has a device do; it goes to the devices that are connected and is not kept. */
export interface Action {
  readonly mid: string;
  readonly ddid: string;
  readonly ts: number;
  readonly data: unknown;
}

/** Actions addressed to devices. */
export interface Actions {
  /** Sends an action to a device of this user, or to an end node through its hub; throws ApiError 400, 404. */
  send(uid: string, ddid: unknown, data: unknown): Action;
  /** Tells of every action for a device; gives what ends that. */
  subscribe(did: string, listener: (action: Action) => void): () => void;
}

/** Begins passing on actions. */
export function openActions({ clock, random }: SandboxWorld, devices: Devices): Actions {
  const listeners = new Map<string, Set<(action: Action) => void>>();
  return {
    send(uid, ddid, data) {
      if (typeof ddid !== "string")
        throw new ApiError(400, "ddid is missing: the device that the action is for");
      if (typeof data !== "object" || data === null) throw new ApiError(400, "data is missing");
      const { did } = devices.own(uid, ddid);
      const action = { mid: drawHex(random), ddid: did, ts: clock.now(), data };
      for (const listener of listeners.get(did) ?? []) listener(action);
      return action;
    },
    subscribe(did, listener) {
      const own = listeners.get(did) ?? new Set();
      listeners.set(did, own.add(listener));
      return () => {
        own.delete(listener);
        if (own.size === 0 && listeners.get(did) === own) listeners.delete(did);
      };
    },
  };
}
