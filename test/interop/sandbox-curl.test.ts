import { spawnSync } from "node:child_process";
import { mkdirSync, writeFileSync } from "node:fs";
import { afterAll, beforeAll, expect, it } from "vitest";
import { needs } from "../programs.ts";
import { makePlace, type Place, plainEnvironment, ROOT_NAME } from "../stories/command.ts";
import { endAll, type Serving, serveSandbox } from "../stories/sandbox-serving.ts";

/** The calls as the platform's documentation shows them, letter for letter; H, C and K are what it says of them. */
const DOCUMENTED = {
  register: `curl -X POST -k -i -H "Accept: application/json" -H "Content-Type: application/json" -d '{"deviceTypeId":"dt430e40b477dd42ccb09cc83241ef9b99","vendorDeviceId":"a1b2c3d4"}' --cert C --key K https://H/v1.1/cert/devices/registrations`,
  status: `curl -k -i -H "Accept: application/json" --cert C --key K https://H/v1.1/cert/devices/registrations/RID/status`,
  complete: `curl -X PUT -k -i -H "Accept: application/json" -H "Content-Type: application/json" -d '{"nonce":"..."}' --cert C --key K https://H/v1.1/cert/devices/registrations/RID`,
  send: `curl -X POST -k -i -H "Accept: application/json" -H "Content-Type: application/json" -H "Authorization: bearer TOKEN" -d '{"sdid":"DID","data":{"stepCount":100,"timeInBed":200,"asleepTime":10,"calories":150}}' --cert C --key K https://H/v1.1/message`,
};

interface HttpAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  // biome-ignore lint/suspicious/noExplicitAny: whatever JSON it is.
  readonly body: any;
}

const HEX = /^[0-9a-f]{32}$/;

let place: Place;
let sandbox: Serving;
beforeAll(async () => {
  place = makePlace();
  place.succeed(["root", ROOT_NAME]);
  place.succeed(["intermediate", "line2", "/C=US/O=MyOrg/CN=Line2"]);
  for (const serial of ["100000001", "100000002", "100000003", "100000004"])
    place.succeed(["client", serial, `Lamp ${serial}`, "--quiet"]);
  place.succeed(["client", "200000001", "Kettle", "--line", "line2", "--quiet"]);
  sandbox = await serveSandbox(place.directory);
  writeFileSync(place.at("ca.crt"), await (await fetch(`${sandbox.portal}/ca.crt`)).text());
});
afterAll(() => {
  endAll();
  place.remove();
});

function parse(text: string): HttpAnswer {
  const [head = "", ...rest] = text.split("\r\n\r\n");
  const [first = "", ...lines] = head.split("\r\n");
  const headers = lines.map((line) => {
    const at = line.indexOf(":");
    return [line.slice(0, at).toLowerCase(), line.slice(at + 1).trim()];
  });
  const body = rest.join("\r\n\r\n");
  return {
    status: Number(/^HTTP\/1\.1 (\d{3})/.exec(first)?.[1]),
    headers: Object.fromEntries(headers),
    body: body === "" ? undefined : JSON.parse(body),
  };
}

/** Runs a command of curl's as it stands, with the settings of `.curlrc` in `home`. */
function curl(command: string, home = "plain"): HttpAnswer {
  const { status, stdout, stderr } = spawnSync("bash", ["-c", command], {
    cwd: place.directory,
    encoding: "utf8",
    env: { ...plainEnvironment(), HOME: place.at(home) },
  });
  if (status !== 0) throw new Error(`${command} ended with ${status}: ${stderr}`);
  return parse(stdout);
}

interface Named {
  readonly files: string;
  readonly rid?: string;
  readonly nonce?: string;
  readonly token?: string;
  readonly did?: string;
  readonly vendorDeviceId?: string;
}

/** A documented command with host, files and ids replaced. */
function filled(command: string, { files, rid, nonce, token, did, vendorDeviceId }: Named): string {
  return command
    .replace("https://H/", () => `${sandbox.api}/`)
    .replace("--cert C --key K", () => `--cert ${files}.crt --key ${files}.key`)
    .replace("dt430e40b477dd42ccb09cc83241ef9b99", () => sandbox.type)
    .replace("a1b2c3d4", () => vendorDeviceId ?? "a1b2c3d4")
    .replace("RID", () => rid ?? "RID")
    .replace('"nonce":"..."', () => `"nonce":"${nonce}"`)
    .replace("TOKEN", () => token ?? "TOKEN")
    .replace("DID", () => did ?? "DID");
}

