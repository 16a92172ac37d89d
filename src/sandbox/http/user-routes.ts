import type { Hono } from "hono";
import { ApiError } from "../api-error.ts";
import type { Device } from "../devices.ts";
import type { Message } from "../messages.ts";
import type { Platform } from "../platform.ts";
import { needScope } from "../tokens.ts";
import { type Bindings, type Call, data, jsonAnswer, needClient, needUser, readBody } from "./answer.ts";

const MOST_ASKED = 1000;

/** Adds what users and their applications call, with a token; a device may read what it has sent itself. */
export function addUserRoutes(app: Hono<{ Bindings: Bindings }>, platform: Platform): void {
  const { accounts, registrations, devices, messages, tokens, vendors, actions } = platform;

  app.get("/v1.1/users/self", (call) => {
    const { uid } = needUser(call, platform);
    const user = accounts.find(uid);
    if (user === undefined) throw new ApiError(401, "the account is there no more");
    return data({
      id: uid,
      name: user.email,
      email: user.email,
      fullName: user.name,
      createdOn: user.createdMs,
    });
  });

  app.get("/v1.1/users/:uid/devices", (call) => {
    const bearer = needUser(call, platform);
    needScope(bearer, "read");
    if (call.req.param("uid") !== bearer.uid) throw new ApiError(403, "the token is another user's");
    return data({ devices: devices.ofUser(bearer.uid).map(deviceAnswer) });
  });

  app.get("/v1.1/devicetypes", () =>
    data({
      deviceTypes: vendors.types().map(({ id, name, issuerDn, rsp }) => ({ id, name, issuerDn, rsp })),
    }),
  );

  app.put("/v1.1/devices/registrations/pin", async (call) => {
    const bearer = needUser(call, platform);
    needScope(bearer, "write");
    const { pin, deviceName, deviceId } = await readBody(call);
    return data(registrations.confirm(bearer.uid, { pin, deviceName, deviceId }));
  });

  app.get("/v1.1/devices/registrations/:rid/status", (call) => {
    const { uid } = needUser(call, platform);
    return data(registrations.standingForUser(uid, call.req.param("rid")));
  });

  app.delete("/v1.1/devices/:did/registrations", (call) => {
    const bearer = needUser(call, platform);
    needScope(bearer, "write");
    const did = call.req.param("did");
    devices.clearRegistration(bearer.uid, did);
    return data({ did });
  });

  app.get("/v1.1/devices/:did", (call) => {
    const bearer = needUser(call, platform);
    needScope(bearer, "read");
    return data(deviceAnswer(devices.own(bearer.uid, call.req.param("did"))));
  });

  app.delete("/v1.1/devices/:did", (call) => {
    const bearer = needUser(call, platform);
    needScope(bearer, "write");
    const did = call.req.param("did");
    devices.remove(bearer.uid, did);
    return data({ id: did });
  });

  app.post("/v1.1/actions", async (call) => {
    const bearer = needUser(call, platform);
    needScope(bearer, "write");
    const { ddid, data: asked } = await readBody(call);
    return data({ mid: actions.send(bearer.uid, ddid, asked).mid });
  });

  const readers = (call: Call, dids: readonly string[]): string => {
    const bearer = tokens.bearer(call.req.header("authorization"));
    needScope(bearer, "read");
    if (bearer.kind === "user") return bearer.uid;
    const own = devices.ofCertificate(needClient(call.env).sha256);
    if (own === undefined || own.did !== bearer.did)
      throw new ApiError(403, "the token is another device's than the certificate");
    if (dids.some((did) => did !== own.did)) throw new ApiError(403, "a device reads its own messages only");
    return bearer.uid;
  };

  app.get("/v1.1/messages/last", (call) => {
    const sdids = call.req.query("sdids") ?? "";
    const dids = sdids.split(",").filter((each) => each !== "");
    if (dids.length === 0 || dids.length > 100) throw new ApiError(400, "sdids has 1 to 100 ids of devices");
    const count = readCount(call.req.query("count"), 1);
    const found = messages.last(readers(call, dids), dids, count);
    return jsonAnswer(200, {
      sdids,
      order: "desc",
      count,
      size: found.length,
      data: found.map(messageAnswer),
    });
  });

  app.get("/v1.1/messages", (call) => {
    const sdid = call.req.query("sdid") ?? "";
    if (sdid === "") throw new ApiError(400, "sdid is missing");
    const count = readCount(call.req.query("count"), 100);
    const offset = call.req.query("offset");
    if (offset !== undefined && !/^[0-9]{1,15}$/.test(offset))
      throw new ApiError(400, "offset is the next that came with a page");
    const found = messages.page(
      readers(call, [sdid]),
      sdid,
      count,
      offset === undefined ? undefined : Number(offset),
    );
    const next = found.length === count ? found.at(-1)?.seq : undefined;
    return jsonAnswer(200, {
      sdid,
      order: "desc",
      count,
      size: found.length,
      data: found.map(messageAnswer),
      ...(next === undefined ? {} : { next: String(next) }),
    });
  });
}

function readCount(text: string | undefined, otherwise: number): number {
  if (text === undefined) return otherwise;
  if (!/^[0-9]{1,6}$/.test(text) || Number(text) < 1) throw new ApiError(400, `count is 1 to ${MOST_ASKED}`);
  return Math.min(MOST_ASKED, Number(text));
}

function messageAnswer({ mid, sdid, uid, ts, receivedMs, data: sent }: Message): unknown {
  return { mid, sdid, uid, ts, cts: receivedMs, mv: 1, data: sent };
}

function deviceAnswer({ did, uid, dtid, name, vdid, hub, sha256, createdMs }: Device): unknown {
  return {
    id: did,
    uid,
    dtid,
    name,
    createdOn: createdMs,
    registered: sha256 !== undefined,
    ...(vdid === undefined ? {} : { vdid }),
    ...(hub === undefined ? {} : { hub }),
  };
}
