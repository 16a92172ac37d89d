import { spawn } from "node:child_process";
import { chmodSync, lstatSync, readFileSync, symlinkSync, writeFileSync } from "node:fs";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { needs } from "../programs.ts";
import { COMMAND, makePlace, type Place, plainEnvironment, ROOT_NAME, told } from "./command.ts";

const SECRET = "correct horse battery";
const OTHER = "staple of another key";
let place: Place;
let said: string[];
beforeEach(() => {
  place = makePlace();
  said = [];
  writeFileSync(place.at("pass"), `${SECRET}\n`, { mode: 0o600 });
  writeFileSync(place.at("other"), OTHER, { mode: 0o600 });
});
afterEach(() => {
  place.remove();
  // Whatever a command printed, in whatever form, there was no passphrase and no key in it.
  for (const text of said) {
    expect(text).not.toContain(SECRET);
    expect(text).not.toContain(OTHER);
    expect(text).not.toMatch(/BEGIN [A-Z ]*PRIVATE KEY/);
  }
});

function run(words: readonly string[], env: Record<string, string> = {}) {
  const ended = place.samicerts(words, { env });
  said.push(ended.stdout, ended.stderr);
  return ended;
}

const head = (...path: string[]): string => readFileSync(place.at(...path), "utf8").split("\n", 1)[0] ?? "";
const ENCRYPTED = "-----BEGIN ENCRYPTED PRIVATE KEY-----";
const PLAIN = "-----BEGIN PRIVATE KEY-----";

describe("a root whose key is encrypted", () => {
  it("is made, says so, and signs with each source of its passphrase", () => {
    const root = run(["root", ROOT_NAME, "--passphrase-file", "pass"]);
    expect([root.status, root.stderr]).toEqual([0, ""]);
    expect(root.stdout).toContain("encrypted: back it up, and its passphrase apart from it");
    expect(head("root.key")).toBe(ENCRYPTED);
    expect(lstatSync(place.at("root.key")).mode & 0o777).toBe(0o600);
    const sources: [string[], Record<string, string>][] = [
      [["--passphrase-file", "pass"], {}],
      [["--passphrase-env", "MY_PASSPHRASE"], { MY_PASSPHRASE: SECRET }],
      [[], { SAMICERTS_PASSPHRASE_FILE: "pass" }],
    ];
    for (const [index, [words, env]] of sources.entries())
      expect(run(["client", `${1000 + index}`, "x", ...words], env)).toMatchObject({ status: 0, stderr: "" });
    // A device's key is not encrypted by what opens the root's.
    expect(head("devices", "1002.key")).toBe(PLAIN);
    expect(run(["verify"]).status).toBe(0);
    expect(run(["ledger", "check"]).status).toBe(0);
    const again = run(["root", ROOT_NAME, "--force", "--passphrase-file", "pass", "--json"]);
    expect(JSON.parse(again.stdout)).toMatchObject({ keyCreated: false, keyEncrypted: true });
  });

  it("ends with 5 where the passphrase is wrong, missing or unfit, and says nothing of it", () => {
    run(["root", ROOT_NAME, "--passphrase-file", "pass"]);
    const before = place.listing();
    const cases: [string[], Record<string, string>, string, number][] = [
      [["--passphrase-file", "other"], {}, "key.passphrase", 5],
      [["--passphrase-env", "P"], { P: `${SECRET} ` }, "key.passphrase", 5],
      [["--no-input"], {}, "key.encrypted", 5],
      [["--passphrase-file", "pass", "--passphrase-env", "NAME"], { NAME: SECRET }, "usage.conflict", 2],
      [["--passphrase-env", "P"], { P: "" }, "passphrase.malformed", 5],
      [["--passphrase-env", "P"], { P: `${SECRET}\nmore` }, "passphrase.malformed", 5],
      [["--passphrase-env", "NONE"], {}, "usage.no-variable", 2],
      [["--passphrase-file", "absent"], {}, "io.missing", 3],
      [["--passphrase-file", "."], {}, "io.is-a-directory", 3],
    ];
    for (const [words, env, code, exit] of cases) {
      const { status, stdout } = run(["client", "1001", "x", "--json", ...words], env);
      expect([status, JSON.parse(stdout).error.code], words.join(" ")).toEqual([exit, code]);
    }
    chmodSync(place.at("pass"), 0o640);
    expect(run(["client", "1001", "x", "--passphrase-file", "pass"])).toMatchObject({
      status: 5,
      stderr: told(
        "pass can be read or changed by others than its owner (mode 0640); such a passphrase is not used",
        "chmod 600 pass (or --allow-key-mode, for secrets mounted into a container)",
      ),
    });
    expect(run(["key", "check", "root.key", "--passphrase-file", "pass", "--allow-key-mode"])).toMatchObject({
      status: 0,
      stderr: "warning: pass can be read or changed by others than its owner (mode 0640)\n",
    });
    chmodSync(place.at("pass"), 0o600);
    expect(place.listing().filter((line) => !line.startsWith("samicerts.db"))).toEqual(
      before.filter((line) => !line.startsWith("samicerts.db")),
    );
    // Nowhere in the record either.
    expect(run(["audit", "show", "--json"]).status).toBe(0);
    const wrong = run(["client", "1001", "x", "--passphrase-file", "other"], { SAMICERTS_DEBUG: "1" });
    expect(wrong.status).toBe(5);
  });

  it("may be what a policy asks for", () => {
    const policy = {
      name: "sealed",
      title: "sami, with an encrypted root",
      extends: ["sami"],
      issue: { root: { encryptedKey: true } },
    };
    writeFileSync(place.at("policy.json"), JSON.stringify(policy));
    const refused = run(["root", ROOT_NAME, "--json"]);
    expect([refused.status, JSON.parse(refused.stdout).error.code]).toEqual([1, "policy.plain-key"]);
    expect(place.listing().some((line) => line.startsWith("root."))).toBe(false);
    expect(run(["root", ROOT_NAME, "--passphrase-file", "pass"]).status).toBe(0);
    expect(run(["client", "1001", "x", "--passphrase-file", "pass"]).status).toBe(0);
    expect(run(["key", "decrypt", "root.key", "--in-place", "--passphrase-file", "pass"]).status).toBe(0);
    const unsealed = run(["client", "1002", "x", "--json"]);
    expect([unsealed.status, JSON.parse(unsealed.stdout).error.code]).toEqual([1, "policy.plain-key"]);
  });
});

