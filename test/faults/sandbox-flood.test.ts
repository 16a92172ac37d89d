import { existsSync, readFileSync } from "node:fs";
import { connect, type Socket } from "node:net";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { createDeviceClient } from "../../src/sandbox/rehearse/device-client.ts";
import { makePlace, type Place, ROOT_NAME } from "../stories/command.ts";
import { endAll, type Serving, serveSandbox } from "../stories/sandbox-serving.ts";

const CONNECTIONS = 10_000;
/** So many are begun at a time, as a network lets them through. */
const AT_ONCE = 500;
/** Of a process that is at about 100 before, in megabytes. */
const MOST_MB = 1024;
/** What a ClientHello begins with; the rest never comes. */
const HALF_HELLO = Buffer.from("16030100f8010000f40303", "hex");

let place: Place;
let sandbox: Serving;
beforeAll(async () => {
  place = makePlace();
  place.succeed(["root", ROOT_NAME]);
  place.succeed(["client", "100000001", "Lamp", "--quiet"]);
  sandbox = await serveSandbox(place.directory);
});
afterAll(() => {
  endAll();
  place.remove();
});

/** Opens them all and gives what ends with each. */
async function flood(port: number, first: Buffer): Promise<readonly Promise<void>[]> {
  const closes: Promise<void>[] = [];
  const open = (place: number): Promise<Socket> =>
    new Promise((resolve, reject) => {
      const socket = connect(port, "127.0.0.1");
      socket.once("error", reject);
      socket.once("connect", () => {
        // From here on it is the sandbox's to end it.
        socket.off("error", reject).on("error", () => {});
        if (place % 2 === 0) socket.write(first);
        resolve(socket);
      });
      closes.push(new Promise((closed) => socket.once("close", () => closed())));
    });
  for (let begun = 0; begun < CONNECTIONS; begun += AT_ONCE)
    await Promise.all(Array.from({ length: AT_ONCE }, (_, each) => open(begun + each)));
  return closes;
}

function residentMb(): number {
  const status = `/proc/${sandbox.child.pid}/status`;
  if (!existsSync(status)) return 0;
  return Number(/VmRSS:\s+([0-9]+) kB/.exec(readFileSync(status, "utf8"))?.[1]) / 1000;
}

describe(`${CONNECTIONS} connections on which nothing comes to an end`, () => {
  it.each([
    ["the device API, a TLS handshake half begun or not at all", "api", HALF_HELLO],
    ["the portal, a request half sent or not at all", "portal", Buffer.from("GET / HTTP/1.1\r\nHost: local")],
  ])(
    "keep no device out of %s, and all are let go",
    async (_, which, first) => {
      const port = which === "api" ? sandbox.apiPort : Number(new URL(sandbox.portal).port);
      const closes = await flood(port, first);
      const read = (suffix: string) => readFileSync(place.at("devices", `100000001.${suffix}`), "utf8");
      const client = createDeviceClient(
        { host: "localhost", port: sandbox.apiPort },
        { certificate: read("crt"), key: read("key") },
      );
      const body = { deviceTypeId: sandbox.type, vendorDeviceId: "lamp" };
      expect((await client.ask("POST", "/v1.1/cert/devices/registrations", { body })).status).toBe(200);
      expect((await fetch(`${sandbox.portal}/ca.crt`)).status).toBe(200);
      expect(residentMb()).toBeLessThan(MOST_MB);
      client.close();
      await Promise.all(closes);
      expect((await fetch(`${sandbox.portal}/ca.crt`)).status).toBe(200);
      expect(sandbox.child.exitCode).toBe(null);
    },
    120_000,
  );
});