const confirming = (pin: string): string =>
  `curl -X PUT -k -i -H "Accept: application/json" -H "Content-Type: application/json" -H "Authorization: bearer ${sandbox.tokens[0]}" ` +
  `-d '{"pin":"${pin}","deviceName":"Lamp"}' ${sandbox.api}/v1.1/devices/registrations/pin`;

function expectGood({ status, headers }: HttpAnswer): void {
  expect(status).toBe(200);
  expect(headers["content-type"]).toBe("application/json; charset=utf-8");
  expect(headers["access-control-allow-origin"]).toBe("*");
}

needs("curl")("the documentation's own curl commands", () => {
  it.each([
    ["TLS 1.2", "tlsv1.2\ntls-max = 1.2\n", "100000001"],
    ["TLS 1.3", "tlsv1.3\n", "100000002"],
  ])("give the documented answers, over %s", (version, settings, serial) => {
    mkdirSync(place.at(version));
    writeFileSync(place.at(version, ".curlrc"), settings);
    const named = { files: `devices/${serial}`, vendorDeviceId: `v${serial}` };
    const run = (command: string, more: Partial<Named> = {}) =>
      curl(filled(command, { ...named, ...more }), version);

    const registered = run(DOCUMENTED.register);
    expectGood(registered);
    const { rid, pin, nonce, expiresOn } = registered.body.data;
    expect(registered.body).toEqual({ data: { rid, pin, nonce, expiresOn } });
    expect([
      HEX.test(rid),
      HEX.test(nonce),
      /^[A-Z0-9]{8}$/.test(pin),
      expiresOn > 1_423_197_470_000,
    ]).toEqual([true, true, true, true]);
    expect(run(DOCUMENTED.status, { rid }).body).toEqual({ data: { status: "PENDING_USER_CONFIRMATION" } });
    expectGood(curl(confirming(pin), version));
    const pending = run(DOCUMENTED.status, { rid });
    expectGood(pending);
    expect(pending.body).toEqual({ data: { status: "PENDING_DEVICE_COMPLETION" } });
    expect(run(DOCUMENTED.complete, { rid, nonce: "0".repeat(32) })).toMatchObject({ status: 401 });

    const completed = run(DOCUMENTED.complete, { rid, nonce });
    expectGood(completed);
    const { accessToken: token, uid, did } = completed.body.data;
    expect(completed.body).toEqual({ data: { accessToken: token, uid, did } });
    expect([token, uid, did].every((each) => HEX.test(each))).toBe(true);
    expect(run(DOCUMENTED.status, { rid }).body).toEqual({ data: { status: "REGISTERED", did } });

    const sent = run(DOCUMENTED.send, { token, did });
    expectGood(sent);
    expect(sent.body).toEqual({ data: { mid: expect.stringMatching(HEX) } });
    expect(sent.headers["x-rate-limit-limit"]).toBe("100/1000");
    expect(sent.headers["x-rate-limit-remaining"]).toBe("99/999");
    expect(sent.headers["x-rate-limit-reset"]).toMatch(/^\d{10}\/\d{10}$/);
  });

  it("are refused as documented: 403 and 409 for what is registered, 404 and 403 for a rid, 401 for no certificate", () => {
    const lamp = { files: "devices/100000001", vendorDeviceId: "v100000001" };
    const other = { files: "devices/100000003", vendorDeviceId: "v100000001" };
    expect(curl(filled(DOCUMENTED.register, lamp))).toMatchObject({
      status: 403,
      body: { error: { code: 403, message: "this device is registered already" } },
    });
    expect(curl(filled(DOCUMENTED.register, other)).status).toBe(409);
    const { rid } = curl(filled(DOCUMENTED.register, { ...other, vendorDeviceId: "x" })).body.data;
    expect(curl(filled(DOCUMENTED.status, { ...lamp, rid })).status).toBe(403);
    expect(curl(filled(DOCUMENTED.status, { ...lamp, rid: "f".repeat(32) })).status).toBe(404);
    const bare = filled(DOCUMENTED.register, lamp).replace(/--cert \S+ --key \S+/, "");
    expect(curl(bare)).toMatchObject({
      status: 401,
      body: { error: { code: 401, message: "no certificate was shown in the TLS handshake" } },
    });
  });

  it("trust the sandbox by its CA too, and serve a factory line's device with and without its chain", () => {
    const checked = (command: string): string => command.replace(" -k ", " --cacert ca.crt ");
    const files = "lines/line2/devices/200000001";
    const command = checked(filled(DOCUMENTED.register, { files, vendorDeviceId: "kettle" }));
    const line = /dt[0-9a-f]{32}(?=\n {14}Line2,)/.exec(sandbox.stdout())?.[0] ?? "";
    expect(line).toMatch(/^dt/);
    for (const shown of [command, command.replace(`${files}.crt`, `${files}.chain.crt`)]) {
      expectGood(curl(shown.replace(sandbox.type, line)));
      expect(curl(shown)).toMatchObject({
        status: 401,
        body: { error: { message: expect.stringContaining("not of this device type") } },
      });
    }
  });
});