describe("a device's encrypted key", () => {
  it("is encrypted by its own passphrase, of client and of csr", () => {
    run(["root", ROOT_NAME, "--passphrase-file", "pass"]);
    const words = ["--passphrase-file", "pass", "--new-passphrase-file", "other"];
    expect(run(["client", "1001", "x", ...words]).stdout).toContain("devices/1001.key, encrypted\n");
    expect(head("devices", "1001.key")).toBe(ENCRYPTED);
    expect(
      run([
        "key",
        "check",
        "devices/1001.key",
        "--certificate",
        "devices/1001.crt",
        "--passphrase-file",
        "other",
      ]),
    ).toMatchObject({ status: 0, stderr: "" });
    expect(run(["csr", "lamp", "--passphrase-file", "other"]).stdout).toContain(
      "\n               encrypted\n",
    );
    expect(head("lamp.key")).toBe(ENCRYPTED);
    expect(run(["verify"]).status).toBe(0);
    expect(run(["ledger", "check"]).status).toBe(0);
  });
});

describe("a passphrase for a key that is made elsewhere", () => {
  it.each([["--encrypt"], ["--new-passphrase-file", "other"], ["--new-passphrase-env", "NAME"]])(
    "is refused before anything is asked or made, %s",
    (...words) => {
      run(["root", ROOT_NAME]);
      run(["csr", "lamp"]);
      for (const where of [
        ["--csr", "lamp.csr"],
        ["--device-key", "pkcs11:token=none"],
      ]) {
        const ended = run(["client", "1001", "x", ...where, ...words]);
        expect([ended.status, ended.stderr]).toEqual([
          2,
          `error: ${words[0]} encrypts a key that is made in a file, but the device keeps its key to itself\n` +
            `hint: leave ${words[0]} out\n`,
        ]);
      }
      run(["client", "1001", "x"]);
      expect(run(["rekey", "1001", "--csr", "lamp.csr", ...words]).status).toBe(2);
      expect(run(["rekey", "1001", "--csr", "lamp.csr"]).status).toBe(0);
    },
  );

  it("is refused for a root in a token, but where the environment has it for every command", () => {
    const words = ["root", ROOT_NAME, "--root-key", "pkcs11:token=none;object=root?module-path=/none.so"];
    const ended = run([...words, "--passphrase-file", "pass"]);
    expect([ended.status, ended.stderr]).toEqual([
      2,
      expect.stringContaining("but this one is in the token\n"),
    ]);
    const { status, stderr } = run(words, { SAMICERTS_PASSPHRASE_FILE: "pass" });
    expect([status, stderr]).toEqual([5, expect.stringContaining("/none.so does not exist\n")]);
  });
});

