import { connect } from "node:net";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { NOTHING } from "../../../src/sandbox/portal/html.ts";
import { liveStream } from "../../../src/sandbox/portal/live-stream.ts";
import { MOST_OF_USER } from "../../../src/sandbox/portal/live-streams.ts";
import { PORTAL } from "../../../src/sandbox/portal/portal.ts";
import { type Listener, listen, type Told } from "./event-listener.ts";
import { type Identity, makeScene, type Scene } from "./scene.ts";
import { type Visitor, visit } from "./visitor.ts";

const HOUR_MS = 3_600_000;
const PATH = "/v1.1/cert/devices/registrations";

describe("a page that is open", () => {
  let scene: Scene;
  let alice: Visitor;
  let device: Identity;
  let registered: { did: string; accessToken: string };
  const opened: Listener[] = [];
  beforeEach(async () => {
    scene = await makeScene({ portal: PORTAL });
    alice = await visit(scene, "alice");
    device = scene.vendor.issue(100000001, { notAfterMs: scene.nowMs + HOUR_MS });
    registered = await scene.register(device, "Lamp");
  });
  afterEach(async () => {
    expect(scene.failures).toEqual([]);
    // Closing a sandbox ends whatever is open: this would hang otherwise.
    await scene.close();
    await Promise.all(opened.splice(0).map(({ ended }) => ended));
  });
  const open = async (path: string, cookie = alice.cookie, headers = {}): Promise<Listener> => {
    const listener = await listen(scene.sandbox.portalPort, path, { cookie, ...headers });
    opened.push(listener);
    return listener;
  };
  const send = (data: unknown) =>
    scene.ask("POST", "/v1.1/message", {
      as: device,
      token: registered.accessToken,
      body: { sdid: registered.did, data },
    });
  const region =
    (id: string, has = "") =>
    ({ name, data }: Told): boolean =>
      name === "region" && data.id === id && data.html.includes(has);

  it("is told of data as they come, and somebody who listens in words", async () => {
    const page = await open(`/devices/${registered.did}/events`);
    expect((await page.next(region("data"))).data.html).toContain("Nothing has come");
    expect((await page.next(region("verdict"))).data.html).toContain("Accepted");
    await send({ temperature: 21.5, "<b>": 1 });
    const { html } = (await page.next(region("data"))).data;
    expect(html).toContain('<span class="chart-value">21.5</span>');
    expect(html).toContain('<bdi class="chart-name">&lt;b&gt;</bdi>');
    const { data } = await page.next(({ name }) => name === "note");
    expect(data).toBe("New data at 12:00:00: temperature 21.5, <b> 1");
    await send({ temperature: 22 });
    expect((await page.next(region("data"))).data.html).toMatch(/2 values from/);
  });

  it("of a hub is told of what its end nodes send", async () => {
    const body = { uid: scene.alice.uid, dtid: scene.type.id, name: "Node" };
    const made = await scene.ask("POST", "/v1.1/devices", { as: device, token: scene.alice.token, body });
    const { id } = made.body.data;
    const page = await open(`/devices/${registered.did}/events?nodes=1`);
    await page.next(region(`latest-${id}`, "No data yet"));
    const message = { sdid: id, data: { humidity: 61 } };
    await scene.ask("POST", "/v1.1/message", { as: device, token: scene.alice.token, body: message });
    await page.next(region(`latest-${id}`, "<dd>61</dd>"));
  });

  it("is told of its own user's data only", async () => {
    const bob = await visit(scene, "bob");
    const second = scene.vendor.issue(100000002);
    const own = await scene.register(second, "Bob's", scene.bob.token);
    const page = await open("/devices/events", bob.cookie);
    await page.next(region(`latest-${own.did}`, "No data yet"));
    await send({ temperature: 1 });
    const body = { sdid: own.did, data: { temperature: 2 } };
    await scene.ask("POST", "/v1.1/message", { as: second, token: own.accessToken, body });
    await page.next(region(`latest-${own.did}`, "<dd>2</dd>"));
    page.close();
    const rest = await page.ended;
    expect(JSON.stringify(rest)).not.toContain(registered.did);
  });

  it("is told of a device that comes, and where a registration stands", async () => {
    const list = await open("/devices/events");
    await list.next(region("changed"));
    const second = scene.vendor.issue(100000002);
    const request = { deviceTypeId: scene.type.id, vendorDeviceId: "b2" };
    const { rid, pin, nonce } = (await scene.ask("POST", PATH, { as: second, body: request })).body.data;
    const form = { type: scene.type.id, name: "Second", pin, lastFour: "0002" };
    await alice.post("/register", form);
    const page = await open(`/registrations/${rid}/events`);
    await page.next(region("standing", "Waiting for the device"));
    await scene.ask("PUT", `${PATH}/${rid}`, { as: second, body: { nonce } });
    await page.next(region("standing", "Open the device"));
    expect((await page.next(({ name }) => name === "note")).data).toBe(
      "The device is registered and may send data.",
    );
    await list.next(region("changed", "There is a new device."));
  });

  it("is told when its device's certificate is not accepted any more, and when somebody is refused", async () => {
    const page = await open(`/devices/${registered.did}/events`);
    const log = await open("/refusals/events");
    await page.next(region("verdict", "Accepted"));
    scene.nowMs += 2 * HOUR_MS;
    await page.next(region("verdict", "Refused"));
    await page.next(region("certificate", "path.expired"));
    await send({});
    await log.next(region("refusals", "Send data"));
    expect((await log.next(({ name }) => name === "note")).data).toMatch(/^Refused: Send data\. /);
  });

  it("ends with the session, and before anything else is told", async () => {
    const page = await open(`/devices/${registered.did}/events`);
    await page.next(region("certificate"));
    await alice.post("/signout", {});
    await send({ secret: 42 });
    expect((await page.next(({ name }) => name === "ended")).data).toBe("signed out");
    expect(await page.ended).toEqual([]);
  });

  it("ends when the session is over by itself, and when what it shows is deleted", async () => {
    const list = await open("/devices/events");
    const page = await open(`/devices/${registered.did}/events`);
    await page.next(region("certificate"));
    await alice.post(`/devices/${registered.did}/delete`, { sure: "yes" });
    expect((await page.next(({ name }) => name === "ended")).data).toBe("gone");
    scene.nowMs += 13 * HOUR_MS;
    expect((await list.next(({ name }) => name === "ended")).data).toBe("signed out");
  });

  it("is told nothing without a session, on another site's behalf, or of what is another's", async () => {
    const path = `/devices/${registered.did}/events`;
    const bob = await visit(scene, "bob");
    const status = async (cookie: string, headers: Readonly<Record<string, string>> = {}) =>
      (await open(path, cookie, headers)).status;
    expect(await status("")).toBe(401);
    expect(await status(bob.cookie)).toBe(404);
    expect(await status(alice.cookie, { "sec-fetch-site": "same-site" })).toBe(403);
    expect(await status(alice.cookie, { origin: "https://evil.example" })).toBe(403);
    expect(await status(alice.cookie, { host: "evil.example" })).toBe(421);
    expect(await status(alice.cookie, { "sec-fetch-site": "same-origin" })).toBe(200);
  });

  it("is one of so many at most; one that goes makes room, however it goes", async () => {
    const pages: Listener[] = [];
    for (let each = 0; each < MOST_OF_USER; each++) pages.push(await open("/devices/events"));
    expect(pages.every(({ status }) => status === 200)).toBe(true);
    expect((await open("/devices/events")).status).toBe(429);
    const bob = await visit(scene, "bob");
    expect((await open("/devices/events", bob.cookie)).status).toBe(200);
    const room = () =>
      vi.waitUntil(
        async () => {
          const { status } = await open("/devices/events");
          return status === 200;
        },
        { timeout: 20_000 },
      );
    pages[0]?.close();
    await room();
    for (const listener of opened) listener.close();
    // Nor is any left of those who did not wait for an answer, or asked for its headers alone.
    for (let each = 0; each < MOST_OF_USER; each++) {
      await hurry(scene.sandbox.portalPort, alice.cookie);
      expect((await alice.head("/devices/events")).status).toBe(405);
    }
    for (let each = 0; each < MOST_OF_USER; each++) await room();
  });
});

