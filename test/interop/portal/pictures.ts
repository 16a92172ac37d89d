import { join } from "node:path";
import type { Page } from "playwright-core";
import { openBrowser, signIn } from "./browser.ts";
import { openStage, type Stage } from "./stage.ts";

const MINUTE_MS = 60_000;
const HUB = "100000004";

/** A page that is shown in the documentation. */
export interface Picture {
  /** `portal-devices.png`. */
  readonly name: string;
  readonly show: (page: Page, stage: Stage) => Promise<void>;
  readonly dark?: true;
  readonly height: number;
}

const open = (path: string) => async (page: Page, stage: Stage) => {
  await page.goto(`${stage.running.portal}${path}`);
};

/** The four main pages. */
export const PICTURES: readonly Picture[] = [
  {
    name: "portal-register.png",
    show: async (page, stage) => {
      await open("/register")(page, stage);
      await page.getByLabel("Name").fill("Bedroom lamp");
      await page.getByLabel("PIN").fill("QJ39NCBO");
      await page.getByLabel("Last four digits").fill("0005");
    },
    height: 790,
  },
  { name: "portal-devices.png", show: open("/devices"), height: 850 },
  {
    name: "portal-device.png",
    show: async (page, stage) => {
      await open("/devices")(page, stage);
      await page.getByRole("link", { name: "Living room lamp" }).click();
      await page.getByText("Live", { exact: true }).waitFor();
    },
    height: 900,
  },
  { name: "portal-refusals.png", show: open("/refusals"), dark: true, height: 760 },
];

/** How wide a picture is, in pixels, and how large its file may be, in octets. */
export const PICTURE_WIDTH: number = 1080;
export const MOST_PICTURE: number = 150_000;

/** Takes the pictures of a sandbox in which some devices have been for a while; `directory` gets them. */
export async function takePictures(directory: string): Promise<void> {
  const stage = await openStage();
  try {
    await furnish(stage);
    for (const dark of [false, true]) {
      const browser = await openBrowser({
        colorScheme: dark ? "dark" : "light",
        width: PICTURE_WIDTH,
        height: 800,
      });
      try {
        await signIn(browser.page, stage.running);
        for (const { show, name, height } of PICTURES.filter((each) => (each.dark ?? false) === dark)) {
          await browser.page.setViewportSize({ width: PICTURE_WIDTH, height });
          await show(browser.page, stage);
          await browser.page.screenshot({ path: join(directory, name) });
        }
      } finally {
        await browser.close();
      }
    }
  } finally {
    await stage.close();
  }
}

/** Devices, a hub with end nodes, what they sent within the last hour, and some who were refused. */
async function furnish(stage: Stage): Promise<void> {
  const { accounts, vendors } = stage.running;
  const token = accounts[0]?.token ?? "";
  const now = Date.now();
  for (const [serial, name] of [
    ["100000001", "MyAwesomeDevice"],
    ["100000002", "MyAwesomeDevice"],
    [HUB, "MyAwesomeHub"],
  ] as const)
    await stage.run("client", serial, name);
  const lamp = stage.device("100000001", "lamp");
  await lamp.register("Living room lamp", token);
  for (let each = 0; each < 60; each++)
    await lamp.send(
      {
        temperature: round(21.5 + 1.6 * Math.sin(each / 9) + 0.25 * Math.sin(each * 2.1)),
        brightness: round(340 + 220 * Math.sin(each / 14 + 1) ** 2),
        power: {
          watts: round(each < 22 ? 4.2 : 11.6 + 0.3 * Math.sin(each)),
          volts: round(229.6 + 0.8 * Math.sin(each / 5)),
        },
      },
      now - (60 - each) * MINUTE_MS,
    );
  const meter = stage.device("100000002", "meter");
  await meter.register("Step counter", token);
  for (let each = 0; each < 30; each++)
    await meter.send(
      { stepCount: 4000 + each * 61 + 40 * (each % 3), calories: 150 + 3 * each },
      now - (30 - each) * MINUTE_MS,
    );
  const hub = stage.device(HUB, "hub");
  await hub.register("Hallway hub", token);
  await hub.send({ nodes: 3, uptime: 86_400 });
  const dtid = vendors[0]?.types[0]?.id ?? "";
  const uid = await self(hub, token);
  for (const [name, data] of [
    ["Kitchen window", { open: 0, temperature: 20.4 }],
    ["Front door", { open: 1, battery: 87 }],
    ["Cellar", { humidity: 63.5, temperature: 14.1 }],
  ] as const) {
    const node = await hub.client.ask("POST", "/v1.1/devices", { token, body: { uid, dtid, name } });
    const { id } = (node.body as { data: { id: string } }).data;
    await hub.client.ask("POST", "/v1.1/message", { token, body: { sdid: id, data } });
  }
  await refuse(stage, lamp);
}

async function self(hub: ReturnType<Stage["device"]>, token: string): Promise<string> {
  const { body } = await hub.client.ask("GET", "/v1.1/users/self", { token });
  return (body as { data: { id: string } }).data.id;
}

async function refuse(stage: Stage, lamp: ReturnType<Stage["device"]>): Promise<void> {
  const path = "/v1.1/cert/devices/registrations";
  const [type] = stage.running.vendors[0]?.types ?? [];
  await lamp.client.ask("POST", path, { body: { deviceTypeId: type?.id, vendorDeviceId: "100000001" } });
  await stage.run("client", "100000003", "MyAwesomeDevice");
  await stage.run("revoke", "100000003", "--reason", "keyCompromise");
  const revoked = stage.device("100000003", "revoked");
  // A verdict stands for a second.
  const body = { deviceTypeId: type?.id, vendorDeviceId: "100000003" };
  while ((await revoked.client.ask("POST", path, { body })).status !== 401);
  await lamp.client.ask("GET", "/v1.1/messages/last?sdids=0", { token: "0".repeat(32) });
}

function round(value: number): number {
  return Math.round(value * 10) / 10;
}
