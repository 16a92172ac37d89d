import { spawn } from "node:child_process";
import { X509Certificate } from "node:crypto";
import { readFileSync, writeFileSync } from "node:fs";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { needs } from "../programs.ts";
import { COMMAND, makePlace, type Place, plainEnvironment, ROOT_NAME, told } from "./command.ts";
import { refuse } from "./refuse.ts";

let place: Place;
/** The vendor's, as it is compared over the telephone. */
let fingerprint: string;
beforeAll(() => {
  place = makePlace();
  place.succeed(["root", ROOT_NAME]);
  place.succeed(["client", "100000001", "Lamp"]);
  ({ fingerprint256: fingerprint } = new X509Certificate(readFileSync(place.at("root.crt"))));
});
afterAll(() => {
  place.remove();
});

const asked = () =>
  [
    "root.crt, to be trusted as a vendor's root",
    `  subject  ${ROOT_NAME}`,
    `  SHA-256  ${fingerprint.slice(0, 48)}`,
    `           ${fingerprint.slice(48)}`,
    "  verdict  compliant with sami",
    "",
  ].join("\n");
const trusted = (state: string, type = ownType()) =>
  `trusted ${ROOT_NAME}\n  state  ${state}\n  type   ${type}\n         MyDevAuthority, issuer ${ROOT_NAME}\n`;
const ownType = () => `dt${fingerprint.replaceAll(":", "").toLowerCase().slice(0, 32)}`;
const vendors = (state: string): unknown[] =>
  JSON.parse(place.succeed(["sandbox", "vendor", "list", "--state", state, "--json"])).vendors;

describe("sandbox vendor add", () => {
  it("shows the fingerprint and the verdict, and trusts nothing where there is nobody to ask", () => {
    const { status, stdout, stderr } = place.samicerts([
      "sandbox",
      "vendor",
      "add",
      "root.crt",
      "--state",
      "a.db",
      "--no-input",
    ]);
    expect([status, stdout]).toEqual([2, ""]);
    expect(stderr).toBe(
      asked() +
        told(
          "there is nobody to ask whether this root is to be trusted",
          "compare its fingerprint, then give --yes",
        ),
    );
    expect(vendors("a.db")).toEqual([]);
  });

  it("trusts it with --yes, and again without a second vendor", () => {
    for (const _ of [1, 2]) {
      const { status, stdout, stderr } = place.samicerts([
        "sandbox",
        "vendor",
        "add",
        "root.crt",
        "--state",
        "b.db",
        "--yes",
      ]);
      expect([status, stdout, stderr]).toEqual([0, trusted("b.db"), asked()]);
    }
    const [vendor] = vendors("b.db");
    expect(vendors("b.db")).toHaveLength(1);
    expect(vendor).toMatchObject({
      name: ROOT_NAME,
      compliant: true,
      types: [{ id: ownType(), issuerDn: ROOT_NAME }],
    });
    expect(place.succeed(["sandbox", "vendor", "list", "--state", "b.db"])).toBe(
      [
        "1 vendor",
        `  vendor  ${ROOT_NAME}`,
        `          ${fingerprint.slice(0, 48)}`,
        `          ${fingerprint.slice(48)}`,
        "          compliant with sami",
        `  type    ${ownType()}`,
        `          MyDevAuthority, issuer ${ROOT_NAME}`,
        "",
      ].join("\n"),
    );
  });

  it("gives JSON alone with --json, and takes the state's file from the environment", () => {
    const env = { SAMICERTS_SANDBOX_STATE: "c.db" };
    const words = ["sandbox", "vendor", "add", "root.crt", "--name", "My Org", "--yes", "--json"];
    const { status, stdout, stderr } = place.samicerts(words, { env });
    expect([status, stderr]).toEqual([0, ""]);
    expect(JSON.parse(stdout)).toEqual({
      schema: "samicerts/sandbox-vendor/v1",
      state: "c.db",
      name: "My Org",
      sha256: fingerprint.replaceAll(":", "").toLowerCase(),
      compliant: true,
      types: [{ id: ownType(), name: "MyDevAuthority", issuerDn: ROOT_NAME }],
    });
  });

  it("does not trust what the policy does not: a device's certificate, a root by stricter rules", () => {
    const words = ["sandbox", "vendor", "add", "--state", "d.db", "--yes"];
    place.succeed(["sandbox", "vendor", "list", "--state", "d.db"]);
    refuse(
      place,
      [...words, "devices/100000001.crt"],
      1,
      /^error: devices\/100000001\.crt is not trusted: /,
      /^hint: samicerts verify devices\/100000001\.crt --root devices\/100000001\.crt tells all of it; /,
    );
    const rules = { "validity-length": { roles: { root: { parameters: { maximumDays: 30 } } } } };
    writeFileSync(
      place.at("strict.json"),
      JSON.stringify({ name: "strict", title: "Strict", extends: ["sami"], rules }),
    );
    const { status, stdout, stderr } = place.samicerts([...words, "root.crt", "--policy", "strict.json"]);
    expect([status, stdout]).toEqual([1, ""]);
    // The findings are below the two lines, as they are wherever a policy refuses.
    expect(stderr).toMatch(
      /^error: root\.crt is not trusted: .*\n(?:.*\n)*hint: samicerts verify root\.crt /,
    );
    expect(vendors("d.db")).toEqual([]);
  });

  it("is told in two lines what is missing or mistyped", () => {
    refuse(
      place,
      ["sandbox", "vendor", "add", "root.crt"],
      2,
      "it is not said which sandbox: one that has its state in memory can't be told",
      "name the file with --state, and start the sandbox with the same: samicerts sandbox --state sandbox.db",
    );
    refuse(
      place,
      ["sandbox", "vendor", "add"],
      2,
      /^error: samicerts sandbox vendor add needs <root>$/,
      /^hint: for example: /,
    );
    place.succeed(["sandbox", "vendor", "list", "--state", "e.db"]);
    refuse(
      place,
      ["sandbox", "vendor", "add", "rot.crt", "--state", "e.db"],
      3,
      /^error: rot\.crt does not exist$/,
      /^hint: /,
    );
    refuse(
      place,
      ["sandbox", "vendor", "add", "root.key", "--state", "e.db"],
      2,
      /^error: root\.key/,
      /^hint: /,
    );
  });
});

