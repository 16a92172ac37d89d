import { spawnSync } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";
import { afterEach, beforeEach, expect, it } from "vitest";
import { createRoot } from "../../../src/actions/create-root.ts";
import { issueDevice } from "../../../src/actions/issue-device.ts";
import { loadPolicy } from "../../../src/index.ts";
import { type GeneratedKey, generateKey } from "../../../src/keys/generate.ts";
import { openDeps } from "../../../src/open-deps.ts";
import { openJudge } from "../../../src/open-judge.ts";
import { parseKeySpec } from "../../../src/x509/algorithms.ts";
import { decodeCertificate } from "../../../src/x509/certificate.ts";
import { parseName } from "../../../src/x509/name-syntax.ts";
import { readPem, writePem } from "../../../src/x509/pem.ts";
import { ROOT_NAME } from "../../stories/command.ts";
import { endModule, MODULE, makeTokenPlace, needsToken, PIN, type TokenPlace } from "./soft-hsm.ts";

let place: TokenPlace;
beforeEach(() => {
  place = makeTokenPlace();
});
afterEach(() => {
  endModule();
  place.remove();
});

const AT = Date.UTC(2026, 0, 2, 3, 4, 5);
const JUDGE = openJudge(loadPolicy("sami"));

/** A root of a key that is there, and one device, at one moment, with one device key. */
function issue(dir: string, device: GeneratedKey, rootKey?: string): Buffer[] {
  process.env["SOFTHSM2_CONF"] = place.env["SOFTHSM2_CONF"];
  const warnings: string[] = [];
  const deps = {
    ...openDeps({
      dir: place.at(dir),
      clock: { now: () => AT },
      newLedger: true,
      warn: (warning) => void warnings.push(warning),
      ...(rootKey === undefined ? {} : { rootKey }),
    }),
    generateKey: () => device,
  };
  const there = rootKey === undefined ? undefined : deps.rootPlace();
  try {
    const named = { subject: parseName(ROOT_NAME), judge: JUDGE, serial: 7n };
    createRoot(
      {
        ...named,
        replaceCertificate: true,
        existingKey: true,
        ...(there === undefined ? {} : { place: there }),
      },
      deps,
    );
    issueDevice({ serial: 100000001n, name: "MyAwesomeDevice", judge: JUDGE }, deps);
  } finally {
    deps.close();
  }
  return ["root.crt", "devices/100000001.crt"].map((name) => {
    const [block] = readPem(readFileSync(place.at(dir, name)), name);
    return Buffer.from(block?.der ?? []);
  });
}

needsToken()("one root key, in a file and in a token", () => {
  it.each(["rsa:2048", "ec:P-256", "ec:P-384"])("makes the same certificates, %s", (kind) => {
    spawnSync("mkdir", [place.at("file")]);
    const root = generateKey(parseKeySpec(kind));
    writeFileSync(place.at("file/root.key"), writePem("PRIVATE KEY", root.pkcs8), { mode: 0o600 });
    const words = [
      "--import",
      place.at("file/root.key"),
      "--token",
      "vendor",
      "--label",
      "root",
      "--id",
      "01",
    ];
    const { status, stderr } = spawnSync("softhsm2-util", [...words, "--pin", PIN], {
      encoding: "utf8",
      env: { ...process.env, ...place.env },
    });
    expect([status, stderr]).toEqual([0, ""]);
    const device = (): GeneratedKey => {
      const pkcs8 = Uint8Array.from(deviceKey.pkcs8);
      return { ...deviceKey, pkcs8, wipe: () => {} };
    };
    const deviceKey = generateKey({ kind: "ec", curve: "P-256" });
    const inFile = issue("file", device());
    const uri = `pkcs11:token=vendor;object=root?module-path=${MODULE}&pin-source=${place.at("pin")}`;
    const inToken = issue("token", device(), uri);
    // An ECDSA signature is another each time, whatever makes it.
    const part = (der: Buffer): Uint8Array => (kind.startsWith("rsa") ? der : decodeCertificate(der).tbs);
    expect(inToken.map(part).map((der) => Buffer.from(der).toString("hex"))).toEqual(
      inFile.map(part).map((der) => Buffer.from(der).toString("hex")),
    );
  });
});
