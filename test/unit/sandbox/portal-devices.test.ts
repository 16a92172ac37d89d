import { beforeEach, describe, expect, it } from "vitest";
import type { Identity, Scene } from "./scene.ts";
import { visitedPortal } from "./visited-portal.ts";
import { type Visitor, visit } from "./visitor.ts";

const PATH = "/v1.1/cert/devices/registrations";
const DAY_MS = 86_400_000;
const SCRIPT_NAME = `<img src=x onerror=alert(1)>"'&`;
const ESCAPED_NAME = "&lt;img src=x onerror=alert(1)&gt;&quot;&#39;&amp;";

describe("the portal, of devices", () => {
  let scene: Scene;
  let alice: Visitor;
  let bob: Visitor;
  const { issue, nextSerial, lastSerial } = visitedPortal((made) => {
    ({ scene, alice, bob } = made);
  });
  const open = async (as: Identity) => {
    const vendorDeviceId = `v${Buffer.from(as.certificate.serial).toString("hex")}`;
    return (await scene.ask("POST", PATH, { as, body: { deviceTypeId: scene.type.id, vendorDeviceId } })).body
      .data;
  };
  const lastFour = () => String(lastSerial()).slice(-4);
  const send = (as: Identity, { did, accessToken }: { did: string; accessToken: string }, data: unknown) =>
    scene.ask("POST", "/v1.1/message", { as, token: accessToken, body: { sdid: did, data } });

  describe("registering a device", () => {
    let device: Identity;
    let opened: { rid: string; pin: string; nonce: string };
    beforeEach(async () => {
      scene.nowMs += 16 * 60_000;
      alice = await visit(scene, "alice");
      device = issue();
      opened = await open(device);
    });
    const entry = (parts: Readonly<Record<string, string>> = {}) => ({
      type: scene.type.id,
      name: "Lamp",
      pin: opened.pin,
      lastFour: lastFour(),
      ...parts,
    });

    it("takes type, name, PIN and last four digits, and shows where it stands until it is done", async () => {
      const form = await alice.get("/register");
      expect(form.body).toContain(`<option value="${scene.type.id}" selected="">Lamp</option>`);
      expect(form.body).toContain("3 of 3 attempts left");
      const spaced = `${opened.pin.slice(0, 4).toLowerCase()}-${opened.pin.slice(4)} `;
      const answer = await alice.post("/register", entry({ pin: spaced, name: " Lamp " }));
      expect([answer.status, answer.headers.location]).toEqual([303, `/registrations/${opened.rid}`]);
      const waiting = await alice.get(`/registrations/${opened.rid}`);
      expect(waiting.body).toContain("Waiting for the device");
      const completed = await scene.ask("PUT", `${PATH}/${opened.rid}`, {
        as: device,
        body: { nonce: opened.nonce },
      });
      const { did } = completed.body.data;
      const done = await alice.get(`/registrations/${opened.rid}`);
      expect(done.body).toContain(`<a class="button" href="/devices/${did}">Open the device</a>`);
      expect((await alice.get(`/devices/${did}`)).body).toContain("<h1><bdi>Lamp</bdi></h1>");
    });

    it("counts three attempts down, and none for what is plainly not a PIN", async () => {
      const empty = await alice.post(
        "/register",
        entry({ pin: "short", lastFour: "", name: "", type: "dt0" }),
      );
      expect(empty.status).toBe(400);
      for (const field of ["type", "name", "pin", "lastFour"]) {
        expect(empty.body).toMatch(new RegExp(`id="${field}-error"`));
        expect(empty.body).toMatch(
          new RegExp(`id="${field}"[^>]*aria-describedby="[^"]*${field}-error[^"]*"`),
        );
        expect(empty.body).toContain(`<a href="#${field}">`);
      }
      expect(empty.body).toMatch(/<title>Error: /);
      expect(empty.body).toContain("3 of 3 attempts left");

      const wrong = await alice.post("/register", entry({ pin: "AAAAAAAA" }));
      expect(wrong.status).toBe(403);
      expect(wrong.body).toMatch(
        /role="alert"[^>]*><p id="refused">The PIN or the last four digits are wrong/,
      );
      expect(wrong.body).toMatch(/id="pin"[^>]*aria-describedby="pin-hint refused" aria-invalid="true"/);
      expect(wrong.body).toContain("2 of 3 attempts left");
      expect((await alice.post("/register", entry({ lastFour: "0000" }))).body).toContain("1 of 3 attempts");
      const third = await alice.post("/register", entry({ pin: "AAAAAAAA" }));
      expect(third.body).toContain("for the third time");
      expect(third.body).toContain("No attempt left");
      const fourth = await alice.post("/register", entry());
      expect(fourth.status).toBe(429);
      const { status } = (await scene.ask("GET", `${PATH}/${opened.rid}/status`, { as: device })).body.data;
      expect(status).toBe("REVOKED");
      expect((await bob.get("/refusals")).body).toContain("Confirm a PIN at the portal");
    });

    it("is nobody else's to look at, and no other site's to send", async () => {
      const own = { origin: `http://127.0.0.1:${scene.sandbox.portalPort}` };
      for (const headers of [
        { origin: "https://evil.example" },
        { "sec-fetch-site": "same-site" },
        { host: "evil.example" },
      ]) {
        const { status } = await alice.post("/register", entry(), headers);
        expect(status).toBe("host" in headers ? 421 : 403);
      }
      expect((await alice.post("/register", entry({ csrf: bob.csrf }), own)).status).toBe(403);
      expect((await alice.post("/register", entry({ csrf: "" }), own)).status).toBe(403);
      expect((await alice.post("/register", entry(), own)).status).toBe(303);
      const others = await bob.get(`/registrations/${opened.rid}`);
      expect(others.status).toBe(404);
      expect(others.body).toContain("There is no such registration of yours.");
    });
  });

  describe("a device", () => {
    it("is shown with its certificate, its serial in both forms, and what it sent", async () => {
      const device = issue({ notAfterMs: scene.nowMs + 400 * DAY_MS });
      const registered = await scene.register(device, "Kitchen");
      for (const temperature of [20.5, 22, 21.25])
        await send(device, registered, { temperature, room: { humidity: 40 }, note: "ok" });
      const { body } = await alice.get(`/devices/${registered.did}`);
      expect(body).toContain("Accepted</span>");
      const decimal = String(lastSerial());
      expect(body).toContain(`<span class="figures">${decimal}</span>`);
      expect(body).toContain(`>0x${lastSerial().toString(16)}</span>`);
      expect(body).toContain("in about 13 months");
      expect(body).toMatch(/<bdi class="chart-name">temperature<\/bdi> <span class="chart-value">21.25</);
      expect(body).toMatch(
        /aria-label="temperature: 3 values from [0-9:]+ to [0-9:]+ UTC, least 20.5, most 22, newest 21.25"/,
      );
      expect(body).toContain("room.humidity");
      expect(body).toContain("&quot;note&quot;:&quot;ok&quot;");
      const list = (await alice.get("/devices")).body;
      expect(list).toContain(`<a href="/devices/${registered.did}"><bdi>Kitchen</bdi></a>`);
      expect(list).toContain(`>0x${lastSerial().toString(16)}</span>`);
    });

    it("says why its certificate is not accepted any more, by the rule that says no", async () => {
      const device = issue({ notAfterMs: scene.nowMs + 30 * DAY_MS });
      const { did } = await scene.register(device, "Old");
      scene.nowMs += 31 * DAY_MS;
      alice = await visit(scene, "alice");
      bob = await visit(scene, "bob");
      const { body } = await alice.get(`/devices/${did}`);
      expect(body).toContain("Refused</span>");
      expect(body).toContain("path.expired");
      expect(body).toContain("Expired</dt>");
      expect(body).toContain("1 day ago");
    });

    it("of a line that it sends itself in the handshake is judged by that line", async () => {
      const line = scene.vendor.issueLine("Line 7");
      const type = scene.platform.vendors.addType({
        vendor: scene.type.vendor,
        name: "Of the line",
        issuerDn: "/C=US/O=MyOrg/CN=Line 7",
      });
      const device = line.issue(nextSerial());
      const opened = await scene.ask("POST", PATH, {
        as: device,
        body: { deviceTypeId: type.id, vendorDeviceId: "line7" },
      });
      const { pin, rid, nonce } = opened.body.data;
      await alice.post("/register", { type: type.id, name: "Of a line", pin, lastFour: lastFour() });
      const { did } = (await scene.ask("PUT", `${PATH}/${rid}`, { as: device, body: { nonce } })).body.data;
      const { body } = await alice.get(`/devices/${did}`);
      expect(body).toContain("Accepted</span>");
      expect(body).not.toContain("Refused</span>");
    });

    it("is its owner's alone: others are told that there is none", async () => {
      const { did } = await scene.register(issue(), "Alice's own");
      for (const path of [`/devices/${did}`, `/devices/${did}/events`]) {
        const answer = await bob.get(path);
        expect([path, answer.status]).toEqual([path, 404]);
        expect(answer.body).not.toContain("own");
      }
      for (const [verb, form] of [
        ["rename", { name: "Bob's" }],
        ["clear", { sure: "yes" }],
        ["delete", { sure: "yes" }],
      ] as const)
        expect((await bob.post(`/devices/${did}/${verb}`, form)).status).toBe(404);
      expect((await bob.get("/devices")).body).not.toContain(did);
      expect(scene.platform.devices.find(did)).toMatchObject({
        name: "Alice's own",
        sha256: expect.any(String),
      });
    });

    it("is renamed, let go of, registered again and deleted, each with the session's own form", async () => {
      const device = issue();
      const { did } = await scene.register(device, "Before");
      const other = await scene.ask("POST", `/devices/${did}/rename`, {
        plain: true,
        form: { name: "x" },
        headers: { cookie: alice.cookie },
      });
      expect(other.status).toBe(403);
      expect((await alice.post(`/devices/${did}/rename`, { name: "After" })).status).toBe(303);
      expect((await alice.get(`/devices/${did}?done=renamed`)).body).toContain(
        "The device has its new name.",
      );
      const empty = await alice.post(`/devices/${did}/rename`, { name: " " });
      expect(empty.status).toBe(400);
      expect(empty.body).toMatch(/id="name"[^>]*aria-describedby="problem" aria-invalid="true"/);
      expect((await alice.post(`/devices/${did}/clear`, {})).status).toBe(400);
      expect((await alice.post(`/devices/${did}/clear`, { sure: "yes" })).status).toBe(303);
      expect((await alice.get(`/devices/${did}`)).body).toContain("Not registered</span>");
      const again = await alice.get(`/register?device=${did}`);
      expect(again.body).toContain("<h1><bdi>Register After again</bdi></h1>");
      const { pin, rid, nonce } = await open(device);
      const form = { device: did, type: scene.type.id, pin, lastFour: lastFour() };
      expect((await alice.post("/register", form)).headers.location).toBe(`/registrations/${rid}`);
      const completed = await scene.ask("PUT", `${PATH}/${rid}`, { as: device, body: { nonce } });
      expect(completed.body.data.did).toBe(did);
      expect((await alice.post(`/devices/${did}/delete`, { sure: "yes" })).headers.location).toBe(
        "/devices?done=deleted",
      );
      expect((await alice.get(`/devices/${did}`)).status).toBe(404);
    });

    it("that is a hub has its end nodes under it, each user's own only", async () => {
      const hub = issue();
      const { did } = await scene.register(hub, "Hub");
      const create = async (who: "alice" | "bob", name: string) => {
        const body = { uid: scene[who].uid, dtid: scene.type.id, name };
        return (await scene.ask("POST", "/v1.1/devices", { as: hub, token: scene[who].token, body })).body
          .data.id as string;
      };
      const node = await create("alice", "Window node");
      const foreign = await create("bob", "Bob's node");
      const body = { sdid: node, data: { open: 1 } };
      await scene.ask("POST", "/v1.1/message", { as: hub, token: scene.alice.token, body });
      const list = (await alice.get("/devices")).body;
      const card = list.slice(list.indexOf(`href="/devices/${did}"`));
      expect(card).toMatch(/1 end node of this hub[\s\S]*Window node[\s\S]*<dd>1<\/dd>/);
      expect(list).not.toContain("Bob&#39;s node");
      expect((await alice.get(`/devices/${did}`)).body).toMatch(/End nodes[\s\S]*Window node/);
      expect((await alice.get(`/devices/${node}`)).body).toContain("its hub sends for it");
      expect((await bob.get(`/devices/${foreign}`)).body).toContain("sends through another user&#39;s hub");
      expect((await bob.get("/devices")).body).toContain("Bob&#39;s node");
    });

    it("may be called anything, and send anything: none of it becomes the page's own", async () => {
      const device = issue();
      const registered = await scene.register(device, SCRIPT_NAME);
      await send(device, registered, { [SCRIPT_NAME]: 1, text: "</script><script>alert(1)</script>" });
      for (const path of ["/devices", `/devices/${registered.did}`]) {
        const { body } = await alice.get(path);
        expect(body).toContain(ESCAPED_NAME);
        expect(body).not.toContain("<img");
        expect(body.match(/<script/g)).toHaveLength(1);
      }
    });
  });
});
