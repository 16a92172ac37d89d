import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

const COMMAND = fileURLToPath(new URL("../../bin/samicerts.cjs", import.meta.url));

/** Without what the npm around the tests tells an npm inside them: where its project is, for one. */
const ENVIRONMENT = Object.fromEntries(
  Object.entries(process.env).filter(([name]) => !name.startsWith("npm_")),
);

/** What a process that has ended left. */
export interface Ended {
  readonly status: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs a program to its end, in `directory` where one is given. */
export function run(program: string, words: readonly string[], directory?: string): Ended {
  const { status, stdout, stderr, error } = spawnSync(program, words, {
    cwd: directory,
    encoding: "utf8",
    env: ENVIRONMENT,
    input: "",
  });
  if (error !== undefined) throw error;
  return { status, stdout, stderr };
}

/** Runs the built command; throws what it says where it does not end with 0. */
export function samicerts(words: readonly string[]): string {
  const { status, stdout, stderr } = run(process.execPath, [COMMAND, ...words]);
  if (status !== 0) throw new Error(`samicerts ${words.join(" ")} ended with ${status}: ${stderr}${stdout}`);
  return stdout;
}

/** A vendor's directory with a root and one device, made by the built command. */
export interface Vendor {
  readonly directory: string;
  readonly root: string;
  readonly rootKey: string;
  readonly device: string;
  readonly deviceKey: string;
  remove(): void;
}

/** How a vendor's certificates are made. */
export interface VendorChoice {
  /** Of the root and the device, as `--key` takes it; the policy's own where absent. */
  readonly key?: string;
  readonly policy?: string;
  readonly dn?: string;
  /** The device's, decimal or with 0x. */
  readonly serial?: string;
}

/** Makes a root and a device. */
export function makeVendor(choice: VendorChoice): Vendor {
  const directory = mkdtempSync(join(tmpdir(), "samicerts-interop-"));
  const how = ["--dir", directory];
  const serial = choice.serial ?? "100000001";
  if (choice.key !== undefined) how.push("--key", choice.key);
  if (choice.policy !== undefined) how.push("--policy", choice.policy);
  try {
    samicerts(["root", choice.dn ?? "/C=US/ST=California/O=MyOrg/OU=MyDep/CN=MyDevAuthority", ...how]);
    samicerts(["client", serial, "MyAwesomeDevice", ...how]);
  } catch (error) {
    rmSync(directory, { recursive: true });
    throw error;
  }
  return {
    directory,
    root: join(directory, "root.crt"),
    rootKey: join(directory, "root.key"),
    device: join(directory, `devices/${BigInt(serial)}.crt`),
    deviceKey: join(directory, `devices/${BigInt(serial)}.key`),
    remove: () => rmSync(directory, { recursive: true }),
  };
}

/** Every kind of key that can be made, each under a policy that takes it. */
export const KEY_CHOICES: readonly Required<Pick<VendorChoice, "key" | "policy">>[] = [
  { key: "ec:P-256", policy: "sami" },
  { key: "ec:P-384", policy: "sami" },
  { key: "ec:P-521", policy: "aws-iot" },
  { key: "rsa:2048", policy: "sami" },
  { key: "rsa:3072", policy: "sami" },
  { key: "rsa:4096", policy: "sami" },
  { key: "ed25519", policy: "rfc5280" },
];
