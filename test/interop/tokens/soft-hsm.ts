import { spawnSync } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import type * as graphene from "graphene-pk11";
import { missingPrograms, type Suite, suiteFor } from "../../programs.ts";
import { type Circumstances, type Ended, makePlace, type Place } from "../../stories/command.ts";

/** Where Debian's softhsm2 puts its module. */
export const MODULE = "/usr/lib/softhsm/libsofthsm2.so";
/** The user PIN of every token made here. */
export const PIN = "12345678";
const SO_PIN = "87654321";

/** A `describe` for tests against SoftHSM; skipped under a name that says why where it, or graphene-pk11, can't be loaded. */
export function needsToken(...programs: readonly string[]): Suite {
  const missing = [...missingPrograms(["softhsm2-util", ...programs])];
  if (loadGraphene() === undefined) missing.push("graphene-pk11 with its native part built");
  return suiteFor(missing, process.env["SAMICERTS_TEST_ALL"] === "1");
}

function loadGraphene(): typeof graphene | undefined {
  try {
    return createRequire(import.meta.url)("graphene-pk11") as typeof graphene;
  } catch {
    return undefined;
  }
}

/** A place for stories with a SoftHSM of its own. */
export interface TokenPlace extends Place {
  /** The URI of a key in a token, with module and PIN file. */
  uri(object: string, token?: string): string;
  /** Makes a token. */
  initToken(label: string): void;
  /** The directory with the tokens' files. */
  readonly tokens: string;
  /** What SoftHSM needs in the environment. */
  readonly env: Readonly<Record<string, string>>;
  /** Opens a session of our own with a token, logged in; the tests' hand in it. */
  session(label?: string): OpenSession;
}

/** A session with a token, beside what samicerts does. */
export interface OpenSession {
  readonly session: graphene.Session;
  readonly graphene: typeof graphene;
  /** How many objects of a class there are, of one label where it is given. */
  count(objectClass: "private" | "public" | "certificate", label?: string): number;
  close(): void;
}

const CLASSES = { certificate: 1, public: 2, private: 3 } as const;

/** Makes a place with one token, `vendor`. */
export function makeTokenPlace(): TokenPlace {
  const place = makePlace();
  const home = mkdtempSync(join(tmpdir(), "samicerts-hsm-"));
  const tokens = join(home, "tokens");
  mkdirSync(tokens);
  const configuration = join(home, "softhsm2.conf");
  writeFileSync(
    configuration,
    `directories.tokendir = ${tokens}\nobjectstore.backend = file\nlog.level = ERROR\n`,
  );
  const env = { SOFTHSM2_CONF: configuration };
  const initToken = (label: string): void => {
    const words = ["--init-token", "--free", "--label", label, "--pin", PIN, "--so-pin", SO_PIN];
    const { status, stderr } = spawnSync("softhsm2-util", words, {
      encoding: "utf8",
      env: { ...process.env, ...env },
    });
    if (status !== 0) throw new Error(`softhsm2-util ended with ${status}: ${stderr}`);
  };
  initToken("vendor");
  writeFileSync(place.at("pin"), `${PIN}\n`, { mode: 0o600 });
  const withToken = (circumstances: Circumstances = {}): Circumstances => ({
    ...circumstances,
    env: { ...env, ...circumstances.env },
  });
  return {
    ...place,
    tokens,
    env,
    uri: (object, token = "vendor") =>
      `pkcs11:token=${token};object=${object}?module-path=${MODULE}&pin-source=file:pin`,
    initToken,
    samicerts: (words, circumstances): Ended => place.samicerts(words, withToken(circumstances)),
    succeed: (words, circumstances) => place.succeed(words, withToken(circumstances)),
    session: (label = "vendor") => openSession(configuration, label),
    remove: () => {
      place.remove();
      rmSync(home, { recursive: true, force: true });
    },
  };
}

/** The module reads its configuration when it is started, so each session of the tests starts it anew. */
function openSession(configuration: string, label: string): OpenSession {
  const graphene = loadGraphene();
  if (graphene === undefined) throw new Error("graphene-pk11 is not there");
  process.env["SOFTHSM2_CONF"] = configuration;
  const module = graphene.Module.load(MODULE, "SoftHSM");
  module.initialize({ flags: 2 });
  const slots = module.getSlots(true);
  let slot: graphene.Slot | undefined;
  for (let index = 0; index < slots.length; index++)
    if (slots.items(index).getToken().label === label) slot = slots.items(index);
  if (slot === undefined) throw new Error(`no token ${label}`);
  const session = slot.open(graphene.SessionFlag.RW_SESSION | graphene.SessionFlag.SERIAL_SESSION);
  session.login(PIN);
  return {
    session,
    graphene,
    count: (objectClass, object) =>
      session.find({
        class: CLASSES[objectClass],
        ...(object === undefined ? {} : { label: object }),
      }).length,
    close: endModule,
  };
}

/** Ends the module in this process, so that the next use reads its configuration anew. */
export function endModule(): void {
  try {
    loadGraphene()?.Module.load(MODULE).finalize();
  } catch {
    // It had not been started.
  }
}

/** A module in front of SoftHSM that fails where it is told to; faulty-module.c says how. */
export interface FaultyModule {
  readonly path: string;
  /** The environment for a fault at a call, as FAULTY_CALL has it. */
  env(call?: string): Readonly<Record<string, string>>;
  /** Counts wrong PINs from now on. */
  countPins(): void;
  remove(): void;
}

/** Builds that module. */
export function buildFaultyModule(): FaultyModule {
  const home = mkdtempSync(join(tmpdir(), "samicerts-faulty-"));
  const path = join(home, "faulty.so");
  const source = fileURLToPath(new URL("faulty-module.c", import.meta.url));
  const includes = fileURLToPath(new URL("../../../node_modules/pkcs11js/includes/pkcs11", import.meta.url));
  const words = [
    "-shared",
    "-fPIC",
    "-O1",
    "-pthread",
    "-Wall",
    "-Werror",
    "-I",
    includes,
    "-o",
    path,
    source,
    "-ldl",
  ];
  const { status, stderr } = spawnSync("cc", words, { encoding: "utf8" });
  if (status !== 0) throw new Error(`cc ended with ${status}: ${stderr}`);
  const pins = join(home, "wrong-pins");
  let counting = false;
  return {
    path,
    env: (call) => ({
      FAULTY_MODULE: MODULE,
      ...(call === undefined ? {} : { FAULTY_CALL: call }),
      ...(counting ? { FAULTY_PINS: pins } : {}),
    }),
    countPins: () => {
      counting = true;
      rmSync(pins, { force: true });
    },
    remove: () => rmSync(home, { recursive: true }),
  };
}

/** The one token's own directory among SoftHSM's files. */
export function tokenDirectories(place: TokenPlace): readonly string[] {
  return existsSync(place.tokens) ? readdirSync(place.tokens).map((name) => join(place.tokens, name)) : [];
}