/** Asks for a stream and goes as soon as that is sent. */
function hurry(port: number, cookie: string): Promise<void> {
  return new Promise((resolve) => {
    const socket = connect(port, "127.0.0.1", () => {
      const asked = `GET /devices/events HTTP/1.1\r\nHost: localhost\r\nCookie: ${cookie}\r\n\r\n`;
      socket.write(asked, () => socket.resetAndDestroy());
    });
    socket.once("close", () => resolve());
  });
}

describe("a stream whose reader has stopped reading", () => {
  beforeEach(() => void vi.useFakeTimers());
  afterEach(() => void vi.useRealTimers());

  it("holds so much, and makes no more until that has gone", async () => {
    let wake = (): void => {};
    let views = 0;
    let ends = 0;
    const stream = liveStream(
      {
        subscribe: (told) => {
          wake = told;
          return () => {};
        },
        view: () => ({ regions: { data: NOTHING, [`x${views++}`]: "x".repeat(100_000) as never } }),
      },
      { stands: () => true, failed: (error) => expect.unreachable(String(error)), ended: () => void ends++ },
    );
    const minute = async () => {
      for (let each = 0; each < 240; each++) {
        wake();
        await vi.advanceTimersByTimeAsync(250);
      }
    };
    await minute();
    const held = views;
    expect(held).toBeLessThan(6);
    const reader = stream.getReader();
    for (let each = 0; each < 6; each++) await reader.read();
    await minute();
    expect(views).toBeGreaterThan(held);
    await reader.cancel();
    const after = views;
    await minute();
    expect([views, ends]).toEqual([after, 1]);
  });
});
