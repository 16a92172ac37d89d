import { copyFileSync, readFileSync } from "node:fs";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { createDeviceClient, type DeviceClient } from "../../src/sandbox/rehearse/device-client.ts";
import { makePlace, type Place, ROOT_NAME, told } from "./command.ts";
import { endAll, type Serving, serveSandbox } from "./sandbox-serving.ts";

/** A device that is registered, on a connection that stays open. */
interface Connected {
  readonly client: DeviceClient;
  /** Sends a message; gives the status and, where it was refused, why. */
  send(): Promise<readonly [status: number, reason: string | undefined]>;
}

const PATH = "/v1.1/cert/devices/registrations";

let place: Place;
let elsewhere: Place;
let serial = 100_000_000;
let sandbox: Serving;
const clients: DeviceClient[] = [];
beforeAll(() => {
  place = makePlace();
  elsewhere = makePlace();
  place.succeed(["root", ROOT_NAME]);
});
afterEach(async () => {
  for (const client of clients.splice(0)) client.close();
  await sandbox.end("SIGTERM");
});
afterAll(() => {
  endAll();
  place.remove();
  elsewhere.remove();
});

const dataOf = (answer: { readonly body: unknown }): Record<string, string> =>
  (answer.body as { data: Record<string, string> }).data;
const today = new Date().toISOString().slice(0, 4);

/** Makes a device of the vendor's and registers it at the sandbox that runs. */
async function connect(): Promise<Connected & { readonly serial: string }> {
  const own = String(++serial);
  place.succeed(["client", own, `Lamp ${own}`, "--quiet"]);
  const read = (suffix: string) => readFileSync(place.at("devices", `${own}.${suffix}`), "utf8");
  const client = createDeviceClient(
    { host: "localhost", port: sandbox.apiPort },
    { certificate: read("crt"), key: read("key") },
  );
  clients.push(client);
  const body = { deviceTypeId: sandbox.type, vendorDeviceId: own };
  const { rid, pin, nonce } = dataOf(await client.ask("POST", PATH, { body }));
  const confirmed = { token: sandbox.tokens[0], body: { pin, deviceName: own } };
  await client.ask("PUT", "/v1.1/devices/registrations/pin", confirmed);
  const completed = await client.ask("PUT", `${PATH}/${rid}`, { body: { nonce } });
  const { accessToken: token = "", did } = dataOf(completed);
  return {
    serial: own,
    client,
    async send() {
      const answer = await client.ask("POST", "/v1.1/message", {
        token,
        body: { sdid: did, data: { a: 1 } },
      });
      const { error } = answer.body as { error?: { message: string } };
      return [answer.status, error?.message];
    },
  };
}

describe("a device that is revoked in the vendor's directory", () => {
  it("is refused at once, on the connection that it has, and told why; so is the log", async () => {
    sandbox = await serveSandbox(place.directory);
    const lamp = await connect();
    const other = await connect();
    expect(await lamp.send()).toEqual([200, undefined]);
    place.succeed(["revoke", lamp.serial, "--reason", "keyCompromise", "--quiet"]);
    const [status, reason] = await lamp.send();
    expect([status, reason]).toEqual([
      401,
      expect.stringMatching(new RegExp(`revoked.* ${today}-.*keyCompromise.* \\[revocation\\.revoked\\]$`)),
    ]);
    expect(await other.send()).toEqual([200, undefined]);
    const body = { deviceTypeId: sandbox.type, vendorDeviceId: "again" };
    expect((await lamp.client.ask("POST", PATH, { body })).status).toBe(401);
    await expect(lamp.client.openSocket("/v1.1/websocket")).rejects.toThrow("401");
    const [line] = await sandbox.until(/^refused: POST \/v1\.1\/message 401, .*\n/m);
    expect(line).toContain(`CN=Lamp ${lamp.serial}: ${reason}`);
  });

  it("is refused while it is on hold, and not a moment longer", async () => {
    sandbox = await serveSandbox(place.directory);
    const lamp = await connect();
    for (let turn = 0; turn < 2; turn++) {
      place.succeed(["revoke", lamp.serial, "--reason", "certificateHold", "--quiet"]);
      expect(await lamp.send()).toEqual([401, expect.stringMatching(/hold/)]);
      place.succeed(["revoke", lamp.serial, "--release", "--quiet"]);
      expect(await lamp.send()).toEqual([200, undefined]);
    }
  });

  it("can't be rehearsed any more, and the rehearsal says why", async () => {
    sandbox = await serveSandbox(place.directory);
    const lamp = await connect();
    place.succeed(["revoke", lamp.serial, "--reason", "superseded", "--quiet"]);
    const { status, stderr } = place.samicerts(["rehearse", lamp.serial, "--auto-confirm", "--quiet"]);
    expect(status).toBe(1);
    expect(stderr).toMatch(
      /^error: register: POST \S+ \S+: answered 401: .*superseded.*\[revocation\.revoked\]\n/,
    );
  });

  it("is served on with --no-ledger, until the CRL is published", async () => {
    sandbox = await serveSandbox(place.directory, "--no-ledger");
    const lamp = await connect();
    place.succeed(["revoke", lamp.serial, "--reason", "keyCompromise", "--quiet"]);
    expect(await lamp.send()).toEqual([200, undefined]);
    place.succeed(["crl", "--quiet"]);
    expect(await lamp.send()).toEqual([
      401,
      expect.stringMatching(/keyCompromise.*\[revocation\.revoked\]$/),
    ]);
  });
});

describe("a sandbox that has the vendor's root and CRL alone", () => {
  it("refuses by the CRL, at once when another takes its place", async () => {
    place.succeed(["crl", "--quiet"]);
    for (const name of ["root.crt", "root.crl"]) copyFileSync(place.at(name), elsewhere.at(name));
    sandbox = await serveSandbox(elsewhere.directory, "--root", "root.crt", "--crl", "root.crl");
    expect(sandbox.stdout()).toMatch(/\n {2}CRLs +root\.crl\n/);
    const lamp = await connect();
    place.succeed(["revoke", lamp.serial, "--reason", "cessationOfOperation", "--quiet"]);
    place.succeed(["crl", "--quiet"]);
    expect(await lamp.send()).toEqual([200, undefined]);
    copyFileSync(place.at("root.crl"), elsewhere.at("root.crl"));
    expect(await lamp.send()).toEqual([401, expect.stringMatching(/cessationOfOperation/)]);
  });

  it("goes by what it knew where a CRL can't be read any more, and says so once", async () => {
    copyFileSync(place.at("root.crl"), elsewhere.at("root.crl"));
    sandbox = await serveSandbox(elsewhere.directory, "--root", "root.crt", "--crl", "root.crl");
    const lamp = await connect();
    copyFileSync(place.at("root.crt"), elsewhere.at("root.crl"));
    expect(await lamp.send()).toEqual([200, undefined]);
    await sandbox.until(/^warning: .*root\.crl.*; what it said before stays in force\n/m);
    expect(await lamp.send()).toEqual([200, undefined]);
    expect(sandbox.stderr().match(/warning: /g)).toHaveLength(1);
  });

  it("does not start without the CRL that it is told of", () => {
    const words = ["sandbox", "--root", "root.crt", "--crl", "absent.crl", "--port", "0", "--api-port", "0"];
    const { status, stdout, stderr } = elsewhere.samicerts(words);
    expect([status, stdout, stderr]).toEqual([
      3,
      "",
      told("absent.crl does not exist", "check the path, or --dir"),
    ]);
  });
});
