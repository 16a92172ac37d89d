import { afterEach, expect, it } from "vitest";
import { needs } from "../programs.ts";
import { makePlace, type Place } from "./command.ts";
import { type CommandBlock, fencedBlocks, paste } from "./readme.ts";
import { endAll, type Serving, serveSandbox } from "./sandbox-serving.ts";

const PAGE = "docs/sandbox.md";

let place: Place;
afterEach(() => {
  endAll();
  place.remove();
});

/** A block with the ports that this sandbox has, instead of those that it has where they are free. */
function withPorts(block: CommandBlock, { portal, api }: Serving): CommandBlock {
  const script = block.script
    .replaceAll("http://localhost:8080", portal)
    .replaceAll("https://localhost:8443", api);
  return { ...block, script };
}

needs("curl")("the commands of the sandbox's page", () => {
  it("work as pasted, one after the other, with a sandbox in another terminal", async () => {
    place = makePlace();
    let sandbox: Serving | undefined;
    const ran = { plain: 0, sandbox: 0 };
    for (const block of fencedBlocks(PAGE, "sh")) {
      if (block.notes.includes("serves")) {
        const [program, command, ...words] = block.script.trim().split(" ");
        expect([program, command]).toEqual(["samicerts", "sandbox"]);
        sandbox = await serveSandbox(place.at("here"), ...words);
        continue;
      }
      const needed = block.notes.includes("sandbox");
      if (needed && sandbox === undefined) throw new Error(`${PAGE}:${block.line} needs a sandbox before it`);
      const shown = needed && sandbox !== undefined ? withPorts(block, sandbox) : block;
      const env: Record<string, string> =
        needed && sandbox !== undefined ? { SAMICERTS_SANDBOX_TOKEN: sandbox.tokens.join(",") } : {};
      const { status, stdout, stderr } = paste(place, shown, env);
      const expected = block.notes.includes("exit=1") ? 1 : 0;
      expect(`${PAGE}:${block.line} ends with ${status}\n${stderr}`).toContain(`ends with ${expected}\n`);
      if (expected === 1)
        expect(stderr).toMatch(/^error: register: .* answered 401: .*revoked.*keyCompromise/m);
      if (block.script.includes("messages/last"))
        expect(stdout).toContain('"data":{"stepCount":100,"calories":150}');
      ran[needed ? "sandbox" : "plain"]++;
    }
    expect(ran.plain).toBeGreaterThanOrEqual(4);
    expect(ran.sandbox).toBeGreaterThanOrEqual(6);
    expect(await sandbox?.end("SIGTERM")).toBe(0);
  }, 120_000);
});
