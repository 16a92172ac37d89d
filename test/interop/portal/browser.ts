import { mkdtempSync, rmSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type BrowserContext, chromium, type Page } from "playwright-core";
import type { Running } from "./stage.ts";

const AXE = createRequire(import.meta.url).resolve("axe-core/axe.min.js");

/** How the browser looks at pages. */
export interface Looks {
  readonly colorScheme?: "light" | "dark";
  readonly width?: number;
  readonly height?: number;
  /** Device pixels to one of the page's. */
  readonly scale?: number;
  readonly javaScriptEnabled?: boolean;
}

/** A browser with nothing in it but what was done in this test. */
export interface TestBrowser {
  readonly context: BrowserContext;
  readonly page: Page;
  /** What the page said went wrong: what its policy stopped, what failed. */
  readonly complaints: string[];
  close(): Promise<void>;
}

/** Starts Debian's chromium with an empty profile. */
export async function openBrowser(looks: Looks = {}): Promise<TestBrowser> {
  const profile = mkdtempSync(join(tmpdir(), "samicerts-chromium-"));
  const { colorScheme = "light", width = 1200, height = 800, scale = 1, javaScriptEnabled = true } = looks;
  const context = await chromium.launchPersistentContext(profile, {
    executablePath: "/usr/bin/chromium",
    args: [
      "--no-sandbox",
      "--disable-gpu",
      "--disable-background-networking",
      "--disable-component-update",
      "--disable-sync",
    ],
    colorScheme,
    viewport: { width, height },
    deviceScaleFactor: scale,
    reducedMotion: "reduce",
    javaScriptEnabled,
  });
  await context.addInitScript({ path: AXE });
  const page = context.pages()[0] ?? (await context.newPage());
  const complaints: string[] = [];
  page.on("pageerror", (error) => complaints.push(String(error)));
  page.on("dialog", (dialog) => {
    complaints.push(`dialog: ${dialog.message()}`);
    void dialog.dismiss();
  });
  page.on("console", (message) => {
    // That a page is an answer such as 403 it says too; of what a page loads none may be.
    const page = message.text().startsWith("Failed to load") && !message.location().url.includes("/assets/");
    if (message.type() === "error" && !page) complaints.push(message.text());
  });
  return {
    context,
    page,
    complaints,
    async close() {
      await context.close();
      rmSync(profile, { recursive: true, force: true });
    },
  };
}

/** Signs the first account in. */
export async function signIn(page: Page, { portal, accounts }: Running): Promise<void> {
  await page.goto(`${portal}/signin`);
  await page.getByLabel("Address").fill(accounts[0]?.email ?? "");
  await page.getByLabel("Password").fill(accounts[0]?.password ?? "");
  await page.getByRole("button", { name: "Sign in" }).click();
  await page.getByRole("heading", { level: 1, name: "Devices" }).waitFor();
}

/** What axe finds against WCAG 2.2 A and AA, the target's size of 2.5.8 too, and against good practice, each in a line. */
export async function accessibilityFlaws(page: Page): Promise<readonly string[]> {
  return await page.evaluate(async () => {
    // biome-ignore lint/suspicious/noExplicitAny: what axe puts into the page.
    const { violations } = await (globalThis as any).axe.run({
      runOnly: ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"],
    });
    return violations.flatMap(
      ({ id, help, nodes }: { id: string; help: string; nodes: { html: string }[] }) =>
        nodes.map(({ html }) => `${id}: ${help}: ${html}`),
    );
  });
}

/** How far the page is wider than the window, in pixels; 0 where nothing is cut off or scrolls sideways. */
export async function overflow(page: Page): Promise<number> {
  return await page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth");
}