describe("samicerts key", () => {
  it.each([
    ["tpm:handle=1", "tpm: is not a kind of address that a key can have here"],
    [
      "pkcs11:token=x?pin-value=correct%20horse%20battery",
      "a pkcs11: URI names a key in a token, and a key's",
    ],
  ])("takes no address for a file's name, nor does verify --key, %s", (address, message) => {
    run(["root", ROOT_NAME]);
    for (const words of [
      ["key", "info", address],
      ["key", "encrypt", address, "--in-place", "--passphrase-file", "pass"],
      ["verify", "root.crt", "--key", address],
    ]) {
      const { status, stderr } = run(words);
      expect([status, stderr]).toEqual([2, expect.stringContaining(`error: ${message}`)]);
    }
  });

  it("writes no key to standard output, nor to a file called -", () => {
    run(["root", ROOT_NAME, "--passphrase-file", "pass"]);
    const ended = run(["key", "decrypt", "root.key", "--out", "-", "--passphrase-file", "pass"]);
    expect([ended.status, ended.stdout]).toEqual([2, ""]);
    expect(place.listing().some((line) => line.startsWith("- "))).toBe(false);
  });

  it("encrypts in place and back, and never over another file", () => {
    run(["root", ROOT_NAME]);
    const plain = readFileSync(place.at("root.key"), "utf8");
    expect(run(["key", "encrypt", "root.key"])).toMatchObject({ status: 2, stdout: "" });
    expect(run(["key", "encrypt", "root.key", "--in-place", "--passphrase-file", "pass"]).status).toBe(0);
    expect([head("root.key"), lstatSync(place.at("root.key")).mode & 0o777]).toEqual([ENCRYPTED, 0o600]);
    const change = ["--passphrase-file", "pass", "--new-passphrase-file", "other"];
    expect(run(["key", "encrypt", "root.key", "--in-place", ...change]).status).toBe(0);
    expect(run(["key", "check", "root.key", "--passphrase-file", "pass"]).status).toBe(5);
    expect(
      run(["key", "check", "root.key", "--passphrase-file", "other", "--certificate", "root.crt"]).status,
    ).toBe(0);
    expect(
      run(["key", "decrypt", "root.key", "--out", "root.crt", "--passphrase-file", "other"]).status,
    ).toBe(4);
    expect(
      run(["key", "decrypt", "root.key", "--out", "plain.key", "--passphrase-file", "other"]).status,
    ).toBe(0);
    expect(readFileSync(place.at("plain.key"), "utf8")).toBe(plain);
    expect(lstatSync(place.at("plain.key")).mode & 0o777).toBe(0o600);
    expect(run(["key", "decrypt", "plain.key", "--in-place"]).status).toBe(5);
    symlinkSync("root.key", place.at("link.key"));
    expect(run(["key", "decrypt", "link.key", "--in-place", "--passphrase-file", "other"]).status).toBe(4);
    expect(run(["key", "decrypt", "root.key", "--in-place", "--passphrase-file", "other"]).status).toBe(0);
    expect(readFileSync(place.at("root.key"), "utf8")).toBe(plain);
  });

  it("tells of a key without opening it", () => {
    run(["root", ROOT_NAME, "--passphrase-file", "pass"]);
    expect(run(["key", "info", "root.key"]).stdout).toBe(
      "private key root.key\n  form       PKCS#8\n  encrypted  aes-256-cbc, PBKDF2-HMAC-SHA256, 600,000 iterations\n",
    );
    expect(JSON.parse(run(["key", "info", "root.key", "--json"]).stdout)).toEqual({
      schema: "samicerts/key-info/v1",
      file: "root.key",
      form: "encrypted",
      encrypted: true,
      encryption: { cipher: "aes-256-cbc", derivation: "PBKDF2-HMAC-SHA256", iterations: 600_000 },
    });
    run(["csr", "lamp"]);
    expect(run(["key", "check", "lamp.key", "--certificate", "root.crt"]).status).toBe(5);
  });
});

needs("script")("at a terminal", () => {
  /** Runs a command at a terminal of its own, and types one of these answers each time it asks. */
  function type(
    words: readonly string[],
    ...answers: readonly string[]
  ): Promise<{ status: number | null; stdout: string }> {
    const command = [process.execPath, COMMAND, ...words].map((word) => `'${word}'`).join(" ");
    const child = spawn("script", ["-qec", command, "/dev/null"], {
      cwd: place.directory,
      env: plainEnvironment(),
      stdio: ["pipe", "pipe", "inherit"],
    });
    let stdout = "";
    let asked = 0;
    child.stdout.setEncoding("utf8").on("data", (text: string) => {
      stdout += text;
      const prompts = stdout.match(/(passphrase of \S+|new passphrase|the same again): /g) ?? [];
      for (; asked < prompts.length; asked++) child.stdin.write(answers[asked] ?? "\n");
    });
    return new Promise((resolve, reject) => {
      child.once("error", reject);
      child.once("close", (status) => {
        said.push(stdout);
        resolve({ status, stdout });
      });
    });
  }

  it("asks twice for a new passphrase and once for an old one, and shows neither", async () => {
    expect((await type(["root", ROOT_NAME, "--encrypt"], `${SECRET}\n`, `${SECRET}\n`)).status).toBe(0);
    expect(head("root.key")).toBe(ENCRYPTED);
    const asked = await type(["client", "1001", "x"], `wrong\u007f\u0015${SECRET}x\u007f\n`);
    expect(asked.stdout).toContain("passphrase of root.key: ");
    expect(asked.status).toBe(0);
    expect(run(["client", "1002", "x", "--passphrase-file", "pass"]).status).toBe(0);
  });

  it("makes nothing where the two differ, or where it is interrupted", async () => {
    const differ = await type(["root", ROOT_NAME, "--encrypt"], `${SECRET}\n`, `${OTHER}\n`);
    expect([differ.status, differ.stdout.includes("the two passphrases differ")]).toEqual([5, true]);
    expect((await type(["root", ROOT_NAME, "--encrypt"], `${SECRET}\u0003`)).status).toBe(130);
    expect(place.listing().some((line) => line.startsWith("root."))).toBe(false);
  });
});
