import { spawnSync } from "node:child_process";
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import process from "node:process";
import { installMissing, samicerts } from "./programs.ts";

/** Where Debian's softhsm2 puts its module. */
const SOFT_HSM = "/usr/lib/softhsm/libsofthsm2.so";
/** The module in front of another, which can be told to sign slowly. */
const FAULTY_MODULE_SOURCE = "test/interop/tokens/faulty-module.c";
const PIN = "12345678";
const SO_PIN = "87654321";

/** A module that drives the token of the benchmark. */
export interface BenchModule {
  readonly name: string;
  readonly path: string;
}

/** A vendor whose root's key is in a token. */
export interface TokenVendor {
  readonly directory: string;
  readonly pin: string;
  /** The label of the token, and of the root's key in it. */
  readonly label: string;
}

/** The modules that can be measured, and what is missing for others; sets the environment that they read. */
export function prepareModules(scratch: string): {
  readonly modules: readonly BenchModule[];
  readonly missing: readonly string[];
} {
  const programs = [{ program: "softhsm2-util", package: "softhsm2" }];
  const [absent] = installMissing(programs);
  if (absent !== undefined)
    return { modules: [], missing: [`${absent.program} is not installed (Debian: ${absent.package})`] };
  mkdirSync(join(scratch, "tokens"));
  const configuration = join(scratch, "softhsm2.conf");
  const settings = ["objectstore.backend = file", "log.level = ERROR", ""];
  writeFileSync(configuration, [`directories.tokendir = ${join(scratch, "tokens")}`, ...settings].join("\n"));
  process.env["SOFTHSM2_CONF"] = configuration;
  process.env["FAULTY_MODULE"] = SOFT_HSM;
  process.env["FAULTY_WAIT"] = "1000";
  const soft = { name: "SoftHSM", path: SOFT_HSM };
  const slow = { name: "SoftHSM, a millisecond a signature", path: join(scratch, "slow.so") };
  const words = ["-shared", "-fPIC", "-O1", "-pthread", "-I", "node_modules/pkcs11js/includes/pkcs11"];
  const { status } = spawnSync("cc", [...words, "-o", slow.path, FAULTY_MODULE_SOURCE, "-ldl"]);
  if (status !== 0) return { modules: [soft], missing: ["there is no C compiler for the slower token"] };
  return { modules: [slow, soft], missing: [] };
}

/** Makes a token, and in a directory of its own a vendor whose root's key is in it; throws where it can't. */
export function makeTokenVendor(scratch: string, label: string, module: BenchModule): TokenVendor {
  const directory = join(scratch, label);
  mkdirSync(directory);
  const init = ["--init-token", "--free", "--label", label, "--pin", PIN, "--so-pin", SO_PIN];
  if (spawnSync("softhsm2-util", init).status !== 0) throw new Error("no token was made");
  writeFileSync(join(directory, "pin"), `${PIN}\n`, { mode: 0o600 });
  const uri = `pkcs11:token=${label};object=${label}?module-path=${module.path}&pin-source=file:pin`;
  if (samicerts(["root", "/C=US/O=MyOrg/CN=Bench", "--root-key", uri], directory) !== 0)
    throw new Error("no root was made in the token");
  return { directory, pin: PIN, label };
}
