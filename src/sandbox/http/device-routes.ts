import type { Hono } from "hono";
import type { Platform } from "../platform.ts";
import { type Bindings, type Call, data, needClient, readBody } from "./answer.ts";
import { textOf } from "./read-json.ts";

/** Adds what secure devices call: each call with the device's certificate. */
export function addDeviceRoutes(app: Hono<{ Bindings: Bindings }>, platform: Platform): void {
  const { registrations, messages, tokens, devices } = platform;
  const base = "/v1.1/cert/devices/registrations";

  app.post(base, async (call) => {
    const client = needClient(call.env);
    const { rid, pin, nonce, expiresOn } = registrations.open(client, await readBody(call));
    return data({ rid, pin, nonce, expiresOn });
  });

  app.get(`${base}/:rid/status`, (call) =>
    data(registrations.standing(needClient(call.env), call.req.param("rid"))),
  );

  app.put(`${base}/:rid`, async (call) => {
    const client = needClient(call.env);
    const { nonce } = await readBody(call);
    return data(registrations.complete(client, call.req.param("rid"), nonce));
  });

  const send = async (call: Call): Promise<Response> => {
    const client = needClient(call.env);
    const bearer = tokens.bearer(call.req.header("authorization"));
    const body = await readBody(call);
    const { mid, remaining } = await messages.send(messages.sender(client, bearer, body.sdid), body);
    return data({ mid }, remaining.headers);
  };
  app.post("/v1.1/message", send);
  app.post("/v1.1/messages", send);

  app.post("/v1.1/devices", async (call) => {
    const client = needClient(call.env);
    const bearer = tokens.bearer(call.req.header("authorization"));
    const { uid, dtid, name } = await readBody(call);
    const node = { uid: textOf(uid ?? bearer.uid), dtid: textOf(dtid), name: textOf(name) };
    const device = devices.createEndNode(bearer, client, node);
    return data({ id: device.did, uid: device.uid, dtid: device.dtid, name: device.name, hub: device.hub });
  });
}
