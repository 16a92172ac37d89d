import { readFileSync } from "node:fs";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { createDeviceClient } from "../../src/sandbox/rehearse/device-client.ts";
import type { Place } from "./command.ts";
import { endAll, type Serving, serveSandbox } from "./sandbox-serving.ts";
import { makeVendorToRehearse } from "./vendor-to-rehearse.ts";

interface Answered {
  readonly data: Readonly<Record<string, string>>;
}

let place: Place;
beforeAll(() => {
  place = makeVendorToRehearse();
});
afterAll(() => {
  endAll();
  place.remove();
});

describe("a sandbox that is killed in the middle of messages", () => {
  it("has lost nothing that it acknowledged, and its devices go on after a restart", async () => {
    let sandbox = await serveSandbox(place.directory, "--state", "killed.db");
    const env = { SAMICERTS_SANDBOX_TOKEN: sandbox.tokens.join(",") };
    const serials = ["100000001", "100000002", "300000000", "300000001"];
    for (const serial of serials)
      place.succeed(["rehearse", serial, "--auto-confirm", "--api", sandbox.api, "--quiet"], { env });
    const own = `${sandbox.portal}/v1.1`;
    const bearer = { authorization: `bearer ${sandbox.tokens[0]}` };
    const asOwner = async (path: string) =>
      ((await (await fetch(`${own}${path}`, { headers: bearer })).json()) as Answered).data;
    const self = await asOwner("/users/self");
    const { devices } = await asOwner(`/users/${self["id"]}/devices`);
    expect(devices).toHaveLength(4);

    // A registration of our own, so that its token is known here, and another that is still waiting for its owner.
    const identity = (serial: string) => ({
      certificate: readFileSync(place.at("devices", `${serial}.crt`), "utf8"),
      key: readFileSync(place.at("devices", `${serial}.key`), "utf8"),
    });
    const at = (port: number, serial: string) =>
      createDeviceClient({ host: "localhost", port }, identity(serial));
    const client = at(sandbox.apiPort, "300000005");
    const path = "/v1.1/cert/devices/registrations";
    const registration = async (vendorDeviceId: string, by = client) =>
      (
        (await by.ask("POST", path, { body: { deviceTypeId: sandbox.type, vendorDeviceId } })).body as Record<
          "data",
          Record<string, string>
        >
      ).data;
    const confirm = (where: Serving, pin: string | undefined) =>
      fetch(`${where.portal}/v1.1/devices/registrations/pin`, {
        method: "PUT",
        headers: { ...bearer, "content-type": "application/json" },
        body: JSON.stringify({ pin, deviceName: "Mine" }),
      });
    const { rid, pin, nonce } = await registration("mine");
    expect((await confirm(sandbox, pin)).status).toBe(200);
    const { accessToken: token = "", did = "" } = (
      (await client.ask("PUT", `${path}/${rid}`, { body: { nonce } })).body as Record<
        "data",
        Record<string, string>
      >
    ).data;
    const waiting = at(sandbox.apiPort, "300000006");
    const open = await registration("waiting", waiting);

    // Several connections at once, each sending the next message as soon as the last is acknowledged.
    const acknowledged: { mid: string; turn: number }[] = [];
    let turn = 0;
    const send = async (): Promise<void> => {
      const sender = at(sandbox.apiPort, "300000005");
      try {
        while (turn < 90) {
          const data = { turn: turn++ };
          const answer = await sender.ask("POST", "/v1.1/message", { token, body: { sdid: did, data } });
          if (answer.status !== 200) throw new Error(`answered ${answer.status}`);
          acknowledged.push({
            mid: (answer.body as Record<"data", { mid: string }>).data.mid,
            turn: data.turn,
          });
          if (acknowledged.length === 40) sandbox.child.kill("SIGKILL");
        }
      } catch (error) {
        // It was killed under this message, which nobody was told had arrived.
        if (!sandbox.child.killed) throw error;
      } finally {
        sender.close();
      }
    };
    await Promise.all([send(), send(), send(), send()]);
    expect(await sandbox.ended()).toBe(null);
    expect(acknowledged.length).toBeGreaterThanOrEqual(40);
    expect(acknowledged.length).toBeLessThan(90);
    client.close();
    waiting.close();

    sandbox = await serveSandbox(place.directory, "--state", "killed.db");
    expect(sandbox.stdout()).toContain("demo@localhost, password as told at the first start");
    const back = at(sandbox.apiPort, "300000005");
    const read = await back.ask("GET", `/v1.1/messages?sdid=${did}&count=1000`, { token });
    const kept = (read.body as Record<"data", { mid: string; data: { turn: number } }[]>).data;
    expect(
      kept
        .filter(({ mid }) => acknowledged.some((each) => each.mid === mid))
        .map(({ mid, data: { turn: sent } }) => ({ mid, turn: sent }))
        .sort((a, b) => a.turn - b.turn),
    ).toEqual([...acknowledged].sort((a, b) => a.turn - b.turn));
    expect(new Set(kept.map(({ data: { turn: sent } }) => sent)).size).toBe(kept.length);
    expect(
      (await back.ask("POST", "/v1.1/message", { token, body: { sdid: did, data: { turn: 1000 } } })).status,
    ).toBe(200);
    back.close();
    // The registration that was waiting goes on as well; the owner's old token is good still.
    const again = at(sandbox.apiPort, "300000006");
    expect((await confirm(sandbox, open["pin"])).status).toBe(200);
    expect(
      (await again.ask("PUT", `${path}/${open["rid"]}`, { body: { nonce: open["nonce"] } })).status,
    ).toBe(200);
    again.close();
    expect(await sandbox.end("SIGTERM")).toBe(0);
  });
});
