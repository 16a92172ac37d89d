import { isDeepStrictEqual } from "node:util";
import type { DeviceClient } from "./device-client.ts";
import type { Owner } from "./owner.ts";
import { type Check, checkStatus, dataOf, isHex, type Timeline } from "./timeline.ts";

/** A device that is to be rehearsed. */
export interface RehearsedDevice {
  readonly client: DeviceClient;
  /** The type; the one whose issuer is the certificate's where absent. */
  readonly deviceTypeId?: string;
  /** The issuer's DN, as the platform writes it. */
  readonly issuerDn: string;
  /** The serial in lower-case hex, by which the vendor's devices register. */
  readonly vendorDeviceId: string;
  readonly name: string;
}

/** How it is done. */
export interface RehearsalParts {
  readonly timeline: Timeline;
  /** Milliseconds since 1970. */
  readonly now: () => number;
  /** Waits so many milliseconds. */
  readonly wait: (ms: number) => Promise<void>;
  /** Plays the owner; absent where a person is one. */
  readonly owner?: Owner;
  /** Told of the PIN where a person is to enter it. */
  readonly onPin?: (pin: string, expiresMs: number) => void;
}

/** A device that was registered. */
export interface Registered {
  readonly deviceTypeId: string;
  readonly did: string;
  readonly uid: string;
  readonly token: string;
}

const BASE = "/v1.1/cert/devices/registrations";
const POLL_MS = 1000;

/** Registers a device as its firmware would; throws `rehearse.failed`. */
export async function rehearseRegistration(
  device: RehearsedDevice,
  parts: RehearsalParts,
): Promise<Registered> {
  const { client, vendorDeviceId, name } = device;
  const { timeline, owner } = parts;
  const types = device.deviceTypeId === undefined ? await findTypes(device, timeline) : [device.deviceTypeId];
  let [deviceTypeId = ""] = types;
  const opened = { rid: "", pin: "", nonce: "", expiresOn: 0 };
  let again: string | undefined;
  const open = async (check: Check): Promise<string> => {
    const ask = () => client.ask("POST", BASE, { body: { deviceTypeId, vendorDeviceId } });
    let answer = await ask();
    // A root and the one that it replaced have one name: the device is of a type of either.
    for (const other of types.slice(1)) {
      if (answer.status !== 401) break;
      deviceTypeId = other;
      answer = await ask();
    }
    if (answer.status === 403 && owner !== undefined) {
      again = await owner.letGo(deviceTypeId, vendorDeviceId);
      if (again !== undefined) answer = await ask();
    }
    checkStatus(check, answer, 200);
    const { rid, pin, nonce, expiresOn } = dataOf(answer);
    check(isHex(rid) && isHex(nonce), "rid and nonce are 32 hex");
    check(typeof pin === "string" && /^[A-Z0-9]{8}$/.test(pin), "the PIN is 8 of A-Z0-9");
    check(typeof expiresOn === "number" && expiresOn > parts.now(), "it expires later than now");
    check(answer.headers["content-type"] === "application/json; charset=utf-8", "content type");
    Object.assign(opened, { rid, pin, nonce, expiresOn });
    const before = again === undefined ? "" : "; it was registered before, and its owner let go of it";
    return `rid ${String(rid).slice(0, 8)}..., PIN ${pin}${before}`;
  };
  await timeline.run("register", `POST ${BASE} ${vendorDeviceId}`, open);
  const { rid, pin, nonce, expiresOn } = opened;
  const path = `${BASE}/${rid}`;

  if (owner === undefined) {
    parts.onPin?.(pin, expiresOn);
    await timeline.run("wait", "GET .../status, until the owner has entered the PIN", async (check) => {
      for (;;) {
        const answer = await client.ask("GET", `${path}/status`);
        checkStatus(check, answer, 200);
        const { status } = dataOf(answer);
        if (status === "PENDING_DEVICE_COMPLETION") return String(status);
        check(status === "PENDING_USER_CONFIRMATION", "still waiting", `the request is ${status}`);
        await parts.wait(POLL_MS);
      }
    });
  } else {
    await timeline.run("confirm", "PUT /v1.1/devices/registrations/pin, as the owner", async (check) => {
      const named = again === undefined ? { deviceName: name } : { deviceId: again };
      checkStatus(check, await owner.confirm(pin, named), 200);
      const { status } = dataOf(await client.ask("GET", `${path}/status`));
      check(status === "PENDING_DEVICE_COMPLETION", "the device sees PENDING_DEVICE_COMPLETION");
      return `confirmed ${name}`;
    });
  }

  const registered = { deviceTypeId, did: "", uid: "", token: "" };
  await timeline.run("complete", "PUT .../registrations/<rid> with the nonce", async (check) => {
    const answer = await client.ask("PUT", path, { body: { nonce } });
    checkStatus(check, answer, 200);
    const { accessToken, uid, did } = dataOf(answer);
    check(isHex(accessToken) && isHex(uid) && isHex(did), "token, uid and did are 32 hex");
    Object.assign(registered, { did, uid, token: accessToken });
    const standing = dataOf(await client.ask("GET", `${path}/status`));
    check(standing.status === "REGISTERED" && standing.did === did, "the device sees REGISTERED");
    const replayed = await client.ask("PUT", path, { body: { nonce } });
    check(replayed.status === 401, "the nonce is dead: sent again it is refused");
    return `did ${did}`;
  });
  return registered;
}