needs("openssl")("the whole flow by openssl s_client alone", () => {
  /** Writes a request into s_client by hand and reads what comes out. */
  const write = (version: string, request: string, serial?: string): HttpAnswer => {
    const identity =
      serial === undefined ? [] : ["-cert", `devices/${serial}.crt`, "-key", `devices/${serial}.key`];
    const words = ["s_client", "-quiet", "-connect", `127.0.0.1:${sandbox.apiPort}`, `-${version}`];
    const checked = [
      "-servername",
      "localhost",
      "-CAfile",
      "ca.crt",
      "-verify_return_error",
      "-verify_hostname",
      "localhost",
    ];
    const { status, stdout, stderr } = spawnSync("openssl", [...words, ...checked, ...identity], {
      cwd: place.directory,
      input: request,
      encoding: "utf8",
    });
    if (status !== 0) throw new Error(stderr);
    return parse(stdout);
  };
  const http = (method: string, path: string, token?: string, body?: unknown): string => {
    const text = body === undefined ? "" : JSON.stringify(body);
    const lines = [
      `${method} /v1.1${path} HTTP/1.1`,
      `Host: localhost:${sandbox.apiPort}`,
      "Connection: close",
      ...(token === undefined ? [] : [`Authorization: bearer ${token}`]),
      ...(body === undefined
        ? []
        : ["Content-Type: application/json", `Content-Length: ${Buffer.byteLength(text)}`]),
    ];
    return `${lines.join("\r\n")}\r\n\r\n${text}`;
  };

  it.each([
    ["tls1_2", "100000003"],
    ["tls1_3", "100000004"],
  ])(
    "registers, is confirmed, completes, sends, and is read back by its owner, over %s",
    (version, serial) => {
      const ask = (request: string) => write(version, request);
      const askAsDevice = (request: string) => write(version, request, serial);
      const asked = { deviceTypeId: sandbox.type, vendorDeviceId: version };
      const opened = askAsDevice(http("POST", "/cert/devices/registrations", undefined, asked));
      const { rid, pin, nonce } = opened.body.data;
      const confirmed = { pin, deviceName: version };
      expect(ask(http("PUT", "/devices/registrations/pin", sandbox.tokens[1], confirmed)).status).toBe(200);
      const standing = http("GET", `/cert/devices/registrations/${rid}/status`);
      expect(askAsDevice(standing).body.data).toEqual({ status: "PENDING_DEVICE_COMPLETION" });
      const completing = http("PUT", `/cert/devices/registrations/${rid}`, undefined, { nonce });
      const { accessToken, did } = askAsDevice(completing).body.data;
      const data = { stepCount: 100 };
      const sent = askAsDevice(http("POST", "/message", accessToken, { sdid: did, data }));
      expect(sent.status).toBe(200);
      const reading = `/messages/last?sdids=${did}&count=1`;
      const last = ask(http("GET", reading, sandbox.tokens[1]));
      expect(last.body.data).toMatchObject([{ mid: sent.body.data.mid, sdid: did, data }]);
      // The other user has no such device.
      expect(ask(http("GET", reading, sandbox.tokens[0])).status).toBe(404);
    },
  );
});
