import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { type Answer, makeScene, type Scene } from "./scene.ts";

const DAY_MS = 86_400_000;
const MINUTE_MS = 60_000;

let scene: Scene;
beforeEach(async () => {
  scene = await makeScene();
});
afterEach(async () => {
  expect(scene.failures).toEqual([]);
  await scene.close();
});

const statuses = (answers: readonly Answer[]): readonly number[] => answers.map(({ status }) => status);

describe("a subscription", () => {
  it("tells of messages of its user's devices alone", async () => {
    const device = scene.vendor.issue(100000001);
    const { did, accessToken: token } = await scene.register(device);
    const heard: string[] = [];
    const ends = [scene.alice, scene.bob].map(({ uid }) =>
      scene.platform.messages.subscribe(uid, () => heard.push(uid)),
    );
    await scene.ask("POST", "/v1.1/message", { as: device, token, body: { sdid: did, data: { a: 1 } } });
    for (const end of ends) end();
    expect(heard).toEqual([scene.alice.uid]);
  });
});

describe("a device that sends too much", () => {
  it("is told when there may be more, and is served again then", async () => {
    await scene.close();
    scene = await makeScene({ allowance: { perMinute: 2, perDay: 3 } });
    const as = scene.vendor.issue(100000001);
    const { did, accessToken: token } = await scene.register(as);
    const send = () => scene.ask("POST", "/v1.1/message", { as, token, body: { sdid: did, data: { a: 1 } } });
    expect(statuses([await send(), await send()])).toEqual([200, 200]);
    const refused = await send();
    expect(refused.status).toBe(429);
    expect(refused.headers["x-rate-limit-remaining"]).toBe("0/1");
    scene.nowMs += MINUTE_MS;
    expect((await send()).headers["x-rate-limit-remaining"]).toBe("1/0");
    expect((await send()).status).toBe(429);
    scene.nowMs += DAY_MS;
    expect((await send()).status).toBe(200);
  });
});
