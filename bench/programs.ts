import { spawnSync } from "node:child_process";
import { accessSync, constants } from "node:fs";
import { delimiter, join, resolve } from "node:path";
import process from "node:process";

/** The command as it was built, to be run by this Node. */
export const SAMICERTS: string = resolve("bin/samicerts.cjs");

/** A program that benchmarks run beside ours, and the Debian package it is in. */
export interface OtherProgram {
  readonly program: string;
  readonly package: string;
}

/** Installs what is missing, on Debian as root; gives those that are missing all the same. */
export function installMissing(programs: readonly OtherProgram[]): readonly OtherProgram[] {
  const missing = programs.filter(({ program }) => !isInstalled(program));
  if (missing.length === 0 || !isInstalled("apt-get") || process.getuid?.() !== 0) return missing;
  const packages = [...new Set(missing.map((each) => each.package))];
  process.stderr.write(`installing what is measured beside: ${packages.join(" ")}\n`);
  const apt = (...words: readonly string[]): void => {
    const env = { ...process.env, DEBIAN_FRONTEND: "noninteractive" };
    spawnSync("apt-get", ["-qq", ...words], { env, stdio: ["ignore", "ignore", "ignore"] });
  };
  apt("update");
  for (const name of packages) apt("install", "-y", "--no-install-recommends", name);
  return missing.filter(({ program }) => !isInstalled(program));
}

/** Runs samicerts to its end; gives its exit code. */
export function samicerts(words: readonly string[], cwd: string): number {
  const { status } = spawnSync(process.execPath, [SAMICERTS, ...words], { cwd, stdio: "ignore" });
  return status ?? 70;
}

/** Whether this samicerts knows a command, or one's flag. */
export function knows(command: string, flag = ""): boolean {
  const { status, stdout } = spawnSync(process.execPath, [SAMICERTS, command, "--help"], {
    encoding: "utf8",
  });
  return status === 0 && stdout.includes(flag);
}

function isInstalled(program: string): boolean {
  return (process.env["PATH"] ?? "").split(delimiter).some((directory) => {
    try {
      accessSync(join(directory, program), constants.X_OK);
      return true;
    } catch {
      return false;
    }
  });
}
