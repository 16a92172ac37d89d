// What no implementation can leave out: the least that each kind of work asks of the machine, once a call.
import { execFileSync } from "node:child_process";
import {
  createECDH,
  createPublicKey,
  generateKeyPairSync,
  randomBytes,
  sign as signBytes,
  verify as verifyBytes,
} from "node:crypto";
import { closeSync, fsyncSync, openSync, readFileSync, writeSync } from "node:fs";
import { type RawTokenKey, tokenSignature } from "./raw-token.ts";

/** A kind of least work, in a form that a thread can be handed. */
export type RawWork =
  | { readonly kind: "p256" }
  | { readonly kind: "rsa2048" }
  | { readonly kind: "request" }
  | ({ readonly kind: "token" } & RawTokenKey)
  | { readonly kind: "files"; readonly directory: string; readonly flush: Flush }
  | { readonly kind: "verify"; readonly files: readonly string[]; readonly rootPem: string };

/** When files are made durable: each by itself, a group of devices by one flush of the file system, or not at all. */
export type Flush = "each" | "groups" | "none";

/** Does the work once; `turn` counts up. Gives a number above 0, so that nothing of it can be left out. */
export type RawStep = (turn: number) => number;

// As many bytes as a device's certificate has to sign, and as its files have.
const TBS_LENGTH = 400;
const REQUEST_LENGTH = 150;
const KEY_FILE = randomBytes(241);
const CERTIFICATE_FILE = randomBytes(720);

/** Devices whose files one flush of the file system makes durable. */
const GROUP = 256;

/** Prepares the work; what it makes again and again does not include what is done once here. */
export function rawStep(work: RawWork): RawStep {
  if (work.kind === "p256") return keyAndSignature();
  if (work.kind === "rsa2048") return rsaKey;
  if (work.kind === "request") return checkAndSignature();
  if (work.kind === "token") return tokenSignature(work);
  if (work.kind === "files") return twoFiles(work.directory, work.flush);
  return readAndCheck(work.files, work.rootPem);
}

function keyAndSignature(): RawStep {
  const { privateKey } = generateKeyPairSync("ec", { namedCurve: "P-256" });
  // The curve is set up once: that is as dear as a key.
  const ecdh = createECDH("prime256v1");
  const tbs = randomBytes(TBS_LENGTH);
  return () => {
    ecdh.generateKeys();
    return signBytes("sha256", tbs, { key: privateKey, dsaEncoding: "der" }).length;
  };
}

function checkAndSignature(): RawStep {
  const own = generateKeyPairSync("ec", { namedCurve: "P-256" });
  const { privateKey, publicKey } = generateKeyPairSync("ec", { namedCurve: "P-256" });
  const key = { key: publicKey, dsaEncoding: "der" } as const;
  const request = randomBytes(REQUEST_LENGTH);
  const signature = signBytes("sha256", request, { key: privateKey, dsaEncoding: "der" });
  const tbs = randomBytes(TBS_LENGTH);
  return () => {
    if (!verifyBytes("sha256", request, key, signature)) throw new Error("the signature does not verify");
    return signBytes("sha256", tbs, { key: own.privateKey, dsaEncoding: "der" }).length;
  };
}

function rsaKey(): number {
  const { privateKey } = generateKeyPairSync("rsa", {
    modulusLength: 2048,
    publicExponent: 65537,
    publicKeyEncoding: { type: "spki", format: "der" },
    privateKeyEncoding: { type: "pkcs8", format: "der" },
  });
  return privateKey.length;
}

function twoFiles(directory: string, flush: Flush): RawStep {
  return (turn) => {
    for (const [ending, bytes] of [["key", KEY_FILE] as const, ["crt", CERTIFICATE_FILE] as const]) {
      const file = openSync(`${directory}/${turn}.${ending}`, "wx", 0o600);
      writeSync(file, bytes);
      if (flush === "each") fsyncSync(file);
      closeSync(file);
    }
    if (flush === "groups" && turn % GROUP === GROUP - 1) execFileSync("sync", ["-f", directory]);
    return 2;
  };
}

function readAndCheck(files: readonly string[], rootPem: string): RawStep {
  const key = createPublicKey(rootPem);
  return (turn) => {
    const text = readFileSync(files[turn % files.length] as string, "latin1");
    const der = Buffer.from(text.slice(text.indexOf("\n") + 1, text.lastIndexOf("-----END")), "base64");
    const tbs = element(der, element(der, 0).content);
    const signature = element(der, element(der, tbs.end).end);
    // The BIT STRING's first octet is the number of unused bits.
    const ok = verifyBytes(
      "sha256",
      der.subarray(tbs.start, tbs.end),
      { key, dsaEncoding: "der" },
      der.subarray(signature.content + 1, signature.end),
    );
    if (!ok) throw new Error(`the signature of ${files[turn % files.length]} does not verify`);
    return 1;
  };
}

/** Where the DER element at `start` has its content and its end. */
function element(der: Buffer, start: number): { start: number; content: number; end: number } {
  const first = der[start + 1] as number;
  if (first < 0x80) return { start, content: start + 2, end: start + 2 + first };
  const count = first - 0x80;
  const content = start + 2 + count;
  return { start, content, end: content + der.readUIntBE(start + 2, count) };
}
