import { createHash, scrypt, timingSafeEqual } from "node:crypto";
import type { Random } from "../base/effects.ts";

const TOKEN_OCTETS = 16;
const SALT_OCTETS = 16;
const KEY_OCTETS = 32;
const SCRYPT = { N: 32_768, r: 8, p: 1, maxmem: 64 * 1024 * 1024 } as const;
const PIN_LENGTH = 8;
const PIN_CHARACTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789";

/** Draws an id or a token: 32 characters of hex. */
export function drawHex(random: Random): string {
  return Buffer.from(random.bytes(TOKEN_OCTETS)).toString("hex");
}

/** Draws a PIN: 8 characters of A-Z and 0-9, each as likely as any other. */
export function drawPin(random: Random): string {
  const most = 256 - (256 % PIN_CHARACTERS.length);
  let pin = "";
  while (pin.length < PIN_LENGTH)
    for (const octet of random.bytes(PIN_LENGTH))
      if (octet < most && pin.length < PIN_LENGTH) pin += PIN_CHARACTERS[octet % PIN_CHARACTERS.length];
  return pin;
}

/** What is kept of a token, nonce or PIN: its SHA-256, hex. What is looked up by it is not told by how long that takes. */
export function hashSecret(secret: string): string {
  return createHash("sha256").update(secret).digest("hex");
}

/** Whether a secret is the one that `hash` was made of, in constant time. */
export function isSecret(secret: string, hash: string): boolean {
  return sameText(hashSecret(secret), hash);
}

/** Whether two texts are the same, in constant time for texts of one length. */
export function sameText(a: string, b: string): boolean {
  const [left, right] = [Buffer.from(a), Buffer.from(b)];
  return left.length === right.length && timingSafeEqual(left, right);
}

/** What is kept of a password: scrypt, as `scrypt$N$r$p$salt$key`, base64. */
export async function hashPassword(password: string, random: Random): Promise<string> {
  const salt = Buffer.from(random.bytes(SALT_OCTETS));
  const key = await derive(password, salt, SCRYPT);
  const { N, r, p } = SCRYPT;
  return ["scrypt", N, r, p, salt.toString("base64"), key.toString("base64")].join("$");
}

/** Whether a password is the one that `hashed` was made of. */
export async function isPassword(password: string, hashed: string): Promise<boolean> {
  const [, n, r, p, salt = "", key = ""] = hashed.split("$");
  const cost = { ...SCRYPT, N: Number(n), r: Number(r), p: Number(p) };
  const derived = await derive(password, Buffer.from(salt, "base64"), cost);
  const kept = Buffer.from(key, "base64");
  return derived.length === kept.length && timingSafeEqual(derived, kept);
}

/** Takes as long as `isPassword`, so that it is not told by the time whether there is such an account. */
export async function spendPassword(password: string): Promise<false> {
  await derive(password, Buffer.alloc(SALT_OCTETS), SCRYPT);
  return false;
}

function derive(
  password: string,
  salt: Buffer,
  cost: { readonly N: number; readonly r: number; readonly p: number; readonly maxmem: number },
): Promise<Buffer> {
  return new Promise((resolve, reject) =>
    scrypt(password.normalize("NFKC"), salt, KEY_OCTETS, cost, (error, key) =>
      error === null ? resolve(key) : reject(error),
    ),
  );
}