needs("script")("sandbox vendor add at a terminal", () => {
  /** Types `answer` when it is asked. */
  function answer(text: string, state: string): Promise<{ status: number | null; shown: string }> {
    const words = [process.execPath, COMMAND, "sandbox", "vendor", "add", "root.crt", "--state", state];
    const child = spawn("script", ["-qec", words.map((word) => `'${word}'`).join(" "), "/dev/null"], {
      cwd: place.directory,
      env: plainEnvironment(),
      stdio: ["pipe", "pipe", "inherit"],
    });
    let shown = "";
    child.stdout.setEncoding("utf8").on("data", (part: string) => {
      const before = shown.includes("[y/N] ");
      shown += part;
      if (!before && shown.includes("[y/N] ")) child.stdin.write(text);
    });
    return new Promise((resolve, reject) => {
      child.once("error", reject);
      child.once("close", (status) => resolve({ status, shown: shown.replaceAll("\r", "") }));
    });
  }

  it("asks, shows what is typed, and trusts on y", async () => {
    const { status, shown } = await answer("y\n", "yes.db");
    expect(status).toBe(0);
    expect(shown).toContain("trust this root? Compare its fingerprint first. [y/N] y\n");
    expect(vendors("yes.db")).toHaveLength(1);
  });

  it.each(["n\n", "\n", "yikes\n", "\u0004"])("asks, and trusts on nothing else: %j", async (typed) => {
    const { status, shown } = await answer(typed, "no.db");
    expect(status).toBe(2);
    expect(shown).toContain("the root is not trusted: it was not said so");
    expect(vendors("no.db")).toEqual([]);
  });
});
