import type { Random } from "../base/effects.ts";

/**
 * Draws a serial number of exactly `octets` octets, at least 8 (RFC 5280, 4.1.2.2):
 * the top bit clear so that it is positive, the next one set so that its length never varies.
 */
export function randomSerial(random: Random, octets: number): bigint {
  const bytes = Uint8Array.from(random.bytes(Math.max(8, octets)));
  bytes[0] = ((bytes[0] as number) & 0x3f) | 0x40;
  return BigInt(`0x${Buffer.from(bytes).toString("hex")}`);
}
