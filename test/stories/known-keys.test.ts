import { spawnSync } from "node:child_process";
import { cpSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { basename, join } from "node:path";
import { pathToFileURL } from "node:url";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { needs } from "../programs.ts";
import { makePlace, type Place, plainEnvironment, ROOT_NAME } from "./command.ts";
import { PROJECT } from "./readme.ts";

const KEYS = join(PROJECT, "fixtures/weak-keys/debian");
const names = readdirSync(KEYS);
const MESSAGE = "Debian's OpenSSL of 2006 to 2008";

let place: Place;
beforeEach(() => {
  place = makePlace();
  place.succeed(["root", ROOT_NAME]);
});
afterEach(() => place.remove());

/** How many certificates the root has issued. */
function issued(): number {
  return JSON.parse(place.succeed(["list", "--json"])).certificates.length - 1;
}

function openssl(...words: readonly string[]): void {
  const { status, stderr } = spawnSync("openssl", words, { cwd: place.directory, encoding: "utf8" });
  if (status !== 0) throw new Error(`openssl ${words.join(" ")}: ${stderr}`);
}

needs("openssl")("a key of Debian's of 2008", () => {
  it.each(names)("is refused before anything is signed, as a request and as a key alone: %s", (name) => {
    const key = join(KEYS, name);
    openssl("req", "-new", "-key", key, "-subj", "/CN=x", "-out", "x.csr");
    openssl("pkey", "-in", key, "-pubout", "-out", "x.pub");
    for (const more of [
      ["--csr", "x.csr"],
      ["--public-key", "x.pub", "--no-proof"],
    ]) {
      const { status, stdout } = place.samicerts(["client", "1001", "x", ...more, "--json"]);
      const { error } = JSON.parse(stdout);
      expect([status, error.code]).toEqual([1, "policy.refused"]);
      expect(error.findings.map(({ rule }: { rule: string }) => rule)).toContain("known-weak-key");
      expect(error.message).toContain(MESSAGE);
    }
    expect(issued()).toBe(0);
  });

  it("is refused as a row of a batch, and the other rows are made", () => {
    openssl("req", "-new", "-key", join(KEYS, names[0]!), "-subj", "/CN=x", "-out", "x.csr");
    place.succeed(["csr", "sound"]);
    writeFileSync(place.at("d.csv"), "serial,name,csr\n1001,bad,x.csr\n1002,good,sound.csr\n1003,own,\n");
    const { status, stderr } = place.samicerts(["batch", "d.csv", "--out", "o.ndjson"]);
    expect(status).toBe(6);
    expect(stderr).toContain(MESSAGE);
    expect(place.succeed(["list"])).not.toContain("bad");
    expect(issued()).toBe(2);
  });

  it("is found by verify in certificates that others made, whatever the policy, in threads too", () => {
    for (const name of names)
      openssl(
        ...["req", "-x509", "-new", "-key", join(KEYS, name), "-subj", "/CN=x", "-days", "30"],
        ...["-out", `${basename(name, ".key")}.pem`],
      );
    const files = names.map((name) => `${basename(name, ".key")}.pem`);
    for (const more of [[], ["--policy", "rfc5280"], ["--jobs", "2"]]) {
      const { status, stdout } = place.samicerts(["verify", "--json", ...more, ...files]);
      expect(status).toBe(1);
      expect(stdout.split(MESSAGE).length - 1).toBe(names.length);
    }
  });
});

needs("openssl")("the library", () => {
  it("finds a key of Debian's, and none where the key is another", () => {
    const program = [
      'import { readFileSync } from "node:fs";',
      `import { verify } from ${JSON.stringify(pathToFileURL(join(PROJECT, "dist/index.js")).href)};`,
      "const rulesOf = (path) => {",
      "  const certificates = readFileSync(path);",
      '  const [one] = verify({ certificates, roots: [certificates], role: "device" });',
      "  return one.findings.map(({ rule }) => rule);",
      "};",
      "console.log(JSON.stringify(process.argv.slice(2).map(rulesOf)));",
    ].join("\n");
    writeFileSync(place.at("program.mjs"), program);
    openssl("genpkey", "-algorithm", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-out", "sound.key");
    for (const [key, certificate] of [
      [join(KEYS, "ec-p256-le64-noreadrnd-100.key"), "weak.pem"],
      ["sound.key", "sound.pem"],
    ] as const)
      openssl("req", "-x509", "-new", "-key", key, "-subj", "/CN=x", "-out", certificate);
    const { stdout, stderr } = spawnSync(process.execPath, ["program.mjs", "weak.pem", "sound.pem"], {
      cwd: place.directory,
      encoding: "utf8",
    });
    expect(stderr).toBe("");
    const [weak, sound] = JSON.parse(stdout);
    expect(weak.filter((rule: string) => !sound.includes(rule))).toEqual(["known-weak-key"]);
  });
});

describe("an installation whose lists are not as they should be", () => {
  const install = (): string => {
    const at = place.at("installed");
    for (const part of ["bin", "dist", "data", "package.json"])
      cpSync(join(PROJECT, part), join(at, part), { recursive: true });
    symlinkSync(join(PROJECT, "node_modules"), join(at, "node_modules"));
    return at;
  };
  const run = (at: string, ...words: readonly string[]) =>
    spawnSync(process.execPath, [join(at, "bin/samicerts.cjs"), ...words], {
      cwd: place.directory,
      encoding: "utf8",
      env: plainEnvironment(),
    });
  const client = (at: string, serial: string) => run(at, "client", serial, "x");

  it("issues nothing, and says which list is missing or damaged", () => {
    const at = install();
    const list = join(at, "data/debian-keys/ec-p256.keys");
    expect(client(at, "1001")).toMatchObject({ status: 0, stderr: "" });
    const octets = readFileSync(list);
    writeFileSync(list, octets.subarray(0, -8));
    expect(client(at, "1002")).toMatchObject({
      status: 3,
      stdout: "",
      stderr:
        `error: ${list}, a list of keys to be refused, can't be used: it has ${octets.length - 8} octets instead of ` +
        `${octets.length}\nhint: install samicerts again; without its lists no key of their kinds is taken\n`,
    });
    rmSync(list);
    const { status, stderr } = client(at, "1003");
    const missing = `error: ${list}, a list of keys to be refused, can't be used: ENOENT`;
    expect(status).toBe(3);
    expect(stderr).toContain(missing);
    for (const jobs of ["1", "2"]) {
      const verified = run(at, "verify", "devices", "root.crt", "--jobs", jobs);
      expect([verified.status, verified.stdout]).toEqual([3, ""]);
      expect(verified.stderr).toContain(missing);
    }
    const range = ["--count", "3", "--serial-from", "2000", "--name", "d-{serial}"];
    const made = run(at, "batch", ...range, "--out", "o");
    expect([made.status, made.stdout]).toEqual([3, ""]);
    expect(made.stderr).toContain(missing);
    expect(issued()).toBe(1);
  });
});
