import { statSync } from "node:fs";
import { join } from "node:path";
import { findModule, type ModuleWorld } from "../../keys/pkcs11/load-module.ts";
import { pinFile } from "../../keys/pkcs11/pin-file.ts";
import { tokenError } from "../../keys/pkcs11/token-error.ts";
import { type Pkcs11Uri, parsePkcs11Uri } from "../../keys/pkcs11-uri.ts";
import { describeKey, formatPkcs11Uri } from "../../keys/pkcs11-uri-format.ts";
import { SYSTEM_RANDOM } from "../../open-deps.ts";
import { keyOpener } from "../../open-keys.ts";
import type { EngineKey } from "../../sandbox/rehearse/device-client.ts";
import { nodeFiles } from "../../workspace/node-files.ts";
import { readPinFile } from "../../workspace/read-file.ts";
import type { Certificate } from "../../x509/certificate.ts";
import { sameKey } from "../../x509/same-key.ts";
import { formatSerial } from "../../x509/serial.ts";
import type { Call } from "../command-spec.ts";
import { FLAG } from "../flags.ts";
import { TOKEN_FLAG } from "../token-flags.ts";
import { askPin } from "../wire.ts";

/** Where distributions put what lets OpenSSL, and Node's too, use keys in tokens (libp11). */
const ENGINE_DIRECTORIES: readonly string[] = [
  "/usr/lib/x86_64-linux-gnu/engines-3",
  "/usr/lib/aarch64-linux-gnu/engines-3",
  "/usr/lib/arm-linux-gnueabihf/engines-3",
  "/usr/lib64/engines-3",
  "/usr/lib/engines-3",
  "/usr/local/lib/engines-3",
  "/opt/homebrew/lib/engines-3",
];
const ENGINE_FILES: readonly string[] = ["pkcs11.so", "pkcs11.dylib"];
/** What OpenSSL reads the engines' directory from, and libp11 the module's path; there is no other way to tell them. */
const ENGINES_VARIABLE = "OPENSSL_ENGINES";
const MODULE_VARIABLE = "PKCS11_MODULE_PATH";

/**
 * The key in a token that `where` names, for TLS: in the handshake the token signs. It is opened once before, so that what
 * is wrong is told in words, and must belong to `certificate`. Throws `token.*`, `uri.*`.
 */
export function openTokenKey(call: Call, where: string, certificate: Certificate): EngineKey {
  const uri = named(parsePkcs11Uri(where), certificate);
  const world = moduleWorld(call);
  const engines = findEngines(world, call.host.env[ENGINES_VARIABLE]);
  const pin = checkKey(call, uri, certificate);
  const { token, manufacturer, serial, model, object, id } = uri;
  const bare = {
    ...(token === undefined ? {} : { token }),
    ...(manufacturer === undefined ? {} : { manufacturer }),
    ...(serial === undefined ? {} : { serial }),
    ...(model === undefined ? {} : { model }),
    ...(object === undefined ? {} : { object }),
    ...(id === undefined ? {} : { id }),
    type: "private",
  } as const;
  process.env[ENGINES_VARIABLE] = engines;
  process.env[MODULE_VARIABLE] = findModule(uri, world, process.platform);
  // libp11 takes the PIN among what comes before the `?`, and nothing after it.
  const identifier = `${formatPkcs11Uri(bare)}${pin === undefined ? "" : `;pin-value=${encodePin(pin)}`}`;
  return { engine: "pkcs11", identifier };
}

/** Without a name the key is the one that `samicerts client --device-key` has made: its label is the serial. */
function named(uri: Pkcs11Uri, certificate: Certificate): Pkcs11Uri {
  if (uri.slotId !== undefined || uri.slotDescription !== undefined || uri.slotManufacturer !== undefined)
    throw tokenError(
      "slot",
      "a token that is named by its slot can't be used in TLS",
      "name it by its label, as in pkcs11:token=element",
    );
  if (uri.object !== undefined || uri.id !== undefined) return uri;
  return { ...uri, object: formatSerial(certificate.serial).decimal };
}

/** Opens the key once; gives the PIN, undefined where the token needs none or asks itself. */
function checkKey(call: Call, uri: Pkcs11Uri, certificate: Certificate): string | undefined {
  const { flags, host, notePaint } = call;
  let pin: string | undefined;
  const pkcs11Module = flags.text(TOKEN_FLAG.pkcs11Module);
  const opener = keyOpener(nodeFiles, SYSTEM_RANDOM, {
    askPin: (token) => {
      pin = askPin(flags, token);
      return pin;
    },
    allowKeyMode: flags.on(FLAG.allowKeyMode),
    warn: (warning) => void host.stderr.write(`${notePaint.warn("warning:")} ${warning}\n`),
    ...(pkcs11Module === undefined ? {} : { pkcs11Module }),
  });
  try {
    const { publicKey } = opener.signer(formatPkcs11Uri(uri));
    if (!sameKey(publicKey, certificate.publicKey))
      throw tokenError(
        "other-key",
        `the key ${describeKey(uri)} is not the certificate's`,
        "name the key that the certificate was made for, with object= or id=",
      );
  } finally {
    opener.close();
  }
  const { pinSource } = uri;
  // That others may read it was told when the key was opened, or it was not opened.
  return pinSource === undefined ? pin : readPinFile(nodeFiles, pinFile(pinSource), () => {});
}

function moduleWorld({ flags }: Call): ModuleWorld {
  return {
    defaultModule: flags.text(TOKEN_FLAG.pkcs11Module),
    look: (path) => (statSync(path, { throwIfNoEntry: false })?.isFile() === true ? "file" : undefined),
  };
}

/** Every octet of it: what a PIN consists of must not be taken for what comes after it. */
function encodePin(pin: string): string {
  return [...Buffer.from(pin, "utf8")].map((octet) => `%${octet.toString(16).padStart(2, "0")}`).join("");
}

/** The directory that has the engine. */
function findEngines({ look }: ModuleWorld, own: string | undefined): string {
  for (const directory of own === undefined ? ENGINE_DIRECTORIES : [own, ...ENGINE_DIRECTORIES])
    if (ENGINE_FILES.some((file) => look(join(directory, file)) === "file")) return directory;
  throw tokenError(
    "no-engine",
    "there is no pkcs11.so, OpenSSL's engine by which TLS uses a key in a token",
    "install it (Debian: libengine-pkcs11-openssl), or name its directory in OPENSSL_ENGINES",
  );
}
