import { rmSync, writeFileSync } from "node:fs";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { makePlace, type Place, ROOT_NAME, told } from "./command.ts";
import { refuse } from "./refuse.ts";
import { endAll, type Serving, serveSandbox, talk } from "./sandbox-serving.ts";
import { makeVendorToRehearse } from "./vendor-to-rehearse.ts";

let place: Place;
beforeAll(() => {
  place = makeVendorToRehearse();
});
afterAll(() => {
  endAll();
  place.remove();
});

const HEX = "[0-9a-f]{32}";
const step = (name: string, got: string): string =>
  String.raw` +\d+\.\d{3} s {2}ok {2}${name} +${got} \(\d+ ms\)`;
const about = String.raw`(?:\n {15}(?:sent|checked|  +)[^\n]*)+\n`;

describe("rehearse --auto-confirm", () => {
  it("plays device and owner against a sandbox of its own, and shows each step with what was sent and checked", () => {
    const before = place.listing();
    const { status, stdout, stderr } = place.samicerts(["rehearse", "100000001", "--auto-confirm"]);
    expect([status, stderr]).toEqual([0, ""]);
    expect(stdout).toMatch(
      new RegExp(
        `^rehearsing Lamp, serial 100000001 \\(0x5f5e101\\), last four 0001\nat https://localhost:\\d+, a sandbox of this run's own\n${[
          step("find type", `dt${HEX}, MyDevAuthority`),
          step("register", "rid [0-9a-f]{8}\\.\\.\\., PIN [A-Z0-9]{8}"),
          step("confirm", "confirmed Lamp"),
          step("complete", `did ${HEX}`),
          step("send", `mid ${HEX}, 99/999 left`),
          step("stream", `mid ${HEX}`),
          step("read back", "2 messages"),
        ]
          .map((line) => line + about)
          .join("")}passed: 2 messages arrived and were read back\n$`,
      ),
    );
    expect(place.listing()).toEqual(before);
  });

  it("is a hub whose end nodes belong to two users", () => {
    const words = ["rehearse", "100000002", "--auto-confirm", "--hub", "--nodes", "3"];
    const { status, stdout, stderr } = place.samicerts(words);
    expect([status, stderr]).toEqual([0, ""]);
    expect(stdout).toMatch(/create nodes {5}([0-9a-f]{8}\.\.\.(, )?){3} /);
    expect(stdout).toContain("node 2: not to the other user");
    expect(stdout).toMatch(/passed: 8 messages arrived and were read back\n$/);
  });

  it("takes a sample of a directory, several at a time, and sums up", () => {
    const words = ["rehearse", "devices/", "--auto-confirm", "--sample", "20", "--jobs", "8"];
    expect(place.succeed(words)).toBe("20 devices rehearsed, 20 passed, 0 failed; 40 messages read back\n");
  });

  it("fails where one device of a directory does, and says which and why", () => {
    const other = makePlace();
    other.succeed(["root", "/C=US/O=Rival/CN=Rival"]);
    other.succeed(["client", "200000001", "Stranger"]);
    const words = ["rehearse", other.at("devices"), "--auto-confirm", "--dir", place.directory];
    const { status, stdout, stderr } = other.samicerts(words);
    expect([status, stderr]).toEqual([1, ""]);
    expect(stdout.replace(/\n {2,}/g, " ")).toMatch(
      /^failed {2}200000001 {2}Stranger: find type: .*no type has the issuer \/C=US\/O=Rival\/CN=Rival;/,
    );
    expect(stdout).toMatch(/\n1 device rehearsed, 0 passed, 1 failed; 0 messages read back\n$/);
    const document = JSON.parse(other.samicerts([...words, "--json"]).stdout);
    expect(document).toMatchObject({
      passed: 0,
      failed: 1,
      devices: [{ ok: false, error: { code: "rehearse.failed" } }],
    });
    other.remove();
  });

  it("works for devices of the root that there is and of the one that it has replaced, which has the same name", () => {
    const other = makePlace();
    other.succeed(["root", ROOT_NAME]);
    other.succeed(["client", "100000001", "Old"]);
    other.succeed(["root", "--replace"]);
    other.succeed(["client", "100000002", "New"]);
    expect(other.succeed(["rehearse", "devices", "--auto-confirm"])).toMatch(
      /^2 devices rehearsed, 2 passed, /,
    );
    other.remove();
  });

  it("tells it in JSON", () => {
    const { status, stdout, stderr } = place.samicerts(["rehearse", "0x5f5e101", "--auto-confirm", "--json"]);
    expect([status, stderr]).toEqual([0, ""]);
    const document = JSON.parse(stdout);
    expect(document).toMatchObject({
      schema: "samicerts/rehearse/v1",
      api: expect.stringMatching(/^https:\/\/localhost:\d+$/),
      ownSandbox: true,
      passed: 1,
      failed: 0,
      devices: [
        {
          name: "Lamp",
          serial: { decimal: "100000001", hex: "0x5f5e101", lastFour: "0001" },
          ok: true,
          messages: 2,
        },
      ],
    });
    const [{ steps }] = document.devices;
    expect(steps.map(({ step: name }: { step: string }) => name)).toEqual([
      "find type",
      "register",
      "confirm",
      "complete",
      "send",
      "stream",
      "read back",
    ]);
    for (const each of steps)
      expect(each).toEqual({
        step: expect.any(String),
        sent: expect.any(String),
        got: expect.any(String),
        checked: expect.arrayContaining([expect.any(String)]),
        atMs: expect.any(Number),
        tookMs: expect.any(Number),
      });
    // Whoever has the log has no device.
    expect(stdout).not.toMatch(/nonce":|accessToken/);
  });
});

describe("rehearse against a sandbox that runs", () => {
  let sandbox: Serving;
  beforeAll(async () => {
    sandbox = await serveSandbox(place.directory);
  });
  afterAll(async () => {
    await sandbox.end("SIGTERM");
  });

  it("shows the PIN, waits for the owner, completes, sends, and reads back as the device", async () => {
    const device = talk(place.directory, ["rehearse", "100000001", "--api", sandbox.api]);
    const [, pin = ""] = await device.until(
      /\n {2}PIN ([A-Z0-9]{8}), last four 0001: enter them at .*, until \d\d:\d\d:\d\d UTC\n/,
    );
    const confirm = (entered: string) =>
      fetch(`${sandbox.portal}/v1.1/devices/registrations/pin`, {
        method: "PUT",
        headers: { authorization: `bearer ${sandbox.tokens[0]}`, "content-type": "application/json" },
        body: JSON.stringify({ pin: entered, deviceName: "Lamp" }),
      });
    expect((await confirm("WRONG000")).status).toBe(403);
    expect((await confirm(pin)).status).toBe(200);
    expect(await device.ended()).toBe(0);
    expect(device.stderr()).toBe("");
    expect(device.stdout()).toMatch(new RegExp(step("wait", "PENDING_DEVICE_COMPLETION")));
    expect(device.stdout()).toContain("as the device");
    expect(device.stdout()).toMatch(/passed: 2 messages arrived and were read back\n$/);
    // Who was kept out is told at the sandbox.
    expect(sandbox.stderr()).toMatch(
      /^refused: PUT \/v1\.1\/devices\/registrations\/pin 403, .*2 attempts left/m,
    );
  });

  it("is refused where that device is registered already, and its owner is not there to let go of it", () => {
    const words = ["rehearse", "100000001", "--api", sandbox.api, "--quiet"];
    const { status, stdout, stderr } = place.samicerts(words);
    expect([status, stdout]).toEqual([1, ""]);
    expect(stderr).toBe(
      told(
        "register: POST /v1.1/cert/devices/registrations 5f5e101: answered 403: this device is registered already",
        "samicerts verify tells what is wrong with a certificate; the sandbox's log tells what it was shown",
      ),
    );
  });

  it("plays the owner with the token that the sandbox told, who lets go of it first; the CA is checked where it is named", async () => {
    const ca = await (await fetch(`${sandbox.portal}/ca.crt`)).text();
    writeFileSync(place.at("ca.crt"), ca);
    const env = { SAMICERTS_SANDBOX_TOKEN: sandbox.tokens.join(",") };
    const words = ["rehearse", "100000001", "--auto-confirm", "--api", sandbox.api];
    const { status, stdout } = place.samicerts([...words, "--cacert", "ca.crt"], { env });
    expect(status).toBe(0);
    expect(stdout).toContain("it was registered before, and its owner let go of it");
    const wrong = place.samicerts([...words, "--cacert", "root.crt"], { env });
    expect(wrong.status).toBe(3);
    expect(wrong.stderr).toMatch(/^error: there is no sandbox at \S+: .*(self|certificate)/);
    rmSync(place.at("ca.crt"));
  });

  it("is told in two lines what is missing: the owner's token, or a token that is none", () => {
    const words = ["rehearse", "100000001", "--auto-confirm", "--api", sandbox.api];
    refuse(
      place,
      words,
      2,
      `--auto-confirm plays the owner at ${sandbox.api}, and has no token of theirs`,
      "export SAMICERTS_SANDBOX_TOKEN as the sandbox told when it began, or leave --api out for a sandbox of its own",
    );
    const { status, stderr } = place.samicerts(words, { env: { SAMICERTS_SANDBOX_TOKEN: "abc" } });
    expect([status, stderr]).toEqual([
      2,
      told(
        "SAMICERTS_SANDBOX_TOKEN holds something else than tokens",
        "give tokens of 32 hex digits, with a comma between them, as the sandbox told when it began",
      ),
    ]);
  });
});
