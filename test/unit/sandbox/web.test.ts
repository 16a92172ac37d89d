import { createHash } from "node:crypto";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type Answer, type Asking, makeScene, type Scene } from "./scene.ts";

const COOKIE = /^samicerts_session=([0-9a-f]{32}); Path=\/; HttpOnly; SameSite=Lax; Max-Age=43200$/;

describe("signing in", () => {
  let scene: Scene;
  beforeAll(async () => {
    scene = await makeScene();
    scene.platform.oauth.addApplication({
      id: "hub",
      name: "Hub",
      redirectUris: ["http://localhost:3000/cb"],
    });
  });
  afterAll(async () => {
    expect(scene.failures).toEqual([]);
    await scene.close();
  });
  const ask = (method: string, path: string, asking: Asking = {}): Promise<Answer> =>
    scene.ask(method, path, { plain: true, ...asking });
  const signIn = (form: Readonly<Record<string, string>>, headers: Readonly<Record<string, string>> = {}) =>
    ask("POST", "/signin", {
      form: { email: "alice@localhost", password: "alice password", ...form },
      headers,
    });
  const cookieOf = ({ headers }: Answer): string => (headers["set-cookie"]?.[0] ?? "").split(";")[0] ?? "";
  let known: { cookie: string; csrf: string } | undefined;
  const begin = async () => {
    const cookie = cookieOf(await signIn({}));
    const { csrf } = (await ask("GET", "/session", { headers: { cookie } })).body.data;
    return { cookie, csrf };
  };
  // Passwords are slow to check: a session that is not used up serves several tests.
  const session = async () => {
    known ??= await begin();
    return known;
  };

  it("begins a session whose cookie scripts and other sites do not get", async () => {
    const answer = await signIn({ next: "/devices" });
    expect(answer.status).toBe(303);
    expect(answer.headers.location).toBe("/devices");
    expect(answer.headers["set-cookie"]?.[0]).toMatch(COOKIE);
    const { body, headers } = await ask("GET", "/session", { headers: { cookie: cookieOf(answer) } });
    expect(body.data).toEqual({
      uid: scene.alice.uid,
      email: "alice@localhost",
      csrf: expect.stringMatching(/^\w{32}$/),
    });
    expect(headers["access-control-allow-origin"]).toBeUndefined();
  });

  it("takes over no session that was there before: it is ended, and none is made of a stranger's cookie", async () => {
    const planted = "samicerts_session=0123456789abcdef0123456789abcdef";
    const fixed = await signIn({}, { cookie: planted });
    expect(cookieOf(fixed)).not.toBe(planted);
    expect(await ask("GET", "/session", { headers: { cookie: planted } })).toMatchObject({ status: 401 });
    const first = cookieOf(fixed);
    await signIn({ email: "bob@localhost", password: "bob password" }, { cookie: first });
    expect(await ask("GET", "/session", { headers: { cookie: first } })).toMatchObject({ status: 401 });
  });

  it("goes on to pages of its own only", async () => {
    for (const next of [
      "https://evil.example/",
      "//evil.example/",
      "/\\evil.example",
      "\\/evil",
      "javascript:alert(1)",
      "",
    ])
      expect((await signIn({ next })).headers.location).toBe("/");
  });

  it("tells a wrong password no more than a wrong address, and bars after ten", async () => {
    const wrong = await signIn({ password: "not hers" });
    const unknown = await signIn({ email: "nobody@localhost" });
    expect([wrong.status, unknown.status]).toEqual([401, 401]);
    expect(unknown.body).toBe(wrong.body);
    for (let each = 0; each < 9; each++) await signIn({ email: "carol@localhost" });
    expect(await signIn({ email: "carol@localhost" })).toMatchObject({ status: 401 });
    expect(await signIn({ email: "Carol@localhost" })).toMatchObject({ status: 429 });
    expect(await signIn({})).toMatchObject({ status: 303 });
  }, 60_000);

  it("ends with the session, and by itself after twelve hours", async () => {
    const { cookie, csrf } = await session();
    expect(await ask("POST", "/signout", { form: { csrf }, headers: { cookie } })).toMatchObject({
      status: 303,
    });
    expect(await ask("GET", "/session", { headers: { cookie } })).toMatchObject({ status: 401 });
    known = undefined;
    const second = await begin();
    scene.nowMs += 12 * 3_600_000;
    expect(await ask("GET", "/session", { headers: { cookie: second.cookie } })).toMatchObject({
      status: 401,
    });
  });

  it("shows forms that another site can't send", async () => {
    const { cookie, csrf } = await session();
    const own = `http://127.0.0.1:${scene.sandbox.portalPort}`;
    const out = (form: Readonly<Record<string, string>>, headers: Readonly<Record<string, string>>) =>
      ask("POST", "/signout", { form, headers: { cookie, ...headers } });
    for (const origin of [
      "https://evil.example",
      "null",
      `${own}.evil.example`,
      own.replace("http:", "https:"),
    ])
      expect(await out({ csrf }, { origin })).toMatchObject({ status: 403 });
    expect(await out({ csrf }, { "sec-fetch-site": "cross-site" })).toMatchObject({ status: 403 });
    expect(await out({ csrf }, { "sec-fetch-site": "same-site" })).toMatchObject({ status: 403 });
    expect(await out({}, { origin: own })).toMatchObject({ status: 403 });
    expect(await out({ csrf: csrf.replace(/./, "x") }, {})).toMatchObject({ status: 403 });
    expect(await signIn({}, { origin: "https://evil.example" })).toMatchObject({ status: 403 });
    const json = { headers: { cookie, "content-type": "text/plain" }, body: { csrf } };
    expect(await ask("POST", "/signout", json)).toMatchObject({ status: 400 });
    expect(await ask("GET", "/session", { headers: { cookie } })).toMatchObject({ status: 200 });
  });

  it("serves nobody who calls it by another name, on either port", async () => {
    const byName = async (host: string, plain: boolean) => {
      const where = plain ? ({ plain: true } as const) : {};
      return (await scene.ask("GET", "/v1.1/devicetypes", { ...where, headers: { host } })).status;
    };
    for (const host of [
      "evil.example",
      "localhost.evil.example",
      "127.0.0.1.evil.example:80",
      "localhost:80:80",
      "[::1",
    ])
      for (const plain of [true, false]) expect([host, await byName(host, plain)]).toEqual([host, 421]);
    for (const host of ["localhost:1", "LOCALHOST", "127.0.0.1", "[::1]:8080"])
      expect([host, await byName(host, true)]).toEqual([host, 200]);
  });

  describe("and an application's request for access", () => {
    const verifier = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk";
    const challenge = createHash("sha256").update(verifier).digest("base64url");
    const asked = {
      client_id: "hub",
      response_type: "code",
      redirect_uri: "http://localhost:3000/cb",
      state: "s 1",
      scope: "read,write",
      code_challenge: challenge,
      code_challenge_method: "S256",
    };
    const query = (parts: Readonly<Record<string, string>>) =>
      `/authorize?${new URLSearchParams({ ...asked, ...parts })}`;
    const decide = async (parts: Readonly<Record<string, string>> = {}) => {
      const { cookie, csrf } = await session();
      const form = { ...asked, csrf, answer: "allow", ...parts };
      return await ask("POST", "/authorize", { form, headers: { cookie } });
    };
    const granted = async (): Promise<string> => {
      const location = new URL(String((await decide()).headers.location));
      expect(location.origin + location.pathname).toBe(asked.redirect_uri);
      expect(location.searchParams.get("state")).toBe("s 1");
      return location.searchParams.get("code") ?? "";
    };
    const token = (form: Readonly<Record<string, string>>) => ask("POST", "/v1.1/token", { form });
    const exchange = (code: string, parts: Readonly<Record<string, string>> = {}) =>
      token({
        grant_type: "authorization_code",
        code,
        client_id: "hub",
        redirect_uri: asked.redirect_uri,
        code_verifier: verifier,
        ...parts,
      });
    const self = (access: string) => ask("GET", "/v1.1/users/self", { token: access });

    it("asks to sign in first, then for consent, and gives a code that PKCE binds", async () => {
      const first = await ask("GET", query({}));
      expect(first.status).toBe(303);
      const next = new URL(String(first.headers.location), "http://x").searchParams.get("next") ?? "";
      const signedIn = await signIn({ next });
      expect(signedIn.headers.location).toBe(next);
      const page = await ask("GET", next, { headers: { cookie: cookieOf(signedIn) } });
      expect(page.body).toContain("Allow Hub?");
      expect(page.headers["content-security-policy"]).toMatch(/frame-ancestors 'none'/);
      const code = await granted();
      const { status, body, headers } = await exchange(code);
      expect(status).toBe(200);
      expect(headers["cache-control"]).toBe("no-store");
      expect(body).toMatchObject({ token_type: "bearer", expires_in: 3600, scope: "read,write" });
      expect((await self(body.access_token)).body.data).toMatchObject({
        id: scene.alice.uid,
        email: "alice@localhost",
      });
      const renewed = await token({
        grant_type: "refresh_token",
        refresh_token: body.refresh_token,
        client_id: "hub",
      });
      expect((await self(renewed.body.access_token)).status).toBe(200);
    });

    it("gives a token at once where it is asked for so, and nothing where the user says no", async () => {
      const location = String((await decide({ response_type: "token" })).headers.location);
      const parts = new URLSearchParams(location.split("#")[1]);
      expect(parts.get("state")).toBe("s 1");
      expect((await self(parts.get("access_token") ?? "")).status).toBe(200);
      expect((await decide({ answer: "deny" })).headers.location).toBe(
        `${asked.redirect_uri}?error=access_denied&state=s+1`,
      );
    });

    it("sends nobody to an address that the application has not named, nor shows one to it", async () => {
      for (const redirect_uri of [
        "https://evil.example/",
        "http://localhost:3000/cb/",
        "http://localhost:3000/cb?x",
        "",
      ])
        expect(await ask("GET", query({ redirect_uri }))).toMatchObject({ status: 400 });
      for (const wrong of [
        { client_id: "other" },
        { response_type: "x" },
        { scope: "admin" },
        { code_challenge: "short" },
        { code_challenge_method: "plain" },
      ])
        expect(await ask("GET", query(wrong))).toMatchObject({ status: 400 });
      expect(await decide({ csrf: "no" })).toMatchObject({ status: 403 });
    });

    it("exchanges a code once, for the one who asked, with the verifier; used twice all of it ends", async () => {
      for (const wrong of [
        { code_verifier: verifier.replace("d", "e") },
        { client_id: "x" },
        { redirect_uri: "http://x/" },
      ])
        expect((await exchange(await granted(), wrong)).body.error).toBe("invalid_grant");
      const code = await granted();
      const { access_token, refresh_token } = (await exchange(code)).body;
      expect((await self(access_token)).status).toBe(200);
      expect((await exchange(code)).body.error).toBe("invalid_grant");
      expect((await self(access_token)).status).toBe(401);
      expect((await token({ grant_type: "refresh_token", refresh_token })).body.error).toBe("invalid_grant");
      const late = await granted();
      scene.nowMs += 60_000;
      expect((await exchange(late)).body.error).toBe("invalid_grant");
      expect((await token({ grant_type: "password" })).body.error).toBe("unsupported_grant_type");
    });

    it("renews by a token that is good once; used again, it and all that came of it end", async () => {
      const first = (await exchange(await granted())).body;
      const renew = (refresh_token: string) => token({ grant_type: "refresh_token", refresh_token });
      const second = (await renew(first.refresh_token)).body;
      expect((await renew(first.refresh_token)).status).toBe(400);
      expect((await renew(second.refresh_token)).status).toBe(400);
      expect((await self(second.access_token)).status).toBe(401);
    });

    it("lets a token do what its scope says, for an hour", async () => {
      const location = String((await decide({ response_type: "token", scope: "read" })).headers.location);
      const access = new URLSearchParams(location.split("#")[1]).get("access_token") ?? "";
      const body = { pin: "AAAAAAAA", deviceName: "x" };
      const confirm = await ask("PUT", "/v1.1/devices/registrations/pin", { token: access, body });
      expect(confirm.body.error.message).toMatch(/without "write"/);
      scene.nowMs += 3_600_000;
      expect((await self(access)).status).toBe(401);
    });
  });
});
