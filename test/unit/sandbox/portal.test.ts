import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { ASSETS } from "../../../src/sandbox/portal/assets.ts";
import { PORTAL } from "../../../src/sandbox/portal/portal.ts";
import { makeScene, type Scene } from "./scene.ts";
import { visitedPortal } from "./visited-portal.ts";
import { type Visitor, visit } from "./visitor.ts";

const PATH = "/v1.1/cert/devices/registrations";
const DAY_MS = 86_400_000;

describe("the portal", () => {
  let scene: Scene;
  let alice: Visitor;
  let bob: Visitor;
  const { issue, lastSerial } = visitedPortal((made) => {
    ({ scene, alice, bob } = made);
  });

  it("asks whoever has not signed in to do so first, and leads back to where they were going", async () => {
    for (const path of ["/devices", "/devices?page=2", "/register", "/vendors", "/refusals"]) {
      const { status, headers } = await scene.ask("GET", path, { plain: true });
      expect([path, status]).toEqual([path, 303]);
      expect(headers.location).toBe(`/signin?${new URLSearchParams({ next: path })}`);
    }
    const page = await scene.ask("GET", "/signin?next=/register", { plain: true });
    expect(page.body).toContain('name="next" value="/register"');
    expect((await scene.ask("GET", "/", { plain: true })).headers.location).toBe("/devices");
  });

  it("tells why nobody was signed in, beside the fields", async () => {
    const form = { email: "alice@localhost", password: "wrong password" };
    const { status, body } = await scene.ask("POST", "/signin", { plain: true, form });
    expect(status).toBe(401);
    expect(body).toMatch(/role="alert" id="problem"><p>The address or the password is wrong\.<\/p>/);
    expect(body).toMatch(/name="password"[^>]*aria-describedby="problem" aria-invalid="true"/);
  });

  it("makes no session of a cookie that somebody else has put there, nor keeps one that was there before", async () => {
    const planted = "samicerts_session=0123456789abcdef0123456789abcdef";
    const devices = async (cookie: string) =>
      (await scene.ask("GET", "/devices", { plain: true, headers: { cookie } })).status;
    const signIn = (cookie: string) => {
      const form = { email: "bob@localhost", password: "bob password" };
      return scene.ask("POST", "/signin", { plain: true, form, headers: { cookie } });
    };
    expect(await devices(planted)).toBe(303);
    const own = ((await signIn(planted)).headers["set-cookie"]?.[0] ?? "").split(";")[0] ?? "";
    expect([await devices(planted), await devices(own)]).toEqual([303, 200]);
    await signIn(own);
    expect(await devices(own)).toBe(303);
  });

  it("serves every page with a policy under which nothing from elsewhere, nor inline, runs", async () => {
    for (const path of ["/signin", "/devices", "/register", "/vendors", "/refusals", "/nowhere"]) {
      const { headers, body } = await alice.get(path);
      expect(headers["content-security-policy"]).toBe(
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; " +
          "form-action 'self'; base-uri 'none'; frame-ancestors 'none'",
      );
      expect(headers["x-content-type-options"]).toBe("nosniff");
      expect(headers["referrer-policy"]).toBe("same-origin");
      expect(headers["cache-control"]).toBe("no-store");
      // One script and one stylesheet, each a file; nothing that the policy would have to stop.
      expect(body.match(/<script/g)).toHaveLength(1);
      expect(body).toContain(`<script src="${ASSETS.script.path}" defer=""></script>`);
      expect(body).not.toMatch(/<style|\sstyle=|\son[a-z]+=|javascript:|https?:\/\//);
      expect(body.match(/<h1>/g)).toHaveLength(1);
      expect(body).toMatch(/^<!doctype html><html lang="en">/);
    }
  });

  it("serves what pages load under names of their content, and tells who has it already", async () => {
    for (const { path, type, etag, text } of Object.values(ASSETS)) {
      const first = await scene.ask("GET", path, { plain: true });
      expect(first.body).toBe(text);
      expect(first.headers["content-type"]).toBe(type);
      expect(first.headers["cache-control"]).toMatch(/immutable/);
      const again = await scene.ask("GET", path, { plain: true, headers: { "if-none-match": etag } });
      expect([again.status, again.body]).toEqual([304, ""]);
    }
    expect(ASSETS.style.text).not.toMatch(/url\(|@import/);
  });

  it("lets an application's consent lead to where it named, and nowhere else", async () => {
    scene.platform.oauth.addApplication({ id: "app", name: "App", redirectUris: ["http://[::1]:3000/cb"] });
    scene.platform.oauth.addApplication({
      id: "web",
      name: "<b>Web</b>",
      redirectUris: ["https://web.example/cb"],
    });
    const policy = async (id: string) => {
      const { headers, body } = await alice.get(`/authorize?client_id=${id}&response_type=code`);
      expect(body).not.toContain("<b>Web");
      return /form-action[^;]*/.exec(String(headers["content-security-policy"]))?.[0];
    };
    expect(await policy("web")).toBe("form-action 'self' https://web.example");
    expect(await policy("app")).toBe("form-action 'self' http:");
  });

  it("lists who was refused in plain words, with certificate and rule", async () => {
    const expired = issue({ notAfterMs: scene.nowMs - DAY_MS });
    await scene.ask("POST", PATH, { as: expired, body: {} });
    await scene.ask("GET", "/v1.1/messages/last?sdids=a", { plain: true, headers: { host: "<b>evil</b>" } });
    const { body } = await alice.get("/refusals");
    expect(body).toMatch(/<h2>Register a device <span/);
    expect(body).toMatch(/Rule path\.expired\./);
    expect(body).toContain(`serial <span class="figures">${lastSerial()}</span>`);
    expect(body).toContain("&lt;b&gt;evil&lt;/b&gt;");
    expect(body).not.toContain("<b>evil");
  });

  it("shows the vendors that are trusted, their fingerprints, verdicts and device types", async () => {
    const { body } = await alice.get("/vendors");
    const [vendor] = scene.platform.vendors.all();
    const fingerprint = (vendor?.sha256.toUpperCase().match(/../g) ?? []).join(":");
    expect(body.replaceAll("<wbr/>", "")).toContain(fingerprint);
    expect(body).toContain("Compliant</span>");
    expect(body).toContain(scene.type.id);
    expect(body.replaceAll("<wbr/>", "")).toContain("/C=US/O=MyOrg/CN=MyOrg Root");
  });

  it("shows a list of many devices a page at a time", async () => {
    const { store } = scene.platform;
    for (let each = 0; each < 60; each++)
      store.run(
        "INSERT INTO devices (did, dtid, uid, name, created_ms) VALUES (?, ?, ?, ?, ?)",
        `many${each}`,
        scene.type.id,
        scene.bob.uid,
        `Device ${each}`,
        scene.nowMs + each,
      );
    const { body } = await bob.get("/devices?page=2");
    expect(body).toMatch(/Page 2 of \d/);
    expect(body.match(/class="card device"/g)).toHaveLength(25);
    expect((await bob.get("/devices?page=999")).body).toMatch(/Page (\d+) of \1/);
  });

  it("answers a program in JSON, and a person with a page", async () => {
    const page = await alice.get("/nowhere");
    expect([page.status, page.headers["content-type"]]).toEqual([404, "text/html; charset=utf-8"]);
    const json = await scene.ask("GET", "/nowhere", { plain: true, headers: { accept: "*/*" } });
    expect(json.body).toEqual({ error: { code: 404, message: "there is nothing at this address" } });
    const api = await alice.get("/v1.1/nowhere");
    expect(api.body.error.code).toBe(404);
  });
});

describe("a portal without a vendor", () => {
  let scene: Scene;
  beforeEach(async () => {
    scene = await makeScene({ portal: PORTAL });
    scene.platform.store.run("DELETE FROM vendors");
  });
  afterEach(() => scene.close());

  it("says what to do instead of showing empty lists", async () => {
    const alice = await visit(scene, "alice");
    expect((await alice.get("/devices")).body).toContain("No device yet");
    expect((await alice.get("/register")).body).toContain("sandbox vendor add root.crt");
    expect((await alice.get("/vendors")).body).toContain("No vendor is trusted yet");
    expect((await alice.get("/refusals")).body).toContain("Nobody was refused so far");
  });
});
