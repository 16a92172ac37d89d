import type { DeviceClient } from "./device-client.ts";
import { dataOf } from "./timeline.ts";

/** A device's owner, by an application that has a token of theirs. */
export interface Owner {
  readonly token: string;
  confirm(
    pin: string,
    device: { deviceName: string } | { deviceId: string },
  ): ReturnType<DeviceClient["ask"]>;
  /** The owner's uid. */
  self(): Promise<string>;
  /** Lets go of the device that is registered under this vendor's id, where it is the owner's; gives its id. */
  letGo(dtid: string, vdid: string): Promise<string | undefined>;
  /** The newest messages of devices of the owner's. */
  last(dids: readonly string[], count: number): ReturnType<DeviceClient["ask"]>;
}

/** Makes an owner. */
export function createOwner(client: DeviceClient, token: string): Owner {
  const ask: DeviceClient["ask"] = (method, path, options) => client.ask(method, path, { ...options, token });
  const self = async (): Promise<string> => {
    const answer = await ask("GET", "/v1.1/users/self");
    if (answer.status !== 200) throw new Error(`the owner's token is refused, ${answer.status}`);
    return String(dataOf(answer).id);
  };
  return {
    token,
    self,
    confirm: (pin, device) => ask("PUT", "/v1.1/devices/registrations/pin", { body: { pin, ...device } }),
    async letGo(dtid, vdid) {
      const { devices } = dataOf(await ask("GET", `/v1.1/users/${await self()}/devices`));
      const all = (Array.isArray(devices) ? devices : []) as { id: string; dtid: string; vdid?: string }[];
      const found = all.find((device) => device.dtid === dtid && device.vdid === vdid);
      if (found === undefined) return undefined;
      const answer = await ask("DELETE", `/v1.1/devices/${found.id}/registrations`);
      return answer.status === 200 ? found.id : undefined;
    },
    last: (dids, count) => ask("GET", `/v1.1/messages/last?sdids=${dids.join(",")}&count=${count}`),
  };
}
