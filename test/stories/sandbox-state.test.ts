import { X509Certificate } from "node:crypto";
import { readFileSync } from "node:fs";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { makePlace, type Place, ROOT_NAME } from "./command.ts";
import { refuse } from "./refuse.ts";
import { endAll, serveSandbox } from "./sandbox-serving.ts";

let place: Place;
/** Of the vendor's root. */
let fingerprint: string;
beforeAll(() => {
  place = makePlace();
  place.succeed(["root", ROOT_NAME]);
  place.succeed(["client", "100000001", "Lamp"]);
  place.succeed(["root", "/C=US/O=Rival/CN=Rival", "--dir", "rival"]);
  ({ fingerprint256: fingerprint } = new X509Certificate(readFileSync(place.at("root.crt"))));
});
afterAll(() => {
  endAll();
  place.remove();
});

const ownType = () => `dt${fingerprint.replaceAll(":", "").toLowerCase().slice(0, 32)}`;
const vendors = (state: string): unknown[] =>
  JSON.parse(place.succeed(["sandbox", "vendor", "list", "--state", state, "--json"])).vendors;

describe("sandbox type, account and application", () => {
  beforeAll(() => {
    place.succeed(["sandbox", "vendor", "add", "root.crt", "--state", "s.db", "--yes"]);
  });

  it("makes a device type of the only vendor, under an id that firmware has already", () => {
    const id = "dt430e40b477dd42ccb09cc83241ef9b99";
    const made = place.succeed(["sandbox", "type", "add", "Lamp", "--id", id, "--state", "s.db"]);
    expect(made).toBe(`made the device type Lamp\n  id      ${id}\n  issuer  ${ROOT_NAME}\n`);
    // The same id again changes it.
    const words = [
      "sandbox",
      "type",
      "add",
      "Line lamp",
      "--id",
      id,
      "--issuer",
      "CN=Line2,O=MyOrg,C=US",
      "--state",
      "s.db",
      "--json",
    ];
    expect(JSON.parse(place.succeed(words))).toMatchObject({
      schema: "samicerts/sandbox-type/v1",
      id,
      name: "Line lamp",
      issuerDn: "/C=US/O=MyOrg/CN=Line2",
    });
    expect(vendors("s.db")).toMatchObject([{ types: [{ id: ownType() }, { id, name: "Line lamp" }] }]);
  });

  it("asks whose it is where there are two vendors", () => {
    place.succeed(["sandbox", "vendor", "add", "root.crt", "--state", "two.db", "--yes"]);
    place.succeed(["sandbox", "vendor", "add", "rival/root.crt", "--state", "two.db", "--yes"]);
    refuse(
      place,
      ["sandbox", "type", "add", "Lamp", "--state", "two.db"],
      2,
      "there are 2 vendors: it is not said which",
      "give its name or the beginning of its root's SHA-256 with --vendor; sandbox vendor list has them",
    );
    for (const named of [ROOT_NAME, "MyDevAuthority", fingerprint.slice(0, 11)])
      expect(
        place.succeed(["sandbox", "type", "add", "Lamp", "--vendor", named, "--state", "two.db"]),
      ).toContain(`issuer  ${ROOT_NAME}\n`);
    refuse(
      place,
      ["sandbox", "type", "add", "Lamp", "--vendor", "Nobody", "--state", "two.db"],
      2,
      "there is no vendor Nobody",
      "add its root first: samicerts sandbox vendor add root.crt",
    );
  });

  it("makes an account with a password that is shown once, and signs in with it", async () => {
    const made = place.succeed([
      "sandbox",
      "account",
      "add",
      "eve@example.com",
      "--name",
      "Eve",
      "--state",
      "s.db",
    ]);
    expect(made).toMatch(
      /^made the account eve@example\.com\n {2}password {2}[A-Za-z0-9_-]{16} \(it is not shown again\)\n$/,
    );
    refuse(
      place,
      ["sandbox", "account", "add", "eve@example.com", "--state", "s.db"],
      4,
      "there is an account eve@example.com",
      "sign in with it, or choose another address",
    );
    const json = ["sandbox", "account", "password", "eve@example.com", "--state", "s.db", "--json"];
    const account = JSON.parse(place.succeed(json));
    expect(account).toMatchObject({
      schema: "samicerts/sandbox-account/v1",
      email: "eve@example.com",
      uid: expect.stringMatching(/^[0-9a-f]{32}$/),
    });
    const sandbox = await serveSandbox(place.directory, "--state", "s.db");
    const signIn = (password: string) =>
      fetch(`${sandbox.portal}/signin`, {
        method: "POST",
        redirect: "manual",
        headers: { origin: sandbox.portal },
        body: new URLSearchParams({ email: "eve@example.com", password }),
      });
    expect((await signIn(account.password)).headers.getSetCookie().join()).toContain("HttpOnly");
    expect((await signIn(/password {2}(\S+)/.exec(made)?.[1] ?? "")).headers.getSetCookie()).toEqual([]);
    await sandbox.end("SIGTERM");
  });

  it("makes an application for OAuth 2", () => {
    const words = [
      "sandbox",
      "application",
      "add",
      "Hub",
      "--redirect",
      "http://localhost:3000/",
      "--state",
      "s.db",
    ];
    expect(place.succeed(words)).toMatch(
      /^made the application Hub\n {2}client_id {2}[0-9a-f]{32}\n {2}redirects {2}http:\/\/localhost:3000\/\n$/,
    );
    expect(JSON.parse(place.succeed([...words, "--json"]))).toEqual({
      schema: "samicerts/sandbox-application/v1",
      id: expect.stringMatching(/^[0-9a-f]{32}$/),
      name: "Hub",
      redirectUris: ["http://localhost:3000/"],
    });
  });

  it.each<[string[], string, string]>([
    [
      ["type", "add", "Lamp", "--id", "dt12"],
      `--id can't be "dt12"`,
      "give dt and 32 digits of hex, as in dt430e40b477dd42ccb09cc83241ef9b99",
    ],
    [["account", "add", "eve"], '"eve" is no address', "give one, such as eve@example.com"],
    [
      ["account", "password", "mallory@example.com"],
      "there is no account mallory@example.com in s.db",
      "make it: samicerts sandbox account add mallory@example.com --state s.db",
    ],
    [
      ["application", "add", "Hub"],
      "it is not said where users may be sent back to",
      "name it, as in --redirect http://localhost:3000/",
    ],
    [
      ["application", "add", "Hub", "--redirect", "javascript:alert(1)"],
      `--redirect can't be "javascript:alert(1)"`,
      "give a whole URI without a fragment, as in --redirect http://localhost:3000/callback",
    ],
  ])("is told in two lines what is wrong: %j", (words, message, hint) => {
    refuse(place, ["sandbox", ...words, "--state", "s.db"], 2, message, hint);
  });

  it("tells a sandbox that runs, which trusts the vendor from then on", async () => {
    const sandbox = await serveSandbox(place.directory, "--state", "live.db", "--root", "rival/root.crt");
    const rehearse = () =>
      place.samicerts(["rehearse", "100000001", "--auto-confirm", "--api", sandbox.api, "--quiet"], {
        env: { SAMICERTS_SANDBOX_TOKEN: sandbox.tokens.join(",") },
      });
    const stranger = rehearse();
    expect(stranger.status).toBe(1);
    expect(stranger.stderr).toContain("no type has the issuer");
    place.succeed(["sandbox", "vendor", "add", "root.crt", "--state", "live.db", "--yes"]);
    expect(rehearse()).toMatchObject({ status: 0, stdout: "", stderr: "" });
    await sandbox.end("SIGTERM");
  });
});
