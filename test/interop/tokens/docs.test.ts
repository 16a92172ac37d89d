import { mkdirSync, renameSync } from "node:fs";
import { afterEach, expect, it } from "vitest";
import { makePlace, type Place } from "../../stories/command.ts";
import { fencedBlocks, pages, paste } from "../../stories/readme.ts";
import { makeTokenPlace, needsToken } from "./soft-hsm.ts";

let place: Place;
afterEach(() => place.remove());

function runBlocks(page: string, env: Readonly<Record<string, string>> = {}): void {
  const blocks = fencedBlocks(page, "sh").filter(({ notes }) => notes.includes("token"));
  expect(blocks.length).toBeGreaterThan(0);
  for (const block of blocks) {
    const { status, stderr } = paste(place, block, env);
    expect(`${page}:${block.line} ends with ${status}\n${stderr}`).toMatch(/ends with 0\n/);
  }
}

needsToken()("the commands with a token that the pages show", () => {
  it("work as pasted in the README, where there is a token", () => {
    const there = makeTokenPlace();
    place = there;
    mkdirSync(place.at("here"));
    renameSync(place.at("pin"), place.at("here/pin"));
    runBlocks("README.md", there.env);
  });

  it("work as pasted on every other page, where there is nothing but SoftHSM", () => {
    const others = pages().filter(
      (page) => page !== "README.md" && fencedBlocks(page, "sh").some(({ notes }) => notes.includes("token")),
    );
    expect(others).toContain("docs/tokens.md");
    for (const page of others) {
      place = makePlace();
      runBlocks(page);
    }
  });
});
