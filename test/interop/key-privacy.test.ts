import { spawnSync } from "node:child_process";
import { existsSync, lstatSync, readFileSync, writeFileSync } from "node:fs";
import { afterAll, beforeAll, expect, it } from "vitest";
import { needs } from "../programs.ts";
import { COMMAND, makePlace, type Place, plainEnvironment, ROOT_NAME } from "../stories/command.ts";

const SECRET = "correct horse battery";
let place: Place;
beforeAll(() => {
  place = makePlace();
  writeFileSync(place.at("pass"), `${SECRET}\n`, { mode: 0o600 });
});
afterAll(() => place.remove());

/** What a command asks of the system about files, one call a line, of all its threads and children, under umask 000. */
function traced(words: readonly string[]): readonly string[] {
  const calls =
    "trace=openat,open,creat,mknod,mknodat,chmod,fchmod,fchmodat,rename,renameat,renameat2,link,linkat,execve";
  const command = [process.execPath, COMMAND, ...words].map((word) => `'${word}'`).join(" ");
  const script = `umask 000; exec strace -f -qq -s 4096 -e ${calls} -o trace ${command}`;
  const { status, stderr } = spawnSync("sh", ["-c", script], {
    cwd: place.directory,
    encoding: "utf8",
    env: plainEnvironment(),
  });
  expect({ status, stderr }).toEqual({ status: 0, stderr: "" });
  return readFileSync(place.at("trace"), "utf8").split("\n");
}

needs("strace")("a private key's file", () => {
  it.each([
    ["root", ["root", ROOT_NAME], "root.key"],
    ["client", ["client", "1001", "Lamp"], "devices/1001.key"],
    ["csr", ["csr", "lamp", "--passphrase-file", "pass"], "lamp.key"],
    ["intermediate", ["intermediate", "two", "/C=US/O=MyOrg/CN=Two"], "lines/two/line.key"],
    ["key encrypt", ["key", "encrypt", "root.key", "--in-place", "--passphrase-file", "pass"], "root.key"],
    [
      "key decrypt",
      ["key", "decrypt", "root.key", "--out", "plain.key", "--passphrase-file", "pass"],
      "plain.key",
    ],
    [
      "export p12",
      ["export", "1001", "--format", "p12", "--out", "lamp.p12", "--new-passphrase-file", "pass"],
      "lamp.p12",
    ],
  ])("of %s is never readable by others, at no moment, whatever the umask", (_, words, path) => {
    const lines = traced(words);
    const name = path.split("/").at(-1) as string;
    const ours = lines.filter((line) => line.includes(`${name}"`) || line.includes(`.${name}.`));
    const made = ours.filter((line) => line.includes("O_CREAT"));
    // It is made once, under a temporary name, exclusively, and with 0600 from its first moment on.
    expect(made.length).toBeGreaterThan(0);
    for (const line of made) {
      expect(line).toMatch(/O_CREAT\|.*O_EXCL|O_EXCL\|.*O_CREAT/);
      expect(line).toMatch(/, 0600\)/);
    }
    let fd: string | undefined;
    for (const line of lines) {
      const opened = /open(?:at)?\(.* = (\d+)$/.exec(line)?.[1];
      if (made.includes(line)) fd = opened;
      else if (opened !== undefined && opened === fd) fd = undefined;
      const changed = /fchmod\((\d+), (0\d+)\)/.exec(line);
      if (changed !== null && changed[1] === fd) expect(changed[2]).toBe("0600");
      if (/ f?chmod(?:at)?\(/.test(line) && line.includes(name)) expect(line).toMatch(/, 0600/);
    }
    expect(lstatSync(place.at(path)).mode & 0o777).toBe(0o600);
    // Nor is a passphrase, or the key itself, ever an argument of a process.
    const started = lines.filter((line) => line.includes("execve("));
    expect(started.length).toBeGreaterThan(0);
    expect(started.join("\n")).not.toContain(SECRET);
    expect(started.join("\n")).not.toContain("PRIVATE KEY");
    expect(existsSync(place.at(path))).toBe(true);
  });
});
