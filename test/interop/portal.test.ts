import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { createInterface } from "node:readline";
import type { Page } from "playwright-core";
import { afterAll, afterEach, beforeAll, expect, it } from "vitest";
import { needs } from "../programs.ts";
import { accessibilityFlaws, openBrowser, overflow, signIn, type TestBrowser } from "./portal/browser.ts";
import { openStage, STATE, type Stage } from "./portal/stage.ts";

const SCRIPT = `<img src=x onerror="alert('ran')"><script>alert('ran')</script>`;

needs("chromium")("the portal in a browser", () => {
  let stage: Stage;
  let token: string;
  const browsers: TestBrowser[] = [];
  beforeAll(async () => {
    stage = await openStage();
    token = stage.running.accounts[0]?.token ?? "";
    for (let serial = 100000001; serial <= 100000006; serial++)
      await stage.run("client", String(serial), "MyAwesomeDevice");
  });
  afterEach(async () => {
    for (const browser of browsers.splice(0)) {
      expect(browser.complaints).toEqual([]);
      await browser.close();
    }
  });
  afterAll(() => stage.close());

  const browse = async (looks: Parameters<typeof openBrowser>[0] = {}): Promise<Page> => {
    const browser = await openBrowser(looks);
    browsers.push(browser);
    return browser.page;
  };
  const at = (path: string): string => `${stage.running.portal}${path}`;

  /** Starts to rehearse a device as a person would, and gives the PIN that it shows, and how it ended. */
  const rehearse = (serial: string) => {
    const child = stage.start("rehearse", serial, "--api", stage.running.api.replace("/v1.1", ""));
    if (child.stdout === null) throw new Error("it has no output");
    const ended = new Promise<number | null>((resolve) => child.once("close", resolve));
    const lines = createInterface({ input: child.stdout });
    const pin = new Promise<string>((resolve, reject) => {
      lines.on("line", (line) => {
        const found = /PIN ([A-Z0-9]{8}), last four/.exec(line)?.[1];
        if (found !== undefined) resolve(found);
      });
      lines.once("close", () => reject(new Error("it showed no PIN")));
    });
    return { pin, ended };
  };

  it("leads from the PIN that a device shows to its data, and shows more as they come", async () => {
    const page = await browse();
    await signIn(page, stage.running);
    const { pin, ended } = rehearse("100000001");
    await page.getByRole("link", { name: "Register", exact: true }).click();
    await page.getByLabel("Name").fill("Living room lamp");
    await page.getByLabel("PIN").fill(await pin);
    await page.getByLabel("Last four digits").fill("0001");
    await page.getByRole("button", { name: "Register" }).click();
    await page.getByRole("link", { name: "Open the device" }).click();
    await page.getByRole("heading", { level: 1, name: "Living room lamp" }).waitFor();
    expect(await ended).toBe(0);
    await page.getByText("Accepted", { exact: true }).waitFor();
    // What was rehearsed: once by REST, once by WebSocket.
    await page.getByRole("img", { name: /^stepCount: 2 values .* newest 101$/ }).waitFor();
    await page.getByText("0x5f5e101").waitFor();

    const other = stage.device("100000002", "meter");
    const did = await other.register("Meter", token);
    await page.goto(at(`/devices/${did}`));
    await page.getByText("Live", { exact: true }).waitFor();
    await page.getByText("Nothing has come from this device yet").waitFor();
    for (const temperature of [20, 23.5]) await other.send({ temperature });
    await page.getByRole("img", { name: /^temperature: 2 values .* newest 23\.5$/ }).waitFor();
    await page.getByRole("button", { name: "Pause" }).click();
    await page.getByText("Paused", { exact: true }).waitFor();
    await other.send({ temperature: 19 });
    expect(await page.getByRole("img", { name: /newest 19$/ }).count()).toBe(0);
    await page.getByRole("button", { name: "Resume" }).click();
    await page.getByRole("img", { name: /newest 19$/ }).waitFor();
  });

  it("is used with the keyboard alone, and always shows where one is", async () => {
    const page = await browse();
    /** Goes on with the tab key until what has the focus is called so. */
    const tabTo = async (name: string): Promise<void> => {
      for (let each = 0; each < 40; each++) {
        await page.keyboard.press("Tab");
        const focus = await page.evaluate(() => {
          // biome-ignore lint/suspicious/noExplicitAny: the page's own document.
          const { document, getComputedStyle } = globalThis as any;
          const element = document.activeElement;
          const { outlineStyle, outlineWidth } = getComputedStyle(element);
          const label = element.labels?.[0]?.textContent ?? element.textContent;
          return { label: label.trim(), outline: `${outlineStyle} ${outlineWidth}` };
        });
        expect(focus.outline).toBe("solid 3px");
        if (focus.label === name) return;
      }
      throw new Error(`the tab key does not lead to ${name}`);
    };
    const type = async (name: string, text: string): Promise<void> => {
      await tabTo(name);
      await page.keyboard.type(text);
    };
    const heading = (name: string) => page.getByRole("heading", { level: 1, name, exact: true }).waitFor();
    const press = async (name: string, key = "Enter"): Promise<void> => {
      await tabTo(name);
      await page.keyboard.press(key);
    };

    const device = stage.device("100000003", "node");
    const opened = await device.open();
    await page.goto(at("/register"));
    await type("Address", stage.running.accounts[0]?.email ?? "");
    await type("Password", stage.running.accounts[0]?.password ?? "");
    await page.keyboard.press("Enter");
    await heading("Register a device");
    await press("Skip to the content");
    await type("Name", "By keyboard");
    await type("PIN", `${opened.pin.slice(0, 4)} ${opened.pin.slice(4)}`.toLowerCase());
    await type("Last four digits", "9999");
    await page.keyboard.press("Enter");
    await page.getByRole("alert").getByText("2 attempts left").waitFor();
    await tabTo("Last four digits");
    await page.keyboard.press("ControlOrMeta+A");
    await page.keyboard.type("0003");
    await press("Register");
    await page.getByText("Waiting for the device").first().waitFor();
    await device.complete(opened);
    await page.getByRole("link", { name: "Open the device" }).waitFor();
    await press("Open the device");
    await heading("By keyboard");
    await press("Pause", "Space");
    await page.getByText("Paused", { exact: true }).waitFor();
    await tabTo("Name");
    await page.keyboard.press("ControlOrMeta+A");
    await page.keyboard.type("Renamed by keyboard");
    await press("Rename");
    await page.getByText("The device has its new name.").waitFor();
    await heading("Renamed by keyboard");
    await press("Delete this device");
    await press("Yes, delete it", "Space");
    await press("Delete");
    await page.getByText("The device was deleted.").waitFor();
    await press("Sign out");
    await heading("Sign in");
  });

  it("has no flaw that axe finds, on any page, light and dark, narrow and wide", async () => {
    const hub = stage.device("100000004", "hub");
    const did = await hub.register("Hub", token);
    const { body } = await hub.client.ask("GET", "/v1.1/users/self", { token });
    const uid = (body as { data: { id: string } }).data.id;
    const dtid = stage.running.vendors[0]?.types[0]?.id;
    const node = await hub.client.ask("POST", "/v1.1/devices", { token, body: { uid, dtid, name: "Node" } });
    const nodeId = (node.body as { data: { id: string } }).data.id;
    for (const sdid of [did, nodeId])
      await hub.client.ask("POST", "/v1.1/message", {
        token,
        body: { sdid: nodeId, data: { temperature: 20, of: sdid } },
      });
    await hub.send({ aVeryLongNameOfAFieldThatHasNoBlankInItAtAll: 1e300, text: "x".repeat(300) });
    // Refused, so that the log has something to show.
    await hub.open().catch(() => {});
    const waiting = stage.device("100000005", "waiting");

    const page = await browse();
    await page.goto(at("/signin"));
    const looks: string[] = [];
    const look = async (what: string): Promise<void> => {
      for (const colorScheme of ["light", "dark"] as const)
        for (const width of [1200, 320]) {
          await page.emulateMedia({ colorScheme });
          await page.setViewportSize({ width, height: 800 });
          const flaws = await accessibilityFlaws(page);
          expect([what, colorScheme, width, flaws]).toEqual([what, colorScheme, width, []]);
          expect([what, width, await overflow(page)]).toEqual([what, width, 0]);
        }
      looks.push(what);
    };
    await look("signing in");
    await page.getByLabel("Address").fill("nobody@localhost");
    await page.getByLabel("Password").fill("not a password");
    await page.getByRole("button", { name: "Sign in" }).click();
    await page.getByRole("alert").waitFor();
    await look("signing in, wrong");
    await signIn(page, stage.running);
    await look("devices");
    await page.goto(at(`/devices/${did}`));
    await page.getByText("Live", { exact: true }).waitFor();
    for (const fold of await page.locator("summary").all()) await fold.click();
    await look("a hub");
    await page.goto(at(`/devices/${nodeId}`));
    await look("an end node");
    await page.goto(at("/vendors"));
    await look("vendors");
    await page.goto(at("/refusals"));
    await page.getByText("This device is registered already.").waitFor();
    await look("refusals");
    await page.goto(at("/register"));
    await look("registering");
    await page.locator("form.form").evaluate((form) => form.setAttribute("novalidate", ""));
    await page.getByRole("button", { name: "Register" }).click();
    await page.getByText("No attempt was used.").waitFor();
    await look("registering, incomplete");
    const { pin } = await waiting.open();
    await page.getByLabel("Name").fill("Waiting");
    await page.getByLabel("PIN").fill(pin);
    await page.getByLabel("Last four digits").fill("0005");
    await page.getByRole("button", { name: "Register" }).click();
    await page.getByText("Waiting for the device").first().waitFor();
    await look("a registration");
    await page.goto(at("/nowhere"));
    await look("no page");
    expect(looks).toHaveLength(11);
  });

  it("leads back to an application that was allowed or denied, wherever that is", async () => {
    const asked: string[] = [];
    const application = createServer((incoming, outgoing) => {
      asked.push(incoming.url ?? "");
      outgoing.setHeader("Content-Type", "text/html").end("<title>Back</title>");
    });
    application.listen(0, "127.0.0.1");
    await once(application, "listening");
    try {
      const { port } = application.address() as AddressInfo;
      const redirect = `http://127.0.0.1:${port}/cb`;
      const named = ["--id", "app", "--redirect", redirect, "--state", STATE];
      await stage.run("sandbox", "application", "add", "Garden app", ...named);
      const page = await browse();
      await signIn(page, stage.running);
      for (const answer of ["Allow", "Deny"]) {
        await page.goto(at("/authorize?client_id=app&response_type=code&state=s"));
        await page.getByRole("heading", { level: 1, name: "Allow Garden app?" }).waitFor();
        expect(await accessibilityFlaws(page)).toEqual([]);
        await page.getByRole("button", { name: answer }).click();
        await page.waitForURL(`${redirect}?**`);
      }
      const answers = asked.filter((url) => url.startsWith("/cb"));
      expect(answers).toEqual([
        expect.stringMatching(/^\/cb\?code=[0-9a-f]{32}&state=s$/),
        "/cb?error=access_denied&state=s",
      ]);
    } finally {
      application.closeAllConnections();
      application.close();
    }
  });

  it("runs nothing that a device is called or sends, on its page when it comes or later", async () => {
    const page = await browse();
    await signIn(page, stage.running);
    const device = stage.device("100000006", "evil");
    const did = await device.register(SCRIPT.slice(0, 64), token);
    await page.goto(at(`/devices/${did}`));
    await page.getByText("Live", { exact: true }).waitFor();
    await device.send({ [SCRIPT]: 1, text: SCRIPT });
    await page.locator("figure.chart").waitFor();
    for (const path of [`/devices/${did}`, "/devices"]) {
      await page.goto(at(path));
      await page.getByText(SCRIPT.slice(0, 64)).first().waitFor();
      expect(await page.locator("main img, main script").count()).toBe(0);
    }
    // That the page does notice what runs: this very markup, put there by the browser's own hand.
    await page.evaluate("document.body.insertAdjacentHTML('beforeend', '<img src=x onerror=alert(1)>')");
    await expect.poll(() => browsers[0]?.complaints.splice(0).join()).toMatch(/Content Security Policy/);
  });

  it("works without a script: data are there, and forms do what they do", async () => {
    const page = await browse({ javaScriptEnabled: false });
    await signIn(page, stage.running);
    await page.getByRole("link", { name: "Meter" }).click();
    await page.getByRole("heading", { level: 1, name: "Meter" }).waitFor();
    expect(await page.getByRole("button", { name: "Pause" }).count()).toBe(0);
    expect(await page.getByRole("row").count()).toBe(4);
    await page.getByRole("button", { name: "Sign out" }).click();
    await page.getByRole("heading", { level: 1, name: "Sign in" }).waitFor();
  });

  it("says on every page that is open when somebody has signed out", async () => {
    const page = await browse();
    await signIn(page, stage.running);
    await page.getByText("Live", { exact: true }).waitFor();
    const second = await page.context().newPage();
    await second.goto(at("/vendors"));
    await second.getByRole("button", { name: "Sign out" }).click();
    await second.getByRole("heading", { level: 1, name: "Sign in" }).waitFor();
    await second.close();
    await page.bringToFront();
    await page.getByText(/You are signed out|Load the page again/).waitFor();
  });
});