/** Sends data over REST and WebSocket and reads them back; throws `rehearse.failed`. Gives how many were sent. */
export async function rehearseData(
  { client }: RehearsedDevice,
  { did, token }: Registered,
  parts: RehearsalParts,
): Promise<number> {
  const { timeline, owner } = parts;
  const sent: { mid: string; data: unknown }[] = [];
  await timeline.run("send", "POST /v1.1/message", async (check) => {
    const data = { stepCount: 100, timeInBed: 200, asleepTime: 10, calories: 150 };
    const answer = await client.ask("POST", "/v1.1/message", { token, body: { sdid: did, data } });
    checkStatus(check, answer, 200);
    const { mid } = dataOf(answer);
    check(isHex(mid), "the mid is 32 hex");
    const remaining = answer.headers["x-rate-limit-remaining"] ?? "";
    check(/^[0-9]+\/[0-9]+$/.test(remaining), "rate-limit headers");
    sent.push({ mid: String(mid), data });
    return `mid ${mid}, ${remaining} left`;
  });
  await timeline.run("stream", "WebSocket /v1.1/websocket?ack=true", async (check) => {
    const socket = await client.openSocket("/v1.1/websocket?ack=true");
    try {
      const register = { type: "register", sdid: did, Authorization: `bearer ${token}`, cid: "1" };
      const answer = (await socket.exchange(register)) as { data?: { code?: string; cid?: string } };
      check(answer.data?.code === "200" && answer.data.cid === "1", "registered", JSON.stringify(answer));
      const data = { stepCount: 101, calories: 151.5 };
      const ack = (await socket.exchange({ type: "message", sdid: did, data, cid: "2" })) as {
        data?: { mid?: string };
      };
      check(isHex(ack.data?.mid), "acknowledged", JSON.stringify(ack));
      sent.push({ mid: String(ack.data?.mid), data });
      return `mid ${ack.data?.mid}`;
    } finally {
      socket.close();
    }
  });
  const who = owner === undefined ? "the device" : "the owner";
  await timeline.run("read back", `GET /v1.1/messages/last, as ${who}`, async (check) => {
    const answer =
      owner === undefined
        ? await client.ask("GET", `/v1.1/messages/last?sdids=${did}&count=2`, { token })
        : await owner.last([did], 2);
    checkStatus(check, answer, 200);
    const { data: found } = answer.body as { data?: { mid: string; data: unknown }[] };
    const isSame = sent.every(({ mid, data }) =>
      found?.some((each) => each.mid === mid && isDeepStrictEqual(each.data, data)),
    );
    check(isSame, `the same ${sent.length} messages, each with its data`);
    return `${found?.length} messages`;
  });
  return sent.length;
}

async function findTypes(
  { client, issuerDn }: RehearsedDevice,
  timeline: Timeline,
): Promise<readonly string[]> {
  let ids: readonly string[] = [];
  await timeline.run("find type", "GET /v1.1/devicetypes", async (check) => {
    const answer = await client.ask("GET", "/v1.1/devicetypes");
    checkStatus(check, answer, 200);
    const { deviceTypes } = dataOf(answer);
    const all = (Array.isArray(deviceTypes) ? deviceTypes : []) as {
      id: string;
      name: string;
      issuerDn: string;
    }[];
    const fitting = all.filter((type) => type.issuerDn === issuerDn);
    const known = all.map((type) => type.issuerDn).join("; ");
    check(
      fitting.length > 0,
      "a type of this issuer",
      `no type has the issuer ${issuerDn}; there are: ${known || "none"}`,
    );
    ids = fitting.map(({ id }) => id);
    return fitting.map(({ id, name }) => `${id}, ${name}`).join("; ");
  });
  return ids;
}
